"""Disclosure: a partner sees what a grant in force opens, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints import facts

from carbonbridge.core.disclosure import Grant, GrantScope, may_see
from carbonbridge.core.errors import BadInput

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def grant(scope=GrantScope.ALL, value=None, start=NOW - DAY, end=None):
    return Grant("g", "c", scope, value, start, end)


def test_nothing_is_seen_without_a_grant():
    assert not may_see(facts(), [], NOW)


@pytest.mark.parametrize(
    ("scope", "value", "seen"),
    [
        (GrantScope.ALL, None, True),
        (GrantScope.PRODUCT, "URN:pact:glass.example:product-id:g-32", True),
        (GrantScope.PRODUCT, "urn:pact:glass.example:product-id:G-3", False),
        (GrantScope.PRODUCT, "urn:cpc:37112", False),
        (GrantScope.CLASSIFICATION, "urn:CPC:37112", True),
        (GrantScope.CLASSIFICATION, "urn:cpc:3711", False),
    ],
)
def test_scope(scope, value, seen):
    assert may_see(facts(), [grant(scope, value)], NOW) is seen


def test_deprecated_footprints_stay_visible():
    assert may_see(facts(status="Deprecated"), [grant()], NOW)


def test_the_end_is_the_first_instant_without_permission():
    limited = grant(start=NOW, end=NOW + DAY)
    instants = [NOW - DAY / 2, NOW, NOW + DAY / 2, NOW + DAY]
    assert [may_see(facts(), [limited], at) for at in instants] == [False, True, True, False]


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 5), st.booleans()), max_size=5), st.integers(-6, 11)
)
def test_another_grant_never_hides_anything(spans, day):
    grants = [
        grant(start=NOW + start * DAY, end=NOW + (start + length) * DAY)
        if everything
        else grant(GrantScope.PRODUCT, "urn:other", NOW + start * DAY)
        for start, length, everything in spans
    ]
    at = NOW + day * DAY
    expected = any(everything and start <= day < start + length for start, length, everything in spans)
    assert may_see(facts(), grants, at) is expected


@pytest.mark.parametrize(
    ("scope", "value", "end"),
    [
        (GrantScope.PRODUCT, None, None),
        (GrantScope.CLASSIFICATION, "", None),
        (GrantScope.ALL, "urn:x", None),
        (GrantScope.ALL, None, NOW - DAY),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(scope, value, end):
    with pytest.raises(BadInput):
        grant(scope, value, end=end)
