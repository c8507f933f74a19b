"""Fetch: get a partner's footprints, after it announced them or by hand."""

from __future__ import annotations

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import BadInput, PartnerRefused
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.partner import addressed, reachable
from carbonbridge.node.app.received import keep, read_received
from carbonbridge.node.ports.records import OutboxItem, ReceivedFootprint


def fetch(node: Node, item: OutboxItem) -> None:
    """Get each footprint that was announced. One that cannot be had does not keep us from the others.

    Of several, each that is refused or damaged becomes work of its own: tried once more, and given up alone.

    Raises:
        PartnerUnreachable: the partner does not answer; what was got is kept.
        PartnerRefused, BadInput: the only footprint is refused or damaged.
    """
    with node.store.snapshot() as tx:
        connection = reachable(tx, item.org, item.payload["connectionId"])
    announced = item.payload["footprintIds"]
    refused = []
    for footprint_id in announced:
        try:
            document = node.peers.get_footprint(connection, footprint_id)
            footprint = read_received(item.org, connection.id, document, node.clock.now())
            _check_id(footprint, footprint_id)
        except (PartnerRefused, BadInput):
            if len(announced) == 1:
                raise
            refused.append(footprint_id)
        else:
            _keep_all(node, node.operator(item.org), [footprint])
    if refused:
        with acting(node, node.operator(item.org)) as act:
            for footprint_id in refused:
                work.fetch(act, connection, [footprint_id])


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
    documents = node.peers.list_footprints(connection, criteria.pairs())
    at = node.clock.now()
    try:
        footprints = [read_received(org, connection_id, document, at) for document in documents]
    except BadInput as error:
        raise PartnerRefused(f"the partner gave a damaged footprint: {error}") from None
    _keep_all(node, actor, footprints)
    return [footprint.id for footprint in footprints]


def _keep_all(node: Node, actor: Actor, footprints: list[ReceivedFootprint]) -> None:
    with acting(node, actor) as act:
        for footprint in footprints:
            if keep(act, footprint):
                act.audit("fetch", footprint.id, org=footprint.org, connectionId=footprint.connection_id)


def _check_id(footprint: ReceivedFootprint, asked: str) -> None:
    if footprint.id != asked.lower():
        raise BadInput("the partner gave another footprint than it was asked for", field="id")
