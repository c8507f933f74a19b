"""Compact JWS (RFC 7515), pinned to two algorithms and three header fields.

The header is ``{"alg", "kid", "typ"}``. The algorithm must be the key's own, whatever the sender wishes; keys
come from the caller, never from the header. ``EdDSA`` over Ed25519 is what we write: every JOSE library
reads it; RFC 9864 gave the same algorithm the name ``Ed25519``, which we accept too.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from copy import copy
from functools import lru_cache
from typing import Any

from joserfc.errors import BadSignatureError, JoseError
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact
from joserfc.registry import HeaderParameter

from carbonbridge.core.document import MAX_BYTES, read_json, write_json
from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keys import PublicKeys, SigningKey, read_public_key

_HEADER = {
    "alg": HeaderParameter("Algorithm", "str", required=True),
    "kid": HeaderParameter("Key ID", "str", required=True),
    "typ": HeaderParameter("Type", "str", required=True),
}


def _registry() -> JWSRegistry:
    """Knows no other algorithm (``none``, HMAC …) and no other header field (``jwk``, ``crit`` …)."""
    ed25519 = JWSRegistry.algorithms["Ed25519"]
    eddsa = copy(ed25519)
    eddsa.name = "EdDSA"
    registry = JWSRegistry(algorithms=("EdDSA", "Ed25519", "ES256"))
    registry.algorithms = {"EdDSA": eddsa, "Ed25519": ed25519, "ES256": JWSRegistry.algorithms["ES256"]}
    registry.header_registry = _HEADER
    registry.max_payload_length = MAX_BYTES * 4 // 3 + 4
    return registry


_REGISTRY = _registry()


def sign(payload: bytes, key: SigningKey, typ: str) -> str:
    """Sign bytes as they are.

    Args:
        payload: the exact bytes.
        key: the private key; its thumbprint becomes ``kid``.
        typ: media type without ``application/``, such as ``statement+jws`` or ``vc+jwt``.
    """
    signed = _head(key.algorithm, key.kid, typ) + b"." + urlsafe_b64encode(payload).rstrip(b"=")
    signature = _REGISTRY.algorithms[key.algorithm].sign(signed, key.key)
    return (signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode("ascii")


@lru_cache(maxsize=256)
def _head(algorithm: str, kid: str, typ: str) -> bytes:
    """The first part of the compact form: the same for all that a key signs of a type."""
    header = write_json({"alg": algorithm, "kid": kid, "typ": typ})
    return urlsafe_b64encode(header).rstrip(b"=")


def verify_signature(compact: str, keys: PublicKeys, typ: str) -> bytes:
    """The payload, once the signature holds.

    Args:
        compact: the compact JWS.
        keys: the keys the signer is known by; the caller picks them by who is *said* to have signed.
        typ: the type it must have: a signature made for one purpose does not serve another.

    Raises:
        SignatureInvalid: malformed, another type or algorithm, an unknown key, or it does not hold.
    """
    parts = _extract(compact, typ)
    jwk = keys.get(parts.headers()["kid"])
    if jwk is None:
        raise SignatureInvalid(
            "the signing key is not one the signer is known by",
            field="kid",
            next_step="Fetch the signer's published keys again, or ask the signer which key is theirs.",
        )
    try:
        key = read_public_key(jwk)
        holds = validate_compact(parts, key, registry=_REGISTRY)
    except (BadInput, JoseError, ValueError):
        raise SignatureInvalid("the key does not fit the algorithm", field="alg") from None
    if not holds:
        raise SignatureInvalid("the signature does not hold over the signed bytes")
    return parts.payload


def key_id(compact: str, typ: str) -> str:
    """Name of the key that is said to have signed.

    Raises:
        SignatureInvalid: malformed, another type or algorithm.
    """
    return str(_extract(compact, typ).headers()["kid"])


def read_payload(compact: str, typ: str) -> bytes:
    """The payload *without* verifying anything: to look at, or to find out whose keys to verify with.

    Raises:
        SignatureInvalid: malformed, another type or algorithm.
    """
    return _extract(compact, typ).payload


def _extract(compact: str, typ: str) -> CompactSignature:
    try:
        parts = extract_compact(compact.encode("ascii"), registry=_REGISTRY)
        header: Any = parts.headers()
        if not isinstance(header, dict):
            raise BadSignatureError
        _REGISTRY.check_header(header)
        _REGISTRY.get_alg(header["alg"])
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        reason = error.description if isinstance(error, JoseError) and error.description else "malformed"
        raise SignatureInvalid(f"this is not a signature we accept: {reason[:200]}") from None
    if header["typ"] != typ:
        raise SignatureInvalid(f"the signature is of type {header['typ'][:80]!r}, not {typ!r}", field="typ")
    return parts


def read_signed_json(payload: bytes) -> dict[str, Any]:
    """The JSON object that was signed.

    Raises:
        BadInput: not an object, or not JSON (see :func:`.document.read_json`).
    """
    value = read_json(payload)
    if not isinstance(value, dict):
        raise BadInput("the signed document must be an object")
    return value
