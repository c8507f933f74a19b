"""A conformance report as JUnit XML, as continuous integration reads it.

What decides the verdict is a failure; what does not – optional cases, the stricter set unless it counts – is skipped.
So a build is red exactly when the command ends with an error.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from carbonbridge.client.conformance.case import Outcome, Result
from carbonbridge.client.conformance.run import Report
from carbonbridge.core.instant import format_instant


def junit(report: Report, lang: str) -> bytes:
    """The report as XML, in one language."""
    failures = sum(result.mandatory and result.outcome is not Outcome.PASSED for result in report.results)
    skipped = sum(not result.mandatory and result.outcome is not Outcome.PASSED for result in report.results)
    numbers = {
        "tests": str(len(report.results)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{report.seconds:.3f}",
    }
    root = Element("testsuites", numbers)
    name = f"PACT {report.target.pact.value} {report.target.base_url}"
    suite = SubElement(
        root, "testsuite", {"name": _clean(name), **numbers, "timestamp": format_instant(report.started_at)}
    )
    for result in report.results:
        _case(suite, result, report, lang)
    text: str = tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _case(suite: Element, result: Result, report: Report, lang: str) -> None:
    chapter = "published" if result.case.published else "strict"
    made = SubElement(
        suite,
        "testcase",
        {
            "classname": f"pact-{report.target.pact.value}.{chapter}",
            "name": _clean(f"{result.case.number} {result.case.name.to(lang)}"),
            "time": f"{result.seconds:.3f}",
        },
    )
    if result.outcome is not Outcome.PASSED:
        received = result.received.to(lang) if result.received else ""
        message = _clean(f"{result.outcome.value}: {received}")
        kind = {"type": result.outcome.value} if result.mandatory else {}
        child = SubElement(made, "failure" if result.mandatory else "skipped", {"message": message, **kind})
        child.text = _clean("\n".join(lines(result, lang)))
    if result.warnings:
        warned = SubElement(made, "system-out")
        warned.text = _clean("\n".join(warning.to(lang) for warning in result.warnings))


def lines(result: Result, lang: str) -> list[str]:
    """What a person needs to find the fault: sent, expected, received, likely cause."""
    words = _WORDS[lang]
    told = [f"{words['sent']}: {line}" for line in result.sent]
    told.append(f"{words['expected']}: {result.case.expects.to(lang)} [{result.case.section}]")
    if result.received:
        told.append(f"{words['received']}: {result.received.to(lang)}")
    if result.cause:
        told.append(f"{words['cause']}: {result.cause.to(lang)}")
    return told


_WORDS = {
    "en": {"sent": "sent", "expected": "expected", "received": "received", "cause": "likely cause"},
    "zh": {"sent": "发送", "expected": "期望", "received": "收到", "cause": "可能原因"},
}


def _clean(text: str) -> str:
    """Only what XML 1.0 may hold: a host could send anything."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
