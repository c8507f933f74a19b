"""The outbox and the audit trail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.errors import BadInput
from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import audit_view, outbox_view
from carbonbridge.node.app.deliver import redeliver, redeliver_to
from carbonbridge.node.ports.records import OutboxState

router = APIRouter(tags=["books"])


class Redeliveries(StrictRecord):
    """Which abandoned work to try again: some, or all that concerns a partner."""

    item_ids: tuple[str, ...] | None = Field(None, max_length=1000)
    connection_id: str | None = None


@router.get("/outbox", summary="Work that waits, was done, or was given up")
def list_outbox(call: OperatorCall, state: OutboxState | None = None) -> Response:
    """``state=abandoned`` is the dead-letter view."""
    with call.node.store.snapshot() as tx:
        names = {connection.id: connection.name for connection in tx.parties.connections(call.org)}
        return answer([outbox_view(item, names) for item in tx.events.outbox(call.org, state)])


@router.post("/outbox/{item_id}/redeliver", summary="Try abandoned work again")
def post_redelivery(call: OperatorCall, item_id: str) -> Response:
    """At once."""
    redeliver(call.node, call.actor, call.org, item_id)
    return answer({"id": item_id, "state": OutboxState.PENDING.value})


@router.post("/outbox/redeliveries", summary="Try several pieces of abandoned work again")
def post_redeliveries(
    call: OperatorCall, body: Annotated[Redeliveries, Depends(body_of(Redeliveries))]
) -> Response:
    """Those that are named, all or none; or all that concern one partner."""
    if (body.item_ids is None) == (body.connection_id is None):
        raise BadInput("is needed, or connectionId, and not both", field="itemIds")
    if body.connection_id is not None:
        tried = redeliver_to(call.node, call.actor, call.org, body.connection_id)
    else:
        tried = list(body.item_ids or ())
        redeliver(call.node, call.actor, call.org, *tried)
    return answer({"itemIds": tried})


@router.get("/audit", summary="Who did what to what")
def list_audit(
    call: OperatorCall,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=0, le=1000)] = 100,
) -> Response:
    """From a sequence number on, oldest first."""
    with call.node.store.snapshot() as tx:
        return answer([audit_view(entry) for entry in tx.audit.find(call.org, after, limit)])
