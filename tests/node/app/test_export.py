"""Exports: of the footprint in force, from activity data, and on the record."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.documents import bill, footprint_of
from tests.support.network import Network, Tenant

from carbonbridge.core.errors import AccessDenied, BadInput, NotFound
from carbonbridge.node.app.calculate import calculate
from carbonbridge.node.app.export import export_battery, export_cbam
from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish_calculation

BATTERY = {
    "model": "B1",
    "category": "ev",
    "manufacturer": {
        "name": "Maker",
        "identifier": "urn:x:1",
        "address": {"addressCountry": "CN", "postalCode": "1", "streetAddress": "1"},
    },
    "plant": {"name": "Plant", "addressCountry": "CN"},
    "ratedEnergyKwh": "60",
    "usableEnergyKwh": "50",
    "fullCyclesPerYear": "60",
    "serviceYears": "8",
    "methodology": "draft",
}
CBAM = {
    "operator": {"name": "O", "address": "A"},
    "installation": {"name": "I", "address": "A", "country": "CN"},
    "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "goods": [
        {
            "id": "al",
            "name": "Aluminium",
            "cn": "76011000",
            "category": "Unwrought aluminium",
            "route": "one",
            "activityLevel": "100",
            "direct": [{"name": "stack", "tonnes": "150"}],
        }
    ],
}


@pytest.fixture
def maker(network: Network) -> Tenant:
    return network.tenant(network.node(), "maker")


def put_battery(maker: Tenant, power: str) -> str:
    """One battery: nothing but power at 0.5 kgCO2e per kilowatt hour."""
    spec = bill(maker, product="pack", power=power)
    spec |= {"declaredUnitOfMeasurement": "piece", "productMassPerDeclaredUnit": "300"}
    put_product(maker.node, maker.operator, "maker", spec)
    return calculate(maker.node, maker.operator, "maker", "pack").id


def exported(maker: Tenant, parameters: dict[str, Any]) -> dict[str, Any]:
    return export_battery(maker.node, maker.operator, "maker", "pack", parameters)


def test_the_battery_in_force_is_exported_not_the_newest_draft(maker: Tenant):
    parameters = BATTERY
    first = put_battery(maker, "2400")
    publish_calculation(maker.node, maker.operator, "maker", first)
    put_battery(maker, "9600")
    answer = exported(maker, parameters)
    assert answer["declaration"]["footprintId"] == first
    assert answer["carbonFootprint"]["absoluteCarbonFootprint"] == 1200
    assert answer["gaps"]
    with maker.node.store.snapshot() as tx:
        (entry,) = [entry for entry in tx.audit.find("maker") if entry.verb == "export"]
    assert entry.detail == {"form": "battery", "calculation": first}


def test_what_was_never_calculated_cannot_be_exported(maker: Tenant):
    put_product(maker.node, maker.operator, "maker", bill(maker, product="pack"))
    with pytest.raises(NotFound) as caught:
        exported(maker, BATTERY)
    assert caught.value.next_step is not None


def test_parameters_are_refused_by_field(maker: Tenant):
    put_battery(maker, "2400")
    with pytest.raises(BadInput) as caught:
        exported(maker, BATTERY | {"ratedEnergyKwh": "-1"})
    assert caught.value.field == "ratedEnergyKwh"


def test_a_cbam_summary_comes_from_activity_data(maker: Tenant):
    answer = export_cbam(maker.node, maker.operator, "maker", CBAM, "al", import_year=2026)
    assert (answer["answer"]["good"]["cn"], answer["answer"]["see"]["direct"]) == ("76011000", "1.5")


def test_a_footprint_is_no_cbam_value(maker: Tenant):
    with pytest.raises(BadInput):
        export_cbam(maker.node, maker.operator, "maker", footprint_of(maker), "thing", import_year=2026)


def test_strangers_export_nothing(maker: Tenant, network: Network):
    other = network.tenant(maker.node, "other")
    with pytest.raises(AccessDenied):
        export_battery(maker.node, other.operator, "maker", "pack", BATTERY)
