from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints_v2 import footprint_v2

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import BadInput, NotSupported
from carbonbridge.core.pact_v2.filter import LONGEST, parse_filter

DOCUMENT = footprint_v2(updated="2026-02-03T00:00:00Z")
PRODUCT, COMPANY = DOCUMENT["productIds"][0], DOCUMENT["companyIds"][0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "created eq '2026-02-01T08:00:00Z'",
        "created ge '2026-02-01T08:00:00.000Z'",
        "created ge 2026-02-01T08:00:00Z",
        "created le '2026-02-01T16:00:00+08:00'",
        "created le '2026-02-01T16:00:00 08:00'",
        "updated gt '2026-02-02T00:00:00Z'",
        "created lt '2026-02-01T08:00:01Z' and updated lt '2027-01-01T00:00:00Z'",
        "productCategoryCpc eq '37191'",
        "pcf/geographyCountry eq 'DE'",
        "pcf/geographyCountry eq 'de'",
        "(pcf/geographyCountry eq 'DE') and (productCategoryCpc ge '3')",
        "pcf/referencePeriodStart ge '2025-01-01T00:00:00Z' and pcf/referencePeriodEnd le '2026-01-01T00:00:00Z'",
        f"productIds/any(productId:(productId eq '{PRODUCT}'))",
        f"companyIds/any(x:x eq '{COMPANY.upper()}')",
        f"((productIds/any(p:(p eq '{PRODUCT}')) and companyIds/any(c:(c eq '{COMPANY}'))))",
    ],
)
def test_filters_that_the_footprint_passes(text: str) -> None:
    assert parse_filter(text).matches(DOCUMENT)


@pytest.mark.parametrize(
    "text",
    [
        "created gt '2026-02-01T08:00:00Z'",
        "updated lt '2026-02-03T00:00:00Z'",
        "productCategoryCpc eq '3719'",
        "pcf/geographyCountry eq 'FR' and created ge '2026-01-01T00:00:00Z'",
        "productIds/any(x:(x eq 'urn:bogus:1'))",
        "companyIds/any(x:(x eq ''))",
        "productCategoryCpc eq 'it''s'",
    ],
)
def test_filters_that_it_does_not_pass(text: str) -> None:
    assert not parse_filter(text).matches(DOCUMENT)


def test_what_is_not_there_compares_with_nothing() -> None:
    document = footprint_v2({"geographyCountry": None})

    assert not parse_filter("updated gt '1900-01-01T00:00:00Z'").matches(document)
    assert not parse_filter("pcf/geographyCountry eq 'DE'").matches(document)


@pytest.mark.parametrize(
    "text",
    [
        "created",
        "created ge",
        "created ge 'yesterday'",
        "created ge '2026-02-01T08:00:00'",
        "created ge '2026-02-01T08:00:00Z",
        "created ge '2026-02-01T08:00:00Z' and",
        "(created ge '2026-02-01T08:00:00Z'",
        "created ge '2026-02-01T08:00:00Z')",
        "created ge '2026-02-01T08:00:00Z' 'x'",
        "'x' eq 'y'",
        "productCategoryCpc eq (",
        "productIds/any(x x eq 'y')",
        "productIds/any(x:(x eq 'y')",
        "%",
        "(" * 30 + "created ge '2026-02-01T08:00:00Z'" + ")" * 30,
        "a" * (LONGEST + 1),
    ],
)
def test_what_is_no_filter(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_filter(text)

    assert caught.value.field == "$filter"


@pytest.mark.parametrize(
    "text",
    [
        "created ge '2026-02-01T08:00:00Z' or created le '2026-02-01T08:00:00Z'",
        "not (productCategoryCpc eq '1')",
        "productCategoryCpc ne '1'",
        "productNameCompany eq 'x'",
        "contains(productCategoryCpc,'1')",
        "productIds/all(x:(x eq 'y'))",
        "precedingPfIds/any(x:(x eq 'y'))",
        "productIds/any(x:(x ne 'y'))",
        "productIds/any(x:(y eq 'y'))",
    ],
)
def test_what_v2_does_not_name_is_not_offered(text: str) -> None:
    with pytest.raises(NotSupported) as caught:
        parse_filter(text)

    assert caught.value.field == "$filter"


def test_an_index_helps_with_ids_category_and_country() -> None:
    wanted = parse_filter(
        "productIds/any(x:(x eq 'urn:a:b')) and companyIds/any(x:(x eq 'urn:c:d')) and "
        "pcf/geographyCountry eq 'DE' and productCategoryCpc eq '37191' and created ge '2026-02-01T08:00:00Z'"
    )

    assert wanted.criteria() == FootprintCriteria(
        product_id=("urn:a:b",),
        company_id=("urn:c:d",),
        geography=("DE",),
        classification=("urn:cpc:37191",),
    )
    assert wanted.criteria("37191").classification == ()
    assert parse_filter("pcf/geographyCountry ge 'DE'").criteria() == FootprintCriteria()


@given(st.text(max_size=60) | st.text("()': andeqorxyz/any'created", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadInput, NotSupported):
        assert parse_filter(text).matches(DOCUMENT) in (True, False)
