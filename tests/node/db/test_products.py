"""Products and calculations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.node.db.samples import HOUR, T0, calculation, found, product

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.node.ports.records import CalculationState, Publication


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta", "body")


def test_products_are_put_and_put_again(store):
    changed = replace(
        product(),
        spec={"z": 1, "a": 2},
        recalculate=False,
        publication=Publication.CERTIFIED,
        certification_body="body",
        stale=False,
        footprint_id="f1",
    )
    with store.transaction() as tx:
        tx.products.put(product())
        tx.products.put(product(own_id="p0", created_at=T0 + HOUR))
        assert tx.products.get("acme", "p1") == product()
        tx.products.put(changed)
        with pytest.raises(NotFound):
            tx.products.get("acme", "none")
    with store.snapshot() as tx:
        assert tx.products.find("acme") == [changed, product(own_id="p0", created_at=T0 + HOUR)]
        assert list(tx.products.get("acme", "p1").spec) == ["z", "a"]


def test_calculations_are_kept_and_replaced(store):
    submitted = replace(
        calculation(),
        state=CalculationState.SUBMITTED,
        body_org="body",
        reason="why",
        draft=b"\x00",
        lineage={},
    )
    second = calculation(own_id="k0", created_at=T0 + HOUR)
    with store.transaction() as tx:
        tx.products.put(product())
        tx.products.put(product(own_id="p2"))
        for each in (second, calculation(), calculation(own_id="k2", product_id="p2")):
            tx.products.add_calculation(each)
        with pytest.raises(Conflict):
            tx.products.add_calculation(calculation())
        with pytest.raises(NotFound):
            tx.products.replace_calculation(calculation(own_id="none"))
        with pytest.raises(NotFound):
            tx.products.calculation("acme", "none")
        tx.products.replace_calculation(submitted)
    with store.snapshot() as tx:
        assert tx.products.calculation("acme", "k1") == submitted
        assert tx.products.calculations("acme", "p1") == [submitted, second]
        assert len(tx.products.calculations("acme")) == 3


def test_applications_of_all_organisations_lie_with_the_body(store):
    theirs = [
        calculation(org, body_org="body", state=state, created_at=T0 + index * HOUR)
        for index, (org, state) in enumerate(
            [("beta", CalculationState.SUBMITTED), ("acme", CalculationState.DECLINED)]
        )
    ]
    with store.transaction() as tx:
        for each in theirs:
            tx.products.put(product(each.org))
            tx.products.add_calculation(each)
        tx.products.add_calculation(calculation("acme", "own"))
        assert tx.products.submitted_to("body") == theirs
        assert tx.products.submitted_to("body", CalculationState.SUBMITTED) == theirs[:1]
        assert tx.products.submitted_to("acme") == []
