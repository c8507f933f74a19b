"""Figures: the sums that the specification states, and the ranges that its schema does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject
from carbonbridge.core.quantity import CONTEXT, format_decimal, round_significant

_SUMS = "PACT v3.0.3, CarbonFootprint: pcfExcludingBiogenicUptake (informative)"
#: Stated figures are rounded: a part in a thousand is no difference.
_TOLERANCE = Decimal("0.001")
_DIGITS = 6

#: What pcfExcludingBiogenicUptake consists of; packaging, logistics and aircraft are contained in these.
PARTS = (
    "fossilGhgEmissions",
    "landUseChangeGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
    "technologicalCO2Removals",
    "ccsTechnologicalCO2Capture",
    "biogenicNonCO2Emissions",
)
EXCLUDING, INCLUDING = "pcf.pcfExcludingBiogenicUptake", "pcf.pcfIncludingBiogenicUptake"

SUM_EXCLUDING = Rule(
    "PCF-SUM-EXCLUDING",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _SUMS,
    (
        "{stated} kgCO2e is stated, the parts sum to {sum}: a difference of {difference}.",
        "填报 {stated} kgCO2e，各分项之和为 {sum}，相差 {difference}。",
    ),
    (
        "Give every part that counts (fossil, land use, removals …), or correct the total.",
        "请给出全部分项（化石、土地利用、清除等），或更正总数。",
    ),
)
SUM_INCLUDING = Rule(
    "PCF-SUM-INCLUDING",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _SUMS,
    (
        "{stated} kgCO2e is stated, excluding uptake plus biogenicCO2Uptake is {sum}: a difference of {difference}.",
        "填报 {stated} kgCO2e，不含吸收的数值加 biogenicCO2Uptake 为 {sum}，相差 {difference}。",
    ),
    (
        "Correct it, or give biogenicCO2Uptake.",
        "请更正该数值，或补充 biogenicCO2Uptake。",
    ),
)
PART = Rule(
    "PCF-PART",
    Severity.WARNING,
    Layer.METHODOLOGY,
    "PACT v3.0.3, CarbonFootprint: landManagementFossilGhgEmissions",
    (
        "{stated} is more than fossilGhgEmissions ({whole}), which contain it.",
        "{stated} 大于包含它的 fossilGhgEmissions（{whole}）。",
    ),
    (
        "Count it in fossilGhgEmissions as well.",
        "请把它也计入 fossilGhgEmissions。",
    ),
)
RATING = Rule(
    "PCF-DQR",
    Severity.ERROR,
    Layer.METHODOLOGY,
    "PACT v3.0.3, DataQualityIndicators",
    ("{stated} is no rating from 1 to 5.", "{stated} 不是 1 至 5 的评级。"),
    ("1 is best, 5 worst; v2 ratings went to 3.", "1 为最好，5 为最差；v2 的评级到 3 为止。"),
)
SHARE = Rule(
    "PCF-SHARE",
    Severity.ERROR,
    Layer.METHODOLOGY,
    "PACT v3.0.3, CarbonFootprint: percentages",
    ("{stated} is no percentage from 0 to 100.", "{stated} 不是 0 至 100 的百分比。"),
    ("Give per cent: 25 for a quarter.", "请填百分数：四分之一写 25。"),
)
FRACTION = Rule(
    "PCF-FRACTION",
    Severity.INFO,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: percentages",
    ("{stated} per cent: a fraction of 1 may be meant.", "{stated}%：可能误填了小数比例。"),
    ("Give per cent: 25 for a quarter.", "请填百分数：四分之一写 25。"),
)
RULES = (SUM_EXCLUDING, SUM_INCLUDING, PART, RATING, SHARE, FRACTION)


def check(subject: Subject) -> Iterator[Finding]:
    """Sums, then ranges."""
    excluding, including = subject.decimal(EXCLUDING), subject.decimal(INCLUDING)
    if excluding is not None and subject.decimal("pcf.fossilGhgEmissions") is not None:
        parts = [subject.decimal(f"pcf.{name}") or Decimal(0) for name in PARTS]
        yield from _compared(SUM_EXCLUDING, EXCLUDING, excluding, parts)
    if excluding is not None and including is not None:
        uptake = subject.decimal("pcf.biogenicCO2Uptake") or Decimal(0)
        yield from _compared(SUM_INCLUDING, INCLUDING, including, [excluding, uptake])
    part, whole = (
        subject.decimal(f"pcf.{name}") for name in ("landManagementFossilGhgEmissions", "fossilGhgEmissions")
    )
    if part is not None and whole is not None and part > whole:
        yield PART.at("pcf.landManagementFossilGhgEmissions", stated=part, whole=whole)
    yield from _ranges(subject)


def _compared(rule: Rule, path: str, stated: Decimal, parts: list[Decimal]) -> Iterator[Finding]:
    with localcontext(CONTEXT):
        total = sum(parts, Decimal(0))
        difference = stated - total
        if abs(difference) > _TOLERANCE * max(abs(stated), abs(total)):
            yield rule.at(path, stated=_shown(stated), sum=_shown(total), difference=_shown(difference))


def _ranges(subject: Subject) -> Iterator[Finding]:
    for name in ("technologicalDQR", "geographicalDQR", "temporalDQR"):
        rating = subject.decimal(f"pcf.dqi.{name}")
        if rating is not None and not 1 <= rating <= 5:
            yield RATING.at(f"pcf.dqi.{name}", stated=_shown(rating))
    for name in ("primaryDataShare", "exemptedEmissionsPercent"):
        share = subject.decimal(f"pcf.{name}")
        if share is not None and not 0 <= share <= 100:
            yield SHARE.at(f"pcf.{name}", stated=_shown(share))
    share = subject.decimal("pcf.primaryDataShare")
    if share is not None and 0 < share <= 1:
        yield FRACTION.at("pcf.primaryDataShare", stated=_shown(share))


def _shown(value: Decimal) -> str:
    return format_decimal(round_significant(value, _DIGITS))
