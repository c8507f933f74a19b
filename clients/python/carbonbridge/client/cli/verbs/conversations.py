"""Ask, answer, fetch, and what came of it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from carbonbridge.client.call import Object
from carbonbridge.client.cli.session import Session, understood
from carbonbridge.client.cli.show import done, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import verdict_view
from carbonbridge.client.node import NodeClient
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import NotFound
from carbonbridge.core.verdict import Verdict

Connection = Annotated[str, typer.Argument(help="Id of the connection.")]
Request = Annotated[str, typer.Argument(help="Id of the request.")]


@verb(
    "carbonbridge ask 3f2a… --product-id urn:pact:wafer.example:product-id:m10 --comment 'for 2025, please'",
    selects=True,
)
def ask(
    session: Session,
    wanted: FootprintCriteria,
    connection: Connection,
    comment: Annotated[str | None, typer.Option("--comment", help="For the person who answers.")] = None,
) -> None:
    """Ask a partner for footprints; the answer comes later."""
    done(session, session.ask(lambda node: node.ask(connection, wanted.document(), comment)))


@verb("carbonbridge fetch 3f2a…", "carbonbridge fetch 3f2a… --status Active", selects=True)
def fetch(session: Session, wanted: FootprintCriteria, connection: Connection) -> None:
    """Have the node fetch a partner's footprints now."""
    done(session, session.ask(lambda node: node.fetch(connection, wanted.document())))


@verb("carbonbridge requests --direction incoming --state open")
def requests(
    session: Session,
    direction: Annotated[
        Literal["incoming", "outgoing"] | None, typer.Option("--direction", help="Who asked.")
    ] = None,
    state: Annotated[
        Literal["open", "fulfilled", "rejected", "undeliverable"] | None,
        typer.Option("--state", help="Where it stands."),
    ] = None,
) -> None:
    """Questions of and to partners."""
    found = session.ask(lambda node: node.requests(direction, state))
    columns = {
        "id": "id",
        "direction": "direction",
        "connection": "connectionId",
        "criteria": "criteria",
        "message": "comment",
        "state": "state",
        "created": "createdAt",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge answer fulfil 5c0d…", "carbonbridge answer fulfil 5c0d… --footprint 7a1c…")
def fulfil(
    session: Session,
    request: Request,
    footprint: Annotated[
        list[str] | None,
        typer.Option("--footprint", help="Answer with this one; may be repeated. Else with all that match."),
    ] = None,
) -> None:
    """Answer a request with footprints that the partner may see."""
    done(session, session.ask(lambda node: node.fulfil(request, footprint or None)))


@verb("carbonbridge answer reject 5c0d… --message 'we do not make this product'")
def reject(
    session: Session,
    request: Request,
    message: Annotated[str, typer.Option("--message", help="Why, for the partner to read.")],
    code: Annotated[str | None, typer.Option("--code", help="A PACT error code; NotFound, say.")] = None,
) -> None:
    """Answer a request with a reason why not."""
    done(session, session.ask(lambda node: node.reject(request, message, code)))


@verb("carbonbridge received")
def received(session: Session) -> None:
    """Footprints that partners sent, and whether they are recognised."""
    found = session.ask(lambda node: node.received())
    columns = {
        "id": "id",
        "connection": "connectionId",
        "product": "footprint.productNameCompany",
        "kgCO2e": "footprint.pcf.pcfExcludingBiogenicUptake",
        "status": "footprint.status",
        "verdict": "verdict",
        "at": "receivedAt",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge verdicts", "carbonbridge verdicts --state rejected")
def verdicts(
    session: Session,
    state: Annotated[
        Literal["accepted", "conditional", "rejected"] | None, typer.Option("--state", help="Only these.")
    ] = None,
) -> None:
    """What was recognised, and what was not."""
    found = [
        item
        for item in session.ask(lambda node: node.verdicts())
        if state is None or item.get("verdict") == state
    ]
    columns = {
        "id": "id",
        "footprint": "footprintId",
        "connection": "connectionId",
        "verdict": "verdict",
        "decided": "decidedAt",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge recognise 7a1c…", "carbonbridge recognise 7a1c… --json > verdict.json")
def recognise(
    session: Session,
    footprint: Annotated[str, typer.Argument(help="Id of the received footprint, or of the verdict.")],
) -> None:
    """Why a received footprint is recognised or not, check by check (the node decides by itself)."""
    answer = session.ask(lambda node: _newest_verdict(node, footprint))
    show(session, answer, lambda: verdict_view(understood(lambda: Verdict.read(answer))))


def _newest_verdict(node: NodeClient, about: str) -> Object:
    found = [item for item in node.verdicts() if about in (item.get("footprintId"), item.get("id"))]
    if not found:
        raise NotFound(f"there is no verdict about {about}", next_step="See carbonbridge received.")
    return node.verdict(str(max(found, key=lambda item: str(item.get("decidedAt"))).get("id")))
