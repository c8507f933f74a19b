"""Lint footprints before anybody else sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from carbonbridge.client.cli.failure import Exit
from carbonbridge.client.cli.session import Session, in_file, read_file
from carbonbridge.client.cli.show import lines, show
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import report_view
from carbonbridge.client.cli.words import say
from carbonbridge.core.document import Json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.lint.finding import Report
from carbonbridge.core.lint.linter import lint_all, score
from carbonbridge.core.lint.reading import documents


@verb(
    "carbonbridge lint footprint.json",
    "carbonbridge lint exported.ndjson more/*.json --json",
    calls="nobody",
)
def lint(
    session: Session,
    files: Annotated[
        list[Path],
        typer.Argument(help="Footprints: JSON, a PACT answer, or NDJSON; - is standard input."),
    ],
    *,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE", help="Judge at this day instead of today.")
    ] = None,
) -> None:
    """Find what is wrong, missing or doubtful in PACT v3 footprints."""
    today = datetime.now(UTC).date() if at is None else _day(at)
    reports = lint_all([item for file in files for item in _read(file)], today=today)
    answer = {
        "errors": sum(report.errors for report in reports),
        "warnings": sum(report.warnings for report in reports),
        "notes": sum(report.notes for report in reports),
        "score": score(reports),
        "footprints": [report.document() for report in reports],
    }
    show(session, answer, lambda: lines(*(report_view(report) for report in reports), _together(reports)))
    if answer["errors"]:
        raise typer.Exit(Exit.REFUSED)


def _together(reports: Sequence[Report]) -> Text | None:
    """How several footprints stand: the worst of them, and how many have errors."""
    if len(reports) == 1:
        return None
    bad = sum(1 for report in reports if report.errors)
    return Text(
        f"{len(reports)} {say('footprints')}, {bad} {say('with errors')} · {say('lowest score')} {score(reports)}/100"
    )


def _read(file: Path) -> list[tuple[str, Json]]:
    return in_file(file, lambda: documents(read_file(file), str(file)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("must be a day, such as 2027-12-31", field="at") from None
