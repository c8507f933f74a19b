"""Verdicts: whether a certified footprint is recognised, with every reason, replayable byte for byte."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from carbonbridge.core.agreement import Level
from carbonbridge.core.certificate import DeclaredUnit, ElectricitySeries
from carbonbridge.core.document import canonical, digest
from carbonbridge.core.record import AnyDecimal, Computed, Instant, NotNegative, Record
from carbonbridge.core.scheme import Wording


class Outcome(StrEnum):
    """What a check found."""

    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "unknown"  #: the evidence to tell is missing


class CheckClass(StrEnum):
    """What follows when a check does not pass."""

    HARD = "hard"  #: rejected
    SOFT = "soft"  #: accepted on a condition
    INFO = "info"  #: nothing


class Remedy(StrEnum):
    """What would meet a condition."""

    SUPPLY_FIELD = "supply_field"
    RECALCULATE = "recalculate"
    REISSUE = "reissue"
    NOTIFY = "notify"
    LABEL_TEXT = "label_text"


class Decision(StrEnum):
    """The outcome as a whole."""

    ACCEPTED = "accepted"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"


class Condition(Record):
    """What has to be done for a conditional recognition to stand."""

    code: str
    what: Wording
    remedy: Remedy


class Check(Record):
    """One check and what it found; ``required`` and ``found`` are for people to compare."""

    step: int
    code: str
    check_class: Annotated[CheckClass, Field(alias="class")]
    outcome: Outcome
    required: str
    found: str
    message: Wording
    condition: Condition | None = None

    @property
    def decision(self) -> Decision:
        """What the check alone would lead to."""
        if self.outcome is Outcome.PASSED or self.check_class is CheckClass.INFO:
            return Decision.ACCEPTED
        return Decision.REJECTED if self.check_class is CheckClass.HARD else Decision.CONDITIONAL


class Delta(Record):
    """One computed difference: ``kwh · (target − used)`` = ``value``, kgCO2e per declared unit."""

    kind: str = "electricity_substitution"
    series: ElectricitySeries
    edition_used: int
    edition_target: int
    used: NotNegative
    target: NotNegative
    kwh: NotNegative | None = None
    value: Computed


class AgreementUsed(Record):
    """The agreement that the verdict rests on."""

    id: str
    version: str


class Pinned(Record):
    """An input by digest, so that anybody who holds it can replay the verdict."""

    kind: str
    name: str
    digest: str


class Verdict(Record):
    """The answer to: may this footprint be used, at this level, for this purpose, at this time?

    Attributes:
        native: the certificate was issued under the very scheme that asks; no agreement is needed.
        certified_value: kgCO2e per ``per``, as certified; never replaced.
        adjusted_value: the certified value with all deltas, shown beside it; None if one cannot be computed.
        deltas: reach only the electricity that the certificate declares, not the one inside secondary data.
        inputs: every input by digest.
        evaluator: the algorithm; a verdict replays with the same one.
    """

    verdict: Decision
    native: bool
    from_scheme: str | None = None
    to_scheme: str
    level: Level
    purpose: str
    at: Instant
    footprint_id: str | None = None
    certificate_id: str | None = None
    agreement: AgreementUsed | None = None
    checks: tuple[Check, ...]
    deltas: tuple[Delta, ...] = ()
    certified_value: AnyDecimal | None = None
    adjusted_value: Computed | None = None
    per: DeclaredUnit | None = None
    inputs: tuple[Pinned, ...]
    evaluator: str

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that has to be done."""
        return tuple(check.condition for check in self.checks if check.condition is not None)

    @property
    def reasons(self) -> tuple[Check, ...]:
        """The checks that stand in the way of plain acceptance."""
        return tuple(check for check in self.checks if check.decision is not Decision.ACCEPTED)

    def canonical(self) -> bytes:
        """The bytes to store: RFC 8785 of :meth:`document`."""
        return canonical(self.document())

    @property
    def digest(self) -> str:
        """``sha256:…`` of the stored bytes."""
        return digest(self.canonical())
