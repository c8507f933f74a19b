"""What the linter says of a document, of an own footprint, and of one that a partner sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.app.lint import lint, lint_published, lint_received

router = APIRouter(tags=["findings"])


class Draft(StrictRecord):
    """A footprint to lint.

    Attributes:
        footprint: PACT v3 document; it need not be sound.
    """

    footprint: dict[str, object] = Field(repr=False)


@router.post("/lint", summary="Lint a footprint")
def post(call: OperatorCall, body: Annotated[Draft, Depends(body_of(Draft))]) -> Response:
    """Nothing is stored."""
    return answer(lint(call.node, call.actor, call.org, body.footprint).document())


@router.get("/footprints/{footprint_id}/findings", summary="Lint an own footprint")
def get_published(call: OperatorCall, footprint_id: str) -> Response:
    """As it is served today."""
    return answer(lint_published(call.node, call.actor, call.org, footprint_id).document())


@router.get("/received/{connection_id}/{footprint_id}/findings", summary="Lint a received footprint")
def get_received(call: OperatorCall, connection_id: str, footprint_id: str) -> Response:
    """As it came from that partner."""
    return answer(lint_received(call.node, call.actor, call.org, connection_id, footprint_id).document())
