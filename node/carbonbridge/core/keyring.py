"""An organisation's keys over time: was this key good at that instant?

A key that was rotated out stays known, so that what it signed before still verifies. One that was revoked is not
believed from the instant on at which somebody else may have had it, which may lie in the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.instant import format_instant
from carbonbridge.core.keys import PublicKeys, read_jwks, read_public_key, thumbprint
from carbonbridge.core.record import Instant, StrictRecord, Text
from carbonbridge.core.signature import key_id


def _public(jwk: dict[str, Any]) -> dict[str, Any]:
    try:
        read_public_key(jwk)
    except BadInput as error:
        raise ValueError(error.message) from None
    return jwk


#: A public key in a document of ours (RFC 7517).
PublicJwk = Annotated[dict[str, Any], AfterValidator(_public)]


class KeyEntry(StrictRecord):
    """A public key and its time.

    Attributes:
        valid_from: it signs from then on; None: nobody said.
        valid_until: first instant at which it signs no more.
        revoked_from: first instant at which its signatures are not believed; None: it was never revoked.
    """

    kid: Text
    jwk: PublicJwk
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    revoked_from: Instant | None = None

    def was_good(self, at: datetime) -> bool:
        """Whether what it signed at an instant counts."""
        return not self.has_ended(at) and (self.valid_from is None or self.valid_from <= at)

    def has_ended(self, at: datetime) -> bool:
        """Whether it was rotated out, or in other hands, at an instant."""
        return any(end is not None and end <= at for end in (self.valid_until, self.revoked_from))


class OrganisationKeys(StrictRecord):
    """An entry of the register of keys.

    Attributes:
        id: slug of the organisation.
        iss: base URL that its statements name.
    """

    id: Text
    iss: Text
    keys: Annotated[tuple[KeyEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> OrganisationKeys:
        if len({key.kid for key in self.keys}) < len(self.keys):
            raise ValueError("one kid names two keys")
        return self


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys somebody is known to have signed with, by ``kid``."""

    entries: Mapping[str, KeyEntry]

    @classmethod
    def of(cls, entries: Iterable[KeyEntry]) -> KeyRing:
        """From entries; of two about one key the narrower counts: an end that was told once is not taken back."""
        ring: dict[str, KeyEntry] = {}
        for entry in entries:
            known = ring.get(entry.kid)
            if known is not None and thumbprint(known.jwk) != thumbprint(entry.jwk):
                raise BadInput("one kid names two keys", field="kid")
            ring[entry.kid] = entry if known is None else _narrower(known, entry)
        return cls(ring)

    @classmethod
    def of_jwks(cls, document: Mapping[str, Any]) -> KeyRing:
        """From a JWK Set whose keys may say when they were good (:func:`timed_jwk`).

        Raises:
            BadInput: see :func:`.keys.read_jwks`.
        """
        return cls.of(read_timed(kid, jwk) for kid, jwk in read_jwks(document).items())

    def was_good(self, kid: str, at: datetime) -> bool:
        """Whether a key is known, and what it signed at an instant counts."""
        entry = self.entries.get(kid)
        return entry is not None and entry.was_good(at)

    def good_at(self, at: datetime) -> PublicKeys:
        """The keys whose signatures of an instant count."""
        return {kid: entry.jwk for kid, entry in self.entries.items() if entry.was_good(at)}


def check_in_time(compact: str, typ: str, keys: PublicKeys, at: datetime) -> None:
    """Refuse a signature by a key that had ended, or was in other hands, when it was made.

    Args:
        compact: a compact JWS whose signature holds with one of the keys.
        keys: with their times, where they have any (:func:`timed_jwk`).
        at: when it was made, as it says itself. Whoever has a stolen key can lie about that: for an old date, the log
            has to bear it out.

    Raises:
        SignatureInvalid: the key counted no more.
        BadInput: a time is no number of seconds.
    """
    if not any("exp" in jwk or "revoked" in jwk for jwk in keys.values()):
        return
    kid = key_id(compact, typ)
    if read_timed(kid, keys[kid]).has_ended(at):
        raise SignatureInvalid(
            f"the signing key was not good any more on {format_instant(at)}",
            field="iat",
            next_step="Ask the signer for a statement by a key that is good.",
        )


def timed_jwk(entry: KeyEntry) -> dict[str, Any]:
    """The key with its time, as the members ``nbf``, ``exp`` and ``revoked`` (OpenID Federation 1.0, section 8.7.3).

    Whoever does not know them passes them over (RFC 7517 section 4).
    """
    timed: dict[str, Any] = {}
    if entry.valid_from is not None:
        timed["nbf"] = floor(entry.valid_from.timestamp())
    if entry.valid_until is not None:
        timed["exp"] = ceil(entry.valid_until.timestamp())
    if entry.revoked_from is not None:
        timed["revoked"] = {"revoked_at": floor(entry.revoked_from.timestamp())}
    return {**entry.jwk, **timed}


def read_timed(kid: str, jwk: Mapping[str, Any]) -> KeyEntry:
    """A key of somebody's JWK Set, with the time it says it had.

    Raises:
        BadInput: a time is no number of seconds.
    """
    revoked = jwk.get("revoked")
    revoked_at = revoked.get("revoked_at") if isinstance(revoked, Mapping) else revoked
    return KeyEntry(
        kid=kid,
        jwk={name: value for name, value in jwk.items() if name not in {"nbf", "exp", "revoked"}},
        valid_from=_instant(jwk.get("nbf"), "nbf"),
        valid_until=_instant(jwk.get("exp"), "exp"),
        revoked_from=_instant(revoked_at, "revoked"),
    )


def _instant(seconds: object, field: str) -> datetime | None:
    if seconds is None:
        return None
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**36:
        raise BadInput("must be a number of seconds since 1970", field=field)
    return datetime.fromtimestamp(seconds, UTC)


def _narrower(one: KeyEntry, other: KeyEntry) -> KeyEntry:
    return one.model_copy(
        update={
            "valid_from": max(filter(None, (one.valid_from, other.valid_from)), default=None),
            "valid_until": min(filter(None, (one.valid_until, other.valid_until)), default=None),
            "revoked_from": min(filter(None, (one.revoked_from, other.revoked_from)), default=None),
        }
    )
