"""Test any PACT host: the published conformance cases, callbacks included, and a stricter set."""

from __future__ import annotations

import getpass
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text as Styled

from carbonbridge.client.authority import Authority
from carbonbridge.client.cli.failure import Exit, RemoteError
from carbonbridge.client.cli.session import FROM_ENVIRONMENT, Session, write_file
from carbonbridge.client.cli.show import screen
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.words import language, say
from carbonbridge.client.conformance import (
    CallbackAddress,
    PactVersion,
    Report,
    Target,
    cases,
    chosen,
    run,
    trial_of,
)
from carbonbridge.client.conformance.case import Case, Outcome, Result
from carbonbridge.client.conformance.report_json import document
from carbonbridge.client.conformance.report_junit import junit
from carbonbridge.client.conformance.report_screen import screen as report_screen
from carbonbridge.client.conformance.trial import Trial
from carbonbridge.core.errors import BadInput, PartnerRefused, PartnerUnreachable

#: How long to listen for a callback too many.
SETTLE_SECONDS = 1.0

_AUTH = "Authentication"
_CALLBACKS = "Callbacks"
_CASES = "Cases"
_REPORTS = "Reports"


@verb(
    "carbonbridge conformance https://pact.example --client-id tester",
    "carbonbridge conformance https://pact.example --pact 2.3 --callback-url https://me.example --junit report.xml",
    calls="suite",
)
def conformance(
    session: Session,
    base_url: Annotated[
        str, typer.Argument(metavar="URL", help="PACT base URL of the host under test, https.")
    ],
    *,
    pact: Annotated[
        Literal["3.0", "2.3", "2.2", "2.1", "2.0"], typer.Option("--pact", help="Version to test.")
    ] = "3.0",
    auth_base_url: Annotated[
        str | None,
        typer.Option(
            "--auth-base-url", help="Where the token endpoint is found, if elsewhere.", rich_help_panel=_AUTH
        ),
    ] = None,
    scope: Annotated[
        str | None, typer.Option("--scope", help="Field of the token request.", rich_help_panel=_AUTH)
    ] = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="Field of the token request.", rich_help_panel=_AUTH)
    ] = None,
    resource: Annotated[
        str | None, typer.Option("--resource", help="Field of the token request.", rich_help_panel=_AUTH)
    ] = None,
    callback_host: Annotated[
        str, typer.Option("--callback-host", help="Address to listen at.", rich_help_panel=_CALLBACKS)
    ] = "127.0.0.1",
    callback_port: Annotated[
        int,
        typer.Option(
            "--callback-port", min=0, max=65535, help="0 takes a free one.", rich_help_panel=_CALLBACKS
        ),
    ] = 0,
    callback_url: Annotated[
        str | None,
        typer.Option(
            "--callback-url",
            help="Our address as the host sees it, behind a proxy say.",
            rich_help_panel=_CALLBACKS,
        ),
    ] = None,
    callback_cert: Annotated[
        Path | None,
        typer.Option(
            "--callback-cert",
            metavar="FILE",
            help="Certificate (PEM); else a throw-away one.",
            rich_help_panel=_CALLBACKS,
        ),
    ] = None,
    callback_key: Annotated[
        Path | None,
        typer.Option("--callback-key", metavar="FILE", help="Its key.", rich_help_panel=_CALLBACKS),
    ] = None,
    callback_ca_out: Annotated[
        Path | None,
        typer.Option(
            "--callback-ca-out",
            metavar="FILE",
            help="Write the throw-away authority here, for the host to trust.",
            rich_help_panel=_CALLBACKS,
        ),
    ] = None,
    callback_http: Annotated[
        bool,
        typer.Option(
            "--callback-http", help="Plain HTTP: on loopback, or behind a proxy.", rich_help_panel=_CALLBACKS
        ),
    ] = False,
    callback_wait: Annotated[
        float,
        typer.Option(
            "--callback-wait",
            min=0,
            metavar="SECONDS",
            help="Longest wait for callbacks.",
            rich_help_panel=_CALLBACKS,
        ),
    ] = 30.0,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--case", metavar="NUMBER", help="Only this case; may be repeated.", rich_help_panel=_CASES
        ),
    ] = None,
    strict: Annotated[
        bool | None,
        typer.Option(
            "--strict/--only-published",
            help="Let the stricter set count, or leave it out; else it is run and does not count.",
            rich_help_panel=_CASES,
        ),
    ] = None,
    json_out: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the report as JSON.", rich_help_panel=_REPORTS),
    ] = None,
    junit_out: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write it as JUnit XML.", rich_help_panel=_REPORTS),
    ] = None,
) -> None:
    """Test a PACT host: the published conformance cases, callbacks included, and a stricter set."""
    credentials = _with_prompt(session).credentials()
    if credentials.secret is None:
        raise BadInput(
            "the cases sign in with a client id and secret",
            field="--client-secret-file",
            next_step="PACT asks every host to take them: enrol a client with a secret.",
        )
    fields = (("scope", scope), ("audience", audience), ("resource", resource))
    form = tuple((name, value) for name, value in fields if value)
    target = Target(
        base_url, credentials.client_id, credentials.secret, PactVersion(pact), auth_base_url, form
    )
    every = cases(target.pact, strict=strict is not False)
    wanted = chosen(every, only) if only else every
    address = CallbackAddress(callback_host, callback_port, callback_url, callback_cert, callback_key)
    with (
        _with_certificate(address, callback_ca_out, plain=callback_http) as listening,
        trial_of(
            target, session.wire, listening, wait_seconds=callback_wait, settle_seconds=SETTLE_SECONDS
        ) as trial,
    ):
        report = _run(trial, wanted, strict_counts=strict is True)
    if json_out:
        program = f"carbonbridge {version('carbonbridge')}"
        text = json.dumps(document(report, program), ensure_ascii=False, indent=2) + "\n"
        write_file(json_out, text.encode())
    if junit_out:
        write_file(junit_out, junit(report, language.get()))
    if report.results[0].outcome is not Outcome.PASSED:
        raise _no_set_up(report)
    screen().print(report_screen(report, language.get()))
    if not report.passed:
        raise typer.Exit(Exit.REFUSED)


def _with_prompt(session: Session) -> Session:
    """A person at a terminal is asked for the secret; nobody else is."""
    stated = session.secret_file or os.environ.get(FROM_ENVIRONMENT)
    if stated or not session.client_id or not at_terminal():
        return session
    return replace(session, secret=getpass.getpass(say("Client secret: "), sys.stderr))


def at_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def _with_certificate(
    address: CallbackAddress, ca_out: Path | None, *, plain: bool
) -> Iterator[CallbackAddress]:
    """The address with a throw-away certificate, if it has none and is to have one."""
    if plain or address.certificate or address.key:
        if plain and (address.certificate or address.key):
            raise BadInput("plain HTTP and a certificate exclude each other", field="callbackHttp")
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="carbonbridge-conformance-") as name:
        folder = Path(name)
        authority = Authority.create(folder)
        certificate, key = authority.issue("conformance callbacks", folder, *address.names())
        if ca_out:
            write_file(ca_out, authority.ca_file.read_bytes())
        yield replace(address, certificate=certificate, key=key)


def _run(trial: Trial, wanted: list[Case], *, strict_counts: bool) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, highlight=False)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"PACT {trial.pact.value}", total=len(wanted) + 1)

        def watch(result: Result) -> None:
            if result.case.number == "0" and result.outcome is Outcome.PASSED:
                console.print(Styled(f"{say('callbacks at')} {trial.receiver.url}"), soft_wrap=True)
            progress.advance(task)
            progress.update(task, description=f"PACT {trial.pact.value} · {result.case.number}")

        return run(trial, wanted, strict_counts=strict_counts, watch=watch)


def _no_set_up(report: Report) -> RemoteError:
    """A host that cannot be asked anything: no table, one line."""
    result = report.results[0]
    lang = language.get()
    said = result.received.to(lang) if result.received else ""
    step = result.cause.to(lang) if result.cause else None
    kind = PartnerRefused if report.reachable else PartnerUnreachable
    return RemoteError(kind(f"{say('no test is possible')}: {said}", next_step=step))
