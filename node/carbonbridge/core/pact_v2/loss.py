"""What a conversion between v2 and v3 cost: a loss report is data, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from carbonbridge.core.errors import BadInput


class NotExpressible(BadInput):
    """A sound v3 footprint that PACT v2 has no honest words for; it is left out of the v2 interface."""

    code = "NotExpressible"


class Happened(StrEnum):
    """What became of a field."""

    DROPPED = "dropped"  #: the other version has no place for it
    APPROXIMATED = "approximated"  #: taken over, though it means something slightly different there
    DERIVED = "derived"  #: calculated from other fields
    DEFAULTED = "defaulted"  #: the other version demands it, and the document does not say


@dataclass(frozen=True, slots=True)
class Loss:
    """One field, what happened to it, and why.

    Attributes:
        field: path in the source document, or in the result for what is new there.
        en: one sentence in English.
        zh: the same in Chinese.
    """

    field: str
    happened: Happened
    en: str
    zh: str

    def document(self) -> dict[str, Any]:
        """JSON form."""
        return {"field": self.field, "happened": self.happened.value, "why": {"en": self.en, "zh": self.zh}}


@dataclass(frozen=True, slots=True)
class LossReport:
    """Everything that a conversion changed but for names and amounts, which it can undo.

    Attributes:
        source: ``specVersion`` of the document that was converted.
        target: ``specVersion`` of the result.
    """

    source: str
    target: str
    losses: tuple[Loss, ...] = ()

    def of(self, path: str) -> frozenset[Happened]:
        """What happened to a field; empty: nothing."""
        return frozenset(loss.happened for loss in self.losses if loss.field == path)

    def document(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "from": self.source,
            "to": self.target,
            "losses": [loss.document() for loss in self.losses],
        }


@dataclass(slots=True)
class Ledger:
    """Where a conversion writes its losses down."""

    losses: list[Loss] = field(default_factory=list)

    def add(self, path: str, happened: Happened, en: str, zh: str) -> None:
        """One more."""
        self.losses.append(Loss(path, happened, en, zh))

    def dropped(self, path: str, target: str) -> None:
        """The target version has no such field."""
        self.add(path, Happened.DROPPED, f"PACT {target} has no place for it", f"PACT {target} 没有对应字段")

    def to_comment(self, path: str, target: str) -> None:
        """The target version has no such field; a person still reads it in the comment."""
        en, zh = (
            f"PACT {target} has no place for it: told in comment",
            f"PACT {target} 没有对应字段：已写入 comment",
        )
        self.add(path, Happened.DROPPED, en, zh)
