"""A conformance report for people: a table of the cases, then each failure in full."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from carbonbridge.client.conformance.case import Outcome, Result
from carbonbridge.client.conformance.report_junit import lines
from carbonbridge.client.conformance.run import Report
from carbonbridge.client.conformance.wording import Text

#: Requests of one case that are shown; the JSON report has all.
_SHOWN = 3

_STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.PENDING: "yellow", Outcome.SKIPPED: "dim"}
OUTCOMES = {
    Outcome.PASSED: Text("passed", "通过"),
    Outcome.FAILED: Text("FAILED", "未通过"),
    Outcome.PENDING: Text("pending", "等待中"),
    Outcome.SKIPPED: Text("skipped", "跳过"),
}
_HEADINGS = (
    Text("case", "用例"),
    Text("name", "名称"),
    Text("counts", "计入"),
    Text("outcome", "结果"),
    Text("s", "秒"),
)


def screen(report: Report, lang: str) -> RenderableType:
    """The whole report."""
    return Group(_table(report, lang), *_details(report, lang), verdict(report, lang))


def verdict(report: Report, lang: str) -> RenderableType:
    """The last line: what counts, and how the host did."""
    counting = [result for result in report.results if result.mandatory]
    held = sum(result.outcome is Outcome.PASSED for result in counting)
    pending = report.count(Outcome.PENDING)
    told = Text(
        f"PACT {report.target.pact.value}: {held} of {len(counting)} mandatory cases passed"
        + (f", {pending} callbacks pending" if pending else "")
        + f" · {report.target.base_url}",
        f"PACT {report.target.pact.value}：{len(counting)} 项必选用例中通过 {held} 项"
        + (f"，{pending} 项等待回调" if pending else "")
        + f" · {report.target.base_url}",
    )
    return Styled(told.to(lang), style="bold green" if report.passed else "bold red")


def _table(report: Report, lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in _HEADINGS:
        table.add_column(heading.to(lang), overflow="fold")
    yes = Text("yes", "是").to(lang)
    for result in report.results:
        table.add_row(
            result.case.number,
            Styled(result.case.name.to(lang)),
            yes if result.mandatory else "",
            Styled(OUTCOMES[result.outcome].to(lang), style=_STYLES[result.outcome]),
            f"{result.seconds:.2f}",
        )
    return table


def _details(report: Report, lang: str) -> Iterator[RenderableType]:
    for result in report.results:
        if result.outcome is not Outcome.PASSED or result.warnings:
            yield from _detail(result, lang)


def _detail(result: Result, lang: str) -> Iterator[RenderableType]:
    yield Styled(
        f"\n{result.case.number} {result.case.name.to(lang)}", style=f"bold {_STYLES[result.outcome]}"
    )
    if result.outcome is not Outcome.PASSED:
        sent = len(result.sent)
        for line in lines(result, lang)[max(0, sent - _SHOWN) :]:
            yield Padding(Styled(line, overflow="fold"), (0, 0, 0, 2))
    for warning in result.warnings:
        yield Padding(
            Styled(f"{Text('warning', '警告').to(lang)}: {warning.to(lang)}", style="yellow"), (0, 0, 0, 2)
        )
