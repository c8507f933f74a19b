"""The inputs of a calculation: the best footprint for each supplier's product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.document import read_json
from carbonbridge.core.rollup import SupplierFootprint
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.ports.records import ReceivedFootprint
from carbonbridge.node.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Input:
    """A received footprint that a calculation uses, with the outcome of its recognition."""

    received: ReceivedFootprint
    verdict: str | None

    def supplier_footprint(self) -> SupplierFootprint:
        """As the roll-up takes it."""
        document = read_json(self.received.document)
        return SupplierFootprint(document=document, digest=self.received.digest, verdict=self.verdict)


def find_inputs(tx: Transaction, org: str, product_ids: Sequence[str], at: datetime) -> dict[str, Input]:
    """For each product id that has one: the newest footprint of its supplier that is active and valid now.

    The supplier of a product is the partner that gave a footprint of it first, so that no other partner can take
    a product over by naming its id; the way to another supplier is to revoke the connection to the old one. And
    a footprint counts only if it names a company of the connection that it came through.
    """
    companies = {
        connection.id: {company_id.casefold() for company_id in connection.company_ids}
        for connection in tx.parties.connections(org)
        if connection.state is not ConnectionState.REVOKED
    }
    found = {}
    for product_id in product_ids:
        candidates = [
            received
            for received in tx.footprints.received_for_product(org, product_id)
            if _names_one_of(received, companies.get(received.connection_id, set()))
        ]
        best = _best(candidates, at)
        if best is not None:
            found[product_id] = Input(best, _verdict(tx, best))
    return found


def _names_one_of(received: ReceivedFootprint, companies: set[str]) -> bool:
    return any((KeyKind.COMPANY, company_id) in received.facts.keys for company_id in companies)


def _best(candidates: Sequence[ReceivedFootprint], at: datetime) -> ReceivedFootprint | None:
    """Of candidates that come newest first."""
    if not candidates:
        return None
    supplier = min(candidates, key=lambda received: received.received_at).connection_id
    return next(
        (
            received
            for received in candidates
            if received.connection_id == supplier
            and received.facts.status is FootprintStatus.ACTIVE
            and received.facts.valid_from <= at < received.facts.valid_until
        ),
        None,
    )


def _verdict(tx: Transaction, received: ReceivedFootprint) -> str | None:
    if received.verdict_id is None:
        return None
    return tx.footprints.verdict(received.org, received.verdict_id).verdict
