from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_v2.events import (
    PublishedEventV2,
    RequestCreatedEventV2,
    RequestFulfilledEventV2,
    RequestRejectedEventV2,
    compose_event_v2,
    parse_event_v2,
)
from carbonbridge.core.pact_v2.fragment import fragment_of
from carbonbridge.core.pact_v2.vocabulary import EventType

AT = datetime(2026, 3, 1, tzinfo=UTC)
PRODUCT = "urn:pact:glass.example:product-id:B-12"
PF_ID = "f4b1225a-bd44-4c8e-861d-079e4e1dfd69"


def event(event_type: EventType, data: dict[str, Any]) -> bytes:
    return compose_event_v2(event_type, event_id="run/12", source="//buyer.example", time=AT, data=data)


def test_the_four_types_are_read_as_what_they_are() -> None:
    created = parse_event_v2(event(EventType.REQUEST_CREATED, {"pf": {"productIds": [PRODUCT]}}))
    fulfilled = parse_event_v2(event(EventType.REQUEST_FULFILLED, {"requestEventId": "1", "pfs": []}))
    error = {"code": "NotFound", "message": "no"}
    rejected = parse_event_v2(event(EventType.REQUEST_REJECTED, {"requestEventId": "1", "error": error}))
    published = parse_event_v2(event(EventType.PUBLISHED, {"pfIds": [PF_ID]}))

    assert isinstance(created, RequestCreatedEventV2)
    assert isinstance(fulfilled, RequestFulfilledEventV2)
    assert isinstance(rejected, RequestRejectedEventV2)
    assert isinstance(published, PublishedEventV2)
    assert created.criteria == FootprintCriteria(product_id=(PRODUCT,))


def test_an_example_says_what_is_asked_for() -> None:
    fragment = {
        "productIds": [PRODUCT],
        "companyIds": ["urn:a:b"],
        "productCategoryCpc": "37191",
        "productClassifications": ["urn:x:y"],
        "status": "Active",
        "pcf": {"geographyCountry": "DE", "pCfExcludingBiogenic": "1"},
    }

    created = parse_event_v2(event(EventType.REQUEST_CREATED, {"pf": fragment, "comment": "please"}))

    assert isinstance(created, RequestCreatedEventV2)
    assert created.data.comment == "please"
    assert created.criteria == FootprintCriteria(
        product_id=(PRODUCT,),
        company_id=("urn:a:b",),
        geography=("DE",),
        classification=("urn:cpc:37191", "urn:x:y"),
        status=("Active",),
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data.pf"),
        ({"pf": []}, "data.pf"),
        ({"pf": {"productIds": PRODUCT}}, "data.pf.productIds"),
        ({"pf": {"pcf": "DE"}}, "data.pf.pcf"),
        ({"pf": {"pcf": {"geographyCountry": 1}}}, "data.pf.pcf.geographyCountry"),
        ({"pf": {"productNameCompany": "Bottle"}}, "data.pf"),
    ],
)
def test_an_example_that_cannot_be_followed_is_refused(data: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        event(EventType.REQUEST_CREATED, data)

    assert caught.value.field == field


@pytest.mark.parametrize("event_type", ["org.wbcsd.pact.ProductFootprint.PublishedEvent.3", "", None])
def test_other_events_are_refused(event_type: str | None) -> None:
    document = read_json(event(EventType.PUBLISHED, {"pfIds": [PF_ID]})) | {"type": event_type}

    with pytest.raises(BadInput) as caught:
        parse_event_v2(write_json(document))

    assert caught.value.field == "type"


def test_ids_that_are_no_uuids_are_refused() -> None:
    with pytest.raises(BadInput) as caught:
        event(EventType.PUBLISHED, {"pfIds": ["urn:gtin:4712345060507"]})

    assert caught.value.field == "data.pfIds.0"


@pytest.mark.parametrize(
    "criteria",
    [
        FootprintCriteria(product_id=(PRODUCT, "urn:a:b"), company_id=("urn:c:d",)),
        FootprintCriteria(classification=("urn:cpc:37191",)),
        FootprintCriteria(classification=("urn:x:y", "urn:cpc:1")),
        FootprintCriteria(geography=("DE",), status=("Active",)),
        FootprintCriteria(geography=("CN-GD",)),
        FootprintCriteria(geography=("Western Asia",)),
    ],
)
def test_criteria_can_be_shown_by_example(criteria: FootprintCriteria) -> None:
    created = parse_event_v2(event(EventType.REQUEST_CREATED, {"pf": fragment_of(criteria)}))

    assert isinstance(created, RequestCreatedEventV2)
    assert created.criteria == criteria


@pytest.mark.parametrize(
    "criteria",
    [
        FootprintCriteria(valid_on=AT),
        FootprintCriteria(geography=("DE", "FR")),
        FootprintCriteria(status=("Active", "Deprecated")),
    ],
)
def test_what_no_example_shows_is_refused(criteria: FootprintCriteria) -> None:
    with pytest.raises(BadInput):
        fragment_of(criteria)
