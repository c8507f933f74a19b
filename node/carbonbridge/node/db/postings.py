"""Postings: for each thing that a footprint can be found by, a row, kept in the order of the listing.

Beside PACT's keys (product, company, classification, geography), a footprint is found by its status and by its period
of validity to the month, so that every filter of ListFootprints is a walk along rows that are in order already.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.vocabulary import FootprintStatus

#: Kinds of postings beside those of :class:`.KeyKind`.
STATUS, PERIOD = "status", "period"

#: Columns of a posting.
POSTING = ("org", "kind", "value", "seq", "valid_from", "valid_until", "status")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def month(at: datetime) -> str:
    """``2026-01``; in the order of time, as text too."""
    at = at.astimezone(UTC)
    return f"{at.year:04}-{at.month:02}"


def period(facts: FootprintFacts) -> str:
    """``2026-01/2029-01``: first and last month of validity."""
    return f"{month(facts.valid_from)}/{month(facts.valid_until)}"


def status_word(status: FootprintStatus) -> str:
    """The value of a status posting."""
    return status.casefold()


def keys_of(facts: FootprintFacts) -> list[list[str]]:
    """The keys as a footprint's own row holds them."""
    return [[kind.value, value] for kind, value in sorted(facts.keys)]


def postings(org: str, seq: int, facts: FootprintFacts) -> list[tuple[Any, ...]]:
    """The rows of a footprint, with the columns of :data:`POSTING`."""
    rest = (seq, micros(facts.valid_from), micros(facts.valid_until), facts.status.value)
    return [
        *((org, kind.value, value, *rest) for kind, value in facts.keys),
        (org, STATUS, status_word(facts.status), *rest),
        (org, PERIOD, period(facts), *rest),
    ]
