"""Calculations: the best inputs, no input invented, nothing done twice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import bill, document_of, product_id
from tests.support.network import ADMINISTRATOR, Tenant, outbox

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, Conflict, NotFound
from carbonbridge.core.footprint import parse_footprint
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.app.apply import apply
from carbonbridge.node.app.calculate import calculate, recalculate
from carbonbridge.node.app.connect import set_connection_state
from carbonbridge.node.app.context import acting
from carbonbridge.node.app.figures import figures_of
from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish, publish_calculation
from carbonbridge.node.app.received import keep, read_received
from carbonbridge.node.app.register import register_entry
from carbonbridge.node.ports.records import (
    CalculationRecord,
    CalculationState,
    OutboxState,
    ProductRecord,
    Publication,
)


def add_product(tenant: Tenant, spec: dict[str, Any], **policy: Any) -> ProductRecord:
    return put_product(tenant.node, tenant.operator, tenant.org, spec, **policy)


def run_calculation(tenant: Tenant, product: str = "thing") -> CalculationRecord:
    return calculate(tenant.node, tenant.operator, tenant.org, product)


def supply(pair: Pair, *, value: str = "10", preceding: Sequence[str] = (), **changes: Any) -> str:
    supplier = pair.supplier
    document = document_of(supplier, value=value, preceding=preceding, **changes)
    footprint_id = publish(supplier.node, supplier.operator, "supplier", document)
    pair.network.run()
    return footprint_id


def value_of(calculation: CalculationRecord) -> Decimal:
    return Decimal(read_json(calculation.draft)["pcf"]["pcfExcludingBiogenicUptake"])


def product_of(tenant: Tenant, product: str = "thing") -> ProductRecord:
    with tenant.node.store.snapshot() as tx:
        return tx.products.get(tenant.org, product)


def calculations(tenant: Tenant) -> list[CalculationRecord]:
    with tenant.node.store.snapshot() as tx:
        return tx.products.calculations(tenant.org)


def test_a_draft_is_a_sound_footprint_with_its_lineage(pair: Pair):
    footprint_id = supply(pair)
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    made = run_calculation(pair.buyer)
    assert value_of(made) == Decimal("21.5")  # 2 kg × 10 + 3 kWh × 0.5
    assert parse_footprint(made.draft).id == made.id
    supplied, own = made.lineage["children"]
    assert (supplied["footprintId"], supplied["value"], own["value"]) == (footprint_id, "20", "1.5")
    assert made.state is CalculationState.DRAFT
    product = product_of(pair.buyer)
    assert (product.stale, product.footprint_id) == (False, None)
    assert [(figure.unit, figure.value) for figure in figures_of(made, product)] == [("piece", Decimal(86))]


def test_nothing_changed_nothing_done(pair: Pair):
    supply(pair)
    add_product(pair.buyer, bill(pair.buyer, "supplier"), publication=Publication.AUTOMATIC)
    first = run_calculation(pair.buyer)
    assert first.state is CalculationState.PUBLISHED
    assert run_calculation(pair.buyer) == first
    recalculate(pair.buyer.node, "buyer", "thing")
    assert [made.id for made in calculations(pair.buyer)] == [first.id]


def test_a_missing_input_is_named_and_the_product_stays_stale(pair: Pair):
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    with pytest.raises(BadInput) as caught:
        run_calculation(pair.buyer)
    assert product_id("supplier") in caught.value.message
    assert product_of(pair.buyer).stale
    assert calculations(pair.buyer) == []


def test_a_product_that_waits_for_an_input_is_not_retried_for_ever(pair: Pair):
    add_product(pair.buyer, bill(pair.buyer, "supplier", "never"))
    supply(pair)
    assert outbox(pair.buyer, OutboxState.PENDING) == []
    assert outbox(pair.buyer, OutboxState.ABANDONED) == []
    assert product_of(pair.buyer).stale
    with pair.buyer.node.store.snapshot() as tx:
        waiting = [entry.detail for entry in tx.audit.find("buyer") if entry.verb == "calculate"]
    assert waiting == [{"waitingFor": [product_id("never")]}]


def test_the_successor_takes_the_place_of_a_deprecated_footprint(pair: Pair):
    old = supply(pair)
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    run_calculation(pair.buyer)
    supply(pair, value="11", preceding=[old])
    latest = max(calculations(pair.buyer), key=lambda made: made.created_at)
    assert value_of(latest) == Decimal("23.5")
    states = [made.state for made in calculations(pair.buyer)]
    assert sorted(states) == [CalculationState.DRAFT, CalculationState.SUPERSEDED]


def test_a_deprecated_footprint_is_not_used_however_new(pair: Pair):
    old = supply(pair, value="30", created="2026-02-20T00:00:00Z")
    supply(pair, value="20", created="2026-02-01T00:00:00Z", preceding=[old])
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    assert value_of(run_calculation(pair.buyer)) == Decimal("41.5")


def test_the_newest_valid_footprint_is_used(pair: Pair):
    supply(pair, value="30", created="2026-02-03T00:00:00Z")
    supply(pair, value="20", created="2026-02-01T00:00:00Z")
    supply(
        pair,
        value="40",
        created="2026-02-04T00:00:00Z",
        validityPeriodStart="2026-01-01T00:00:00Z",
        validityPeriodEnd="2026-02-20T00:00:00Z",
    )
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    assert value_of(run_calculation(pair.buyer)) == Decimal("61.5")


def test_a_partner_cannot_speak_for_another_suppliers_product(pair: Pair):
    """Its footprint names the product of the supplier we know: it is received, and not used."""
    network = pair.network
    intruder = network.tenant(network.node("east"), "intruder")
    network.supply(intruder, pair.buyer)
    supply(pair)
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    newer = {"created": "2026-02-20T00:00:00Z", "productIds": [product_id("supplier")]}
    document = document_of(intruder, value="1", **newer)
    publish(intruder.node, intruder.operator, "intruder", document)
    network.run()
    assert value_of(run_calculation(pair.buyer)) == Decimal("21.5")

    buyer = pair.buyer
    set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.REVOKED)
    assert value_of(run_calculation(buyer)) == Decimal("3.5")  # now it is the supplier we have left


def test_a_footprint_must_name_the_company_it_came_from(pair: Pair):
    """A supplier that passes on another company's footprint as such is no source for a calculation."""
    foreign = document_of(pair.supplier, companyIds=["urn:pact:other.example:company-id:1"])
    with acting(pair.buyer.node, pair.buyer.operator) as act:
        keep(act, read_received("buyer", pair.to_supplier, foreign, act.at))
    pair.network.run()
    add_product(pair.buyer, bill(pair.buyer, "supplier"))
    with pytest.raises(BadInput):
        run_calculation(pair.buyer)


def test_own_products_are_calculated_along(pair: Pair):
    supply(pair)
    buyer = pair.buyer
    add_product(buyer, bill(buyer, "supplier", product="part"))
    whole = bill(buyer, product="whole")
    line = {"kind": "product", "id": "part", "name": {"en": "part"}, "amount": "2", "unit": "kg"}
    whole["lines"].append(line | {"product": "part"})
    add_product(buyer, whole)
    assert value_of(run_calculation(buyer, "whole")) == Decimal("44.5")
    supply(pair, value="11", created="2026-02-20T00:00:00Z")
    drafts = [made for made in calculations(buyer) if made.state is CalculationState.DRAFT]
    assert {made.product_id: value_of(made) for made in drafts} == {
        "part": Decimal("23.5"),
        "whole": Decimal("48.5"),
    }
    add_product(buyer, bill(buyer, "supplier", product="part", power="5"))
    assert product_of(buyer, "whole").stale
    pair.network.run()
    assert not product_of(buyer, "whole").stale


def test_products_in_a_loop_are_refused(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer, product="egg"))
    hen = bill(buyer, product="hen")
    line = {"kind": "product", "id": "egg", "name": {"en": "egg"}, "amount": "1", "unit": "kg"}
    hen["lines"].append(line | {"product": "egg"})
    add_product(buyer, hen)
    egg = bill(buyer, product="egg")
    egg["lines"].append(line | {"id": "hen", "product": "hen"})
    with pytest.raises(BadInput) as caught:
        add_product(buyer, egg)
    assert "egg → hen → egg" in caught.value.message
    assert product_of(buyer, "egg").spec == bill(buyer, product="egg")


def test_factors_come_from_the_registers(pair: Pair):
    factor = {
        "id": "grid",
        "name": {"en": "Grid"},
        "value": "0.6",
        "per": "kWh",
        "kind": "secondary",
        "source": {"name": "Notice", "version": "2025"},
    }
    spec = bill(pair.buyer)
    line = {"kind": "activity", "id": "heat", "name": {"en": "Heat"}, "amount": "10", "unit": "kWh"}
    spec["lines"].append(line | {"factor": "grid"})
    add_product(pair.buyer, spec)
    with pytest.raises(BadInput) as caught:
        run_calculation(pair.buyer)
    assert "grid" in caught.value.message
    register_entry(pair.buyer.node, ADMINISTRATOR, RegisterKind.FACTOR_SET, {"factors": [factor]})
    made = run_calculation(pair.buyer)
    assert value_of(made) == Decimal("7.5")
    pcf = read_json(made.draft)["pcf"]
    assert pcf["secondaryEmissionFactorSources"] == [{"name": "Notice", "version": "2025"}]


def test_a_person_publishes_a_draft_once(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer))
    made = run_calculation(buyer)
    published = publish_calculation(buyer.node, buyer.operator, "buyer", made.id)
    assert published.state is CalculationState.PUBLISHED
    assert publish_calculation(buyer.node, buyer.operator, "buyer", made.id) == published
    assert product_of(buyer).footprint_id == made.id


def test_a_new_calculation_names_the_one_in_force(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer), publication=Publication.AUTOMATIC)
    first = run_calculation(buyer)
    add_product(buyer, bill(buyer, power="4"), publication=Publication.AUTOMATIC)
    second = run_calculation(buyer)
    add_product(buyer, bill(buyer), publication=Publication.AUTOMATIC)
    third = run_calculation(buyer)  # the first bill again: the same figures, another footprint
    assert len({first.id, second.id, third.id}) == 3
    assert [read_json(made.draft).get("precedingPfIds") for made in (first, second, third)] == [
        None,
        [first.id],
        [second.id],
    ]
    with buyer.node.store.snapshot() as tx:
        statuses = [tx.footprints.get("buyer", made.id).facts.status for made in (first, second, third)]
    assert statuses == ["Deprecated", "Deprecated", "Active"]


def test_superseded_drafts_are_not_published(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer))
    old = run_calculation(buyer)
    add_product(buyer, bill(buyer, power="4"))
    run_calculation(buyer)
    with pytest.raises(Conflict):
        publish_calculation(buyer.node, buyer.operator, "buyer", old.id)


def test_a_footprint_published_by_hand_takes_the_place_of_drafts(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer))
    draft = run_calculation(buyer)
    footprint_id = publish(buyer.node, buyer.operator, "buyer", document_of(buyer), product_id="thing")
    assert product_of(buyer).footprint_id == footprint_id
    assert [made.state for made in calculations(buyer)] == [CalculationState.SUPERSEDED]
    again = run_calculation(buyer)
    assert again.id != draft.id
    assert read_json(again.draft)["precedingPfIds"] == [footprint_id]


@pytest.mark.parametrize("body", [None, "buyer", "nobody"])
def test_certified_products_need_a_certification_body(pair: Pair, body: str | None):
    buyer = pair.buyer
    with pytest.raises(BadInput) as caught:
        add_product(buyer, bill(buyer), publication=Publication.CERTIFIED, certification_body=body)
    assert caught.value.field == "certificationBody"


def test_without_a_body_there_is_nobody_to_apply_to(pair: Pair):
    buyer = pair.buyer
    add_product(buyer, bill(buyer))
    made = run_calculation(buyer)
    with pytest.raises(Conflict):
        apply(buyer.node, buyer.operator, "buyer", made.id)
    with pytest.raises(NotFound):
        apply(buyer.node, buyer.operator, "buyer", "no-such-calculation")
