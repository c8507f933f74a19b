"""Fields that are there if, and only if, another one says so: packaging, capture, secondary data, exemptions."""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

_SOURCE = "PACT v3.0.3, CarbonFootprint: {}"

_CAPTURE = ("ccsTechnologicalCO2Capture", "technologicalCO2CaptureOrigin", "technologicalCO2Removals")
_CAPTURE_FLAG = "ccsTechnologicalCO2CaptureIncluded"
_PACKAGING = ("packagingGhgEmissions", "packagingBiogenicCarbonContent")
_SECONDARY = "pcf.secondaryEmissionFactorSources"


def _rule(
    code: str, name: str, severity: Severity, message: tuple[str, str], remedy: tuple[str, str]
) -> Rule:
    return Rule(code, severity, Layer.METHODOLOGY, _SOURCE.format(name), message, remedy)


PACKAGING = _rule(
    "PCF-PACKAGING",
    "packagingEmissionsIncluded",
    Severity.ERROR,
    ("Packaging is not included, yet its figure is given.", "包装未计入，却给出了包装的数值。"),
    (
        "Leave the figure out, or set packagingEmissionsIncluded to true.",
        "请省略该数值，或将 packagingEmissionsIncluded 设为 true。",
    ),
)
CAPTURE = _rule(
    "PCF-CCS",
    _CAPTURE_FLAG,
    Severity.ERROR,
    ("Capture is not included, yet this is given.", "碳捕集未计入，却给出了此项。"),
    (
        "Leave it out, or set ccsTechnologicalCO2CaptureIncluded to true.",
        "请省略此项，或将 ccsTechnologicalCO2CaptureIncluded 设为 true。",
    ),
)
CAPTURE_FIGURE = _rule(
    "PCF-CCS-FIGURE",
    "ccsTechnologicalCO2Capture",
    Severity.WARNING,
    ("Capture is included, but no figure says how much.", "碳捕集已计入，但未给出数量。"),
    (
        "Give ccsTechnologicalCO2Capture or technologicalCO2Removals.",
        "请给出 ccsTechnologicalCO2Capture 或 technologicalCO2Removals。",
    ),
)
USE = _rule(
    "PCF-CCU",
    "ccuCarbonContent",
    Severity.WARNING,
    ("{given} is given, {missing} is not.", "给出了 {given}，但未给出 {missing}。"),
    ("Give both, or neither.", "请同时给出两者，或都不给。"),
)
CREDIT = _rule(
    "PCF-CCU-CREDIT",
    "ccuCreditCertification",
    Severity.ERROR,
    (
        "A credit certification goes with the approach Credit only.",
        "抵扣证明只适用于 Credit 方法。",
    ),
    (
        "Leave ccuCreditCertification out, or correct ccuCalculationApproach.",
        "请省略 ccuCreditCertification，或更正 ccuCalculationApproach。",
    ),
)
SOURCES_MISSING = _rule(
    "PCF-SECONDARY-MISSING",
    "secondaryEmissionFactorSources",
    Severity.ERROR,
    (
        "Only {share} % are primary data, but no source of secondary data is named.",
        "初级数据仅占 {share}%，却未注明次级数据来源。",
    ),
    ("Name each database and its version.", "请注明每个数据库及其版本。"),
)
SOURCES_NEEDLESS = _rule(
    "PCF-SECONDARY-NEEDLESS",
    "secondaryEmissionFactorSources",
    Severity.ERROR,
    (
        "All data are primary (100 %), yet sources of secondary data are named.",
        "全部为初级数据（100%），却注明了次级数据来源。",
    ),
    ("Leave the sources out, or correct primaryDataShare.", "请省略来源，或更正 primaryDataShare。"),
)
EXEMPTED = _rule(
    "PCF-EXEMPTED",
    "exemptedEmissionsDescription",
    Severity.WARNING,
    ("{share} % of emissions are exempted without a reason.", "豁免了 {share}% 的排放却未说明理由。"),
    ("Say why in exemptedEmissionsDescription.", "请在 exemptedEmissionsDescription 中说明理由。"),
)
LOGISTICS = _rule(
    "PCF-LOGISTICS",
    "outboundLogisticsGhgEmissions",
    Severity.INFO,
    (
        "Outbound logistics are stated as 0: that is, you answer for them and they emit nothing.",
        "出厂物流填为 0：表示由你负责且没有排放。",
    ),
    ("If you do not answer for them, leave the figure out.", "若不由你负责，请省略该数值。"),
)
UNSAID = _rule(
    "PCF-UNSAID",
    "packagingEmissionsIncluded, ccsTechnologicalCO2CaptureIncluded",
    Severity.WARNING,
    (
        "{given} is given, but {flag} does not say whether it counts.",
        "给出了 {given}，但 {flag} 未说明是否计入。",
    ),
    ("Set {flag}.", "请填写 {flag}。"),
)
VERIFIED = _rule(
    "PCF-VERIFICATION",
    "verification",
    Severity.WARNING,
    (
        "Its presence says that the footprint was verified, but not by whom.",
        "此项的存在即表示足迹已经核查，但未注明核查方。",
    ),
    ("Name the verifier, or leave verification out.", "请注明核查方，或省略 verification。"),
)
RULES = (
    *(PACKAGING, CAPTURE, CAPTURE_FIGURE, USE, CREDIT, SOURCES_MISSING, SOURCES_NEEDLESS),
    *(EXEMPTED, LOGISTICS, UNSAID, VERIFIED),
)


def check(subject: Subject) -> Iterator[Finding]:
    """All conditions."""
    yield from _flagged(subject, "packagingEmissionsIncluded", _PACKAGING, PACKAGING)
    yield from _flagged(subject, _CAPTURE_FLAG, _CAPTURE, CAPTURE)
    if subject.get(f"pcf.{_CAPTURE_FLAG}") is True and not any(
        subject.has(f"pcf.{name}") for name in ("ccsTechnologicalCO2Capture", "technologicalCO2Removals")
    ):
        yield CAPTURE_FIGURE.at(f"pcf.{_CAPTURE_FLAG}")
    yield from _use(subject)
    yield from _secondary(subject)
    exempted = subject.decimal("pcf.exemptedEmissionsPercent")
    if exempted is not None and exempted > 0 and not subject.text("pcf.exemptedEmissionsDescription"):
        yield EXEMPTED.at("pcf.exemptedEmissionsDescription", share=exempted)
    if subject.decimal("pcf.outboundLogisticsGhgEmissions") == 0:
        yield LOGISTICS.at("pcf.outboundLogisticsGhgEmissions")
    if isinstance(subject.get("pcf.verification"), dict) and not subject.text(
        "pcf.verification.providerName"
    ):
        yield VERIFIED.at("pcf.verification.providerName")


def _flagged(subject: Subject, flag: str, names: tuple[str, ...], rule: Rule) -> Iterator[Finding]:
    included = subject.get(f"pcf.{flag}")
    # What was used, not stored, has an origin too.
    stored = not subject.has("pcf.ccuCarbonContent")
    given = [name for name in names if subject.has(f"pcf.{name}")]
    for name in given:
        if included is False and (stored or name != "technologicalCO2CaptureOrigin"):
            yield rule.at(f"pcf.{name}")
        elif included is None and name != "technologicalCO2CaptureOrigin":
            yield UNSAID.at(f"pcf.{flag}", given=name, flag=flag)


def _use(subject: Subject) -> Iterator[Finding]:
    content, approach = "ccuCarbonContent", "ccuCalculationApproach"
    for given, missing in ((content, approach), (approach, content)):
        if subject.has(f"pcf.{given}") and not subject.has(f"pcf.{missing}"):
            yield USE.at(f"pcf.{missing}", given=given, missing=missing)
    certified, credit = (
        subject.has("pcf.ccuCreditCertification"),
        subject.get(f"pcf.{approach}") == "Credit",
    )
    if certified and not credit:
        yield CREDIT.at("pcf.ccuCreditCertification")
    elif credit and not certified:
        given, missing = f"{approach} Credit", "ccuCreditCertification"
        yield USE.at("pcf.ccuCreditCertification", given=given, missing=missing)


def _secondary(subject: Subject) -> Iterator[Finding]:
    share = subject.decimal("pcf.primaryDataShare")
    if share is None:
        return
    if share < 100 and not subject.has(_SECONDARY):
        yield SOURCES_MISSING.at(_SECONDARY, share=share)
    elif share == 100 and subject.has(_SECONDARY):
        yield SOURCES_NEEDLESS.at(_SECONDARY)
