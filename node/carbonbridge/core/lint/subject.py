"""The document that is linted, read without ever failing: what cannot be read is absent to the rules.

That it cannot be read is a finding of the schema layer; every other rule speaks only of what it can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import parse_instant
from carbonbridge.core.quantity import parse_decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """A document, or any other JSON.

    Attributes:
        document: parsed JSON.
        today: the day of the linting.
    """

    document: object
    today: date

    def get(self, path: str) -> Any:
        """The value at a dotted path; None where there is none, or null."""
        value = self.document
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def has(self, path: str) -> bool:
        """Whether there is a value, which null is not."""
        return self.get(path) is not None

    def decimal(self, path: str) -> Decimal | None:
        """A decimal, whatever its sign."""
        value = self.get(path)
        if not isinstance(value, str):
            return None
        try:
            return parse_decimal(value, field=path)
        except BadInput:
            return None

    def instant(self, path: str) -> datetime | None:
        """A date-time, UTC."""
        value = self.get(path)
        if not isinstance(value, str):
            return None
        try:
            return parse_instant(value, field=path)
        except BadInput:
            return None

    def texts(self, path: str) -> list[tuple[str, str]]:
        """The items of a list that are text, each with its path."""
        value = self.get(path)
        items = value if isinstance(value, list) else []
        return [(f"{path}.{number}", item) for number, item in enumerate(items) if isinstance(item, str)]

    def text(self, path: str) -> str | None:
        """Text; None if it is blank."""
        value = self.get(path)
        return value if isinstance(value, str) and value.strip() else None
