"""The listing in SQL holds what the pure functions of the core say, on random footprints, criteria and grants."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, count
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node.db.samples import T0, found, organisation, published

from carbonbridge.core.criteria import FootprintCriteria, matches
from carbonbridge.core.disclosure import FootprintFacts, Grant, GrantScope, may_see
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.db import finding, reading

_ORGS = count()

#: Few values, so that they meet; casefolding changes more than ASCII (ß → ss).
WORDS = ["a", "b", "straße", "ÅNGSTRÖM", "中"]
ANY_WORDS = [*WORDS, "A", "B", "STRASSE", "ångström", "x", "\0", "\ud800", "y" * 1500]

#: Neighbours by a microsecond: neither database may round.
INSTANTS = [T0 + timedelta(microseconds=step) for step in (-2, -1, 0, 1, 2)]

instants = st.sampled_from(INSTANTS)
keys = st.frozensets(
    st.tuples(st.sampled_from(KeyKind), st.sampled_from(WORDS).map(str.casefold)), max_size=6
)


@st.composite
def some_facts(draw: st.DrawFn, own_id: str = "") -> FootprintFacts:
    first, last = sorted([draw(instants), draw(instants)])
    return FootprintFacts(own_id, draw(st.sampled_from(FootprintStatus)), first, last, draw(keys))


@st.composite
def some_grants(draw: st.DrawFn) -> Grant:
    scope = draw(st.sampled_from(GrantScope))
    value = (
        None
        if scope is GrantScope.ALL
        else draw(st.sampled_from([word for word in ANY_WORDS if word != "\0"]))
    )
    begins = draw(instants)
    ends = draw(st.none() | st.sampled_from([begins + timedelta(microseconds=step) for step in (1, 3)]))
    return Grant("g", "c1", scope, value, begins, ends)


def some_of(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)


#: Most criteria ask one or two things: what asks more finds nothing and tells nothing.
some_criteria = st.one_of(
    st.dictionaries(
        st.sampled_from(["product_id", "company_id", "geography", "classification"]),
        some_of(ANY_WORDS),
        max_size=2,
    ),
    st.dictionaries(st.sampled_from(["valid_on", "valid_after", "valid_before"]), instants, max_size=2),
    st.fixed_dictionaries(
        {"status": some_of(["Active", "ACTIVE", "deprecated", "bogus"])},
        optional={"valid_on": instants, "product_id": some_of(ANY_WORDS)},
    ),
).map(lambda asked: FootprintCriteria(**asked))


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(some_facts(), min_size=1, max_size=8),
    st.lists(some_criteria, min_size=1, max_size=6),
    st.none() | st.lists(some_grants(), max_size=3),
    instants,
)
def test_sql_agrees_with_the_core(store, drawn, asked, grants, at):
    org = f"org-{next(_ORGS)}"
    facts = [
        FootprintFacts(f"{number:04}", each.status, each.valid_from, each.valid_until, each.keys)
        for number, each in enumerate(drawn)
    ]
    with store.transaction() as tx:
        tx.parties.add_organisation(organisation(org))
        for each in facts:
            tx.footprints.add(published(org, each.id, facts=each))
    with store.snapshot() as tx:
        for criteria in asked:
            listed = tx.footprints.find(org, criteria, grants=grants, at=at, limit=100)
            expected = [
                each
                for each in facts
                if matches(criteria, each) and (grants is None or may_see(each, grants, at))
            ]
            assert [footprint.facts for footprint in listed] == expected


def test_a_walk_of_many_steps_finds_the_same(store, monkeypatch):
    """Steps of a few rows, so that a small store takes all the ways of a large one: leaps, lists read or looked up."""
    for name, value in {"_FIRST": 4, "_LONGEST": 16, "_FEWEST": 2, "_LIGHT": 2}.items():
        monkeypatch.setattr(finding, name, value)
    found(store, "acme")
    lot, facts, day = Random(5), [], timedelta(days=1)
    for number in range(400):
        begins = T0 + (number + lot.randrange(40)) * day
        keys = {
            (KeyKind.GEOGRAPHY, lot.choice(["cn", "cn", "cn", "de"])),
            (KeyKind.CLASSIFICATION, f"urn:cpc:{int(lot.triangular(0, 9, 0))}"),
            (KeyKind.COMPANY, f"urn:lei:{lot.randrange(40)}"),
        }
        status = lot.choice([*FootprintStatus, FootprintStatus.ACTIVE])
        ends = begins + lot.choice([100, 300]) * day
        facts.append(FootprintFacts(f"{number:04}", status, begins, ends, frozenset(keys)))
    with store.transaction() as tx:
        tx.footprints.add_all("acme", [], [published("acme", each.id, facts=each) for each in facts])
    parts: list[dict[str, Any]] = [
        {"geography": ("CN",)},
        {"geography": ("DE", "CN")},
        {"classification": ("urn:cpc:2",)},
        {"classification": tuple(f"urn:cpc:{number}" for number in range(9))},
        {"company_id": ("urn:lei:1", "urn:lei:2")},
        {"status": ("Deprecated",)},
        {"valid_on": T0 + 350 * day},
        {"valid_after": T0 + 200 * day},
        {"valid_before": T0 + 300 * day},
    ]
    grants = [Grant("g", "c1", GrantScope.CLASSIFICATION, f"urn:cpc:{number}", T0) for number in (0, 3)]
    for first, second in combinations(parts, 2):
        criteria = FootprintCriteria(**{**first, **second})
        for seen in (None, grants):
            expected = [
                each.id
                for each in facts
                if matches(criteria, each) and (seen is None or may_see(each, seen, T0))
            ]
            ids: list[str] = []
            after = None
            goes_on = True
            while goes_on:
                page = store.reads.page("acme", criteria, grants=seen, at=T0, after=after, limit=7)
                with store.snapshot() as tx:
                    listed = tx.footprints.find("acme", criteria, grants=seen, at=T0, after=after, limit=7)
                assert [footprint.seq for footprint in listed] == [seq for seq, _ in page.found]
                ids += [footprint.id for footprint in listed]
                after, goes_on = page.found[-1][0] if page.found else after, page.goes_on
            assert ids == expected, criteria


def test_a_partner_may_have_more_grants_than_a_statement_has_room_for(store):
    """SQLite takes 32,766 parameters, PostgreSQL 65,535."""
    found(store, "acme")
    grants = [
        Grant(str(number), "c1", GrantScope.PRODUCT, f"urn:product:{number}", T0) for number in range(70_000)
    ]
    with store.transaction() as tx:
        tx.footprints.add(published())
    with store.snapshot() as tx:
        assert tx.footprints.find("acme", FootprintCriteria(), grants=grants, at=T0, limit=9) == [published()]
        assert tx.footprints.find("acme", FootprintCriteria(), grants=grants[2:], at=T0, limit=9) == []


def test_a_page_of_large_documents_is_cut_and_says_that_it_goes_on(store, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 250)
    found(store, "acme")
    with store.transaction() as tx:
        for number in range(7):
            tx.footprints.add(published(own_id=str(number), document=b"x" * 100))
    for criteria in (FootprintCriteria(), FootprintCriteria(geography=("CN",))):
        seen, after, pages = 0, None, 0
        while True:
            for reads in filter(None, (store.reads, store.swift_reads)):
                page = reads.page("acme", criteria, grants=None, at=T0, after=after, limit=5)
            assert len(page.found) <= 3
            seen, pages = seen + len(page.found), pages + 1
            if not page.goes_on:
                break
            after = page.found[-1][0]
        assert (seen, pages) == (7, 3)


def test_a_page_that_is_full_says_whether_it_goes_on(store):
    found(store, "acme")
    with store.transaction() as tx:
        for number in range(4):
            tx.footprints.add(published(own_id=str(number)))
    for criteria in (FootprintCriteria(), FootprintCriteria(geography=("CN",))):
        for limit, goes_on in ((0, False), (3, True), (4, False), (5, False)):
            page = store.reads.page("acme", criteria, grants=None, at=T0, after=None, limit=limit)
            assert (len(page.found), page.goes_on) == (min(limit, 4), goes_on)
