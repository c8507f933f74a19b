"""Rotate: give a client new credentials, and take single old ones away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from carbonbridge.core.errors import BadInput, Conflict, NotFound
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.credentials import check_end, check_keys, new_secret
from carbonbridge.node.app.enrol import may_enrol, may_revoke
from carbonbridge.node.ports.records import AuthMethod, Client, ClientSecret
from carbonbridge.node.ports.store import Transaction

#: How long the old secret stays good beside the new one, unless stated.
OVERLAP = timedelta(hours=24)

#: Longer, and it is no overlap but a second secret.
LONGEST_OVERLAP = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Rotated:
    """A new secret. The text is shown this once and kept nowhere.

    Attributes:
        old_until: first instant at which the old secret is no longer good; None if there was none.
    """

    client_id: str
    secret: str = field(repr=False)
    record: ClientSecret
    old_until: datetime | None


def rotate_secret(
    node: Node,
    actor: Actor,
    org: str | None,
    client_id: str,
    *,
    old_until: datetime | None = None,
    expires_at: datetime | None = None,
) -> Rotated:
    """Make a new secret; the old one stays good for a while, so that nobody has to change over in the same second.

    Args:
        org: the organisation; None for an administrator.
        old_until: when the old secret ends, at the latest; a past instant ends it now. Unless stated, in 24 hours.
        expires_at: when the new one ends; None: with the client.

    Raises:
        AccessDenied: the caller may not enrol such a client.
        NotFound: no such client.
        BadInput: an end in the past, or an overlap of more than 90 days.
        Conflict: two secrets are good already, the client has no secret, or it is revoked.
    """
    at = node.clock.now()
    check_end(expires_at, at, "expiresAt")
    until = at + OVERLAP if old_until is None else max(old_until, at)
    if until > at + LONGEST_OVERLAP:
        raise BadInput(f"must be within {LONGEST_OVERLAP.days} days", field="oldUntil")
    with node.store.snapshot() as tx:
        client = _client(tx, actor, org, client_id, at)
    if client.auth_method is not AuthMethod.BASIC:
        raise Conflict("the client has no secret", field="client", next_step="Give it new keys instead.")
    made = new_secret(node, client, expires_at)
    with acting(node, actor) as act:
        _client(act.tx, actor, org, client_id, at)
        ends = _hand_over(act, client, until)
        act.tx.parties.add_secret(made.record)
        act.audit("rotate", client_id, org=org, secret=made.record.id)
    return Rotated(client_id, made.text, made.record, ends)


def rotate_keys(
    node: Node,
    actor: Actor,
    org: str | None,
    client_id: str,
    *,
    jwks: Mapping[str, Any] | None = None,
    certificate: str | None = None,
) -> Client:
    """Put new public keys, or a new certificate, in the place of the old ones, at once.

    For an overlap of keys the set holds both. A client that had a secret loses it.

    Raises:
        AccessDenied: the caller may not enrol such a client.
        NotFound: no such client.
        BadInput: neither, both, or something unusable.
        Conflict: the client is revoked.
    """
    keys, thumbprint = check_keys(jwks, certificate)
    if keys is None and thumbprint is None:
        raise BadInput("keys or a certificate are needed", field="jwks")
    with acting(node, actor) as act:
        client = _client(act.tx, actor, org, client_id, act.at)
        for secret in act.tx.parties.secrets(org, client_id):
            act.tx.parties.remove_secret(org, client_id, secret.id)
        act.tx.parties.set_client_keys(org, client_id, keys, thumbprint)
        changed = act.tx.parties.client(client_id)
        act.audit("rotate", client_id, org=client.org, method=changed.auth_method.value)
    return changed


def revoke_secret(node: Node, actor: Actor, org: str | None, client_id: str, secret_id: str) -> None:
    """End one secret at once. Tokens that it got live on for their 15 minutes; revoking the client ends these too.

    Raises:
        AccessDenied: not an operator of the organisation, and not an administrator.
        NotFound: the organisation has no such client, or the client no such secret.
    """
    may_revoke(actor, org)
    with acting(node, actor) as act:
        act.tx.parties.remove_secret(org, client_id, secret_id)
        act.audit("revoke", client_id, org=org, secret=secret_id)


def _client(tx: Transaction, actor: Actor, org: str | None, client_id: str, at: datetime) -> Client:
    """The client, if it is the organisation's, the caller's to change, and still good."""
    may_revoke(actor, org)
    client = tx.parties.client(client_id)
    if client.org != org:
        raise NotFound("there is no such client", field="client")
    may_enrol(actor, org, client.role)
    if not client.is_good(at):
        raise Conflict("the client is revoked or has expired", field="client", next_step="Enrol a new one.")
    return client


def _hand_over(act: Act, client: Client, until: datetime) -> datetime | None:
    """End the old secret at an instant and forget those that have ended; returns when the old one ends."""
    ends = None
    good = []
    for old in act.tx.parties.secrets(client.org, client.client_id):
        if old.is_good(act.at):
            good.append(old)
        else:
            act.tx.parties.remove_secret(client.org, client.client_id, old.id)
    if len(good) > 1:
        raise Conflict(
            "the client has two good secrets already",
            field="client",
            next_step="Wait until the older has ended, or revoke one of them.",
        )
    for old in good:
        ends = until if old.expires_at is None else min(until, old.expires_at)
        act.tx.parties.expire_secret(client.org, client.client_id, old.id, ends)
    return ends
