"""The outbox and the audit trail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall
from carbonbridge.node.api.operator.views import audit_view, outbox_view
from carbonbridge.node.app.deliver import redeliver
from carbonbridge.node.ports.records import OutboxState

router = APIRouter(tags=["books"])


@router.get("/outbox", summary="Work that waits, was done, or was given up")
def list_outbox(call: OperatorCall, state: OutboxState | None = None) -> Response:
    """``state=abandoned`` is the dead-letter view."""
    with call.node.store.snapshot() as tx:
        return answer([outbox_view(item) for item in tx.events.outbox(call.org, state)])


@router.post("/outbox/{item_id}/redeliver", summary="Try abandoned work again")
def post_redelivery(call: OperatorCall, item_id: str) -> Response:
    """At once."""
    redeliver(call.node, call.actor, call.org, item_id)
    return answer({"id": item_id, "state": OutboxState.PENDING.value})


@router.get("/audit", summary="Who did what to what")
def list_audit(
    call: OperatorCall,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=0, le=1000)] = 100,
) -> Response:
    """From a sequence number on, oldest first."""
    with call.node.store.snapshot() as tx:
        return answer([audit_view(entry) for entry in tx.audit.find(call.org, after, limit)])
