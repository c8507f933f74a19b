"""Layer 1: what the specification's schema demands; all faults of a document, not only the first.

The judge is :class:`.ProductFootprint` itself, so that what the linter lets pass is what a node takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import ProductFootprint
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.schema_words import FAULTS, OTHER, TOO_FEW, Fault
from carbonbridge.core.lint.subject import Subject
from carbonbridge.core.scheme import Wording
from carbonbridge.core.validation import faults

_SOURCE = "PACT v3.0.3, OpenAPI schema"

V2 = Rule(
    "PCF-V2",
    Severity.ERROR,
    Layer.SCHEMA,
    "PACT v3.0.3, specVersion; PACT 2.x is deprecated since 2026-04-01",
    ("This is a PACT 2.x footprint, not one of 3.0.", "这是 PACT 2.x 的足迹，不是 3.0 的。"),
    (
        "Convert it: v2 values are per one declared unit, v3 values per declaredUnitAmount of it.",
        "请转换：v2 的数值按一个声明单位计，v3 的数值按 declaredUnitAmount 个声明单位计。",
    ),
)


def _rule(fault: Fault) -> Rule:
    return Rule(fault.code, Severity.ERROR, Layer.SCHEMA, _SOURCE, ("", ""), fault.remedy)


RULES = (V2, *(_rule(fault) for fault in {fault.code: fault for fault in (*FAULTS, OTHER)}.values()))


def is_v2(subject: Subject) -> bool:
    """Whether the document is a footprint of PACT 2.x: it says so, or has the names of its ``pcf``."""
    version = subject.get("specVersion")
    if isinstance(version, str) and version.startswith("2."):
        return True
    old = subject.has("pcf.declaredUnit") and subject.has("pcf.pCfExcludingBiogenic")
    return old and not subject.has("pcf.declaredUnitOfMeasurement")


def check(subject: Subject) -> Iterator[Finding]:
    """Every fault."""
    try:
        ProductFootprint.model_validate(subject.document)
    except ValidationError as error:
        found = faults(error)
        # A list whose every item is at fault counts as empty too: that says nothing more.
        deeper = {path.rpartition(".")[0] for path in (fault.field or "" for fault in found)}
        yield from (
            _finding(fault) for fault in found if fault.message != TOO_FEW or fault.field not in deeper
        )


def _finding(error: BadInput) -> Finding:
    for fault in (*FAULTS, OTHER):
        if match := fault.pattern.fullmatch(error.message):
            chinese = match.expand(fault.zh) if fault.zh else f"不合规范（{error.message}）"
            words = Wording(en=f"It {error.message}.", zh=f"该值{chinese}。")
            return _rule(fault).saying(error.field or "", words)
    raise AssertionError("the last pattern fits everything")
