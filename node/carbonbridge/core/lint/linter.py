"""The linter: every rule over a footprint, and over several beside each other.

It judges for people. Methodology and plausibility are never grounds to refuse a document on the wire (specification
v3.0.3, "Validation"), so neither publishing nor receiving calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from carbonbridge.core.lint import (
    across,
    conditions,
    duties,
    figures,
    naming,
    notation,
    period,
    quantities,
    schema,
    standards,
    urns,
)
from carbonbridge.core.lint.finding import Finding, Report, report
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

_LAYERS = (schema, notation, naming, figures, period, conditions, duties, quantities, urns, standards)

#: Every rule there is, by its code.
CATALOGUE: dict[str, Rule] = {rule.code: rule for module in (*_LAYERS, across) for rule in module.RULES}


def lint(document: object, *, today: date, name: str = "") -> Report:
    """Lint one footprint.

    Args:
        document: parsed JSON, whatever it is (:func:`.document.read_json`).
        today: the day to judge at: duties begin, validity ends.
        name: where the document came from, for the report.
    """
    [made] = lint_all([(name, document)], today=today)
    return made


def lint_all(documents: Iterable[tuple[str, object]], *, today: date) -> list[Report]:
    """Lint footprints, and find what one of them has against another.

    Args:
        documents: name and parsed JSON of each.
        today: the day to judge at.
    """
    subjects = [(name, Subject(document, today)) for name, document in documents]
    return [
        report(name, subject.text("id"), [*_alone(subject), *others])
        for (name, subject), others in zip(subjects, across.across(subjects), strict=True)
    ]


def score(reports: Sequence[Report]) -> int:
    """Of several documents: that of the worst."""
    return min((made.score for made in reports), default=100)


def _alone(subject: Subject) -> Iterator[Finding]:
    if schema.is_v2(subject):
        yield schema.V2.at("specVersion")
        return
    for layer in _LAYERS:
        yield from layer.check(subject)
