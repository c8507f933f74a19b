"""Client assertions: a client proves who it is with a signed JWT instead of a secret.

RFC 7523 §2.2 and §3, OpenID Connect Core 1.0 §9 (``private_key_jwt``). Stricter than these where it costs
honest clients nothing: the key is named, the type is stated, there is exactly one audience, and none lives for longer
than five minutes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput, NotAuthenticated, SignatureInvalid
from carbonbridge.core.keys import PublicKeys, SigningKey
from carbonbridge.core.signature import read_payload, sign, verify_signature

#: ``client_assertion_type`` (RFC 7523 §2.2).
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

#: Longest time until the end of an assertion.
LONGEST = timedelta(minutes=5)

#: How far the client's clock may be off.
LEEWAY = timedelta(seconds=30)

#: What every JOSE library writes, and what the successor of RFC 7523 asks for.
TYPES = ("JWT", "client-authentication+jwt")

_LONGEST_TEXT = 8192
_LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion that holds; it may be used once.

    Attributes:
        jti: unique for the client.
        forget_at: from then on it does not hold any more, so that its id need not be remembered.
    """

    client_id: str
    jti: str
    forget_at: datetime


def compose_assertion(client_id: str, audience: str, key: SigningKey, at: datetime, assertion_id: str) -> str:
    """An assertion that is good for a minute.

    Args:
        audience: the token endpoint, or the issuer of the tokens.
        assertion_id: unique; ``jti``.
    """
    issued = int(at.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": issued,
        "exp": issued + 60,
        "jti": assertion_id,
    }
    return sign(write_json(claims), key, TYPES[0])


def claimed_client(compact: str) -> str:
    """The client that an assertion is *said* to be of, to find out whose keys it is verified with.

    Raises:
        NotAuthenticated: it is no assertion.
    """
    return _text(_read(compact)[1], "sub")


def verify_assertion(
    compact: str, client_id: str, keys: PublicKeys, audiences: Collection[str], at: datetime
) -> Assertion:
    """Check everything but that it is used for the first time.

    Args:
        keys: the client's own.
        audiences: the token endpoint that was called, and its issuer.

    Raises:
        NotAuthenticated: forged, malformed, for somebody else, not yet or no longer good, or good for too long.
    """
    typ, _ = _read(compact)
    try:
        claims = _object(verify_signature(compact, keys, typ))
    except SignatureInvalid as error:
        raise _refused(error.message, error.field) from None
    for name in ("iss", "sub"):
        if _text(claims, name) != client_id:
            raise _refused("is not the client", name)
    audience = claims.get("aud")
    # An assertion for several would let each of them use it at the others.
    if isinstance(audience, list) and len(audience) == 1:
        [audience] = audience
    if not isinstance(audience, str) or audience not in audiences:
        raise _refused("is not this token endpoint or its issuer, or not these alone", "aud")
    end = _check_times(claims, at.timestamp())
    jti = _text(claims, "jti")
    if not 0 < len(jti) <= _LONGEST_ID:
        raise _refused(f"must have 1 to {_LONGEST_ID} characters", "jti")
    return Assertion(client_id, jti, datetime.fromtimestamp(end, UTC) + LEEWAY)


def _check_times(claims: dict[str, Any], now: float) -> float:
    """The end; everything in seconds, because a claim may name a year that no calendar has."""
    leeway = LEEWAY.total_seconds()
    end = _seconds(claims, "exp")
    if now >= end + leeway:
        raise _refused("is past", "exp")
    if end > now + LONGEST.total_seconds() + leeway:
        raise _refused(f"is more than {LONGEST.seconds} s ahead", "exp")
    for name in ("iat", "nbf"):
        if name in claims and not _seconds(claims, name) <= min(now + leeway, end):
            raise _refused("is in the future", name)
    return end


def _read(compact: str) -> tuple[str, dict[str, Any]]:
    """Type and claims, nothing of which is verified."""
    if len(compact) > _LONGEST_TEXT:
        raise _refused("is too long", "client_assertion")
    refusal = SignatureInvalid("this is not a signature we accept")
    for typ in TYPES:
        try:
            return typ, _object(read_payload(compact, typ))
        except SignatureInvalid as error:
            refusal = error
    raise _refused(refusal.message, refusal.field)


def _object(payload: bytes) -> dict[str, Any]:
    try:
        claims = read_json(payload)
    except BadInput as error:
        raise _refused(error.message, "client_assertion") from None
    if not isinstance(claims, dict):
        raise _refused("must hold an object", "client_assertion")
    return claims


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        raise _refused("must be text", name)
    return value


def _seconds(claims: dict[str, Any], name: str) -> float:
    """A NumericDate (RFC 7519 §2)."""
    value = claims.get(name)
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise _refused("must be a number of seconds", name)
    try:
        return float(value)
    except OverflowError:
        raise _refused("is no date", name) from None


def _refused(message: str, field: str | None) -> NotAuthenticated:
    return NotAuthenticated(message, field=field)
