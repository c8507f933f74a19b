"""The inputs of a calculation: the best footprint for each supplier's product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """For each product id that has one, the newest footprint that is active, valid now and the partner's own.

    A partner could name another supplier's product in a footprint of its own. So only footprints count that
    name the company of the connection they came through.
    """
    companies = {
        connection.id: {company_id.casefold() for company_id in connection.company_ids}
        for connection in tx.parties.connections(org)
    }
    found = {}
    for product_id in product_ids:
        for received in tx.footprints.received_for_product(org, product_id):
            if _usable(received, companies.get(received.connection_id, set()), at):
                found[product_id] = Input(received, _verdict(tx, received))
                break
    return found


def _usable(received: ReceivedFootprint, companies: set[str], at: datetime) -> bool:
    facts = received.facts
    return (
        facts.status is FootprintStatus.ACTIVE
        and facts.valid_from <= at < facts.valid_until
        and any((KeyKind.COMPANY, company_id) in facts.keys for company_id in companies)
    )


def _verdict(tx: Transaction, received: ReceivedFootprint) -> str | None:
    if received.verdict_id is None:
        return None
    return tx.footprints.verdict(received.org, received.verdict_id).verdict
