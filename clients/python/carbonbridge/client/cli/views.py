"""How footprints, lineage, verdicts and findings look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from carbonbridge.client.cli.failure import one_line
from carbonbridge.client.cli.show import Columns, cell, facts, in_language, lines, table
from carbonbridge.client.cli.words import language, say
from carbonbridge.core.instant import parse_instant
from carbonbridge.core.lineage import Lineage
from carbonbridge.core.lint.finding import Report
from carbonbridge.core.quantity import format_decimal, round_significant
from carbonbridge.core.verdict import Check, Verdict

#: Figures for people; the JSON has all digits.
_DIGITS = 5


def _declared_unit(row: Any) -> str:
    pcf = row.get("pcf") or {}
    return f"{pcf.get('declaredUnitAmount', '')} {pcf.get('declaredUnitOfMeasurement', '')}"


FOOTPRINTS: Columns = {
    "id": "id",
    "product": "productNameCompany",
    "company": "companyName",
    "kgCO2e": "pcf.pcfExcludingBiogenicUptake",
    "per": _declared_unit,
    "primary %": "pcf.primaryDataShare",
    "status": "status",
    "created": "created",
}


def lineage_tree(lineage: Lineage) -> RenderableType:
    """The tree of what a figure is made of: value, share, source and verdict of every line."""
    tree = Tree(_line(lineage))
    _grow(tree, lineage)
    return tree


def _grow(tree: Tree, lineage: Lineage) -> None:
    for child in lineage.children:
        _grow(tree.add(_line(child)), child)


def _line(item: Lineage) -> Text:
    value = format_decimal(round_significant(item.value, _DIGITS))
    line = Text.assemble(
        (one_line(item.name.get(language.get()) or next(iter(item.name.values()))), "bold"),
        f"  {format_decimal(round_significant(item.amount, _DIGITS))} {one_line(item.unit)}",
        ("  " + value + " kgCO2e", "cyan"),
    )
    if item.share is not None:
        line.append(f"  {item.share:.2f} %")
    if source := _source(item):
        line.append(f"  [{source}]", style="dim")
    if item.verdict is not None:
        line.append("  ")
        line.append_text(cell(item.verdict))
    return line


def _source(item: Lineage) -> str:
    if item.factor is not None:
        return one_line(f"{item.factor.source.name} {item.factor.source.version}")
    return one_line(" ".join(part for part in (item.company, item.footprint_id) if part))


def verdict_view(verdict: Verdict) -> RenderableType:
    """A verdict with every reason."""
    columns: Columns = {
        "verdict": lambda v: v.verdict.value,
        "footprint": lambda v: v.footprint_id,
        "from": lambda v: v.from_scheme,
        "to": lambda v: v.to_scheme,
        "level": lambda v: v.level.value,
        "at": lambda v: v.document()["at"],
        "kgCO2e": lambda v: v.document().get("certifiedValue"),
    }
    made = facts(verdict, columns)
    return lines(made, Text(""), checks_table(verdict.checks))


def checks_table(checks: Sequence[Check]) -> RenderableType:
    """Checks in plain words."""
    columns: Columns = {
        "check": lambda check: check.code,
        "outcome": lambda check: check.outcome.value,
        "what it says": lambda check: in_language({"en": check.message.en, "zh": check.message.zh}),
        "required": lambda check: check.required,
        "found": lambda check: check.found,
    }
    return table(checks, columns)


def report_view(report: Report) -> RenderableType:
    """What the linter found in one footprint, and its score."""
    columns: Columns = {
        "severity": lambda found: found.severity.value,
        "code": lambda found: found.code,
        "field": lambda found: found.field,
        "what it says": lambda found: in_language({"en": found.message.en, "zh": found.message.zh}),
        "what to do": lambda found: in_language({"en": found.remedy.en, "zh": found.remedy.zh}),
    }
    heading = Text(one_line(" ".join(part for part in (report.name, report.footprint_id) if part)), "bold")
    return lines(heading, table(report.findings, columns) if report.findings else None, _score(report))


def findings_count(report: Report) -> str:
    """How many of each severity, in a few words."""
    counted = {"errors": report.errors, "warnings": report.warnings, "notes": report.notes}
    return ", ".join(f"{number} {_counted(name, number)}" for name, number in counted.items())


def _counted(name: str, number: int) -> str:
    return name.removesuffix("s") if number == 1 and language.get() == "en" else say(name)


def _score(report: Report) -> Text:
    style = "red" if report.errors else "yellow" if report.warnings else "green"
    return Text(f"{findings_count(report)} · {say('score')} {report.score}/100\n", style)


def short_type(event_type: str | None) -> str | None:
    """PACT's name of an event without its prefix and version."""
    return event_type and event_type.removeprefix("org.wbcsd.pact.ProductFootprint.").partition(".")[0]


def age(since: str | None, now: datetime) -> str | None:
    """How long ago an instant is, in the largest whole unit."""
    if since is None:
        return None
    seconds = max(int((now - parse_instant(since, field="")).total_seconds()), 0)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {say(unit)}"
    return f"{seconds} {say('s')}"


def sentence(text: str, style: str = "") -> Text:
    """A sentence of the catalogue."""
    return Text(say(text), style=style)
