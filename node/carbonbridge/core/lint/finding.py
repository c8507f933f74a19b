"""What the linter says of a footprint: findings, and the report that counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from carbonbridge.core.record import Record
from carbonbridge.core.scheme import Wording

#: What a finding costs of the hundred points of a report; chosen so that five errors leave nothing.
_COST = {"error": 20, "warning": 5, "info": 0}

#: Nobody reads more, and whoever sends a document of junk shall not get a larger one back.
MOST_FINDINGS = 1000


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"  #: a recipient's schema refuses it, or it contradicts the specification or itself
    WARNING = "warning"  #: a duty is not met, or the value is doubtful
    INFO = "info"  #: worth knowing


class Layer(StrEnum):
    """Which kind of rule it is of (specification v3.0.3, "Validation"); plausibility is our own."""

    SCHEMA = "schema"  #: what every host may refuse
    METHODOLOGY = "methodology"  #: reporting rules for people; never a ground to refuse a document
    PLAUSIBILITY = "plausibility"  #: allowed, and hardly meant


class Finding(Record):
    """One thing found.

    Attributes:
        code: stable name of the rule.
        field: path in the document, in PACT's spelling; empty for the whole of it.
        since: the day from which a duty binds, where that is later than the specification itself.
        source: where the rule stands.
    """

    code: str
    field: str
    severity: Severity
    layer: Layer
    since: date | None = None
    message: Wording
    remedy: Wording
    source: str


class Report(Record):
    """All findings on one document.

    Attributes:
        name: where the document came from.
        footprint_id: its ``id``, if it has one that is text.
        score: 100 without findings; an error costs 20, a warning 5, and it never falls below 0.
        findings: the gravest thousand; the counts are of all.
    """

    name: str
    footprint_id: str | None = None
    errors: int
    warnings: int
    notes: int
    score: int
    findings: tuple[Finding, ...]


def report(name: str, footprint_id: str | None, findings: Iterable[Finding]) -> Report:
    """Sort by severity, then by field; count; score."""
    order = list(Severity)
    found = sorted(findings, key=lambda item: (order.index(item.severity), item.field, item.code))
    counts = Counter(item.severity for item in found)
    return Report(
        name=name,
        footprint_id=footprint_id,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.INFO],
        score=max(0, 100 - sum(_COST[item.severity] for item in found)),
        findings=tuple(found[:MOST_FINDINGS]),
    )
