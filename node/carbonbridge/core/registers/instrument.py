"""Legal instruments: laws, notices and opinions that agreements, rules and marks rest on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from carbonbridge.core.record import Instant, StrictRecord, Text
from carbonbridge.core.scheme import Wording


class InstrumentStatus(StrEnum):
    """Where it stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"


class LegalInstrument(StrictRecord):
    """A document of an authority.

    Attributes:
        number: 文号, such as ``苏市监〔2024〕227号``.
        issuers: who issued it, the first one leading.
        ended_at: first instant at which it is in force no more.
        supersedes: ids of those it takes the place of.
    """

    id: Text
    number: Text
    title: Wording
    issuers: Annotated[tuple[Text, ...], Field(min_length=1)]
    issued_at: Instant
    status: InstrumentStatus
    in_force_from: Instant | None = None
    ended_at: Instant | None = None
    supersedes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fits_its_status(self) -> LegalInstrument:
        over = self.status in {InstrumentStatus.REPEALED, InstrumentStatus.SUPERSEDED}
        if over != (self.ended_at is not None):
            raise ValueError("endedAt belongs to what is repealed or superseded, and only to it")
        if self.id in self.supersedes:
            raise ValueError("an instrument does not supersede itself")
        return self


def instrument_in_force(instrument: LegalInstrument, at: datetime) -> bool:
    """Whether it is in force at an instant: from its day of effect, else from the day it was issued."""
    if instrument.status is InstrumentStatus.DRAFT:
        return False
    begun = (instrument.in_force_from or instrument.issued_at) <= at
    return begun and (instrument.ended_at is None or at < instrument.ended_at)
