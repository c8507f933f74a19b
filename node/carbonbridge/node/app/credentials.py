"""What clients authenticate with: made and checked the same way when one is enrolled and when it is rotated."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import jwks as jwk_set
from carbonbridge.core.keys import read_jwks
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import Client, ClientSecret

_MOST_KEYS = 10

#: SHA-256 in base64url (RFC 8705 §3.1); hexadecimal, with or without colons, as openssl prints it.
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_HEXADECIMAL = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that was just made: the text for whoever asked, and what is kept of it."""

    text: str = field(repr=False)
    record: ClientSecret


def new_secret(node: Node, client: Client, expires_at: datetime | None) -> NewSecret:
    """Make a secret; slow, so not in a transaction."""
    text = node.vault.new_secret()
    record = ClientSecret(
        id=node.clock.new_id(),
        org=client.org,
        client_id=client.client_id,
        hash=node.vault.hash(text),
        created_at=node.clock.now(),
        expires_at=expires_at,
    )
    return NewSecret(text, record)


def check_end(end: datetime | None, at: datetime, name: str) -> None:
    """Whether something ends in the future, if ever.

    Raises:
        BadInput: naming the field.
    """
    if end is not None and end <= at:
        raise BadInput("must be in the future", field=name)


def check_keys(
    jwks: Mapping[str, Any] | None, certificate: str | None
) -> tuple[dict[str, Any] | None, str | None]:
    """Public keys or a certificate's thumbprint in the form in which they are kept.

    Raises:
        BadInput: both, no key, a key that is neither Ed25519 nor P-256, or no thumbprint.
    """
    if jwks is not None and certificate is not None:
        raise BadInput("a client has keys or a certificate, not both", field="jwks")
    return (
        None if jwks is None else _check_jwks(jwks),
        None if certificate is None else _check_thumbprint(certificate),
    )


def _check_jwks(jwks: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = read_jwks(jwks)
    except BadInput as error:
        field = f"jwks.{error.field}" if error.field else "jwks"
        raise BadInput(error.message, field=field, next_step=error.next_step) from None
    if not 0 < len(found) == len(jwks["keys"]) <= _MOST_KEYS:
        raise BadInput(f"must hold 1 to {_MOST_KEYS} keys, all of them Ed25519 or P-256", field="jwks.keys")
    return jwk_set({**key, "kid": kid} for kid, key in found.items())


def _check_thumbprint(text: str) -> str:
    bare = text.replace(":", "").lower()
    if _HEXADECIMAL.fullmatch(bare):
        return thumbprint_text(bytes.fromhex(bare))
    if not _THUMBPRINT.fullmatch(text):
        raise BadInput(
            "must be the SHA-256 thumbprint of a certificate",
            field="certificate",
            next_step="openssl x509 -in client.pem -noout -fingerprint -sha256 prints it.",
        )
    return text


def thumbprint_text(digest: bytes) -> str:
    """``x5t#S256`` (RFC 8705 §3.1) of a digest."""
    return urlsafe_b64encode(digest).decode().rstrip("=")
