"""Several footprints beside each other: the same id twice, one product told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from carbonbridge.core.footprint import three_years_after
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

SAME_ID = Rule(
    "PCF-SAME-ID",
    Severity.ERROR,
    Layer.METHODOLOGY,
    "PACT v3.0.3, ProductFootprint: id",
    ("{other} has the same id and other content.", "{other} 的 id 相同而内容不同。"),
    ("Give every footprint, and every change of one, a new id.", "每个足迹及其每次更改都须使用新的 id。"),
)
SAME_DOCUMENT = Rule(
    "PCF-SAME-DOCUMENT",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, ProductFootprint: id",
    ("{other} is the same footprint.", "{other} 是同一足迹。"),
    ("Remove one of the two.", "请删除其一。"),
)
SAME_PRODUCT = Rule(
    "PCF-SAME-PRODUCT",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, Life cycle",
    (
        "{other} is an active footprint of the same product ({product}), for the same place and time.",
        "{other} 是同一产品（{product}）在同一地点和时间的有效足迹。",
    ),
    (
        "Name the older one in precedingPfIds and deprecate it.",
        "请在 precedingPfIds 中注明较早的足迹并将其停用。",
    ),
)
RULES = (SAME_ID, SAME_DOCUMENT, SAME_PRODUCT)

_GEOGRAPHY = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")


def across(subjects: Sequence[tuple[str, Subject]]) -> list[list[Finding]]:
    """What each document has against the others before it.

    Args:
        subjects: name and document.

    Returns:
        The findings of each, in the same order.
    """
    by_id: dict[str, tuple[str, Subject]] = {}
    by_product: dict[str, list[tuple[str, Subject]]] = defaultdict(list)
    found: list[list[Finding]] = []
    for name, subject in subjects:
        findings = []
        own = (subject.text("id") or "").casefold()
        earlier = by_id.get(own) if own else None
        if earlier is not None:
            same = earlier[1].document == subject.document
            findings.append((SAME_DOCUMENT if same else SAME_ID).at("id", other=earlier[0]))
        else:
            findings += _products(name, subject, by_product)
            if own:
                by_id[own] = (name, subject)
        found.append(findings)
    return found


def _products(name: str, subject: Subject, known: dict[str, list[tuple[str, Subject]]]) -> list[Finding]:
    if subject.get("status") != "Active":
        return []
    findings = []
    products = {text.casefold(): (path, text) for path, text in reversed(subject.texts("productIds"))}
    for product, (path, text) in products.items():
        others = known[product]
        rival = next((other for other in others if _overlap(subject, other[1])), None)
        if rival is not None:
            findings.append(SAME_PRODUCT.at(path, other=rival[0], product=text))
        others.append((name, subject))
    return findings


def _overlap(one: Subject, other: Subject) -> bool:
    if any(one.get(f"pcf.{name}") != other.get(f"pcf.{name}") for name in _GEOGRAPHY):
        return False
    if not _same_company(one, other):
        return False
    if _names(one, other) or _names(other, one):
        return False
    mine, theirs = _valid(one), _valid(other)
    return mine is not None and theirs is not None and mine[0] < theirs[1] and theirs[0] < mine[1]


def _same_company(one: Subject, other: Subject) -> bool:
    mine, theirs = ({text.casefold() for _, text in item.texts("companyIds")} for item in (one, other))
    return bool(mine & theirs)


def _names(newer: Subject, older: Subject) -> bool:
    own = (older.text("id") or "").casefold()
    return any(text.casefold() == own for _, text in newer.texts("precedingPfIds"))


def _valid(subject: Subject) -> tuple[datetime, datetime] | None:
    end = subject.instant("pcf.referencePeriodEnd")
    if end is None:
        return None
    return (
        subject.instant("validityPeriodStart") or end,
        subject.instant("validityPeriodEnd") or three_years_after(end),
    )
