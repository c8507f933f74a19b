"""Share: open footprints to a partner, close them again, and see what the partner sees."""

from __future__ import annotations

from datetime import datetime

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, GrantScope
from carbonbridge.core.organisation import check_urn
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.ports.records import PublishedFootprint
from carbonbridge.node.ports.store import Cursor


def share(
    node: Node,
    actor: Actor,
    org: str,
    connection_id: str,
    *,
    scope: GrantScope,
    value: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Grant:
    """Let a partner see footprints.

    Args:
        scope: one product, one classification, or all footprints.
        value: the product id or classification (URN); None for all.
        valid_from: now unless stated.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
        BadInput: a value that is missing, out of place or no URN, or an end before the beginning.
    """
    actor.must_operate(org)
    if value:
        check_urn(value, "value")
    grant = Grant(
        id=node.clock.new_id(),
        connection_id=connection_id,
        scope=scope,
        value=value,
        valid_from=valid_from or node.clock.now(),
        valid_until=valid_until,
    )
    with acting(node, actor) as act:
        act.tx.parties.connection(org, connection_id)
        act.tx.parties.add_grant(org, grant)
        detail = {"connectionId": connection_id, "scope": scope.value, "value": value}
        act.audit("share", grant.id, org=org, **detail)
    return grant


def unshare(node: Node, actor: Actor, org: str, grant_id: str) -> None:
    """Take a grant back.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such grant.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        act.tx.parties.remove_grant(org, grant_id)
        act.audit("unshare", grant_id, org=org)


def preview(
    node: Node, actor: Actor, org: str, connection_id: str, *, after: Cursor | None = None, limit: int = 100
) -> list[PublishedFootprint]:
    """What a partner sees now; nothing while its connection is suspended.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
    """
    actor.must_operate(org)
    at = node.clock.now()
    with node.store.snapshot() as tx:
        if tx.parties.connection(org, connection_id).state is not ConnectionState.ACTIVE:
            return []
        grants = tx.parties.grants(org, connection_id)
        return tx.footprints.find(org, FootprintCriteria(), grants=grants, at=at, after=after, limit=limit)
