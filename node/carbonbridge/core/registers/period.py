"""A time during which something holds."""

from __future__ import annotations

from datetime import datetime

from pydantic import model_validator

from carbonbridge.core.record import Instant, StrictRecord


class Period(StrictRecord):
    """Holds from ``valid_from`` on, and no more from ``valid_until`` on; without an end, for good."""

    valid_from: Instant
    valid_until: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Period:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("validUntil must be later than validFrom")
        return self

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
