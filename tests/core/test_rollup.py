"""The roll-up: units, kinds of lines, what is missing, and laws that hold for every bill of materials."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.bills import PART, activity, factors, footprint, own, run, spec, supplier_line

from carbonbridge.core.calculation import Calculation
from carbonbridge.core.errors import BadInput
from carbonbridge.core.product import Product, needs
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.rollup import SupplierFootprint


def value(calculation: Calculation) -> Decimal:
    return Decimal(calculation.footprint["pcf"]["pcfExcludingBiogenicUptake"])


def bought(verdict: str | None = "accepted", **pcf: Any) -> dict[str, SupplierFootprint]:
    return {PART: SupplierFootprint(footprint(**pcf), digest="sha256:00", verdict=verdict)}


def test_supplier_and_activity_add_up() -> None:
    result = run(spec(supplier_line(), activity()), suppliers=bought())
    assert value(result) == Decimal("21.5")  # 2 kg × 10 + 3 kWh × 0.5
    assert [str(node.value) for node in result.lineage.children] == ["20", "1.5"]


def test_units_are_converted_both_ways() -> None:
    lines = (supplier_line(amount="500", unit="g"), activity(amount="3.6", unit="MJ"))
    result = run(spec(*lines), suppliers=bought(declaredUnitAmount="2"))
    assert value(result) == Decimal("3")  # 0.25 declared units × 10 + 1 kWh × 0.5


def test_a_weighed_line_takes_a_footprint_per_piece_by_its_mass() -> None:
    per_piece = bought(declaredUnitOfMeasurement="piece", productMassPerDeclaredUnit="4")
    assert value(run(spec(supplier_line(amount="2000", unit="g")), suppliers=per_piece)) == 5


@pytest.mark.parametrize("mass", ["0", "4"])
def test_units_that_do_not_fit_are_refused(mass: str) -> None:
    per_piece = bought(declaredUnitOfMeasurement="piece", productMassPerDeclaredUnit=mass)
    with pytest.raises(BadInput, match="'m2'") as caught:
        run(spec(supplier_line(unit="m2")), suppliers=per_piece)
    assert caught.value.field == "lines.0.unit"


def test_without_a_mass_a_weighed_line_does_not_fit_a_piece() -> None:
    with pytest.raises(BadInput, match="count"):
        run(
            spec(supplier_line()),
            suppliers=bought(declaredUnitOfMeasurement="piece", productMassPerDeclaredUnit="0"),
        )


def test_losses_multiply() -> None:
    assert value(run(spec(supplier_line(lossFactor="1.1")), suppliers=bought())) == 22


def test_all_that_is_missing_is_named() -> None:
    product = spec(supplier_line(), activity(factor="steam"))
    with pytest.raises(BadInput) as caught:
        run(product)
    assert "thing/part (urn:pact:part.example:product-id:1)" in caught.value.message
    assert "thing/power (factor steam)" in caught.value.message


def test_product_ids_match_whatever_their_case() -> None:
    assert value(run(spec(supplier_line(productId=PART.upper())), suppliers=bought())) == 20


def test_own_products_are_calculated_along() -> None:
    part = spec(activity(), id="ingot")
    result = run(spec(own("ingot", amount="2"), activity()), parts=(part,))
    assert value(result) == Decimal("4.5")
    assert result.lineage.children[0].children[0].value == 3
    assert result.lineage.children[0].children[0].amount == 6


def test_a_loop_among_own_products_is_named() -> None:
    a = spec(own("b"), id="a")
    b = spec(own("a"), id="b")
    with pytest.raises(BadInput, match="a → b → a"):
        run(a, parts=(a, b))


def test_an_unknown_own_product_is_named() -> None:
    with pytest.raises(BadInput, match="'ghost'"):
        run(spec(own("ghost")))


def test_needs_tell_who_asks() -> None:
    part = Product.read(spec(supplier_line(), activity(), id="ingot"))
    asked = needs(Product.read(spec(own("ingot"))), {"ingot": part})
    assert asked.product_ids == {"thing/ingot/part": PART}
    assert asked.factors == {"thing/ingot/power": "grid"}


def test_combustion_only_factors_stay_out_of_footprints() -> None:
    with pytest.raises(BadInput, match="combustion CO2 only") as caught:
        run(spec(activity()), factor_set=factors(series="CO2only"))
    assert caught.value.field == "lines.0.factor"


def test_biogenic_co2_is_told_and_counted_nowhere() -> None:
    line = activity(factor=None, direct="1.61", unit="kg", amount="1", emission="biogenicCO2")
    del line["factor"]
    result = run(spec(line, activity(id="other")))
    assert value(result) == Decimal("1.5")
    assert result.lineage.children[0].outside == Decimal("1.61")


def test_uptake_counts_in_the_including_figure_alone() -> None:
    line = activity(direct="4", unit="kg", amount="1", emission="biogenicUptake")
    del line["factor"]
    pcf = run(spec(line, activity(id="other"))).footprint["pcf"]
    assert pcf["pcfExcludingBiogenicUptake"] == "1.5"
    assert pcf["pcfIncludingBiogenicUptake"] == "-2.5"
    assert pcf["biogenicCO2Uptake"] == "-4"


def test_quantities_of_suppliers_are_carried() -> None:
    told = bought(
        landUseChangeGhgEmissions="1", pcfExcludingBiogenicUptake="11", pcfIncludingBiogenicUptake="9"
    )
    pcf = run(spec(supplier_line()), suppliers=told).footprint["pcf"]
    assert pcf["landUseChangeGhgEmissions"] == "2"
    assert pcf["pcfIncludingBiogenicUptake"] == "18"
    assert "aircraftGhgEmissions" not in pcf


@pytest.mark.parametrize(
    ("pcf", "field"),
    [
        ({"fossilGhgEmissions": "-1"}, "lines.0.pcf.fossilGhgEmissions"),
        ({"pcfExcludingBiogenicUptake": 3}, "lines.0.pcf.pcfExcludingBiogenicUptake"),
        ({"declaredUnitAmount": "0"}, "lines.0.pcf.declaredUnitAmount"),
        ({"declaredUnitOfMeasurement": None}, "lines.0.pcf.declaredUnitOfMeasurement"),
        ({"secondaryEmissionFactorSources": "x"}, "lines.0.pcf.secondaryEmissionFactorSources"),
        ({"dqi": {"technologicalDQR": "7"}}, "lines.0.pcf.dqi.technologicalDQR"),
    ],
)
def test_a_damaged_footprint_is_refused_by_field(pcf: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(spec(supplier_line()), suppliers=bought(**pcf))
    assert caught.value.field == field


def test_a_lineage_that_does_not_add_up_is_refused() -> None:
    upstream = run(spec(activity())).lineage  # 1.5, while the footprint says 10
    wrong = {PART: SupplierFootprint(footprint(), lineage=upstream)}
    with pytest.raises(BadInput, match="does not add up"):
        run(spec(supplier_line()), suppliers=wrong)


def test_a_disclosed_lineage_is_nested_and_scaled() -> None:
    upstream = run(spec(activity(amount="20")))
    disclosed = {PART: SupplierFootprint(footprint(), lineage=upstream.lineage)}
    node = run(spec(supplier_line()), suppliers=disclosed).lineage.children[0]
    assert [str(child.value) for child in node.children] == ["20.0"]
    assert node.children[0].share == 100


cents = st.integers(min_value=0, max_value=10**7).map(lambda n: format_decimal(Decimal(n).scaleb(-4)))


@given(st.lists(st.tuples(cents, cents), min_size=1, max_size=6))
def test_the_total_is_the_exact_sum_of_its_leaves(lines: list[tuple[str, str]]) -> None:
    bill = []
    for index, (amount, direct) in enumerate(lines):
        line = activity(id=f"l{index}", amount=amount, direct=direct, unit="kg")
        del line["factor"]
        bill.append(line)
    result = run(spec(*bill))
    exact = sum((Fraction(amount) * Fraction(direct) for amount, direct in lines), Fraction(0))
    assert Fraction(value(result)) == exact
    assert sum((Fraction(leaf.value) for leaf in result.lineage.leaves()), Fraction(0)) == exact


@given(cents, cents)
def test_a_suppliers_change_passes_on_in_proportion(before: str, after: str) -> None:
    def total(figure: str) -> Fraction:
        pcf = dict.fromkeys(
            ("pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake", "fossilGhgEmissions"), figure
        )
        return Fraction(value(run(spec(supplier_line(), activity()), suppliers=bought(**pcf))))

    assert total(after) - total(before) == 2 * (Fraction(after) - Fraction(before))
