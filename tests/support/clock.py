"""A clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID


class FixedClock:
    """Stands still until it is told to go on; its ids are UUIDs of version 4 that count up."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC)) -> None:
        self._now = start
        self._ids = count(1)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        self._now += step
        return self._now

    def new_id(self) -> str:
        return str(UUID(int=next(self._ids), version=4))

    def jitter(self) -> float:
        return 0.0
