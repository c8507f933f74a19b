"""Statements: what a node says, signed, named by its digest, kept byte for byte.

A statement is a compact JWS of type ``statement+jws`` over the UTF-8 JSON object
``{"id", "type", "iss", "sub", "iat", "body"}``. The body is spliced in verbatim and cut out
verbatim, so a footprint can be served exactly as it was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from carbonbridge.core.document import digest, members, read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.keyring import check_in_time
from carbonbridge.core.keys import PublicKeys
from carbonbridge.core.signature import read_payload, read_signed_json, sign, verify_signature

__all__ = ["STATEMENT_TYP", "Statement", "compose", "read_unverified", "sign", "verify"]

STATEMENT_TYP = "statement+jws"

_NAMES = ("id", "type", "iss", "sub", "iat", "body")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement.

    Attributes:
        id: its issuer's name for it.
        type: ``footprint``, ``seal``, …: an open list.
        iss: base URL of the organisation that says it.
        sub: what it is about, such as a footprint id.
        iat: when it was said, UTC.
        body: the exact bytes of the body, a JSON object.
        compact: the JWS.
    """

    id: str
    type: str
    iss: str
    sub: str
    iat: datetime
    body: bytes = field(repr=False)
    compact: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The statement's name: ``sha256:<hex of the compact JWS>``."""
        return digest(self.compact.encode("ascii"))


def compose(
    *,
    statement_type: str,
    statement_id: str,
    iss: str,
    sub: str,
    iat: datetime,
    body: bytes,
    is_object: bool = False,
) -> bytes:
    """The payload to sign.

    Args:
        statement_type: its kind, such as ``footprint``.
        statement_id: the issuer's name for it.
        iss: base URL of the organisation.
        sub: what it is about.
        iat: when, aware.
        body: a JSON object, UTF-8; kept byte for byte.
        is_object: the caller wrote the body, and knows that it is one.

    Raises:
        BadInput: the body is not one JSON object, or a name is empty.
    """
    head = {"id": statement_id, "type": statement_type, "iss": iss, "sub": sub, "iat": format_instant(iat)}
    _check_head(head)
    if not is_object and not isinstance(read_json(body), dict):
        raise BadInput("must be a JSON object", field="body")
    return write_json(head)[:-1] + b',"body":' + body + b"}"


def verify(compact: str, keys: PublicKeys) -> Statement:
    """Read a statement whose signature holds.

    Args:
        compact: the JWS.
        keys: the keys of the organisation that is said to have signed (``read_unverified(compact).iss``).

    Raises:
        SignatureInvalid: see :func:`.signature.verify_signature`; or the key had ended by then (:mod:`.keyring`).
        BadInput: what was signed is not a statement.
    """
    statement = _read(verify_signature(compact, keys, STATEMENT_TYP), compact)
    check_in_time(compact, STATEMENT_TYP, keys, statement.iat)
    return statement


def read_unverified(compact: str) -> Statement:
    """Read a statement to show it, or to learn whose keys it needs. Nothing in it may be believed.

    Raises:
        SignatureInvalid: not a compact JWS of this type.
        BadInput: what was signed is not a statement.
    """
    return _read(read_payload(compact, STATEMENT_TYP), compact)


def _read(payload: bytes, compact: str) -> Statement:
    head = read_signed_json(payload)
    if unknown := head.keys() - set(_NAMES):
        raise BadInput("is not a member of a statement", field=min(unknown)[:80])
    _check_head(head)
    if not isinstance(head.get("body"), dict):
        raise BadInput("must be a JSON object", field="body")
    return Statement(
        id=head["id"],
        type=head["type"],
        iss=head["iss"],
        sub=head["sub"],
        iat=parse_instant(head.get("iat"), field="iat"),
        body=dict(members(payload))["body"],
        compact=compact,
    )


def _check_head(head: Mapping[str, object]) -> None:
    for name in ("id", "type", "iss", "sub"):
        value = head.get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadInput("must be text", field=name)
