"""The events of PACT v3: what is composed can be parsed, what is malformed is refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints import FOOTPRINT_ID, footprint_document

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.events import (
    PublishedEvent,
    RequestCreatedEvent,
    RequestFulfilledEvent,
    RequestRejectedEvent,
    compose_event,
    fulfilled_data,
    fulfilled_documents,
    parse_event,
)
from carbonbridge.core.vocabulary import EventType

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
SUITE_ID = "1b0f8f9e-7a63-4f0e-8a52-6a1a9c9e0a77/12"

DATA = {
    EventType.REQUEST_CREATED: {"productId": ["urn:a"], "status": "Active", "comment": "please"},
    EventType.REQUEST_FULFILLED: {"requestEventId": SUITE_ID, "pfs": [footprint_document()]},
    EventType.REQUEST_REJECTED: {
        "requestEventId": SUITE_ID,
        "error": {"code": "NotFound", "message": "-"},
    },
    EventType.PUBLISHED: {"pfIds": [FOOTPRINT_ID]},
}


def event(event_type=EventType.PUBLISHED, data=None, **changes):
    document = {
        "type": event_type,
        "specversion": "1.0",
        "id": SUITE_ID,
        "source": "//buyer.example/3/events",
        "time": "2026-06-01T08:00:00Z",
        "data": DATA[event_type] | (data or {}),
    }
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(
    ("event_type", "cls"),
    [
        (EventType.REQUEST_CREATED, RequestCreatedEvent),
        (EventType.REQUEST_FULFILLED, RequestFulfilledEvent),
        (EventType.REQUEST_REJECTED, RequestRejectedEvent),
        (EventType.PUBLISHED, PublishedEvent),
    ],
)
def test_composed_events_parse(event_type, cls):
    body = compose_event(event_type, event_id="1", source="//a.example", time=NOW, data=DATA[event_type])
    parsed = parse_event(body)
    assert isinstance(parsed, cls)
    assert (parsed.id, parsed.source, parsed.time) == ("1", "//a.example", NOW)
    assert parsed.data.document() == DATA[event_type]
    assert json.loads(body)["specversion"] == "1.0"


def test_a_request_has_criteria_and_a_comment():
    parsed = parse_event(
        event(EventType.REQUEST_CREATED, {"status": ["Active", "Deprecated"], "geography": None})
    )
    assert isinstance(parsed, RequestCreatedEvent)
    assert parsed.criteria == FootprintCriteria(product_id=("urn:a",), status=("Active", "Deprecated"))
    assert parsed.data.comment == "please"


def test_a_request_for_something_that_is_no_product_is_no_error():
    parsed = parse_event(event(EventType.REQUEST_CREATED, {"productId": ["urn:pact:null"]}))
    assert isinstance(parsed, RequestCreatedEvent)
    assert parsed.criteria.product_id == ("urn:pact:null",)


def test_unsound_footprints_do_not_spoil_the_event_that_brings_them():
    parsed = parse_event(event(EventType.REQUEST_FULFILLED, {"pfs": [{"id": 3}, footprint_document()]}))
    assert isinstance(parsed, RequestFulfilledEvent)
    assert parsed.data.pfs == ({"id": 3}, footprint_document())


@given(st.lists(st.dictionaries(st.text("ab€"), st.text('ab€"\\')), min_size=1), st.booleans())
def test_footprints_travel_byte_for_byte(values, spaced):
    documents = [json.dumps(value, indent=2 if spaced else None).encode() for value in values]
    data = fulfilled_data('id "1"', documents)
    body = compose_event(EventType.REQUEST_FULFILLED, event_id="1", source="s", time=NOW, data=data)
    parsed = parse_event(body)
    assert isinstance(parsed, RequestFulfilledEvent)
    assert parsed.data.requestEventId == 'id "1"'
    assert fulfilled_documents(body) == documents


def test_an_announcement_names_uuids_in_one_spelling():
    parsed = parse_event(event(data={"pfIds": [FOOTPRINT_ID.upper()]}))
    assert isinstance(parsed, PublishedEvent)
    assert parsed.data.pfIds == (FOOTPRINT_ID,)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (event(type="org.wbcsd.pact.ProductFootprint.Unknown.3"), "type"),
        (event(type=None), "type"),
        (event(type=["x"]), "type"),
        (event(specversion="0.3"), "specversion"),
        (event(specversion=1.0), "specversion"),
        (event(id=""), "id"),
        (event(id="x" * 2001), "id"),
        (event(id=7), "id"),
        (event(source=" "), "source"),
        (event(source=None), "source"),
        (event(time="today"), "time"),
        (event(time="2026-06-01T08:00:00"), "time"),
        (write_json(json.loads(event()) | {"data": None}), "data"),
        (write_json(json.loads(event()) | {"data": []}), "data"),
        (event(data={"pfIds": ["urn:gtin:4712345060507"]}), "data.pfIds.0"),
        (event(data={"pfIds": []}), "data.pfIds"),
        (event(data={"pfIds": FOOTPRINT_ID}), "data.pfIds"),
        (event(EventType.REQUEST_FULFILLED, {"pfs": []}), "data.pfs"),
        (event(EventType.REQUEST_FULFILLED, {"pfs": ["x"]}), "data.pfs.0"),
        (event(EventType.REQUEST_FULFILLED, {"requestEventId": ""}), "data.requestEventId"),
        (event(EventType.REQUEST_REJECTED, {"error": {"code": "NotFound"}}), "data.error.message"),
        (event(EventType.REQUEST_REJECTED, {"error": "no"}), "data.error"),
        (event(EventType.REQUEST_CREATED, {"productId": "urn:a"}), "data.productId"),
        (event(EventType.REQUEST_CREATED, {"validOn": "soon"}), "data.validOn"),
        (event(EventType.REQUEST_CREATED, {"comment": 1}), "data.comment"),
    ],
)
def test_the_field_at_fault_is_named(body, field):
    with pytest.raises(BadInput) as refused:
        parse_event(body)
    assert refused.value.field == field


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{}"])
def test_what_is_no_event_is_refused(body):
    with pytest.raises(BadInput):
        parse_event(body)


def test_nothing_malformed_is_composed():
    with pytest.raises(BadInput) as refused:
        compose_event(EventType.PUBLISHED, event_id="1", source="s", time=NOW, data={"pfIds": ["1"]})
    assert refused.value.field == "data.pfIds.0"
