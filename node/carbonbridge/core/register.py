"""Registers: what they are called, and the statement that each version of an entry is.

A version says: from ``validFrom`` on, until a version that begins later, the entry reads like this. Nothing is
overwritten: a correction is a version with the same beginning and a higher number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.statement import Statement

#: The type of the statement.
REGISTER_ENTRY = "register-entry"


class RegisterKind(StrEnum):
    """The registers of a node."""

    SCHEME = "scheme"
    AGREEMENT = "agreement"
    ISSUER = "issuer"  #: certification bodies and their keys
    FACTOR_SET = "factor-set"  #: emission factors, with source and edition
    BODY = "body"  #: certification bodies: sites, approvals, accreditations, credit
    RULE = "rule"  #: certification rules and their filing
    STANDARD = "standard"  #: editions of standards
    MARK = "mark"
    MARK_GRANT = "mark-grant"  #: which product may carry which mark
    DENY_LIST = "deny-list"
    LEGAL_INSTRUMENT = "legal-instrument"  #: laws and notices
    ORGANISATION_KEYS = "organisation-keys"  #: which key of an organisation was good when


#: Names of the registers in addresses.
REGISTER_NAMES: Mapping[str, RegisterKind] = {
    "schemes": RegisterKind.SCHEME,
    "agreements": RegisterKind.AGREEMENT,
    "issuers": RegisterKind.ISSUER,
    "factor-sets": RegisterKind.FACTOR_SET,
    "bodies": RegisterKind.BODY,
    "rules": RegisterKind.RULE,
    "standards": RegisterKind.STANDARD,
    "marks": RegisterKind.MARK,
    "mark-grants": RegisterKind.MARK_GRANT,
    "deny-list": RegisterKind.DENY_LIST,
    "legal-instruments": RegisterKind.LEGAL_INSTRUMENT,
    "organisation-keys": RegisterKind.ORGANISATION_KEYS,
}


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What a ``register-entry`` statement says.

    Attributes:
        version: 1, 2, … within the entry.
        document: the entry, in the JSON form of the record of its kind (:mod:`.registers`).
    """

    kind: RegisterKind
    entry_id: str
    version: int
    valid_from: datetime
    document: dict[str, Any] = field(repr=False)

    def body(self) -> bytes:
        """The body of the statement, UTF-8 JSON."""
        return write_json(
            {
                "kind": self.kind.value,
                "entryId": self.entry_id,
                "version": self.version,
                "validFrom": format_instant(self.valid_from),
                "document": self.document,
            }
        )

    @classmethod
    def of(cls, statement: Statement) -> RegisterEntry:
        """What a statement says, whose signature was verified.

        Raises:
            BadInput: it is of another type, or its body is no entry.
        """
        if statement.type != REGISTER_ENTRY:
            raise BadInput(f"is no {REGISTER_ENTRY}", field="type")
        return cls.read(read_json(statement.body))

    @classmethod
    def read(cls, body: object) -> RegisterEntry:
        """Read the parsed body.

        Raises:
            BadInput: names the member at fault.
        """
        if not isinstance(body, Mapping):
            raise BadInput("must be an object")
        kind, entry_id, version, document = (
            body.get(name) for name in ("kind", "entryId", "version", "document")
        )
        if not isinstance(kind, str) or kind not in set(RegisterKind):
            raise BadInput("is no register", field="kind")
        if not isinstance(entry_id, str) or not entry_id.strip():
            raise BadInput("must be text", field="entryId")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise BadInput("must be 1, 2, …", field="version")
        if not isinstance(document, dict):
            raise BadInput("must be an object", field="document")
        valid_from = parse_instant(body.get("validFrom"), field="validFrom")
        return cls(RegisterKind(kind), entry_id, version, valid_from, document)
