"""Instants: RFC 3339 at the borders, aware UTC inside."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from carbonbridge.core.errors import BadInput

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def parse_instant(text: object, *, field: str) -> datetime:
    """Read an RFC 3339 date-time; the offset is compulsory, digits below a microsecond are cut off.

    Raises:
        BadInput: not text, not RFC 3339, no offset, or no such day.
    """
    if isinstance(text, datetime):
        return _utc(text, field)
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        raise BadInput("must be an RFC 3339 date-time with offset, such as 2026-01-31T08:00:00Z", field=field)
    whole, point, rest = text.upper().partition(".")
    if point:
        digits = re.match(r"\d+", rest, re.ASCII)
        length = digits.end() if digits else 0
        whole += f".{rest[: min(length, 6)]:0<6}{rest[length:]}"
    try:
        return _utc(datetime.fromisoformat(whole), field)
    except (ValueError, OverflowError):
        raise BadInput(f"there is no such date or time as {text}", field=field) from None


def format_instant(value: datetime) -> str:
    """``2026-01-31T08:00:00Z``; a fraction is written only where there is one."""
    text = _utc(value, "date-time").isoformat()
    return text.removesuffix("+00:00") + "Z"


def _utc(value: datetime, field: str) -> datetime:
    if value.tzinfo is None:
        raise BadInput("must have an offset", field=field)
    return value.astimezone(UTC)
