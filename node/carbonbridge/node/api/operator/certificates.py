"""The certification body's desk."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from carbonbridge.core.errors import BadInput
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import JsonObject, OperatorCall, Raw, member_bytes
from carbonbridge.node.api.operator.views import calculation_view
from carbonbridge.node.app.certify import certify, decide
from carbonbridge.node.ports.records import CalculationState

router = APIRouter(tags=["certification"])


@router.post("/certificates", status_code=201, summary="Certify a footprint")
def add(call: OperatorCall, body: JsonObject, raw: Raw) -> Response:
    """The body has ``footprint`` and, beside it, what the certification body states (number, rule …)."""
    fields = {name: value for name, value in body.items() if name != "footprint"}
    document = member_bytes(raw, "footprint")
    return answer({"certificate": certify(call.node, call.actor, call.org, document, fields)}, 201)


@router.get("/applications", summary="Calculations that lie with this certification body")
def list_(call: OperatorCall) -> Response:
    """Those that wait for its decision."""
    with call.node.store.snapshot() as tx:
        found = tx.products.submitted_to(call.org, CalculationState.SUBMITTED)
    return answer([calculation_view(item) for item in found])


@router.post("/applications/{calculation_id}/decision", summary="Decide an application")
def post_decision(call: OperatorCall, calculation_id: str, body: JsonObject) -> Response:
    """The body has ``certify``; with false, ``reason``; with true, what the certification body states."""
    fields = dict(body)
    yes, reason = fields.pop("certify", None), fields.pop("reason", None)
    if not isinstance(yes, bool):
        raise BadInput("must be true or false", field="certify")
    if reason is not None and not isinstance(reason, str):
        raise BadInput("must be text", field="reason")
    decided = decide(
        call.node, call.actor, call.org, calculation_id, certify=yes, reason=reason, fields=fields
    )
    return answer(calculation_view(decided))
