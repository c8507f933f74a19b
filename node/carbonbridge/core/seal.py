"""The publisher's seal: a small statement over a footprint's digest, carried in the footprint's extension.

It survives a host that writes the JSON anew, because the digest is of the canonical form (RFC 8785).
"""

from __future__ import annotations

import re
from datetime import datetime

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.statement import Statement, compose

SEAL = "seal"

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def compose_seal(*, seal_id: str, iss: str, footprint_id: str, iat: datetime, footprint_digest: str) -> bytes:
    """The payload of a seal, to be signed with type ``statement+jws``.

    Args:
        seal_id: the seal's id.
        iss: base URL of the publisher.
        footprint_id: the PACT id of the footprint.
        iat: when, aware.
        footprint_digest: see ``footprint_digest`` of the footprint.

    Raises:
        BadInput: the digest is not one.
    """
    body = write_json({"footprintDigest": check_digest(footprint_digest, field="footprintDigest")})
    return compose(
        statement_type=SEAL,
        statement_id=seal_id,
        iss=iss,
        sub=footprint_id,
        iat=iat,
        body=body,
        is_object=True,
    )


def sealed_digest(statement: Statement) -> str:
    """The footprint digest that a seal is over.

    Raises:
        BadInput: the statement is not a seal.
    """
    if statement.type != SEAL:
        raise BadInput(f"is {statement.type[:80]!r}, not a seal", field="type")
    return check_digest(read_json(statement.body).get("footprintDigest"), field="body.footprintDigest")


def check_digest(value: object, *, field: str) -> str:
    """A digest as text.

    Raises:
        BadInput: not ``sha256:`` and 64 lower-case hexadecimal digits.
    """
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise BadInput("must be sha256: and 64 hexadecimal digits", field=field)
    return value
