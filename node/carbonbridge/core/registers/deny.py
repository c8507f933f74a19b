"""The deny-list (黑名单): who is shut out, why, and from when to when; evaluated at the time of a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from carbonbridge.core.record import Text
from carbonbridge.core.registers.period import Period
from carbonbridge.core.scheme import Wording


class DenialReason(StrEnum):
    """Why (苏市监〔2024〕227号, 任务(四): 弄虚作假、虚标滥标; 严重违法失信名单)."""

    FRAUD = "fraud"
    MISUSE_OF_MARK = "misuse_of_mark"
    APPROVAL_REVOKED = "approval_revoked"
    SERIOUS_BREACH = "serious_breach"  #: 严重违法失信
    OTHER = "other"


class Effect(StrEnum):
    """Since when what rests on it has no effect."""

    EX_TUNC = "ex-tunc"  #: from the beginning
    EX_NUNC = "ex-nunc"  #: from now on


class Denial(Period):
    """An entry; it takes effect at ``valid_from`` and ends at ``valid_until``.

    Attributes:
        subject: who, by the id that certificates use: a body's id, a company URN.
        authority: who decided.
        instrument: number of the decision.
    """

    id: Text
    subject: Text
    reason: DenialReason
    text: Wording
    effect: Effect = Effect.EX_NUNC
    authority: Text
    instrument: Text | None = None


def denied(entries: Iterable[Denial], subject: str, at: datetime) -> Denial | None:
    """The entry that shuts a subject out at an instant, that of the heaviest effect; None: it is not shut out."""
    found = [entry for entry in entries if entry.subject.casefold() == subject.casefold() and entry.holds(at)]
    return min(found, key=lambda entry: (entry.effect is not Effect.EX_TUNC, entry.valid_from), default=None)
