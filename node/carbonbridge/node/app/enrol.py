"""Enrol: OAuth clients of administrators, operators and partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.errors import BadInput, Conflict
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.credentials import NewSecret, check_end, check_keys, new_secret
from carbonbridge.node.ports.records import AuthMethod, Client, Role


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new client.

    Attributes:
        secret: shown this once and kept nowhere; empty for a client with keys or a certificate.
    """

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
    secret_expires_at: datetime | None = None,
    jwks: Mapping[str, Any] | None = None,
    certificate: str | None = None,
) -> Enrolled:
    """Make a client. Administrators enrol administrators and operators; operators enrol their partners.

    Args:
        org: the organisation; None for an administrator.
        connection_id: the connection a partner's client speaks for.
        expires_at: first instant at which it is no longer good; None: until revoked.
        secret_expires_at: the same of its secret alone, which can be rotated.
        jwks: its public keys, if it signs assertions instead of having a secret.
        certificate: SHA-256 thumbprint of its certificate, if it comes over mutual TLS instead.

    Raises:
        AccessDenied: the caller may not enrol such a client.
        NotFound: no such organisation or connection.
        BadInput: a connection for another role than partner, none for a partner, an end in the past, unusable keys
            or thumbprint, or more than one way to authenticate.
        Conflict: the connection is revoked.
    """
    may_enrol(actor, org, role)
    at = node.clock.now()
    _check(org, role, connection_id)
    check_end(expires_at, at, "expiresAt")
    keys, thumbprint = check_keys(jwks, certificate)
    client = Client(
        client_id=node.clock.new_id(),
        role=role,
        created_at=at,
        org=org,
        connection_id=connection_id,
        expires_at=expires_at,
        jwks=keys,
        certificate=thumbprint,
    )
    secret = None
    if client.auth_method is AuthMethod.BASIC:
        check_end(secret_expires_at, at, "secretExpiresAt")
        secret = new_secret(node, client, secret_expires_at)
    elif secret_expires_at is not None:
        raise BadInput("is for a client with a secret", field="secretExpiresAt")
    with acting(node, actor) as act:
        if org is not None:
            act.tx.parties.organisation(org)
        if org is not None and connection_id is not None:
            connection = act.tx.parties.connection(org, connection_id)
            if connection.state is ConnectionState.REVOKED:
                raise Conflict("the connection is revoked", field="connectionId")
        _add(act, client, secret)
    return Enrolled(client.client_id, secret.text if secret else "")


def may_enrol(actor: Actor, org: str | None, role: Role) -> None:
    """Operators answer for their partners' clients, administrators for all others.

    Raises:
        AccessDenied
    """
    if role is Role.PARTNER and org is not None:
        actor.must_operate(org)
    else:
        actor.must_administer()


def may_revoke(actor: Actor, org: str | None) -> None:
    """Whoever runs the organisation or the node may shut its clients out.

    Raises:
        AccessDenied
    """
    if org is None or actor.role is Role.ADMINISTRATOR:
        actor.must_administer()
    else:
        actor.must_operate(org)


def revoke_client(node: Node, actor: Actor, org: str | None, client_id: str) -> None:
    """Shut a client out at once.

    Raises:
        AccessDenied: not an operator of the organisation, and not an administrator.
        NotFound: the organisation has no such client.
    """
    may_revoke(actor, org)
    with acting(node, actor) as act:
        act.tx.parties.revoke_client(org, client_id, act.at)
        act.audit("revoke", client_id, org=org)


def bootstrap(node: Node) -> Enrolled:
    """Make the node's first administrator, who enrols everybody else.

    Raises:
        Conflict: the node has an administrator already.
    """
    actor = Actor(client_id="node", role=Role.ADMINISTRATOR)
    client = Client(client_id=node.clock.new_id(), role=Role.ADMINISTRATOR, created_at=node.clock.now())
    secret = new_secret(node, client, None)
    with acting(node, actor) as act:
        if any(other.role is Role.ADMINISTRATOR for other in act.tx.parties.clients(None)):
            raise Conflict(
                "the node has an administrator already",
                next_step="Sign in as that administrator, or set up a node with an empty data directory.",
            )
        _add(act, client, secret)
    return Enrolled(client.client_id, secret.text)


def _check(org: str | None, role: Role, connection_id: str | None) -> None:
    if (role is Role.ADMINISTRATOR) != (org is None):
        raise BadInput("an administrator belongs to no organisation, everybody else to one", field="org")
    if (role is Role.PARTNER) != (connection_id is not None):
        raise BadInput("is needed for a partner's client, and only there", field="connectionId")


def _add(act: Act, client: Client, secret: NewSecret | None) -> None:
    act.tx.parties.add_client(client)
    if secret is not None:
        act.tx.parties.add_secret(secret.record)
    detail = {"role": client.role.value, "method": client.auth_method.value}
    act.audit("enrol", client.client_id, org=client.org, **detail)
