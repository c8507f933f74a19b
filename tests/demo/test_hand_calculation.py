"""The demonstration's photovoltaic module by hand, in exact fractions, against the engine.

The formula reads the shipped amounts and factors, and nothing of the engine:

    silicon     = 11 e + 3.58 + 2.7 sand + 0.5 petcoke + 23.1 coke + 0.17 charcoal              per kg
    polysilicon = 1.13 silicon + 49 e + 28.8 gas + 1.6 HCl + 0.348 NaOH + 0.05 H2               per kg
    ingot       = 1 polysilicon + 32 e + 68.2 gas + 1 argon + 0.1 crucible                      per kg
    wafer       = 0.595 ingot + 4.76 e + 1 consumables                                          per m²
    cell        = 1.03 wafer + 17.75 e + 0.00337 Ag + 0.0554 Al paste + 0.0011 Ag + 1 gases     per m²
    glass       = 0.38 e + 8 gas + 0.203 + 0.2 soda + 0.6 sand                                  per kg
    frame       = 0.74 primary Al + 0.31 recycled Al + 1.3 e + 4 gas + 0.053 anodising          per kg
    module      = 0.935 cell + 8.8125 glass + 2.125 frame + 13.975 e + small materials          per m²
    kgCO2e/kWp  = module / 0.22                                                       (220 W per m²)
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest

from carbonbridge.core.battery import Battery, battery_carbon_footprint
from carbonbridge.core.calculation import Calculation, Issue, calculate
from carbonbridge.core.cbam import Dataset
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.factor import FactorSet
from carbonbridge.core.footprint import parse_footprint
from carbonbridge.core.operator_summary import operator_summary
from carbonbridge.core.product import Product
from carbonbridge.core.rollup import Inputs, SupplierFootprint

ISSUE = Issue(
    id="3fa85f64-5717-4562-b3fc-2c963f66afa6",
    created=datetime(2026, 11, 1, 8, tzinfo=UTC),
    company_name="Maker",
    company_ids=("urn:pact:maker.example:company-id:1",),
)


def data(name: str) -> dict[str, Any]:
    document = read_json(files("carbonbridge.demo").joinpath("data", name).read_bytes())
    assert isinstance(document, dict)
    return document


FACTORS = data("factors.json")
PV = data("pv.json")["products"]
CORRECTED = data("pv.json")["corrections"]["polysilicon"]
BATTERY = data("battery.json")
GRID = "electricity-cn-2023"


def factor(factor_id: str) -> Fraction:
    (found,) = (item for item in FACTORS["factors"] if item["id"] == factor_id)
    return Fraction(found["value"])


def by_hand(products: dict[str, Any], e: Fraction) -> dict[str, Fraction]:
    """kgCO2e per declared unit, at e kgCO2e per kWh."""

    def a(product: str, line_id: str) -> Fraction:
        (line,) = (line for line in products[product]["lines"] if line["id"] == line_id)
        thousandth = Fraction(1, 1000) if line["unit"] == "g" else 1
        return Fraction(line["amount"]) * Fraction(line.get("lossFactor", "1")) * thousandth

    gas = factor("natural-gas")
    silicon = (
        a("mg-silicon", "electricity") * e
        + a("mg-silicon", "furnace")
        + a("mg-silicon", "silica-sand") * factor("silica-sand")
        + a("mg-silicon", "petroleum-coke") * factor("petroleum-coke")
        + a("mg-silicon", "coke") * factor("coke")
        + a("mg-silicon", "charcoal") * factor("charcoal")
    )
    polysilicon = (
        a("polysilicon", "mg-silicon") * silicon
        + a("polysilicon", "electricity") * e
        + a("polysilicon", "natural-gas") * gas
        + a("polysilicon", "hydrogen-chloride") * factor("hydrogen-chloride")
        + a("polysilicon", "sodium-hydroxide") * factor("sodium-hydroxide")
        + a("polysilicon", "hydrogen") * factor("hydrogen")
    )
    ingot = (
        a("ingot", "polysilicon") * polysilicon
        + a("ingot", "electricity") * e
        + a("ingot", "natural-gas") * gas
        + a("ingot", "argon") * factor("argon")
        + a("ingot", "quartz-crucible") * factor("quartz-crucible")
    )
    wafer = (
        a("wafer", "ingot") * ingot
        + a("wafer", "electricity") * e
        + a("wafer", "wafer-consumables") * factor("wafer-consumables")
    )
    cell = (
        a("cell", "wafer") * wafer
        + a("cell", "electricity") * e
        + (a("cell", "silver-paste-front") + a("cell", "silver-paste-back")) * factor("silver-paste")
        + a("cell", "aluminium-paste") * factor("aluminium-paste")
        + a("cell", "cell-gases") * factor("cell-gases")
    )
    glass = (
        a("glass", "electricity") * e
        + a("glass", "natural-gas") * gas
        + a("glass", "furnace")
        + a("glass", "soda-ash") * factor("soda-ash")
        + a("glass", "silica-sand") * factor("silica-sand")
    )
    frame = (
        a("frame", "aluminium-primary") * factor("aluminium-primary")
        + a("frame", "aluminium-recycled") * factor("aluminium-recycled")
        + a("frame", "electricity") * e
        + a("frame", "natural-gas") * gas
        + a("frame", "anodising-chemicals") * factor("anodising-chemicals")
    )
    module = (
        a("module", "cell") * cell
        + a("module", "glass") * glass
        + a("module", "frame") * frame
        + a("module", "electricity") * e
        + a("module", "eva") * factor("eva")
        + (a("module", "backsheet-pet") + a("module", "backsheet-pvf")) * factor("backsheet")
        + a("module", "junction-box") * factor("junction-box")
        + a("module", "copper") * factor("copper")
        + a("module", "silicone") * factor("silicone")
        + a("module", "tin") * factor("tin")
        + a("module", "cardboard") * factor("cardboard")
    )
    return {
        "mg-silicon": silicon,
        "polysilicon": polysilicon,
        "ingot": ingot,
        "wafer": wafer,
        "cell": cell,
        "glass": glass,
        "frame": frame,
        "module": module,
    }


def by_engine(products: dict[str, Any], order: tuple[str, ...]) -> dict[str, Calculation]:
    """Each maker in turn calculates from what its suppliers published, as the network does."""
    factors = FactorSet.read(FACTORS)
    parts = {name: Product.read(product, field=name) for name, product in products.items()}
    published: dict[str, SupplierFootprint] = {}
    results: dict[str, Calculation] = {}
    for name in order:
        results[name] = calculate(parts[name], Inputs(factors, published, parts), ISSUE)
        footprint = read_json(write_json(results[name].footprint))
        published[parts[name].product_ids[0]] = SupplierFootprint(footprint, verdict="accepted")
    return results


PV_ORDER = ("mg-silicon", "polysilicon", "ingot", "wafer", "cell", "glass", "frame", "module")
BATTERY_ORDER = ("hydroxide", "cathode", "cell", "pack")


def exact(calculation: Calculation) -> Fraction:
    return Fraction(calculation.footprint["pcf"]["pcfExcludingBiogenicUptake"])


def test_the_engine_equals_the_hand_calculation_exactly() -> None:
    engine = by_engine(PV, PV_ORDER)
    assert {name: exact(result) for name, result in engine.items()} == by_hand(PV, factor(GRID))


def test_the_module_per_kwp() -> None:
    figures = {figure.unit: Fraction(figure.value) for figure in by_engine(PV, PV_ORDER)["module"].figures}
    hand = by_hand(PV, factor(GRID))["module"] / Fraction("0.22")
    assert abs(figures["kWp"] / hand - 1) < Fraction(1, 10**30)
    assert abs(figures["kWp"] / 486 - 1) < Fraction("0.01")
    assert figures["piece"] == by_hand(PV, factor(GRID))["module"] * Fraction("1.953")


@pytest.mark.parametrize(
    ("e", "column"),
    [
        ("0.05", ["4.5", "11.2", "17.6", "11.7", "14.5"]),
        ("0.30", ["7.3", "26.6", "41.0", "26.8", "34.4"]),
        ("0.6205", ["10.8", "46.3", "70.9", "46.2", "60.1"]),
        ("0.80", ["12.8", "57.3", "87.7", "57.0", "74.4"]),
    ],
)
def test_the_chain_follows_the_derived_table(e: str, column: list[str]) -> None:
    """Metallurgical silicon to cell, at four electricity factors, within two percent."""
    hand = by_hand(PV, Fraction(e))
    for name, figure in zip(PV_ORDER, column, strict=False):
        assert abs(hand[name] / Fraction(figure) - 1) < Fraction("0.02"), name


def test_the_correction_moves_the_module_by_what_the_bills_of_materials_say() -> None:
    before = by_engine(PV, PV_ORDER)
    after = by_engine(PV | {"polysilicon": CORRECTED}, PV_ORDER)
    # 57 instead of 49 kWh per kg of polysilicon, then kg per kg, kg per m², m² per m², m² per m²
    polysilicon = 8 * factor(GRID)
    assert exact(after["polysilicon"]) - exact(before["polysilicon"]) == polysilicon
    module = polysilicon * 1 * Fraction("0.595") * Fraction("1.03") * Fraction("0.935")
    assert exact(after["module"]) - exact(before["module"]) == module
    assert exact(after["glass"]) == exact(before["glass"])


def test_the_battery_cell_per_kwh() -> None:
    results = by_engine(BATTERY["products"], BATTERY_ORDER)
    (per_kwh,) = (figure.value for figure in results["cell"].figures if figure.unit == "kWh")
    assert abs(Fraction(per_kwh) / Fraction("64.6") - 1) < Fraction("0.01")
    assert abs(exact(results["hydroxide"]) / Fraction("12.8") - 1) < Fraction("0.01")
    assert abs(exact(results["cathode"]) / Fraction("20.9") - 1) < Fraction("0.01")


def test_every_calculated_footprint_is_pact() -> None:
    results = by_engine(PV, PV_ORDER) | by_engine(BATTERY["products"], BATTERY_ORDER)
    for name, result in results.items():
        parsed = parse_footprint(write_json(result.footprint))
        assert parsed.productIds, name


def test_the_battery_answer() -> None:
    pack = by_engine(BATTERY["products"], BATTERY_ORDER)["pack"]
    answer = battery_carbon_footprint(pack, Battery.read(BATTERY["battery"]))
    delivered = Fraction(57) * 60 * 8
    assert float(exact(pack) / delivered) == pytest.approx(
        answer.carbon_footprint["batteryCarbonFootprint"], rel=1e-8
    )
    stages = answer.carbon_footprint["carbonFootprintPerLifecycleStage"]
    assert sum(stage["carbonFootprint"] for stage in stages) == pytest.approx(
        float(exact(pack) / delivered), rel=1e-8
    )


def test_the_cbam_answers() -> None:
    dataset = Dataset.read(data("cbam.json"))
    simple = operator_summary(dataset, "unwrought-aluminium", import_year=2026).answer["see"]
    # (152 + 14 + 9) kt / 100 kt; 14 MWh/t × 0.5306
    assert (simple["direct"], simple["indirect"]) == ("1.75", "7.4284")
    complex_good = operator_summary(dataset, "frame-profiles", import_year=2026).answer["see"]
    # 2.4/20 + 17/20 × 1.75 + 4/20 × 3 × 1.10; 1.2 × 0.5306 + 17/20 × 7.4284
    assert (complex_good["direct"], complex_good["indirect"]) == ("2.2675", "6.95086")


def test_every_factor_says_how_far_it_may_be_trusted() -> None:
    for item in FACTORS["factors"]:
        assert item["confidence"] in {"published", "reported", "illustrative"}, item["id"]
        assert set(item["name"]) == {"en", "zh"}, item["id"]


def test_every_factor_of_the_set_is_used_or_an_electricity_year() -> None:
    lines = [line for product in (PV | BATTERY["products"]).values() for line in product["lines"]]
    lines += [line for product in (PV["cell"], BATTERY["products"]["cell"]) for line in product["lines"]]
    used = {line["factor"] for line in lines if "factor" in line}
    assert {item["id"] for item in FACTORS["factors"]} - used == {"electricity-cn-2024"}
