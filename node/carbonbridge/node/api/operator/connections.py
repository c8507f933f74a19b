"""Connections to partners."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import Spliced, answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import connection_view
from carbonbridge.node.api.pages import Page
from carbonbridge.node.app.connect import connect, set_connection_state, set_credentials, set_pact_version
from carbonbridge.node.app.share import preview

router = APIRouter(prefix="/connections", tags=["connections"])


class NewConnection(StrictRecord):
    """A partner to be; see ``Connection``."""

    name: str
    company_ids: tuple[str, ...] = Field(min_length=1)
    base_url: str | None = None
    auth_base_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = Field(None, repr=False)
    notify: bool = True
    pact: PactVersion = PactVersion.V3


class Credentials(StrictRecord):
    """Our client at the partner's host."""

    client_id: str
    client_secret: str = Field(repr=False)


class NewState(StrictRecord):
    """What becomes of a connection."""

    state: ConnectionState


class NewPact(StrictRecord):
    """The version of PACT that a partner speaks."""

    pact: PactVersion


@router.post("", status_code=201, summary="Connect a partner")
def add(call: OperatorCall, body: Annotated[NewConnection, Depends(body_of(NewConnection))]) -> Response:
    """Make a connection."""
    return answer(connection_view(connect(call.node, call.actor, call.org, **dict(body))), 201)


@router.get("", summary="List the connections")
def list_(call: OperatorCall) -> Response:
    """All partners."""
    with call.node.store.snapshot() as tx:
        return answer([connection_view(item) for item in tx.parties.connections(call.org)])


@router.put("/{connection_id}/state", summary="Suspend, resume or revoke a connection")
def put_state(
    call: OperatorCall, connection_id: str, body: Annotated[NewState, Depends(body_of(NewState))]
) -> Response:
    """Revoked is for good."""
    changed = set_connection_state(call.node, call.actor, call.org, connection_id, body.state)
    return answer(connection_view(changed))


@router.put("/{connection_id}/pact", summary="Speak another version of PACT with a partner")
def put_pact(
    call: OperatorCall, connection_id: str, body: Annotated[NewPact, Depends(body_of(NewPact))]
) -> Response:
    """From the next event and fetch on."""
    changed = set_pact_version(call.node, call.actor, call.org, connection_id, body.pact)
    return answer(connection_view(changed))


@router.put("/{connection_id}/credentials", summary="Keep the credentials that a partner made for us")
def put_credentials(
    call: OperatorCall, connection_id: str, body: Annotated[Credentials, Depends(body_of(Credentials))]
) -> Response:
    """The secret is kept encrypted and never shown again."""
    changed = set_credentials(call.node, call.actor, call.org, connection_id, **dict(body))
    return answer(connection_view(changed))


@router.get("/{connection_id}/preview", summary="What the partner sees now")
def list_preview(call: OperatorCall, connection_id: str, request: Request) -> Response:
    """The footprints that List and Get would show it."""
    page = Page.read(request)
    found = preview(call.node, call.actor, call.org, connection_id, after=page.after, limit=page.wanted)
    shown = [Spliced(footprint.document) for footprint in page.shown(found)]
    return answer(shown, headers=page.headers(request, found))
