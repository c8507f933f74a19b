"""Every query of a listing goes by an index, on both databases: the plan says so."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from tests.node.db.samples import T0, facts, organisation, published

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, GrantScope
from carbonbridge.core.vocabulary import KeyKind
from carbonbridge.node.db.finding import pose, walk
from carbonbridge.node.db.reading import DocumentReader, Pool, SqlReads
from carbonbridge.node.db.rows import as_postgresql
from carbonbridge.node.db.store import SqlStore

DAY = timedelta(days=1)

FILTERS: dict[str, dict[str, Any]] = {
    "product": {"product_id": ("urn:product:7", "urn:product:8")},
    "company": {"company_id": ("urn:lei:1",)},
    "classification": {"classification": ("urn:cpc:2", "urn:cpc:3")},
    "geography": {"geography": ("CN",)},
    "status": {"status": ("Active",)},
    "validOn": {"valid_on": T0 + 30 * DAY},
    "validAfter": {"valid_after": T0 + 30 * DAY},
    "validBefore": {"valid_before": T0 + 300 * DAY},
}
SEVERAL = [(), *((name,) for name in FILTERS), *combinations(FILTERS, 2)]

GRANTS = {
    "owner": None,
    "all": [Grant("g", "c1", GrantScope.ALL, None, T0)],
    "few": [Grant("g", "c1", GrantScope.CLASSIFICATION, "urn:cpc:1", T0)],
    "many": [Grant(str(n), "c1", GrantScope.PRODUCT, f"urn:product:{n}", T0) for n in range(50)],
}


class Noted:
    """A reader that keeps what it was asked."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        with pool.opened() as reader:
            self.is_postgresql = reader.is_postgresql
        self.asked: list[tuple[str, Sequence[object]]] = []

    def rows(self, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
        self.asked.append((statement, parameters))
        with self._pool.opened() as reader:
            return reader.rows(statement, parameters)

    def documents(self, statement: str, parameters: Sequence[object], most: int) -> Any:
        self.asked.append((statement, parameters))
        with self._pool.opened() as reader:
            return reader.documents(statement, parameters, most)

    def opened(self) -> AbstractContextManager[DocumentReader]:
        return nullcontext(self)


@pytest.fixture
def noted(store: SqlStore) -> Noted:
    with store.transaction() as tx:
        tx.parties.add_organisation(organisation())
        for number in range(400):
            keys = {
                (KeyKind.PRODUCT, f"urn:product:{number}"),
                (KeyKind.COMPANY, f"urn:lei:{number % 3}"),
                (KeyKind.CLASSIFICATION, f"urn:cpc:{number % 7}"),
                (KeyKind.GEOGRAPHY, "cn" if number % 2 else "de"),
            }
            since = T0 + number * DAY
            tx.footprints.add(
                published(
                    own_id=str(number),
                    facts=facts(
                        str(number), keys=frozenset(keys), valid_from=since, valid_until=since + 365 * DAY
                    ),
                )
            )
    return Noted(Pool(store._engines.read, store))


def plan(store: SqlStore, statement: str, parameters: Sequence[object]) -> list[str]:
    """The steps over tables of footprints."""
    with store._engines.read.connect() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters))
            lines = [row[-1] for row in found]
            return [line for line in lines if line.startswith(("SCAN", "SEARCH"))]
        # So small a table is read whole, unless that is forbidden: the question is whether an index would serve.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        found = connection.exec_driver_sql(f"EXPLAIN {as_postgresql(statement)}", tuple(parameters))
        return [row[0] for row in found]


@pytest.mark.parametrize("who", GRANTS)
def test_no_query_of_a_listing_reads_a_whole_table(store: SqlStore, noted: Noted, who: str) -> None:
    for names in SEVERAL:
        criteria = FootprintCriteria(**{key: value for name in names for key, value in FILTERS[name].items()})
        question = pose(noted, "acme", criteria, GRANTS[who], T0)
        if question is not None:
            walk(noted, question, 100, 10)
    SqlReads(noted).page("acme", FootprintCriteria(), grants=GRANTS[who], at=T0, after=100, limit=10)
    SqlReads(noted).document("acme", "7")
    asked = dict(noted.asked)
    assert len(asked) > 10
    for statement, parameters in asked.items():
        steps = plan(store, statement, parameters)
        tables = [step for step in steps if "footprint" in step or step.startswith(("SEARCH d", "SEARCH e"))]
        assert tables, (statement, steps)
        for step in steps:
            assert "Seq Scan on footprint" not in step, (statement, steps)
            if step.startswith("SCAN"):
                assert step.split()[1] in {"json_each", "p", "q", "CONSTANT"}, (statement, steps)


def test_a_step_of_a_walk_is_bounded_by_its_place_in_the_listing(store: SqlStore, noted: Noted) -> None:
    """The index is entered at the end of the page before, not at its beginning."""
    criteria = FootprintCriteria(geography=("CN",), classification=("urn:cpc:1", "urn:cpc:2"))
    question = pose(noted, "acme", criteria, None, T0)
    assert question is not None
    walk(noted, question, 100, 10)
    steps = [step for statement, parameters in noted.asked for step in plan(store, statement, parameters)]
    if noted.is_postgresql:
        assert any("seq >" in step and "kind" in step for step in steps), steps
    else:
        assert any("kind=? AND value=? AND seq>?" in step for step in steps), steps
