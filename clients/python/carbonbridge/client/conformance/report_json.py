"""A conformance report as JSON, for programs: the whole of it, in both languages."""

from __future__ import annotations

from typing import Any

from carbonbridge.client.conformance.case import Outcome, Result
from carbonbridge.client.conformance.run import Report
from carbonbridge.client.conformance.wording import Text
from carbonbridge.core.instant import format_instant

#: Raised whenever a reader of the document would have to change.
FORMAT = 1


def document(report: Report, program: str) -> dict[str, Any]:
    """The report as JSON.

    Args:
        program: name and version of what made it.
    """
    return {
        "format": FORMAT,
        "program": program,
        "host": report.target.base_url,
        "pact": report.target.pact.value,
        "runId": report.run_id,
        "callbackUrl": report.callback_url,
        "startedAt": format_instant(report.started_at),
        "seconds": round(report.seconds, 3),
        "passed": report.passed,
        "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
        "cases": [_case(result) for result in report.results],
    }


def _case(result: Result) -> dict[str, Any]:
    case = result.case
    told = {
        "number": case.number,
        "name": case.name._asdict(),
        "set": "published" if case.published else "strict",
        "mandatory": result.mandatory,
        "outcome": result.outcome.value,
        "seconds": round(result.seconds, 3),
        "section": case.section,
        "expected": case.expects._asdict(),
        "sent": list(result.sent),
        "received": _both(result.received),
        "likelyCause": _both(result.cause),
        "warnings": [warning._asdict() for warning in result.warnings],
    }
    return {name: value for name, value in told.items() if value is not None}


def _both(text: Text | None) -> dict[str, str] | None:
    return text._asdict() if text else None
