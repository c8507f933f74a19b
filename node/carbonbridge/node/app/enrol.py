"""Enrol: OAuth clients of administrators, operators and partners."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.ports.records import Client, Role


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new client. The secret is shown this once and kept nowhere."""

    client_id: str
    secret: str = field(repr=False)


def enrol_client(
    node: Node,
    actor: Actor,
    org: str | None,
    role: Role,
    *,
    connection_id: str | None = None,
    expires_at: datetime | None = None,
) -> Enrolled:
    """Make a client. Administrators enrol administrators and operators; operators enrol their partners.

    Args:
        org: the organisation; None for an administrator.
        connection_id: the connection a partner's client speaks for.
        expires_at: first instant at which it is no longer good; None: until revoked.

    Raises:
        AccessDenied: the caller may not enrol such a client.
        NotFound: no such organisation or connection.
        BadInput: a connection for another role than partner, none for a partner, or an end in the past.
        Conflict: the connection is revoked.
    """
    if role is Role.PARTNER and org is not None:
        actor.must_operate(org)
    else:
        actor.must_administer()
    _check(org, role, connection_id, expires_at, node.clock.now())
    secret = node.vault.new_secret()
    client = Client(
        client_id=node.clock.new_id(),
        role=role,
        secret_hash=node.vault.hash(secret),
        created_at=node.clock.now(),
        org=org,
        connection_id=connection_id,
        expires_at=expires_at,
    )
    with acting(node, actor) as act:
        if org is not None:
            act.tx.parties.organisation(org)
        if org is not None and connection_id is not None:
            connection = act.tx.parties.connection(org, connection_id)
            if connection.state is ConnectionState.REVOKED:
                raise Conflict("the connection is revoked", field="connectionId")
        _add(act, client)
    return Enrolled(client.client_id, secret)


def revoke_client(node: Node, actor: Actor, org: str | None, client_id: str) -> None:
    """Shut a client out at once.

    Raises:
        AccessDenied: not an operator of the organisation, and not an administrator.
        NotFound: the organisation has no such client.
    """
    if actor.role is not Role.ADMINISTRATOR:
        if org is None:
            raise AccessDenied("this needs an administrator of the node")
        actor.must_operate(org)
    with acting(node, actor) as act:
        act.tx.parties.revoke_client(org, client_id, act.at)
        act.audit("revoke", client_id, org=org)


def bootstrap(node: Node) -> Enrolled:
    """Make the node's first administrator, who enrols everybody else.

    Raises:
        Conflict: the node has an administrator already.
    """
    actor = Actor(client_id="node", role=Role.ADMINISTRATOR)
    secret = node.vault.new_secret()
    client = Client(
        client_id=node.clock.new_id(),
        role=Role.ADMINISTRATOR,
        secret_hash=node.vault.hash(secret),
        created_at=node.clock.now(),
    )
    with acting(node, actor) as act:
        if any(other.role is Role.ADMINISTRATOR for other in act.tx.parties.clients(None)):
            raise Conflict(
                "the node has an administrator already",
                next_step="Sign in as that administrator, or set up a node with an empty data directory.",
            )
        _add(act, client)
    return Enrolled(client.client_id, secret)


def _check(
    org: str | None, role: Role, connection_id: str | None, expires_at: datetime | None, at: datetime
) -> None:
    if (role is Role.ADMINISTRATOR) != (org is None):
        raise BadInput("an administrator belongs to no organisation, everybody else to one", field="org")
    if (role is Role.PARTNER) != (connection_id is not None):
        raise BadInput("is needed for a partner's client, and only there", field="connectionId")
    if expires_at is not None and expires_at <= at:
        raise BadInput("must be in the future", field="expiresAt")


def _add(act: Act, client: Client) -> None:
    act.tx.parties.add_client(client)
    act.audit("enrol", client.client_id, org=client.org, role=client.role.value)
