"""Who calls: from the bearer token (RFC 6750) to the actor of the use case."""

from __future__ import annotations

from collections.abc import Sequence

from carbonbridge.core.errors import AccessDenied, NotAuthenticated
from carbonbridge.core.rate import RateLimit
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.authenticate import good_caller
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.ports.records import Caller, Client


def identify(
    node: Node,
    tokens: AccessTokens,
    authorization: str | None,
    org: str | None,
    *,
    certificate: str | None = None,
    limit: RateLimit | None = None,
) -> Caller:
    """Who is behind an ``Authorization`` header, and how far it may come.

    Looked up on every call, in one statement: a client that is revoked is out at once, whatever its token says.

    Args:
        org: the organisation whose interface is called; None for the node's own.
        certificate: thumbprint of the client certificate on this connection, if there is one.
        limit: what counts the calls of each client, also of those that are shut out.

    Raises:
        NotAuthenticated: no token, or one that does not hold here.
        TokenExpired: a token that was good once.
        TooManyRequests: the client calls too often.
        AccessDenied: the connection of a partner's client is suspended or revoked.
    """
    token = bearer_token(authorization)
    now = node.clock.now()
    audience = node.public_url if org is None else node.base_url(org)
    client_id = tokens.client_id(token, audience, now, certificate)
    if limit is not None:
        limit.check(client_id, now.timestamp())
    with node.store.snapshot() as tx:
        caller = good_caller(tx, client_id, now)
    if caller is None or caller.client.org != org:
        raise NotAuthenticated("the client is no longer good")
    if caller.client.certificate is not None and caller.client.certificate != certificate:
        raise NotAuthenticated("the client has another certificate now")
    if not caller.is_connected:
        raise AccessDenied("the connection is suspended or revoked")
    return caller


def actor_of(client: Client) -> Actor:
    """A client as use cases know it."""
    return Actor(client.client_id, client.role, client.org, client.connection_id)


#: Ours have some 700 characters.
_LONGEST_TOKEN = 4096


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
    token = token.strip()
    if len(token) > _LONGEST_TOKEN:
        raise NotAuthenticated("the access token is not one of this node")
    return token


def sole_authorization(values: Sequence[str]) -> str | None:
    """The ``Authorization`` header of a call; it has one at most (RFC 9110 §11.6.2).

    Two would let a proxy check one and us another.

    Raises:
        NotAuthenticated: there are several.
    """
    if len(values) > 1:
        raise NotAuthenticated("there is more than one Authorization header", next_step="Send one.")
    return values[0] if values else None
