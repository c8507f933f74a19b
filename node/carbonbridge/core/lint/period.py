"""Reference period, validity period, and dates that are still to come."""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.core.footprint import three_years_after
from carbonbridge.core.instant import format_instant
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

_VALIDITY = "PACT v3.0.3, Validity Period"
_PERIOD = "PACT v3.0.3, CarbonFootprint: reference period"
_START, _END = "pcf.referencePeriodStart", "pcf.referencePeriodEnd"

PERIOD = Rule(
    "PCF-PERIOD",
    Severity.ERROR,
    Layer.METHODOLOGY,
    _PERIOD,
    (
        "The reference period ends ({end}) before it begins ({start}).",
        "基准期的结束（{end}）不晚于开始（{start}）。",
    ),
    (
        "Start is the first instant of the data, end the first instant after them.",
        "开始为数据的第一时刻，结束为数据之后的第一时刻。",
    ),
)
VALIDITY_PAIR = Rule(
    "PCF-VALIDITY-PAIR",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _VALIDITY,
    (
        "The validity period has one bound only; hosts differ in what they take for the other.",
        "有效期只给出一端；各主机对另一端的理解不同。",
    ),
    ("Give both bounds, or neither.", "请同时给出两端，或都不给。"),
)
VALIDITY_START = Rule(
    "PCF-VALIDITY-START",
    Severity.ERROR,
    Layer.METHODOLOGY,
    _VALIDITY,
    (
        "The validity begins before the reference period ends ({end}).",
        "有效期早于基准期结束（{end}）开始。",
    ),
    ("Begin it at {end} or later.", "请从 {end} 或之后开始。"),
)
VALIDITY_END = Rule(
    "PCF-VALIDITY-END",
    Severity.ERROR,
    Layer.METHODOLOGY,
    _VALIDITY,
    (
        "The validity ends more than three years after the reference period.",
        "有效期的结束晚于基准期结束后三年。",
    ),
    ("End it at {latest} at the latest.", "最迟应于 {latest} 结束。"),
)
VALIDITY_ORDER = Rule(
    "PCF-VALIDITY-ORDER",
    Severity.ERROR,
    Layer.METHODOLOGY,
    _VALIDITY,
    ("The validity ends before it begins.", "有效期的结束不晚于开始。"),
    ("Exchange or correct the bounds.", "请对调或更正两端。"),
)
EXPIRED = Rule(
    "PCF-EXPIRED",
    Severity.INFO,
    Layer.METHODOLOGY,
    _VALIDITY,
    ("The footprint was valid until {end} only.", "该足迹的有效期已于 {end} 结束。"),
    (
        "Calculate a new one and name this in precedingPfIds.",
        "请重新核算，并在 precedingPfIds 中注明本足迹。",
    ),
)
FUTURE = Rule(
    "PCF-FUTURE",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, ProductFootprint and CarbonFootprint: dates",
    ("{stated} is in the future.", "{stated} 在将来。"),
    ("Check the year.", "请检查年份。"),
)
EARLY = Rule(
    "PCF-EARLY",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    _PERIOD,
    (
        "The footprint was made ({stated}) before the period of its data ended ({end}).",
        "足迹的创建时间（{stated}）早于其数据的基准期结束（{end}）。",
    ),
    ("Check both dates.", "请检查这两个日期。"),
)
RULES = (PERIOD, VALIDITY_PAIR, VALIDITY_START, VALIDITY_END, VALIDITY_ORDER, EXPIRED, FUTURE, EARLY)


def check(subject: Subject) -> Iterator[Finding]:
    """Both periods, and what is dated after today."""
    yield from _reference(subject)
    yield from _validity(subject)
    for path in ("created", _END, "pcf.verification.completedAt"):
        value = subject.instant(path)
        if value is not None and value.date() > subject.today:
            yield FUTURE.at(path, stated=format_instant(value))


def _reference(subject: Subject) -> Iterator[Finding]:
    start, end = subject.instant(_START), subject.instant(_END)
    if start is not None and end is not None and end <= start:
        yield PERIOD.at(_END, start=format_instant(start), end=format_instant(end))
    created = subject.instant("created")
    if created is not None and end is not None and created < end:
        yield EARLY.at("created", stated=format_instant(created), end=format_instant(end))


def _validity(subject: Subject) -> Iterator[Finding]:
    names = ("validityPeriodStart", "validityPeriodEnd")
    start, end = (subject.instant(name) for name in names)
    given = [name for name in names if subject.has(name)]
    if len(given) == 1:
        yield VALIDITY_PAIR.at(given[0])
    if start is not None and end is not None and end <= start:
        yield VALIDITY_ORDER.at("validityPeriodEnd")
    data_end = subject.instant(_END)
    if data_end is None:
        return
    latest = three_years_after(data_end)
    if start is not None and start < data_end:
        yield VALIDITY_START.at("validityPeriodStart", end=format_instant(data_end))
    if end is not None and end > latest:
        yield VALIDITY_END.at("validityPeriodEnd", latest=format_instant(latest))
    until = end or latest
    if until.date() <= subject.today:
        yield EXPIRED.at("validityPeriodEnd", end=format_instant(until))
