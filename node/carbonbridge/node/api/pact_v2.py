"""PACT v2.0 to v2.3: ListFootprints, GetFootprint, Events (specification v2.3.3), over the same footprints as v3."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.pact_v2.filter import Filter, parse_filter
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.api.answers import JSON, data_of
from carbonbridge.node.api.call import OrganisationCall, Raw
from carbonbridge.node.api.pages import Page
from carbonbridge.node.app.read_v2 import get_footprint_v2, list_footprints_v2
from carbonbridge.node.app.receive import receive

router = APIRouter(prefix="/2", tags=["PACT v2"])


@router.get("/footprints", summary="ListFootprints (v2)")
def list_(call: OrganisationCall, request: Request) -> Response:
    """The footprints that pass ``$filter`` and that the caller may see; a page may be short and still go on."""
    page = Page.read(request)
    wanted = _filter(page)
    found = list_footprints_v2(call.node, call.actor, call.org, wanted, after=page.after, limit=page.limit)
    headers = {"Link": page.link_after(request, found.after)} if found.after and page.limit else {}
    return Response(data_of(each.document for each in found.shown), 200, headers, JSON)


@router.get("/footprints/{footprint_id}", summary="GetFootprint (v2)")
def get(call: OrganisationCall, footprint_id: str) -> Response:
    """One footprint, in its latest version."""
    if "\0" in footprint_id:
        raise NotFound("there is no such footprint", field="id")
    rendition = get_footprint_v2(call.node, call.actor, call.org, footprint_id)
    return Response(b'{"data":' + rendition.document + b"}", media_type=JSON)


@router.post("/events", summary="Events (v2)")
def events(call: OrganisationCall, body: Raw) -> Response:
    """Take an event: 200 with an empty body once it is kept."""
    receive(call.node, call.actor, call.org, body, PactVersion.V2)
    return Response(status_code=200)


def _filter(page: Page) -> Filter:
    given = [value for name, value in page.filters if name.casefold() == "$filter"]
    if len(given) > 1:
        raise BadInput("must be given once only", field="$filter")
    return parse_filter(given[0]) if given else Filter()
