"""The battery's carbon footprint per kWh delivered, stage by stage, and its gaps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.bills import PART, activity, footprint, run, spec, supplier_line

from carbonbridge.core.battery import Battery, battery_carbon_footprint
from carbonbridge.core.calculation import Calculation
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.rollup import SupplierFootprint


def battery(**changes: Any) -> Battery:
    document = {
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
    return Battery.read(document | changes)


def pack(**supplier: Any) -> Calculation:
    lines = (
        supplier_line(id="cell", amount="200", stage="mainProduction"),
        activity(id="housing", amount="480", stage="rawMaterial"),
        activity(id="assembly", amount="320", stage="mainProduction"),
    )
    product = spec(*lines, declaredUnitOfMeasurement="piece", productMassPerDeclaredUnit="300")
    return run(product, suppliers={PART: SupplierFootprint(footprint(), **supplier)})


def stages(calculation: Calculation) -> dict[str, float]:
    form = battery_carbon_footprint(calculation, battery()).carbon_footprint
    return {
        item["lifecycleStage"]: item["carbonFootprint"] for item in form["carbonFootprintPerLifecycleStage"]
    }


def test_per_kwh_delivered_over_the_service_life() -> None:
    # 200 × 10 + 480 × 0.5 + 320 × 0.5 = 2400 kg over 50 kWh × 60 × 8 = 24000 kWh
    answer = battery_carbon_footprint(pack(), battery())
    assert answer.carbon_footprint["batteryCarbonFootprint"] == 0.1
    assert answer.carbon_footprint["absoluteCarbonFootprint"] == 2400
    assert answer.declaration["carbonFootprint"] == "0.1"
    assert answer.declaration["carbonFootprintPerKwhOfCapacity"] == "40"


def test_a_cell_that_is_not_split_counts_as_production_and_is_a_gap() -> None:
    assert stages(pack()) == {"RawMaterialExtraction": 0.01, "MainProduction": 0.09}
    gaps = battery_carbon_footprint(pack(), battery()).gaps
    (gap,) = (gap for gap in gaps if "cell" in gap.why)
    assert gap.who == "Part maker"


def test_a_disclosed_cell_is_split_and_raw_material_stays_raw_material() -> None:
    cathode = run(spec(activity(amount="12", stage="mainProduction"))).footprint
    cell = run(
        spec(supplier_line(amount="1"), activity(amount="8", stage="mainProduction")),
        suppliers={PART: SupplierFootprint(cathode)},
    )
    assert cell.lineage.value == 10
    split = pack(lineage=cell.lineage)
    # raw: 240 kg of housing and 200 × 6 of cathode; production: 160 kg of assembly and 200 × 4
    assert stages(split) == {"RawMaterialExtraction": 0.06, "MainProduction": 0.04}


def test_nothing_is_invented() -> None:
    answer = battery_carbon_footprint(pack(), battery())
    assert "carbonFootprintStudy" not in answer.carbon_footprint
    assert answer.carbon_footprint["carbonFootprintPerformanceClass"] == "not yet defined"
    fields = [gap.field for gap in answer.gaps]
    assert "carbonFootprintPerLifecycleStage.Distribution" in fields
    assert "carbonFootprintPerLifecycleStage.Recycling" in fields
    assert "carbonFootprintStudy" in fields
    assert "declarationOfConformity" in fields


def test_what_is_stated_is_no_gap() -> None:
    stated = battery(
        study="https://maker.example/study", declarationOfConformity="DoC-1", performanceClass="C"
    )
    answer = battery_carbon_footprint(pack(), stated)
    assert answer.carbon_footprint["carbonFootprintStudy"] == "https://maker.example/study"
    fields = {gap.field for gap in answer.gaps}
    assert not fields & {"carbonFootprintStudy", "declarationOfConformity", "carbonFootprintPerformanceClass"}


def test_same_input_same_bytes() -> None:
    one, two = (battery_carbon_footprint(pack(), battery()) for _ in range(2))
    assert write_json(one.document()) == write_json(two.document())


def test_a_footprint_per_kilogram_is_no_battery() -> None:
    with pytest.raises(BadInput, match="one battery"):
        battery_carbon_footprint(run(spec(activity())), battery())
