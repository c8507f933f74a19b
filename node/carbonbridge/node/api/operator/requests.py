"""Requests of both directions, their answers, and fetching by hand."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.criteria import from_data
from carbonbridge.core.record import StrictRecord
from carbonbridge.core.request import Direction, RequestState
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import request_view
from carbonbridge.node.app.answer import fulfil, reject
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.fetch import pull

router = APIRouter(tags=["requests"])

#: Fetches by hand at a time; more wait, without a thread.
MOST_PULLS = 16


class Question(StrictRecord):
    """What to ask a partner for, in PACT's criteria."""

    connection_id: str
    criteria: dict[str, Any] = Field(default_factory=dict)
    comment: str | None = None


class Fetch(StrictRecord):
    """What to fetch from a partner, in PACT's criteria."""

    connection_id: str
    criteria: dict[str, Any] = Field(default_factory=dict)


class Fulfilment(StrictRecord):
    """The footprints to answer with; those that match, unless named."""

    footprint_ids: tuple[str, ...] | None = None


class Rejection(StrictRecord):
    """Why there is no footprint, for the partner."""

    message: str
    code: str = "AccessDenied"


@router.post("/requests", status_code=201, summary="Ask a partner for footprints")
def add(call: OperatorCall, body: Annotated[Question, Depends(body_of(Question))]) -> Response:
    """The question goes out through the outbox."""
    criteria = from_data(body.criteria, field="criteria")
    asked = ask(call.node, call.actor, call.org, body.connection_id, criteria, comment=body.comment)
    return answer(request_view(asked), 201)


@router.get("/requests", summary="List the requests")
def list_(
    call: OperatorCall, direction: Direction | None = None, state: RequestState | None = None
) -> Response:
    """Of both directions, in every state, unless limited."""
    with call.node.store.snapshot() as tx:
        return answer([request_view(item) for item in tx.requests.find(call.org, direction, state)])


@router.post("/requests/{request_id}/fulfil", summary="Answer a request with footprints")
def post_fulfilment(
    call: OperatorCall, request_id: str, body: Annotated[Fulfilment, Depends(body_of(Fulfilment))]
) -> Response:
    """The one answer of the request."""
    return answer(request_view(fulfil(call.node, call.actor, call.org, request_id, body.footprint_ids)))


@router.post("/requests/{request_id}/reject", summary="Answer a request with a no")
def post_rejection(
    call: OperatorCall, request_id: str, body: Annotated[Rejection, Depends(body_of(Rejection))]
) -> Response:
    """The one answer of the request."""
    closed = reject(call.node, call.actor, call.org, request_id, code=body.code, message=body.message)
    return answer(request_view(closed))


@router.post("/fetches", summary="Fetch a partner's footprints now")
async def fetch(
    request: Request, call: OperatorCall, body: Annotated[Fetch, Depends(body_of(Fetch))]
) -> Response:
    """Waits for the partner's host: not in the threads that answer everybody else."""
    criteria = from_data(body.criteria, field="criteria")
    fetched = await to_thread.run_sync(
        partial(pull, call.node, call.actor, call.org, body.connection_id, criteria),
        limiter=request.app.state.pulls,
    )
    return answer({"footprintIds": fetched})
