"""PACT v3: ListFootprints, GetFootprint, Events (specification v3.0.3). Documents leave as the bytes we keep.

The two reads are described here, and answered by :mod:`.reads` before they come here, unless their path is odd.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from carbonbridge.core.criteria import from_query
from carbonbridge.core.errors import NotFound
from carbonbridge.node.api.answers import JSON, data_of
from carbonbridge.node.api.call import OrganisationCall, Raw
from carbonbridge.node.api.pages import Page
from carbonbridge.node.app.read import get_footprint, list_footprints
from carbonbridge.node.app.receive import receive

router = APIRouter(prefix="/3", tags=["PACT v3"])


@router.get("/footprints", summary="ListFootprints")
def list_(call: OrganisationCall, request: Request) -> Response:
    """The footprints that match and that the caller may see."""
    page = Page.read(request)
    criteria = from_query(page.filters)
    found = list_footprints(call.node, call.actor, call.org, criteria, after=page.after, limit=page.wanted)
    body = data_of(footprint.document for footprint in page.shown(found))
    return Response(body, 200, page.headers(request, found), JSON)


@router.get("/footprints/{footprint_id}", summary="GetFootprint")
def get(call: OrganisationCall, footprint_id: str) -> Response:
    """One footprint."""
    if "\0" in footprint_id:
        raise NotFound("there is no such footprint", field="id")
    footprint = get_footprint(call.node, call.actor, call.org, footprint_id)
    return Response(b'{"data":' + footprint.document + b"}", media_type=JSON)


@router.post("/events", summary="Events")
def events(call: OrganisationCall, body: Raw) -> Response:
    """Take an event: 200 with an empty body once it is kept."""
    receive(call.node, call.actor, call.org, body)
    return Response(status_code=200)
