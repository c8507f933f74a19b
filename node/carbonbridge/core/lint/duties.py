"""What has to be reported, and from when (specification v3.0.3, "Reporting rules")."""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.core.lint.figures import EXCLUDING, INCLUDING
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import FROM_2027, Rule
from carbonbridge.core.lint.subject import Subject

_SOURCE = "PACT v3.0.3, Reporting rules: {}"

#: Required to report, though the schema does not require them.
SHALL = ("packagingEmissionsIncluded", "ccsTechnologicalCO2CaptureIncluded", "primaryDataShare")
SHALL_2027 = ("dqi",)
#: Required where biogenic or land-sector emissions apply; 0 says that they do not.
BIO = ("biogenicCarbonContent", "landUseChangeGhgEmissions", "biogenicCO2Uptake", "biogenicNonCO2Emissions")
BIO_2027 = ("landManagementFossilGhgEmissions", "landManagementBiogenicCO2Emissions")
SHOULD = ("boundaryProcessesDescription", "allocationRulesDescription")
_GEOGRAPHY = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")

_GIVE = ("Report it.", "请填报。")
_GIVE_OR_ZERO = (
    "Report it; 0 says that it does not apply.",
    "请填报；不适用时填 0。",
)

MISSING = Rule(
    "PCF-SHALL",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _SOURCE.format("SHALL"),
    (
        "It shall be reported, though the schema does not require it.",
        "按报告规则必须填报，尽管数据结构未作要求。",
    ),
    _GIVE,
)
MISSING_2027 = Rule(
    "PCF-SHALL-2027",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE.format("SHALL-2027"),
    ("It shall be reported from {day}.", "自 {day} 起必须填报。"),
    _GIVE,
)
BIOGENIC = Rule(
    "PCF-BIO",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE.format("BIO"),
    (
        "It shall be reported where biogenic or land-sector emissions apply; absent means unknown.",
        "涉及生物源或土地部门排放时必须填报；缺失表示未知。",
    ),
    _GIVE_OR_ZERO,
)
BIOGENIC_2027 = Rule(
    "PCF-BIO-2027",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE.format("BIO-2027"),
    (
        "It shall be reported from {day} where biogenic or land-sector emissions apply.",
        "自 {day} 起，涉及生物源或土地部门排放时必须填报。",
    ),
    _GIVE_OR_ZERO,
)
RECOMMENDED = Rule(
    "PCF-SHOULD",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE.format("SHOULD"),
    ("It should be reported.", "建议填报。"),
    _GIVE,
)
WORLD = Rule(
    "PCF-WORLD",
    Severity.INFO,
    Layer.METHODOLOGY,
    "PACT v3.0.3, CarbonFootprint: geographic scope",
    ("No geography is given: that says Global.", "未给出地理范围：即表示全球。"),
    (
        "Give the subdivision, the country or the region where it is made.",
        "请给出生产所在的省级行政区、国家或地区。",
    ),
)
RULES = (MISSING, MISSING_2027, BIOGENIC, BIOGENIC_2027, RECOMMENDED, WORLD)


def check(subject: Subject) -> Iterator[Finding]:
    """Every duty that is not met; those that bind later say when."""
    if not isinstance(subject.get("pcf"), dict):
        return
    due = subject.today >= FROM_2027
    applies = _biogenic(subject)
    day = FROM_2027.isoformat()
    for name in _absent(subject, SHALL):
        yield MISSING.at(name)
    for name in _absent(subject, SHALL_2027):
        yield MISSING_2027.at(name, _warning(due), FROM_2027, day=day)
    for name in _absent(subject, BIO):
        yield BIOGENIC.at(name, _warning(applies))
    for name in _absent(subject, BIO_2027):
        yield BIOGENIC_2027.at(name, _warning(due and applies), FROM_2027, day=day)
    for name in _absent(subject, SHOULD):
        yield RECOMMENDED.at(name)
    if not any(subject.has(f"pcf.{name}") for name in _GEOGRAPHY):
        yield WORLD.at("pcf.geographyCountry")


def _biogenic(subject: Subject) -> bool:
    """Whether the footprint itself tells of biogenic or land-sector emissions."""
    stated = [subject.decimal(f"pcf.{name}") for name in (*BIO, *BIO_2027)]
    uptake = {subject.decimal(EXCLUDING), subject.decimal(INCLUDING)} - {None}
    return any(stated) or len(uptake) > 1


def _absent(subject: Subject, names: tuple[str, ...]) -> list[str]:
    return [f"pcf.{name}" for name in names if not subject.has(f"pcf.{name}")]


def _warning(bound: bool) -> Severity | None:
    return Severity.WARNING if bound else None
