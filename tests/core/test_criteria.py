"""Criteria: alternatives within, all of them together, no letter case; bogus values match nothing."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints import facts

from carbonbridge.core.criteria import FootprintCriteria, from_data, from_query, matches
from carbonbridge.core.errors import BadInput

PRODUCT = "urn:pact:glass.example:product-id:G-32"
COMPANY = "urn:pact:glass.example:company-id:1"
FACTS = facts()  # valid from 2026-01-01, three years

names = st.sampled_from([PRODUCT, COMPANY, "urn:B", "cn-js", "#,+ &", "active", "urn:cpc:37112"])
some = st.lists(names, max_size=3).map(tuple)
instants = st.none() | st.integers(-2000, 2000).map(
    lambda day: datetime(2027, 6, 1, tzinfo=UTC) + timedelta(day)
)
criteria = st.builds(
    FootprintCriteria,
    product_id=some,
    company_id=some,
    geography=some,
    classification=some,
    status=some,
    valid_on=instants,
    valid_after=instants,
    valid_before=instants,
)


@given(criteria)
def test_a_query_and_an_event_say_the_same(wanted):
    assert from_query(wanted.pairs()) == wanted
    assert from_data(wanted.document() | {"comment": "please"}) == wanted


def test_no_criteria_match_everything():
    assert matches(FootprintCriteria(), FACTS)
    assert FootprintCriteria().document() == {}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ([("productId", PRODUCT.upper())], True),
        ([("PRODUCTID", PRODUCT)], True),
        ([("productId", COMPANY)], False),
        ([("productId", "urn:bogus"), ("productId", PRODUCT)], True),
        ([("productId", PRODUCT), ("companyId", "nonsense")], False),
        ([("productId", PRODUCT), ("companyId", COMPANY), ("status", "ACTIVE")], True),
        ([("status", "BogusStatus")], False),
        ([("status", "deprecated"), ("status", "active")], True),
        ([("geography", "cn-js")], True),
        ([("geography", "CN")], False),
        ([("geography", "")], True),
        ([("geography", ""), ("geography", "XX")], False),
        ([("classification", "urn:cpc:37112")], True),
        ([("x-vendor", "anything"), ("$filter", "x"), ("limit", "1")], True),
        ([("validOn", "2025-12-31T23:59:59Z")], False),
        ([("validOn", "2026-01-01T00:00:00Z")], True),
        ([("validOn", "2029-01-01T00:00:00Z")], True),
        ([("validOn", "2029-01-01T00:00:01Z")], False),
        ([("validAfter", "2025-12-31T00:00:00.000Z")], True),
        ([("validAfter", "2026-01-01T00:00:00Z")], False),
        ([("validBefore", "2029-01-02T00:00:00Z")], True),
        ([("validBefore", "2029-01-01T00:00:00Z")], False),
        ([("validon", "2026-01-01T08:00:00 08:00")], True),
        ([("validAfter", "2026-01-01T07:59:59 08:00")], True),
    ],
)
def test_queries(query, found):
    assert matches(from_query(query), FACTS) is found


@given(criteria, names)
def test_one_more_alternative_never_finds_less(wanted, name):
    wider = from_query([*wanted.pairs(), *(("productId", name) for _ in wanted.product_id[:1])])
    assert matches(wider, FACTS) or not matches(wanted, FACTS)


@given(criteria)
def test_each_criterion_counts_by_itself_and_all_must_hold(wanted):
    alone = [FootprintCriteria(**{item.name: getattr(wanted, item.name)}) for item in fields(wanted)]
    assert matches(wanted, FACTS) is all(matches(one, FACTS) for one in alone)


@pytest.mark.parametrize(
    "query",
    [
        [("validOn", "2026-01-01")],
        [("validAfter", "yesterday")],
        [("validBefore", "2026-02-30T00:00:00Z")],
        [("validOn", "2026-01-01T00:00:00")],
        [("validOn", "2026-01-01T00:00:00Z"), ("VALIDON", "2026-01-01T00:00:00Z")],
    ],
)
def test_a_date_that_cannot_be_read_is_named(query):
    with pytest.raises(BadInput) as refused:
        from_query(query)
    assert refused.value.field == query[0][0]


@pytest.mark.parametrize("status", ["active", ["Active"], ["active", "nonsense"], None, []])
def test_status_may_be_text_or_a_list(status):
    assert matches(from_data({"status": status}), FACTS)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"productId": PRODUCT}, "data.productId"),
        ({"companyId": [1]}, "data.companyId"),
        ({"status": 1}, "data.status"),
        ({"validOn": 2026}, "data.validOn"),
    ],
)
def test_a_criterion_of_the_wrong_type_is_named(data, field):
    with pytest.raises(BadInput) as refused:
        from_data(data)
    assert refused.value.field == field


def test_values_go_out_as_they_were_spelled():
    wanted = FootprintCriteria(product_id=("urn:A",), status=("Active",))
    assert wanted.document() == {"productId": ["urn:A"], "status": "Active"}
    assert wanted.pairs() == [("productId", "urn:A"), ("status", "Active")]
