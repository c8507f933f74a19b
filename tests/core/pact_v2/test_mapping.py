"""The mapping between v2 and v3: the vectors of ADR-36, every row of the table, and what holds for any document."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints import footprint_document
from tests.core.footprints_v2 import FOOTPRINT_ID, footprint_v2

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import CERTIFIED_EXTENSION, check_no_null, read_footprint
from carbonbridge.core.pact_v2.loss import Happened, LossReport, NotExpressible
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.to_v2 import to_v2
from carbonbridge.core.pact_v2.to_v3 import id_of_version, to_v3

SEAL = {"specVersion": "1.0.0", "dataSchema": CERTIFIED_EXTENSION, "data": {"seal": "x"}}
OTHER = {"specVersion": "1.0.0", "dataSchema": "https://e.example/x.json", "data": {"a": None}}


def v3(figures: dict[str, Any] | None = None, /, **changes: Any) -> tuple[dict[str, Any], LossReport]:
    return to_v3(footprint_v2(figures, **changes))


def v2(figures: dict[str, Any] | None = None, /, **changes: Any) -> tuple[dict[str, Any], LossReport]:
    return to_v2(footprint_document(figures, **changes))


def happened(report: LossReport) -> dict[str, str]:
    return {loss.field: loss.happened.value for loss in report.losses}


def in_v2(unit: str, amount: str, pcf: str, mass: str) -> dict[str, Any]:
    main = dict.fromkeys(("pCfExcludingBiogenic", "pCfIncludingBiogenic", "fossilGhgEmissions"), pcf)
    return main | {"declaredUnit": unit, "unitaryProductAmount": amount, "productMassPerDeclaredUnit": mass}


def in_v3(unit: str, amount: str, pcf: str, mass: str) -> dict[str, Any]:
    names = ("pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake", "fossilGhgEmissions")
    units = {"declaredUnitOfMeasurement": unit, "declaredUnitAmount": amount}
    return dict.fromkeys(names, pcf) | units | {"productMassPerDeclaredUnit": mass}


# ADR-36 of the specification: a bottle of twelve litres, a car of two tonnes.
ADR_36 = [
    (in_v2("liter", "12", "1.5", "0.789"), in_v3("liter", "12", "18", "9.468")),
    (in_v2("kilogram", "2000", "300", "1"), in_v3("kilogram", "2000", "600000", "2000")),
]


@pytest.mark.parametrize(("old", "new"), ADR_36)
def test_figures_per_unit_become_figures_per_product(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert to_v3(footprint_v2(old))[0]["pcf"].items() >= new.items()


@pytest.mark.parametrize(("old", "new"), ADR_36)
def test_figures_per_product_become_figures_per_unit(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert to_v2(footprint_document(new))[0]["pcf"].items() >= old.items()


def test_pieces_are_told_in_kilograms() -> None:
    document, report = v2(in_v3("piece", "1", "18", "4"))

    assert document["pcf"].items() >= in_v2("kilogram", "4", "4.5", "1").items()
    assert report.of("pcf.declaredUnitOfMeasurement") == {Happened.DERIVED}


@pytest.mark.parametrize(
    ("figures", "changes", "field"),
    [
        (in_v3("piece", "1", "18", "0"), {}, "pcf.declaredUnitOfMeasurement"),
        (in_v3("hour", "1", "18", "0"), {}, "pcf.declaredUnitOfMeasurement"),
        (in_v3("megabit second", "1", "18", "0"), {}, "pcf.declaredUnitOfMeasurement"),
        ({"pcfExcludingBiogenicUptake": "-1"}, {}, "pcf.pcfExcludingBiogenicUptake"),
        ({"crossSectoralStandards": ["PACT-3.0", "GB/T 24067"]}, {}, "pcf.crossSectoralStandards"),
        ({"exemptedEmissionsPercent": "100.5"}, {}, "pcf.exemptedEmissionsPercent"),
        ({}, {"productClassifications": ["urn:unspsc:1"]}, "productClassifications"),
    ],
)
def test_what_v2_has_no_words_for_is_left_out_with_a_reason(
    figures: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(NotExpressible) as caught:
        v2(figures, **changes)

    assert caught.value.field == field


def test_a_category_can_be_configured() -> None:
    plain = footprint_document()
    del plain["productClassifications"]

    document, report = to_v2(plain, category="9999")

    assert document["productCategoryCpc"] == "9999"
    assert report.of("productCategoryCpc") == {Happened.DEFAULTED}


def test_a_division_without_end_is_rounded_to_28_digits() -> None:
    document, report = v2(in_v3("kilogram", "3", "10", "3"))

    assert document["pcf"]["fossilGhgEmissions"] == "3.333333333333333333333333333"
    assert report.of("pcf.fossilGhgEmissions") == {Happened.APPROXIMATED}
    assert not report.of("pcf.productMassPerDeclaredUnit")


@pytest.mark.parametrize(
    ("unit", "mass", "what"),
    [
        ("kilogram", "12", Happened.DERIVED),
        ("kilowatt hour", "0", Happened.DEFAULTED),
        ("ton kilometer", "0", Happened.DEFAULTED),
        ("liter", "0", Happened.DEFAULTED),
    ],
)
def test_a_mass_that_older_versions_do_not_tell(unit: str, mass: str, what: Happened) -> None:
    document = footprint_v2({"declaredUnit": unit})
    del document["pcf"]["productMassPerDeclaredUnit"]

    converted, report = to_v3(document)

    assert converted["pcf"]["productMassPerDeclaredUnit"] == mass
    assert report.of("pcf.productMassPerDeclaredUnit") == {what}


def test_land_use_and_biogenic_emissions_enter_and_leave_the_main_figure() -> None:
    figures = {
        "pCfExcludingBiogenic": "1",
        "pCfIncludingBiogenic": "1.1",
        "dLucGhgEmissions": "0.5",
        "landManagementGhgEmissions": "-0.25",
        "otherBiogenicGhgEmissions": "0.1",
        "iLucGhgEmissions": "0.01",
        "biogenicCarbonWithdrawal": "-0.25",
    }

    document, report = v3(figures | {"unitaryProductAmount": "2"})
    back, _ = to_v2(document)

    assert document["pcf"]["pcfExcludingBiogenicUptake"] == "2.7"
    assert document["pcf"]["pcfIncludingBiogenicUptake"] == "2.2"
    assert document["pcf"]["landManagementBiogenicCO2Removals"] == "-0.5"
    assert document["pcf"]["landCarbonLeakage"] == "0.02"
    assert document["pcf"]["landUseChangeGhgEmissions"] == "1"
    assert document["pcf"]["biogenicCO2Uptake"] == "-0.5"
    assert back["pcf"].items() >= figures.items()
    assert happened(report) == {
        "pcf.pCfExcludingBiogenic": "derived",
        "pcf.landManagementGhgEmissions": "approximated",
        "pcf.iLucGhgEmissions": "approximated",
        "pcf.otherBiogenicGhgEmissions": "approximated",
    }


@pytest.mark.parametrize(
    ("uptake", "expected", "what"), [("-0.5", "1", Happened.DERIVED), (None, "1.5", Happened.APPROXIMATED)]
)
def test_a_figure_with_uptake_that_is_missing(uptake: str | None, expected: str, what: Happened) -> None:
    figures = {"pCfIncludingBiogenic": None, "biogenicCarbonWithdrawal": uptake, "unitaryProductAmount": "1"}

    document, report = v3(figures)

    assert document["pcf"]["pcfIncludingBiogenicUptake"] == expected
    assert report.of("pcf.pCfIncludingBiogenic") == {what}


def test_what_only_v3_has_is_named_in_the_comment() -> None:
    document, report = v2(
        {"recycledCarbonContent": "1", "outboundLogisticsGhgEmissions": "2"}, comment="Ours."
    )

    assert document["comment"].startswith("Ours.\n")
    for path in ("pcf.recycledCarbonContent", "pcf.outboundLogisticsGhgEmissions"):
        assert path in document["comment"]
        assert report.of(path) == {Happened.DROPPED}


def test_what_only_v2_has_is_told_in_the_comment() -> None:
    figures = {"uncertaintyAssessmentDescription": "± 10 %", "biogenicAccountingMethodology": "GHGP"}

    document, report = v3(figures, comment="Ours.", statusComment="new data", updated="2026-02-03T00:00:00Z")

    assert document["comment"].split("\n") == [
        "Ours.",
        "statusComment: new data",
        "pcf.uncertaintyAssessmentDescription: ± 10 %",
        "pcf.biogenicAccountingMethodology: GHGP",
    ]
    assert report.of("updated") == {Happened.DROPPED}


def test_what_v2_demands_is_filled_in() -> None:
    document, report = v2()

    ProductFootprintV2.read(document)
    assert document["pcf"]["biogenicCarbonContent"] == "0"
    assert document["pcf"]["packagingEmissionsIncluded"] is False
    assert document["comment"] == document["pcf"]["boundaryProcessesDescription"] == ""
    assert report.of("pcf.biogenicCarbonContent") == {Happened.DEFAULTED}


@pytest.mark.parametrize(
    ("reports", "single", "lost"),
    [
        (["AR6"], "AR6", False),
        (["AR5", "AR6"], "AR6", False),
        (["AR5"], "AR5", False),
        (["AR4"], "AR5", True),
    ],
)
def test_either_form_of_the_characterisation_factors(reports: list[str], single: str, lost: bool) -> None:
    document, report = v2({"ipccCharacterizationFactors": reports})

    assert document["pcf"]["characterizationFactors"] == single
    assert document["pcf"]["ipccCharacterizationFactorsSources"] == reports
    assert bool(report.of("pcf.ipccCharacterizationFactors")) is lost


def test_standards_by_their_old_and_new_names() -> None:
    names = ["ISO14067", "GHGP-Product", "PACT-3.0", "PAS2050", "GB/T 24067"]

    document, report = v2({"crossSectoralStandards": names})
    back, _ = to_v3(document)

    assert document["pcf"]["crossSectoralStandardsUsed"] == [
        "ISO Standard 14067",
        "GHG Protocol Product standard",
    ]
    assert document["pcf"]["crossSectoralStandards"] == names[:3]
    assert back["pcf"]["crossSectoralStandards"] == names[:3]
    assert report.of("pcf.crossSectoralStandards.3") == {Happened.DROPPED}


def test_ratings_go_one_way() -> None:
    dqi = dict.fromkeys(("technologicalDQR", "temporalDQR", "geographicalDQR"), Decimal("1.5"))

    document, report = v3({"dqi": dqi | {"coveragePercent": 80}, "primaryDataShare": Decimal("56.10")})
    back, lost = to_v2(document)

    assert document["pcf"]["dqi"] == dict.fromkeys(dqi, "1.5")
    assert document["pcf"]["primaryDataShare"] == "56.1"
    assert report.of("pcf.dqi") == {Happened.APPROXIMATED}
    assert report.of("pcf.dqi.coveragePercent") == {Happened.DROPPED}
    assert "dqi" not in back["pcf"]
    assert lost.of("pcf.dqi") == {Happened.DROPPED}


def test_ratings_without_the_three_that_v3_wants_are_dropped() -> None:
    document, report = v3({"dqi": {"temporalDQR": 2}})

    assert "dqi" not in document["pcf"]
    assert report.of("pcf.dqi.temporalDQR") == {Happened.DROPPED}


def test_an_assurance_becomes_a_verification_and_back() -> None:
    assurance = {
        "assurance": True,
        "providerName": "Auditor",
        "coverage": "PCF system",
        "completedAt": "2026-01-10T00:00:00Z",
        "standardName": "ISO 14064-3",
    }

    document, report = v3({"assurance": assurance | {"level": "limited", "boundary": "Cradle-to-Gate"}})
    back, _ = to_v2(document)

    assert document["pcf"]["verification"] == {
        "providerName": "Auditor",
        "coverage": "PCF program",
        "completedAt": "2026-01-10T00:00:00Z",
        "standardName": "ISO 14064-3",
        "comments": "level: limited\nboundary: Cradle-to-Gate",
    }
    assert report.of("pcf.assurance.coverage") == {Happened.APPROXIMATED}
    assert back["pcf"]["assurance"] == assurance | {"comments": "level: limited\nboundary: Cradle-to-Gate"}


def test_no_assurance_is_no_verification() -> None:
    document, report = v3({"assurance": {"assurance": False, "providerName": "nobody"}})

    assert "verification" not in document["pcf"]
    assert report.of("pcf.assurance") == {Happened.DROPPED}


def test_a_verification_by_nobody_in_particular_is_dropped() -> None:
    document, report = v2({"verification": {"coverage": "product level"}})

    assert "assurance" not in document["pcf"]
    assert report.of("pcf.verification") == {Happened.DROPPED}


def test_a_coverage_without_a_counterpart_is_told_in_the_comments() -> None:
    new, _ = v3({"assurance": {"assurance": True, "providerName": "A", "coverage": "product line"}})
    old, _ = v2({"verification": {"providerName": "A", "coverage": "PCF calculation model"}})

    assert new["pcf"]["verification"] == {"providerName": "A", "comments": "coverage: product line"}
    assert old["pcf"]["assurance"]["comments"] == "coverage: PCF calculation model"


def test_our_seal_does_not_hold_for_a_converted_document() -> None:
    old, lost = v2(extensions=[OTHER, SEAL])
    new, lost_too = v3(extensions=[OTHER, SEAL])

    assert old["extensions"] == new["extensions"] == [OTHER]
    assert lost.of("extensions") == lost_too.of("extensions") == {Happened.DROPPED}


def test_packaging_that_is_not_included_has_no_emissions() -> None:
    document, report = v3({"packagingEmissionsIncluded": False, "packagingGhgEmissions": "1"})

    assert "packagingGhgEmissions" not in document["pcf"]
    assert report.of("pcf.packagingGhgEmissions") == {Happened.DROPPED}


def test_a_later_version_is_a_footprint_of_its_own() -> None:
    first, _ = v3()
    second, report = to_v3(footprint_v2(version=3), preceding=FOOTPRINT_ID)
    again, _ = to_v3(footprint_v2(version=3), preceding=FOOTPRINT_ID)

    assert first["id"] == FOOTPRINT_ID
    assert second["id"] == again["id"] == id_of_version(FOOTPRINT_ID, 3) != FOOTPRINT_ID
    assert second["precedingPfIds"] == [FOOTPRINT_ID]
    assert report.of("version") == {Happened.DROPPED}


def test_categories_and_classifications() -> None:
    document, _ = v3(productCategoryCpc="37191, glass/n.e.c.", productClassifications=["urn:unspsc:1"])
    back, _ = to_v2(document)

    assert document["productClassifications"] == ["urn:unspsc:1", "urn:cpc:37191%2C%20glass%2Fn.e.c."]
    assert back["productCategoryCpc"] == "37191, glass/n.e.c."
    assert back["productClassifications"] == ["urn:unspsc:1"]


def test_unknown_properties_go_along_unless_they_would_change_their_meaning() -> None:
    document, report = v3({"ours": [1]}, **{"x-ours": 1})
    odd, lost = v3({"verification": {"coverage": "all"}})

    assert document["x-ours"] == 1
    assert document["pcf"]["ours"] == [1]
    assert not report.of("x-ours")
    assert "verification" not in odd["pcf"]
    assert lost.of("pcf.verification") == {Happened.DROPPED}


def test_figures_beyond_reason_are_refused() -> None:
    with pytest.raises(BadInput) as caught:
        v3({"fossilGhgEmissions": "9e30", "unitaryProductAmount": "9e9"})

    assert caught.value.field == "pcf.fossilGhgEmissions"


def test_a_report_is_data_in_both_languages() -> None:
    _, report = v2({"recycledCarbonContent": "1"})

    document = read_json(write_json(report.document()))

    assert (document["from"], document["to"]) == ("3.0.3", "2.3.3")
    for loss in document["losses"]:
        assert loss["happened"] in set(Happened)
        assert loss["why"]["en"]
        assert any("\u4e00" <= char <= "\u9fff" for char in loss["why"]["zh"])


_figures = st.decimals("0", "1000000", allow_nan=False, allow_infinity=False, places=6)
_negatives = st.decimals("-1000000", "0", allow_nan=False, allow_infinity=False, places=6)
_amounts = st.sampled_from(["12.5", "1", "2000", "0.789", "3", "7e-3", "1e9"]) | st.decimals(
    "0.001", "1000000", places=3
).map(str)

_BOTH_WAYS = {
    "fossilGhgEmissions": _figures,
    "fossilCarbonContent": _figures,
    "biogenicCarbonContent": _figures,
    "dLucGhgEmissions": _figures,
    "otherBiogenicGhgEmissions": _figures,
    "iLucGhgEmissions": _figures,
    "aircraftGhgEmissions": _figures,
    "packagingGhgEmissions": _figures,
    "biogenicCarbonWithdrawal": _negatives,
    "landManagementGhgEmissions": _figures | _negatives,
    "pCfExcludingBiogenic": _figures,
    "pCfIncludingBiogenic": _figures | _negatives,
    "productMassPerDeclaredUnit": _figures,
}
_REQUIRED = {
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "biogenicCarbonContent",
    "pCfExcludingBiogenic",
    "pCfIncludingBiogenic",
    "productMassPerDeclaredUnit",
}


def _documents(amounts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: values for name, values in _BOTH_WAYS.items() if name in _REQUIRED}
    optional = {name: values for name, values in _BOTH_WAYS.items() if name not in _REQUIRED}
    figures = st.fixed_dictionaries(required, optional=optional).map(
        lambda found: {name: format(value, "f") for name, value in found.items()}
    )
    return st.builds(
        lambda found, amount, percent: footprint_v2(
            found | {"unitaryProductAmount": amount, "exemptedEmissionsPercent": percent}
        ),
        figures,
        amounts,
        st.integers(0, 100) | st.decimals("0", "5", places=2),
    )


def _check_round_trip(document: dict[str, Any]) -> None:
    there, report = to_v3(document)
    back, _ = to_v2(there)
    read, again = ProductFootprintV2.read(document), ProductFootprintV2.read(read_json(write_json(back)))

    assert not [loss for loss in report.losses if "28" in loss.en]
    for name in (*_BOTH_WAYS, "unitaryProductAmount", "exemptedEmissionsPercent"):
        assert getattr(again.pcf, name) == getattr(read.pcf, name), name
    for name in ("id", "companyIds", "productIds", "productCategoryCpc", "created", "status", "comment"):
        assert getattr(again, name) == getattr(read, name), name


@given(_documents(st.just("12.5")))
def test_there_and_back_with_twelve_and_a_half(document: dict[str, Any]) -> None:
    _check_round_trip(document)


@given(_documents(_amounts))
def test_there_and_back_is_where_it_began(document: dict[str, Any]) -> None:
    _check_round_trip(document)


@given(_documents(_amounts))
def test_what_is_written_is_sound_and_holds_no_null(document: dict[str, Any]) -> None:
    there, _ = to_v3(document)
    back, _ = to_v2(there)

    check_no_null(there)
    assert read_footprint(there).document() == there
    assert ProductFootprintV2.read(back).document() == back
    assert b"null" not in write_json(there) + write_json(back)
