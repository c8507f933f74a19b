"""Who calls: from the bearer token (RFC 6750) to the actor of the use case."""

from __future__ import annotations

from datetime import datetime

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.errors import AccessDenied, NotAuthenticated, NotFound
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.ports.records import Client
from carbonbridge.node.ports.store import Transaction


def authenticate(node: Node, tokens: AccessTokens, authorization: str | None, org: str | None) -> Actor:
    """The actor behind an ``Authorization`` header.

    The client is looked up on every call: one that is revoked is out at once, whatever its token says.

    Args:
        org: the organisation whose interface is called; None for the node's own.

    Raises:
        NotAuthenticated: no token, or one that does not hold here.
        TokenExpired: a token that was good once.
        AccessDenied: the connection of a partner's client is suspended or revoked.
    """
    token = bearer_token(authorization)
    now = node.clock.now()
    audience = node.public_url if org is None else node.base_url(org)
    client_id = tokens.client_id(token, audience, now)
    with node.store.snapshot() as tx:
        client = good_client(tx, client_id, now)
        if client is None or client.org != org:
            raise NotAuthenticated("the client is no longer good")
        _check_connection(tx, client)
    return Actor(client.client_id, client.role, client.org, client.connection_id)


def bearer_token(authorization: str | None) -> str:
    """The token in an ``Authorization`` header.

    Raises:
        NotAuthenticated: there is none.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated(
            "a bearer token is needed", next_step="Get one at the token endpoint with client id and secret."
        )
    return token.strip()


def good_client(tx: Transaction, client_id: str, now: datetime) -> Client | None:
    """The client, unless there is none, or it is revoked or expired."""
    try:
        client = tx.parties.client(client_id)
    except NotFound:
        return None
    if client.revoked_at is not None or (client.expires_at is not None and client.expires_at <= now):
        return None
    return client


def is_connected(tx: Transaction, client: Client) -> bool:
    """Whether the client may call as far as its connection goes; only partners' clients have one."""
    if client.org is None or client.connection_id is None:
        return True
    return tx.parties.connection(client.org, client.connection_id).state is ConnectionState.ACTIVE


def _check_connection(tx: Transaction, client: Client) -> None:
    if not is_connected(tx, client):
        raise AccessDenied("the connection is suspended or revoked")
