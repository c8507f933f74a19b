"""The node's books."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from carbonbridge.client.cli.session import Session
from carbonbridge.client.cli.show import Columns, done, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import age, short_type
from carbonbridge.core.errors import BadInput


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
