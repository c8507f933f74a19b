"""Own footprints, those that partners sent, and the verdicts on those."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.criteria import from_query
from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import JSON, Spliced, answer
from carbonbridge.node.api.call import OperatorCall, Raw, body_of, member_bytes
from carbonbridge.node.api.operator.views import received_view, verdict_view
from carbonbridge.node.api.pages import Page
from carbonbridge.node.app.loss import loss_report, received_loss_report
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.read import get_footprint, list_footprints

router = APIRouter(tags=["footprints"])


class Publication(StrictRecord):
    """A footprint to publish.

    Attributes:
        footprint: PACT v3 document without our extension; it is signed exactly as it stands in the body. Or a v2
            document, told by its ``specVersion``: it is converted, and v2 serves it exactly as it stands here.
        certificate: compact ``vc+jwt`` over the digest of the v3 footprint.
        product_id: the own product it is of.
    """

    footprint: dict[str, object] = Field(repr=False)
    certificate: str | None = Field(None, repr=False)
    product_id: str | None = None


@router.post("/footprints", status_code=201, summary="Publish a footprint")
def add(
    call: OperatorCall, body: Annotated[Publication, Depends(body_of(Publication))], raw: Raw
) -> Response:
    """Signed, kept, and announced to those who may see it."""
    footprint_id = publish(
        call.node,
        call.actor,
        call.org,
        member_bytes(raw, "footprint"),
        certificate=body.certificate,
        product_id=body.product_id,
    )
    kept = get_footprint(call.node, call.actor, call.org, footprint_id)
    return answer({"id": footprint_id, "statementDigest": kept.statement_digest}, 201)


@router.get("/footprints", summary="List own footprints")
def list_(call: OperatorCall, request: Request) -> Response:
    """With the filters and pages of PACT's ListFootprints."""
    page = Page.read(request)
    criteria = from_query(page.filters)
    found = list_footprints(call.node, call.actor, call.org, criteria, after=page.after, limit=page.wanted)
    shown = [Spliced(footprint.document) for footprint in page.shown(found)]
    return answer(shown, headers=page.headers(request, found))


@router.get("/footprints/{footprint_id}", summary="One own footprint")
def get(call: OperatorCall, footprint_id: str) -> Response:
    """As PACT serves it."""
    return Response(get_footprint(call.node, call.actor, call.org, footprint_id).document, media_type=JSON)


@router.get("/footprints/{footprint_id}/loss-report", summary="What its other PACT version cannot say")
def get_loss_report(call: OperatorCall, footprint_id: str) -> Response:
    """From v2 to v3 where it was given in v2, else from v3 to v2; and whether v2 shows it at all."""
    return answer(loss_report(call.node, call.actor, call.org, footprint_id))


@router.get("/received/{connection_id}/{footprint_id}/loss-report", summary="The same of a received one")
def get_received_loss_report(call: OperatorCall, connection_id: str, footprint_id: str) -> Response:
    """Of one that came in v2."""
    return answer(received_loss_report(call.node, call.actor, call.org, connection_id, footprint_id))


@router.get("/received", summary="Footprints that partners sent")
def list_received(call: OperatorCall) -> Response:
    """Each as it came, with the verdict in force."""
    with call.node.store.snapshot() as tx:
        verdicts = {verdict.id: verdict for verdict in tx.footprints.verdicts(call.org)}
        found = tx.footprints.received_all(call.org)
    return answer([received_view(item, verdicts.get(item.verdict_id or "")) for item in found])


@router.get("/verdicts", summary="List the verdicts")
def list_verdicts(call: OperatorCall) -> Response:
    """In short."""
    with call.node.store.snapshot() as tx:
        return answer([verdict_view(verdict) for verdict in tx.footprints.verdicts(call.org)])


@router.get("/verdicts/{verdict_id}", summary="One verdict")
def get_verdict(call: OperatorCall, verdict_id: str) -> Response:
    """With every check; the bytes that were decided."""
    with call.node.store.snapshot() as tx:
        return Response(tx.footprints.verdict(call.org, verdict_id).document, media_type=JSON)
