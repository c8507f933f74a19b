"""What the footprint rests on: specification, standards, GWP sets, extensions, earlier footprints, repeated items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from carbonbridge.core.footprint import CERTIFIED_EXTENSION
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import FROM_2027, Rule
from carbonbridge.core.lint.subject import Subject

_STANDARDS = "PACT v3.0.3, CarbonFootprint: crossSectoralStandards"
_LISTS = (
    "companyIds",
    "productIds",
    "productClassifications",
    "precedingPfIds",
    "pcf.crossSectoralStandards",
    "pcf.ipccCharacterizationFactors",
)
#: The values that PACT names; the list is open, and others must be accepted.
KNOWN_STANDARDS = (
    *("ISO14067", "ISO14083", "ISO14040-44", "GHGP-Product", "PEF"),
    *("PACT-1.0", "PACT-2.0", "PACT-3.0", "PAS2050"),
)
#: The spellings of PACT 2.
_V2_STANDARDS = {
    "GHG Protocol Product standard": "GHGP-Product",
    "ISO Standard 14067": "ISO14067",
    "ISO Standard 14044": "ISO14040-44",
}
_NEWEST_REPORT = 6

SPECIFICATION = Rule(
    "PCF-SPEC-VERSION",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, ProductFootprint: specVersion",
    ("{stated} is no version 3.0 of the specification.", "{stated} 不是规范的 3.0 版。"),
    ("State the version that you wrote it for: 3.0.3.", "请填写所依据的规范版本：3.0.3。"),
)
ITSELF = Rule(
    "PCF-SELF",
    Severity.ERROR,
    Layer.METHODOLOGY,
    "PACT v3.0.3, Life cycle",
    ("The footprint names itself as its predecessor.", "足迹把自己列为前身。"),
    (
        "Name the replaced footprints only; a change needs a new id.",
        "只列被取代的足迹；任何更改都需要新的 id。",
    ),
)
AGAIN = Rule(
    "PCF-AGAIN",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, data model: lists of unique items; filters are case-insensitive",
    ("{stated} is in the list already, but for letter case.", "{stated} 与列表中的另一项仅大小写不同。"),
    ("Keep one of the two.", "请只保留其一。"),
)
GWP = Rule(
    "PCF-GWP",
    Severity.WARNING,
    Layer.METHODOLOGY,
    "PACT v3.0.3, CarbonFootprint: ipccCharacterizationFactors",
    ("{stated} is an outdated set of GWP values.", "{stated} 是过时的 GWP 数值。"),
    ("Calculate with AR6.", "请使用 AR6 核算。"),
)
STANDARD = Rule(
    "PCF-STANDARD",
    Severity.INFO,
    Layer.METHODOLOGY,
    _STANDARDS,
    ("{stated} is spelled {known} in PACT.", "{stated} 在 PACT 中写作 {known}。"),
    ("Write {known}, so that recipients recognise it.", "请写 {known}，以便接收方识别。"),
)
METHODOLOGY = Rule(
    "PCF-METHODOLOGY",
    Severity.INFO,
    Layer.METHODOLOGY,
    "PACT Methodology V2 is deprecated from 2027-12-31",
    ("{stated} is deprecated from {day}.", "{stated} 自 {day} 起停用。"),
    ("Calculate by PACT Methodology V3 (PACT-3.0).", "请按 PACT 方法学 V3（PACT-3.0）核算。"),
)
CERTIFICATION = Rule(
    "PCF-URI",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, CarbonFootprint: ccuCreditCertification (URI)",
    ("{stated} is no address.", "{stated} 不是有效的地址。"),
    ("Give a URI, such as https://….", "请填写 URI，如 https://…。"),
)
EXTENSION = Rule(
    "PCF-EXTENSION",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, DataModelExtension: dataSchema",
    ("{stated} is no public https address.", "{stated} 不是公开的 https 地址。"),
    ("Give the address of the extension's JSON Schema.", "请填写扩展的 JSON Schema 地址。"),
)
EXTENSION_VERSION = Rule(
    "PCF-EXTENSION-VERSION",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, DataModelExtension: specVersion",
    ("{stated} is no semantic version.", "{stated} 不是语义化版本号。"),
    ("State the version of the extension's specification: 1.0.0.", "请填写扩展规范的版本：1.0.0。"),
)
RULES = (
    *(SPECIFICATION, ITSELF, AGAIN, GWP, STANDARD, METHODOLOGY),
    *(CERTIFICATION, EXTENSION, EXTENSION_VERSION),
)
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?", re.ASCII)


def check(subject: Subject) -> Iterator[Finding]:
    """All of it."""
    version = subject.text("specVersion")
    if version is not None and _SEMANTIC.fullmatch(version) and not version.startswith("3.0."):
        yield SPECIFICATION.at("specVersion", stated=version)
    own = subject.text("id")
    for path, other in subject.texts("precedingPfIds"):
        if own is not None and other.casefold() == own.casefold():
            yield ITSELF.at(path)
    for name in _LISTS:
        yield from _again(subject.texts(name))
    yield from _gwp(subject)
    yield from _standards(subject)
    certification = subject.text("pcf.ccuCreditCertification")
    if certification is not None and not _is_uri(certification):
        yield CERTIFICATION.at("pcf.ccuCreditCertification", stated=certification)
    yield from _extensions(subject)


def _again(items: list[tuple[str, str]]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path, text in items:
        earlier = seen.setdefault(text.casefold(), text)
        if earlier != text:
            yield AGAIN.at(path, stated=text)


def _gwp(subject: Subject) -> Iterator[Finding]:
    items = subject.texts("pcf.ipccCharacterizationFactors")
    newest = any(text == f"AR{_NEWEST_REPORT}" for _, text in items)
    for path, text in items:
        number = re.fullmatch(r"AR(\d{1,3})", text, re.ASCII)
        if number and int(number[1]) < _NEWEST_REPORT:
            yield GWP.at(path, Severity.INFO if newest else None, stated=text)


def _standards(subject: Subject) -> Iterator[Finding]:
    known = {_letters(name): name for name in KNOWN_STANDARDS}
    for path, text in subject.texts("pcf.crossSectoralStandards"):
        meant = _V2_STANDARDS.get(text) or known.get(_letters(text))
        if meant is not None and meant != text:
            yield STANDARD.at(path, stated=text, known=meant)
        if meant in ("PACT-1.0", "PACT-2.0"):
            bound = Severity.WARNING if subject.today >= FROM_2027 else None
            yield METHODOLOGY.at(path, bound, FROM_2027, stated=text, day=FROM_2027.isoformat())


def _extensions(subject: Subject) -> Iterator[Finding]:
    value = subject.get("extensions")
    for number, item in enumerate(value if isinstance(value, list) else []):
        if not isinstance(item, dict):
            continue
        schema, version = item.get("dataSchema"), item.get("specVersion")
        if isinstance(schema, str) and schema != CERTIFIED_EXTENSION and not _is_uri(schema, "https"):
            yield EXTENSION.at(f"extensions.{number}.dataSchema", stated=schema)
        if isinstance(version, str) and not _SEMANTIC.fullmatch(version):
            yield EXTENSION_VERSION.at(f"extensions.{number}.specVersion", stated=version)


def _is_uri(text: str, scheme: str | None = None) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if any(char.isspace() for char in text) or (scheme is not None and parts.scheme != scheme):
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
