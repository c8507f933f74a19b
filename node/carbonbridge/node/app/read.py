"""Read: what a partner or the owner sees of the published footprints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, may_see
from carbonbridge.core.errors import NotFound
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.app.partner import disclosed_to
from carbonbridge.node.app.publication import held
from carbonbridge.node.ports.records import PublishedFootprint
from carbonbridge.node.ports.store import Cursor, Listed, Reads


def list_footprints(
    node: Node,
    actor: Actor,
    org: str,
    criteria: FootprintCriteria,
    *,
    after: Cursor | None = None,
    limit: int,
) -> list[PublishedFootprint]:
    """One page, oldest first; ask for one more than is shown to learn whether there is another page.

    Raises:
        AccessDenied: neither a partner with an active connection nor an operator of the organisation.
    """
    with node.store.snapshot() as tx:
        grants = disclosed_to(tx, actor, org)
        return tx.footprints.find(org, criteria, grants=grants, at=node.clock.now(), after=after, limit=limit)


def list_documents(
    reads: Reads,
    org: str,
    criteria: FootprintCriteria,
    *,
    grants: Sequence[Grant] | None,
    at: datetime,
    after: Cursor | None = None,
    limit: int,
) -> Listed:
    """One page as it is served.

    Args:
        grants: those of the caller, who was let in (:func:`.partner.disclosed_to`).
    """
    return reads.page(org, criteria, grants=grants, at=at, after=after, limit=limit)


def read_document(
    reads: Reads, org: str, footprint_id: str, *, grants: Sequence[Grant] | None, at: datetime
) -> bytes:
    """One footprint as it is served.

    Raises:
        NotFound: absent, or not disclosed: the partner cannot tell which.
    """
    found = reads.document(org, footprint_id.lower())
    if found is None or (grants is not None and not may_see(found[1], grants, at)):
        raise NotFound("there is no such footprint", field="id")
    return found[0]


def get_footprint(node: Node, actor: Actor, org: str, footprint_id: str) -> PublishedFootprint:
    """One footprint.

    Raises:
        AccessDenied: see :func:`list_footprints`.
        NotFound: absent, or not disclosed: the partner cannot tell which.
    """
    with node.store.snapshot() as tx:
        grants = disclosed_to(tx, actor, org)
        footprint = held(tx, org, footprint_id)
    if footprint is None or (grants is not None and not may_see(footprint.facts, grants, node.clock.now())):
        raise NotFound("there is no such footprint", field="id")
    return footprint
