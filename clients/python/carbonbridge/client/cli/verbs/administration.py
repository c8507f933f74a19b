"""Register, and the node's books."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from carbonbridge.client.cli.session import Session, read_object
from carbonbridge.client.cli.show import Columns, done, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import age, short_type
from carbonbridge.client.operations.parties import RegisterName
from carbonbridge.core.errors import BadInput

File = Annotated[Path, typer.Argument(help="JSON object; - is standard input.")]


@verb("carbonbridge register organisation organisation.json")
def organisation(
    session: Session,
    file: Annotated[Path, typer.Argument(help="JSON object: slug, name, companyIds, scheme …")],
) -> None:
    """Add a tenant."""
    document = read_object(file)
    done(session, session.ask(lambda node: node.register_organisation(document)))


@verb("carbonbridge register scheme gba-cfp.json")
def scheme(session: Session, file: File) -> None:
    """Add or replace a scheme."""
    _register(session, "schemes", file)


@verb("carbonbridge register agreement js-gba.json")
def agreement(session: Session, file: File) -> None:
    """Add or replace an agreement between schemes."""
    _register(session, "agreements", file)


@verb("carbonbridge register issuer js-cb.json")
def issuer(session: Session, file: File) -> None:
    """Add or replace a certification body and its keys."""
    _register(session, "issuers", file)


@verb("carbonbridge register factor-set factors-2026.json")
def factor_set(session: Session, file: File) -> None:
    """Add or replace a set of emission factors."""
    _register(session, "factor-sets", file)


@verb("carbonbridge register show agreements --json")
def show_(
    session: Session,
    register: Annotated[
        Literal["organisations", "schemes", "agreements", "issuers", "factor-sets"],
        typer.Argument(help="Which register."),
    ],
) -> None:
    """What a register of the node holds."""
    if register == "organisations":
        found = session.ask(lambda node: node.organisations())
        columns = {"id": "slug", "name": "name", "companies": "companyIds", "scheme": "scheme"}
    else:
        kind: RegisterName = register
        found = session.ask(lambda node: node.register_entries(kind))
        columns = {"id": "id", "name": "name", "state": "status"}
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge outbox --state abandoned")
def outbox(
    session: Session,
    state: Annotated[
        Literal["pending", "done", "abandoned"] | None, typer.Option("--state", help="Only this.")
    ] = None,
) -> None:
    """Work that waits, was done, or was given up."""
    found = session.ask(lambda node: node.outbox(state))
    columns: Columns = {
        "id": "id",
        "partner": lambda item: item.get("partner") or item.get("connectionId"),
        "verb": "verb",
        "event": lambda item: short_type(item.get("eventType")),
        "state": "state",
        "age": lambda item: age(item.get("createdAt"), datetime.now(UTC)),
        "attempts": "attempts",
        "next try": lambda item: item.get("nextAt") if item.get("state") == "pending" else None,
        "last error": "lastError",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge redeliver 8e4f… 91c2…", "carbonbridge redeliver --connection c-17")
def redeliver(
    session: Session,
    items: Annotated[
        list[str] | None, typer.Argument(help="Ids of the work that was given up: all or none of it.")
    ] = None,
    connection: Annotated[
        str | None, typer.Option("--connection", help="All that was given up with this partner.")
    ] = None,
) -> None:
    """Try work again that was given up."""
    if bool(items) == (connection is not None):
        raise BadInput("name the work, or the partner with --connection", field="items")
    done(session, session.ask(lambda node: node.redeliver_all(items or None, connection)))


@verb("carbonbridge audit --after 100")
def audit(
    session: Session,
    after: Annotated[int, typer.Option("--after", min=0, help="From this number on.")] = 0,
) -> None:
    """Who did what to what, and when."""
    found = session.ask(lambda node: node.audit(after))
    columns = {
        "id": "seq",
        "at": "at",
        "by": "actor",
        "verb": "verb",
        "subject": "subject",
        "found": "detail",
    }
    show(session, found, lambda: table(found, columns))


def _register(session: Session, register: RegisterName, file: Path) -> None:
    entry = read_object(file)
    done(session, session.ask(lambda node: node.register(register, entry)))
