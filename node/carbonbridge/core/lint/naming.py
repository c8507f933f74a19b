"""Properties that the specification does not know: allowed, and often misspelled or left over from PACT 2."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.members import Kind, Member, members, names
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

_SOURCE = "PACT v3.0.3, data model"

#: Names of PACT 2.x, and of the specification's faulty examples (its issue 143) → what v3 has instead.
OLD_NAMES = {
    "version": "a new id and precedingPfIds",
    "updated": "a new id and precedingPfIds",
    "statusComment": "comment",
    "productCategoryCpc": "productClassifications",
    "declaredUnit": "declaredUnitOfMeasurement",
    "unitaryProductAmount": "declaredUnitAmount",
    "pCfExcludingBiogenic": "pcfExcludingBiogenicUptake",
    "pCfIncludingBiogenic": "pcfIncludingBiogenicUptake",
    "dLucGhgEmissions": "landUseChangeGhgEmissions",
    "iLucGhgEmissions": "landCarbonLeakage",
    "landManagementGhgEmissions": "landManagementBiogenicCO2Emissions",
    "otherBiogenicGhgEmissions": "biogenicNonCO2Emissions",
    "biogenicCarbonWithdrawal": "biogenicCO2Uptake",
    "biogenicCO2Withdrawal": "biogenicCO2Uptake",
    "characterizationFactors": "ipccCharacterizationFactors",
    "ipccCharacterizationFactorsSources": "ipccCharacterizationFactors",
    "crossSectoralStandardsUsed": "crossSectoralStandards",
    "uncertaintyAssessmentDescription": "comment",
    "biogenicAccountingMethodology": "comment",
    "assurance": "verification",
    "coveragePercent": "dqi",
    "completenessDQR": "dqi",
    "reliabilityDQR": "dqi",
}

#: A guess takes a good part of a millisecond, and a partner may send any number of names.
_MOST_GUESSES = 100

UNKNOWN = Rule(
    "PCF-UNKNOWN",
    Severity.INFO,
    Layer.SCHEMA,
    _SOURCE,
    ("PACT v3 has no such property; recipients pass over it.", "PACT v3 没有这个属性；接收方会忽略。"),
    ("Put own data into extensions.", "自有数据请放入 extensions。"),
)
SPELLED = Rule(
    "PCF-SPELLED",
    Severity.WARNING,
    Layer.SCHEMA,
    _SOURCE,
    ("PACT v3 has no such property; {meant} is meant, it seems.", "PACT v3 没有这个属性；似应为 {meant}。"),
    ("Rename it to {meant}.", "请改名为 {meant}。"),
)
OLD_NAME = Rule(
    "PCF-OLD-NAME",
    Severity.WARNING,
    Layer.SCHEMA,
    _SOURCE,
    ("This is a property of PACT 2; v3 has {instead}.", "这是 PACT 2 的属性；v3 中为 {instead}。"),
    (
        "Use {instead}; mind that v3 values are per declaredUnitAmount.",
        "请使用 {instead}；注意 v3 的数值按 declaredUnitAmount 计。",
    ),
)
RULES = (UNKNOWN, SPELLED, OLD_NAME)


def check(subject: Subject) -> Iterator[Finding]:
    """Every property beyond the data model."""
    unknown = (member for member in members(subject.document) if member.kind is Kind.UNKNOWN)
    for number, member in enumerate(unknown):
        yield _finding(member, guess=number < _MOST_GUESSES)


def _finding(member: Member, *, guess: bool) -> Finding:
    if member.name in OLD_NAMES:
        return OLD_NAME.at(member.path, instead=OLD_NAMES[member.name])
    if not guess:
        return UNKNOWN.at(member.path)
    folded = {name.casefold(): name for name in names(member.owner)}
    close = get_close_matches(member.name[:80].casefold(), folded, n=1, cutoff=0.85)
    return SPELLED.at(member.path, meant=folded[close[0]]) if close else UNKNOWN.at(member.path)
