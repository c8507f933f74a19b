"""Register, enrol, and the node's books."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from carbonbridge.client.call import Object
from carbonbridge.client.cli.session import Session, check_new, read_object, write_file
from carbonbridge.client.cli.show import Columns, done, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import age, sentence, short_type
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


@verb(
    "carbonbridge enrol --organisation module --out module.secret",
    "carbonbridge enrol --connection 3f2a… --expires 2027-01-01T00:00:00Z",
)
def enrol(
    session: Session,
    name: Annotated[
        str | None, typer.Option("--organisation", help="Make an operator of it (administrator).")
    ] = None,
    connection: Annotated[
        str | None, typer.Option("--connection", help="Make the credentials of this partner (operator).")
    ] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="Good until this instant.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the secret to this new file, readable by you alone."
        ),
    ] = None,
) -> None:
    """Make an OAuth client; its secret is shown once."""
    if (name is None) == (connection is None):
        raise BadInput(
            "give either --organisation or --connection", next_step="See carbonbridge enrol --help."
        )
    check_new(out)
    if name is not None:
        answer = session.ask(lambda node: node.enrol_operator(name, expires))
    else:
        answer = session.ask(lambda node: node.enrol_partner(connection or "", expires))
    _hand_over(session, answer, out)


@verb("carbonbridge clients", "carbonbridge clients --revoke c-17")
def clients(
    session: Session,
    name: Annotated[
        str | None, typer.Option("--organisation", help="Those of this organisation (administrator).")
    ] = None,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help="End this client's access.")
    ] = None,
) -> None:
    """The OAuth clients of the organisation."""
    if revoke is not None:
        done(
            session,
            session.ask(
                lambda node: node.revoke_operator(name, revoke) if name else node.revoke_client(revoke)
            ),
        )
        return
    found = session.ask(lambda node: node.operators(name) if name else node.clients())
    columns = {
        "client": "clientId",
        "role": "role",
        "connection": "connectionId",
        "created": "createdAt",
        "expires": "expiresAt",
        "until": "revokedAt",
    }
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


def _hand_over(session: Session, answer: Object, out: Path | None) -> None:
    """Show the new credentials; the secret goes to the file instead, where one is named."""
    if out is not None:
        write_file(out, str(answer.pop("clientSecret", "")).encode(), private=True)
    columns = {
        "client": "clientId",
        "role": "role",
        "value": "clientSecret" if out is None else lambda _: str(out),
    }
    warning = sentence("This secret is shown once; keep it safe.", "yellow") if out is None else None
    show(session, answer, lambda: lines(table([answer], columns), warning))
