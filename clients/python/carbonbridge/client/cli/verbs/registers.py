"""Register: organisations, and what the registers of a node hold, now and at any time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from carbonbridge.client.cli.session import Session, read_object
from carbonbridge.client.cli.show import Columns, done, facts, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.operations.registers import RegisterName
from carbonbridge.core.errors import BadInput

File = Annotated[Path, typer.Argument(help="JSON object; - is standard input.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="INSTANT", help="From when it holds; now unless stated.")
]
At = Annotated[str | None, typer.Option("--at", metavar="INSTANT", help="What holds then, instead of now.")]
EntryId = Annotated[str, typer.Argument(metavar="ID", help="Id of the entry.")]


@verb("carbonbridge register organisation organisation.json")
def organisation(
    session: Session,
    file: Annotated[Path, typer.Argument(help="JSON object: slug, name, companyIds, kind, scheme …")],
) -> None:
    """Add a tenant."""
    document = read_object(file)
    done(session, session.ask(lambda node: node.register_organisation(document)))


@verb("carbonbridge register scheme gba-cfp.json")
def scheme(session: Session, file: File, since: From = None) -> None:
    """Add a scheme, or a version of one."""
    _register(session, "schemes", file, since)


@verb("carbonbridge register agreement js-gba.json")
def agreement(session: Session, file: File, since: From = None) -> None:
    """Add an agreement between schemes, or a version of one."""
    _register(session, "agreements", file, since)


@verb("carbonbridge register issuer js-cb.json")
def issuer(session: Session, file: File, since: From = None) -> None:
    """Add the keys of a certification body, or a version of them."""
    _register(session, "issuers", file, since)


@verb("carbonbridge register factor-set factors-2026.json")
def factor_set(session: Session, file: File, since: From = None) -> None:
    """Add a set of emission factors, or a version of one."""
    _register(session, "factor-sets", file, since)


@verb("carbonbridge register body js-cb.json")
def body(session: Session, file: File, since: From = None) -> None:
    """Add a certification body: sites, approvals, accreditations, credit."""
    _register(session, "bodies", file, since)


@verb("carbonbridge register rule cnca-cfp-00.json --from 2025-03-17T00:00:00+08:00")
def rule(session: Session, file: File, since: From = None) -> None:
    """File a certification rule, or cancel one."""
    _register(session, "rules", file, since)


@verb("carbonbridge register standard gbt24067-2024.json")
def standard(session: Session, file: File, since: From = None) -> None:
    """Add a standard in one edition."""
    _register(session, "standards", file, since)


@verb("carbonbridge register mark js-mark.json")
def mark(session: Session, file: File, since: From = None) -> None:
    """Add a mark."""
    _register(session, "marks", file, since)


@verb("carbonbridge register mark-grant module-550.json")
def mark_grant(session: Session, file: File, since: From = None) -> None:
    """Let a product carry a mark."""
    _register(session, "mark-grants", file, since)


@verb("carbonbridge register deny denial.json")
def deny(session: Session, file: File, since: From = None) -> None:
    """Put somebody on the deny-list, or say when it ends."""
    _register(session, "deny-list", file, since)


@verb("carbonbridge register instrument opinion-227.json")
def instrument(session: Session, file: File, since: From = None) -> None:
    """Add a legal instrument."""
    _register(session, "legal-instruments", file, since)


@verb(
    "carbonbridge register show agreements --json",
    "carbonbridge register show rules CNCA-CFP-00 --at 2025-06-01T00:00:00Z",
)
def show_(
    session: Session,
    register: Annotated[Literal["organisations", RegisterName], typer.Argument(help="Which register.")],
    entry: Annotated[
        str | None, typer.Argument(metavar="ID", help="Only this entry, with who says it.")
    ] = None,
    at: At = None,
) -> None:
    """What a register of the node holds."""
    if register == "organisations":
        if entry is not None or at is not None:
            raise BadInput("the organisations are listed as they are", field="id")
        found = session.ask(lambda node: node.organisations())
        columns = {
            "id": "slug",
            "name": "name",
            "kind": "kind",
            "companies": "companyIds",
            "scheme": "scheme",
        }
        show(session, found, lambda: table(found, columns))
        return
    kind: RegisterName = register
    if entry is not None:
        one = session.ask(lambda node: node.register_entry(kind, entry, at))
        show(session, one, lambda: facts(one, {**_VERSION, "document": "document"}))
        return
    found = session.ask(lambda node: node.register_entries(kind, at))
    listed: Columns = {
        "id": "id",
        "name": lambda item: item.get("name") or item.get("title"),
        "state": "status",
    }
    show(session, found, lambda: table(found, listed))


@verb("carbonbridge register history bodies https://yrd.example/o/js-cb")
def history(
    session: Session,
    register: Annotated[RegisterName, typer.Argument(help="Which register.")],
    entry: EntryId,
) -> None:
    """Every version of an entry: when it holds, since when the node knows it, who says it."""
    kind: RegisterName = register
    found = session.ask(lambda node: node.register_history(kind, entry))
    show(session, found, lambda: table(found, _VERSION))


_VERSION: Columns = {
    "version": "version",
    "holds from": "validFrom",
    "recorded": "recordedAt",
    "keeper": "keeper",
    "statement": "statement",
}


def _register(session: Session, register: RegisterName, file: Path, since: str | None) -> None:
    entry = read_object(file)
    done(session, session.ask(lambda node: node.register(register, entry, since)))
