"""Publish, certify, apply, decide."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from carbonbridge.client.cli.session import (
    Session,
    in_file,
    read_document,
    read_file,
    read_object,
    write_file,
)
from carbonbridge.client.cli.show import done, facts, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import findings_count
from carbonbridge.client.cli.words import say
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.lint.linter import lint

Fields = Annotated[
    Path | None,
    typer.Option(
        "--fields",
        metavar="FILE",
        help="JSON object: what the certificate states (number, rule, validity …).",
    ),
]


@verb(
    "carbonbridge publish footprint.json --certificate certificate.jwt",
    "carbonbridge publish --calculation 7a1c…",
)
def publish(
    session: Session,
    file: Annotated[Path | None, typer.Argument(help="PACT v3 footprint, JSON; - is standard input.")] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="The certificate over it (vc+jwt).")
    ] = None,
    calculation: Annotated[
        str | None,
        typer.Option("--calculation", metavar="ID", help="Publish this calculation instead of a file."),
    ] = None,
) -> None:
    """Publish a footprint, or a correction of one."""
    if (file is None) == (calculation is None):
        raise BadInput("give either a file or --calculation", next_step="Try carbonbridge publish --help.")
    if file is None:
        done(session, session.ask(lambda node: node.publish_calculation(calculation or "")))
        return
    footprint = read_document(file)
    compact = None if certificate is None else _compact(certificate)
    answer = session.ask(lambda node: node.publish(footprint, compact))
    show(session, answer, lambda: lines(facts(answer, {name: name for name in answer}), _hint(footprint)))


@verb("carbonbridge certify footprint.json --fields fields.json --out certificate.jwt")
def certify(
    session: Session,
    file: Annotated[Path, typer.Argument(help="PACT v3 footprint of another party, JSON.")],
    fields: Annotated[
        Path, typer.Option("--fields", metavar="FILE", help="JSON object: number, rule, validity …")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the certificate here.")
    ] = None,
) -> None:
    """Certify another party's footprint (certification body)."""
    footprint, stated = read_document(file), read_object(fields)
    answer = session.ask(lambda node: node.certify(footprint, stated))
    if out is not None:
        write_file(out, str(answer.get("certificate", "")).encode())
    done(session, answer)


@verb("carbonbridge apply 7a1c…")
def apply(
    session: Session, calculation: Annotated[str, typer.Argument(help="Id of the calculation.")]
) -> None:
    """Submit a calculation to the product's certification body."""
    done(session, session.ask(lambda node: node.apply(calculation)))


@verb("carbonbridge applications")
def applications(session: Session) -> None:
    """The calculations that wait for our decision (certification body)."""
    found = session.ask(lambda node: node.applications())
    columns = {
        "id": "id",
        "organisation": "org",
        "product": "productId",
        "state": "state",
        "created": "createdAt",
    }
    show(session, found, lambda: table(found, columns))


@verb(
    "carbonbridge decide 7a1c… --certify --fields fields.json",
    "carbonbridge decide 7a1c… --decline --reason 'electricity bills are missing'",
)
def decide(
    session: Session,
    calculation: Annotated[str, typer.Argument(help="Id of the calculation.")],
    yes: Annotated[bool, typer.Option("--certify/--decline", help="Yes or no; it has to be said.")],
    reason: Annotated[str | None, typer.Option("--reason", help="Why not.")] = None,
    fields: Fields = None,
) -> None:
    """Certify an application, which publishes it, or decline it (certification body)."""
    if not yes and not reason:
        raise BadInput("a decline needs a reason", field="reason", next_step="Give --reason.")
    stated = None if fields is None else read_object(fields)
    done(session, session.ask(lambda node: node.decide(calculation, yes, reason, stated)))


def _hint(footprint: bytes) -> Text | None:
    """What the linter has against a footprint that is published all the same."""
    found = lint(read_json(footprint), today=datetime.now(UTC).date())
    if not found.errors + found.warnings:
        return None
    words = say("The linter found: ") + findings_count(found) + say(". See carbonbridge lint.")
    return Text(words, "yellow")


def _compact(path: Path) -> str:
    """A certificate file: the compact form, alone or as ``{"certificate": …}``."""
    data = read_file(path).strip()
    if data.startswith(b"{"):
        value = read_object(path).get("certificate")
        if not isinstance(value, str):
            raise BadInput(f"{path} holds no certificate", field="certificate")
        return value
    return in_file(path, lambda: _ascii(data))


def _ascii(data: bytes) -> str:
    if not data.isascii() or data.count(b".") != 2:
        raise BadInput("is no certificate in compact form (vc+jwt)", field="certificate")
    return data.decode("ascii")
