"""Rotate, revoke: an organisation's signing keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from carbonbridge.core.errors import BadInput, Conflict, NotFound
from carbonbridge.core.keyring import timed_jwk
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.scheme import IssuerEntry
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.entries import put_version
from carbonbridge.node.app.signing import key_entry, put_keys
from carbonbridge.node.ports.records import SigningKey
from carbonbridge.node.ports.store import Transaction


def rotate_signing_key(
    node: Node, actor: Actor, org: str, *, compromised_from: datetime | None = None
) -> SigningKey:
    """Put a new signing key in the place of the present one, which stays published, with its end.

    In three steps, each of which leaves everything verifiable if it is the last: the new key is published; it is used;
    the old one ends. Saying the same again after an interruption goes on from there.

    Args:
        compromised_from: since when somebody else may have had the old keys; None: nobody has.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such organisation.
        BadInput: the compromise lies in the future.
    """
    actor.must_operate(org)
    _check_past(node, compromised_from, "compromisedFrom")
    jwk = node.signer.next_key(org)
    kid = str(jwk["kid"])
    with acting(node, actor) as act:
        if all(known.kid != kid for known in act.tx.parties.keys(org)):
            act.tx.parties.add_key(SigningKey(kid, org, jwk, act.at))
            put_keys(act, org)
            _tell_register(act, org)
    node.signer.use_next_key(org)
    with acting(node, actor) as act:
        known = act.tx.parties.keys(org)
        new = _key(known, kid)
        for old in known:
            # One that is newer came from somebody who rotated at the same time.
            if old.kid != kid and old.created_at <= new.created_at:
                act.tx.parties.replace_key(_ended(old, act.at, compromised_from))
        put_keys(act, org)
        _tell_register(act, org)
        act.audit("rotate-signing-key", kid, org=org, compromised=compromised_from is not None)
    return new


def revoke_signing_key(node: Node, actor: Actor, org: str, kid: str, since: datetime) -> SigningKey:
    """Disown what a key signed from an instant on, because somebody else may have had it.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: the organisation has no such key.
        Conflict: it signs with it at present.
        BadInput: the instant lies in the future.
    """
    actor.must_operate(org)
    _check_past(node, since, "from")
    with acting(node, actor) as act:
        key = _key(act.tx.parties.keys(org), kid)
        if key.valid_until is None:
            raise Conflict(
                "the organisation signs with this key",
                field="kid",
                next_step="Rotate it, and say since when it was compromised.",
            )
        revoked = _ended(key, act.at, since)
        act.tx.parties.replace_key(revoked)
        put_keys(act, org)
        _tell_register(act, org)
        act.audit("revoke-signing-key", kid, org=org)
    return revoked


def signing_keys(tx: Transaction, actor: Actor, org: str) -> list[SigningKey]:
    """The keys of all times, oldest first.

    Raises:
        AccessDenied: the caller does not operate the organisation.
    """
    actor.must_operate(org)
    return tx.parties.keys(org)


def _ended(key: SigningKey, at: datetime, revoked_from: datetime | None) -> SigningKey:
    """With its ends; one that is known already only moves to the front, and an end does not come before the key."""
    ends = [end for end in (key.revoked_from, revoked_from) if end is not None]
    return replace(
        key,
        valid_until=key.valid_until or at,
        revoked_from=max(min(ends), key.created_at) if ends else None,
    )


def _key(keys: list[SigningKey], kid: str) -> SigningKey:
    for key in keys:
        if key.kid == kid:
            return key
    raise NotFound("the organisation has no such signing key", field="kid")


def _check_past(node: Node, instant: datetime | None, field: str) -> None:
    if instant is not None and instant > node.clock.now():
        raise BadInput("must not lie in the future", field=field)


def _tell_register(act: Act, org: str) -> None:
    """A certification body's certificates are believed by the register of issuers: it gets the keys too."""
    url = act.node.base_url(org)
    entry = act.tx.registry.at(RegisterKind.ISSUER, url, act.at)
    if entry is None:
        return
    issuer = IssuerEntry.read(entry.document)
    keys = tuple(timed_jwk(key_entry(key)) for key in act.tx.parties.keys(org))
    changed = issuer.model_copy(update={"keys": keys}).document()
    put_version(act, RegisterKind.ISSUER, url, changed)
