"""The calculated footprint: PACT v3 form, quality, sources, figures."""

from __future__ import annotations

from dataclasses import replace

from tests.core.bills import ISSUE, PART, activity, factors, footprint, run, spec, supplier_line

from carbonbridge.core.calculation import Calculation, calculate
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.footprint import parse_footprint
from carbonbridge.core.product import Product
from carbonbridge.core.rollup import Inputs, SupplierFootprint

RATED = {"technologicalDQR": "2", "geographicalDQR": "2", "temporalDQR": "2"}


def bought(verdict: str | None, **pcf: object) -> dict[str, SupplierFootprint]:
    return {PART: SupplierFootprint(footprint(**pcf), verdict=verdict)}


def test_the_result_is_a_pact_footprint() -> None:
    result = run(spec(supplier_line(), activity(packaging=True)), suppliers=bought("accepted"))
    parse_footprint(write_json(result.footprint))
    assert result.footprint["validityPeriodStart"] == "2026-01-01T00:00:00Z"
    assert result.footprint["validityPeriodEnd"] == "2029-01-01T00:00:00Z"
    assert "precedingPfIds" not in result.footprint
    assert result.footprint["pcf"]["packagingEmissionsIncluded"] is True
    assert result.footprint["pcf"]["packagingGhgEmissions"] == "1.5"


def test_without_packaging_lines_packaging_is_undefined() -> None:
    pcf = run(spec(activity())).footprint["pcf"]
    assert pcf["packagingEmissionsIncluded"] is False
    assert "packagingGhgEmissions" not in pcf


def test_replaced_footprints_are_named() -> None:
    old = "3fa85f64-5717-4562-b3fc-2c963f66afa7"
    product = Product.read(spec(activity()))
    result = calculate(product, Inputs(factors(), {}, {}), replace(ISSUE, preceding=(old,)))
    assert result.footprint["precedingPfIds"] == [old]


def test_shares_and_ratings_are_weighted_by_emissions() -> None:
    # 20 kg at 30 % primary, rated 2, recognised; 20 kg of secondary electricity, not rated: counts 5
    result = run(
        spec(supplier_line(), activity(amount="40")),
        suppliers=bought("conditional", primaryDataShare="30", dqi=RATED),
    )
    pcf = result.footprint["pcf"]
    assert pcf["primaryDataShare"] == "15"
    assert pcf["dqi"] == {"technologicalDQR": "3.5", "geographicalDQR": "3.5", "temporalDQR": "3.5"}
    assert result.quality is not None
    assert result.quality.certified_share == 50
    assert result.quality.rated_share == 50


def test_what_is_not_recognised_is_not_certified() -> None:
    for verdict in ("rejected", None):
        quality = run(spec(supplier_line()), suppliers=bought(verdict)).quality
        assert quality is not None
        assert quality.certified_share == 0
        assert quality.primary_data_share == 0


def test_sources_are_gathered_from_factors_and_suppliers() -> None:
    told = bought(None, secondaryEmissionFactorSources=[{"name": "Database", "version": "3"}])
    pcf = run(spec(supplier_line(), activity()), suppliers=told).footprint["pcf"]
    assert pcf["secondaryEmissionFactorSources"] == [
        {"name": "Database", "version": "3"},
        {"name": "Notice", "version": "1"},
    ]


def test_without_secondary_data_no_source_is_stated() -> None:
    pcf = run(spec(activity()), factor_set=factors(kind="primary")).footprint["pcf"]
    assert "secondaryEmissionFactorSources" not in pcf
    assert pcf["primaryDataShare"] == "100"


def test_a_zero_footprint_has_no_averages() -> None:
    result = run(spec(activity(amount="0")))
    assert result.quality is None
    assert "primaryDataShare" not in result.footprint["pcf"]
    assert result.lineage.children[0].share is None


def test_figures_in_other_units() -> None:
    display = [{"unit": "kWp", "name": {"en": "peak"}, "amount": "0.2", "declaredUnits": "1"}]
    (figure,) = run(spec(activity(), display=display)).figures
    assert (figure.unit, str(figure.value)) == ("kWp", "7.5")


def test_same_input_same_bytes_and_back() -> None:
    product = spec(supplier_line(), activity())
    first, second = (run(product, suppliers=bought("accepted")) for _ in range(2))
    written = write_json(first.document())
    assert written == write_json(second.document())
    assert Calculation.read(read_json(written)) == first
