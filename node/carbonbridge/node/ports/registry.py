"""The registers as they were at any time: versions that are only ever added to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from carbonbridge.core.register import RegisterKind


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """What an entry of a register says from an instant on.

    Attributes:
        version: 1, 2, … in the order in which they were recorded.
        valid_from: from when it holds, until the next version that holds later.
        recorded_at: since when the node knows it.
        org: slug of the organisation that keeps it and signed it; None while it is not signed.
        statement: digest of the statement ``register-entry`` that says it; None for what was recorded before the node
            had an organisation to sign with.
    """

    kind: RegisterKind
    entry_id: str
    version: int
    document: dict[str, Any] = field(repr=False)
    valid_from: datetime
    recorded_at: datetime
    org: str | None = None
    statement: str | None = None


class Registry(Protocol):
    """Two times count: when something holds (``valid_at``), and when the node knew of it (``known_at``; None: now).

    What holds at an instant is the version that began to hold last; of those that began together, the one recorded
    last: a correction is a version with the same beginning.
    """

    def next_version(self, kind: RegisterKind, entry_id: str) -> int:
        """The number of the version to come; nobody else adds one to the registers until the transaction ends."""
        ...

    def put(self, version: RegisterVersion) -> None:
        """Add a version.

        Raises:
            Conflict: there is one of that number.
        """
        ...

    def sign(self, version: RegisterVersion) -> None:
        """Note who signed a version that was not signed, and the statement."""
        ...

    def unsigned(self) -> list[RegisterVersion]:
        """Those that nobody has signed yet, in the order in which they were recorded."""
        ...

    def at(
        self, kind: RegisterKind, entry_id: str, valid_at: datetime, known_at: datetime | None = None
    ) -> RegisterVersion | None:
        """What holds of an entry at an instant; None: it is not there, or not yet."""
        ...

    def history(self, kind: RegisterKind, entry_id: str) -> list[RegisterVersion]:
        """Every version of an entry, oldest first."""
        ...

    def find(
        self, kind: RegisterKind, valid_at: datetime, known_at: datetime | None = None
    ) -> list[RegisterVersion]:
        """What holds of every entry of a register, by id."""
        ...
