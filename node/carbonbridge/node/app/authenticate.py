"""Authenticate: which client it is that asks for a token, by its secret, its key or its certificate."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from carbonbridge.core.assertion import verify_assertion
from carbonbridge.core.errors import NotAuthenticated, NotFound
from carbonbridge.core.keys import read_jwks
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import AuthMethod, Caller, Client, ClientSecret
from carbonbridge.node.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client that may have a token at an address, once it has proved who it is."""

    client: Client
    secrets: tuple[ClientSecret, ...] = field(repr=False)


def candidate(node: Node, client_id: str, org: str | None) -> Candidate:
    """The client, if it is good and may have a token at the address of an organisation.

    Args:
        org: None at the node's root, where administrators and the default organisation's clients are at home.

    Raises:
        NotAuthenticated: it is not; why is for the node's own eyes, since client ids must not be found out by trying.
    """
    now = node.clock.now()
    with node.store.snapshot() as tx:
        caller = good_caller(tx, client_id, now)
        if caller is None:
            raise NotAuthenticated("there is no such client, or it is revoked or expired")
        if not caller.is_connected:
            raise NotAuthenticated("the client's connection is not active")
        client = caller.client
        if not _is_at_home(tx, client, org):
            raise NotAuthenticated("the client belongs to another address")
        secrets = tx.parties.secrets(client.org, client_id)
    return Candidate(client, tuple(secret for secret in secrets if secret.is_good(now)))


def good_caller(tx: Transaction, client_id: str, now: datetime) -> Caller | None:
    """Who calls, unless there is no such client, or it is revoked or expired."""
    caller = tx.parties.caller(client_id)
    return caller if caller is not None and caller.client.is_good(now) else None


def has_secret(node: Node, found: Candidate | None, secret: str) -> bool:
    """Whether it is one of the client's good secrets; slow on purpose, and for nobody's secret as well.

    Args:
        found: None where there is no such client: whoever asks is not to learn that by the time it takes.
    """
    by_secret = found is not None and found.client.auth_method is AuthMethod.BASIC
    hashes = [kept.hash for kept in found.secrets] if found is not None and by_secret else []
    if not hashes:
        node.vault.hash(secret)
        return False
    return any(node.vault.matches(secret, kept) for kept in hashes)


def has_certificate(found: Candidate, thumbprint: str) -> bool:
    """Whether the connection's certificate is the client's (RFC 8705 §2)."""
    known = found.client.certificate
    return known is not None and hmac.compare_digest(known.encode(), thumbprint.encode())


def has_key(node: Node, found: Candidate, assertion: str, audiences: Collection[str]) -> None:
    """Check an assertion with the client's keys (RFC 7523 §3), and use it up.

    Args:
        audiences: the token endpoint that was called, and its issuer.

    Raises:
        NotAuthenticated: why it does not hold; also the second time that it is used.
    """
    if found.client.jwks is None:
        raise NotAuthenticated("the client has no keys", field="client_assertion")
    client_id, now = found.client.client_id, node.clock.now()
    held = verify_assertion(assertion, client_id, read_jwks(found.client.jwks), audiences, now)
    # Of any text, and of any length, the database keeps a digest.
    jti = hashlib.sha256(held.jti.encode()).hexdigest()
    with node.store.transaction() as tx:
        if not tx.parties.use_assertion(client_id, jti, held.forget_at, now):
            raise NotAuthenticated("was used before", field="jti")


def _is_at_home(tx: Transaction, client: Client, org: str | None) -> bool:
    if client.org == org:
        return True
    if org is not None:
        return False
    try:
        return client.org == tx.parties.default_organisation().slug
    except NotFound:
        return False
