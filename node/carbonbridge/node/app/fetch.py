"""Fetch: get a partner's footprints, after it announced them or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from carbonbridge.core.connection import Connection
from carbonbridge.core.criteria import FootprintCriteria, matches
from carbonbridge.core.errors import BadInput, PartnerRefused, SignInRefused
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.partner import addressed, reachable
from carbonbridge.node.app.received import keep, read_received
from carbonbridge.node.app.received_v2 import facts_of_v2, keep_v2
from carbonbridge.node.ports.records import OutboxItem


def fetch(node: Node, item: OutboxItem) -> None:
    """Get each footprint that was announced. One that cannot be had does not keep us from the others.

    Of several, each that is refused or damaged becomes work of its own: tried once more, and given up alone.

    Raises:
        PartnerUnreachable: the partner does not answer; what was got is kept.
        PartnerRefused, BadInput: the only footprint is refused or damaged.
    """
    with node.store.snapshot() as tx:
        connection = reachable(tx, item.org, item.payload["connectionId"])
    pact = PactVersion(item.payload.get("pact", PactVersion.V3))
    announced = item.payload["footprintIds"]
    refused = []
    for footprint_id in announced:
        try:
            document = node.peers.get_footprint(connection, footprint_id, pact)
            _check_id(_id_of(connection, document, node.clock.now(), pact), footprint_id)
        except SignInRefused:
            raise  # about all of them, and not for good
        except (PartnerRefused, BadInput):
            if len(announced) == 1:
                raise
            refused.append(footprint_id)
        else:
            _keep_all(node, node.operator(item.org), connection, [document], pact)
    if refused:
        with acting(node, node.operator(item.org)) as act:
            for footprint_id in refused:
                work.fetch(act, connection, [footprint_id], pact)


def pull(node: Node, actor: Actor, org: str, connection_id: str, criteria: FootprintCriteria) -> list[str]:
    """Get a partner's footprints that match, by hand.

    Returns:
        The ids of all that the partner gave.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound, Conflict: no such connection, or one that cannot be used.
        PartnerUnreachable, PartnerRefused, AddressForbidden: see :class:`.Peers`.
        PartnerRefused: also if a footprint is damaged; then nothing is kept.
    """
    actor.must_operate(org)
    with node.store.snapshot() as tx:
        connection = addressed(tx, org, connection_id)
    pact = connection.pact
    # A v2 host may pass over a filter or refuse it: we take all that it shows us, and choose ourselves.
    asked = [] if pact is PactVersion.V2 else criteria.pairs()
    documents = node.peers.list_footprints(connection, asked, pact)
    at = node.clock.now()
    try:
        if pact is PactVersion.V2:
            documents = [document for document in documents if matches(criteria, facts_of_v2(document))]
        for document in documents:
            _id_of(connection, document, at, pact)
    except BadInput as error:
        raise PartnerRefused(f"the partner gave a damaged footprint: {error}") from None
    return _keep_all(node, actor, connection, documents, pact)


def _id_of(connection: Connection, document: bytes, at: datetime, pact: PactVersion) -> str:
    """The id of a sound footprint, in the version it came in."""
    if pact is PactVersion.V2:
        return facts_of_v2(document).id
    return read_received(connection.org, connection.id, document, at).id


def _keep_all(
    node: Node, actor: Actor, connection: Connection, documents: Sequence[bytes], pact: PactVersion
) -> list[str]:
    """Keep them; the ids that they have here."""
    ids, org = [], connection.org
    with acting(node, actor) as act:
        for document in documents:
            if pact is PactVersion.V2:
                footprint_id, changed = keep_v2(act, org, connection.id, document)
            else:
                footprint = read_received(org, connection.id, document, act.at)
                footprint_id, changed = footprint.id, keep(act, footprint)
            ids.append(footprint_id)
            if changed:
                act.audit("fetch", footprint_id, org=org, connectionId=connection.id)
    return ids


def _check_id(given: str, asked: str) -> None:
    if given != asked.lower():
        raise BadInput("the partner gave another footprint than it was asked for", field="id")
