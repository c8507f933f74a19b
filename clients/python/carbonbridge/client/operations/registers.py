"""Registers and their history, and the organisation's signing keys."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from carbonbridge.client.call import Call, Object, an_object, objects, operation, without_none

RegisterName = Literal[
    "schemes",
    "agreements",
    "issuers",
    "factor-sets",
    "bodies",
    "rules",
    "standards",
    "marks",
    "mark-grants",
    "deny-list",
    "legal-instruments",
    "organisation-keys",
]


class Registers:
    """What the node's registers hold, at any time; an administrator's, or an entitled organisation's to keep."""

    @operation
    def register(self, register: RegisterName, entry: Object, valid_from: str | None = None) -> Call[Object]:
        """Put an entry, or a version of one, into a register.

        Args:
            register: which.
            entry: its document.
            valid_from: RFC 3339, from when it holds; now unless stated.
        """
        query = _query(validFrom=valid_from)
        return Call("POST", f"registers/{register}", an_object, entry, query)

    @operation
    def register_entries(self, register: RegisterName, at: str | None = None) -> Call[list[Object]]:
        """What a register holds; at an instant (RFC 3339), or now."""
        return Call("GET", f"registers/{register}", objects, query=_query(at=at))

    @operation
    def register_entry(
        self, register: RegisterName, entry_id: str, at: str | None = None, known_at: str | None = None
    ) -> Call[Object]:
        """The version of an entry that holds, with the keeper's signed statement (``signed``).

        Args:
            register: which.
            entry_id: of the entry.
            at: RFC 3339, what holds then; now unless stated.
            known_at: RFC 3339, as far as it was recorded by then.
        """
        query = _query(id=entry_id, at=at, knownAt=known_at)
        return Call("GET", f"registers/{register}/entry", an_object, query=query)

    @operation
    def register_history(self, register: RegisterName, entry_id: str) -> Call[list[Object]]:
        """Every version of an entry, oldest first."""
        return Call("GET", f"registers/{register}/history", objects, query=_query(id=entry_id))

    @operation
    def signing_keys(self) -> Call[list[Object]]:
        """The organisation's signing keys of all times."""
        return Call("GET", "signing-keys", objects)

    @operation
    def rotate_signing_key(self, compromised_from: str | None = None) -> Call[Object]:
        """Put a new signing key in the place of the present one.

        Args:
            compromised_from: RFC 3339, since when somebody else may have had the old one.
        """
        return Call("POST", "signing-keys", an_object, without_none(compromisedFrom=compromised_from))

    @operation
    def revoke_signing_key(self, kid: str, since: str) -> Call[Object]:
        """Disown what a key that was rotated out signed from an instant on."""
        path = f"signing-keys/{quote(kid, safe='')}/revocation"
        return Call("POST", path, an_object, {"from": since})


def _query(**stated: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stated.items() if value is not None)
