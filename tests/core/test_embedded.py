"""CBAM: specific embedded emissions against hand arithmetic, and the operator's summary."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.cbam import Dataset
from carbonbridge.core.document import write_json
from carbonbridge.core.embedded import embedded
from carbonbridge.core.errors import BadInput
from carbonbridge.core.operator_summary import operator_summary

GRID = {"factor": "0.5", "factorSource": "test", "factorIsDefault": False, "source": "SOE02"}


def good(good_id: str, category: str, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": good_id,
        "name": good_id,
        "cn": "76011000",
        "category": category,
        "route": "one",
    }
    document |= {"activityLevel": "100", "direct": [{"name": "stack", "tonnes": "150"}]}
    return document | {"electricity": GRID | {"mwh": "200"}} | changes


def precursor(category: str, tonnes: str, **value: Any) -> dict[str, Any]:
    document = {"id": "p", "name": "p", "cn": "76011000", "category": category, "country": "CN"}
    return document | {"tonnes": tonnes} | value


def dataset(*goods: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document = {
        "operator": {"name": "O", "address": "A"},
        "installation": {"name": "I", "address": "A", "country": "CN"},
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "goods": list(goods),
    }
    return document | changes


def see(document: dict[str, Any], good_id: str, year: int = 2026) -> tuple[Decimal | int, ...]:
    result = embedded(Dataset.read(document), good_id, import_year=year)
    return result.direct, result.indirect, result.indirect_counted


def test_a_simple_good() -> None:
    # direct 150 / 100; indirect 200 × 0.5 / 100, which does not count for aluminium
    assert see(dataset(good("al", "Unwrought aluminium")), "al") == (Decimal("1.5"), 1, 0)


def test_a_complex_good_adds_each_precursor_by_its_mass_ratio() -> None:
    bar = good("bar", "Aluminium products", precursors=[precursor("Unwrought aluminium", "105", good="al")])
    document = dataset(good("al", "Unwrought aluminium"), bar)
    # 1.5 + 1.05 × 1.5 and 1 + 1.05 × 1
    assert see(document, "bar") == (Decimal("3.075"), Decimal("2.05"), 0)


def test_sinter_brings_its_indirect_emissions_into_iron() -> None:
    iron = good("iron", "Pig iron", precursors=[precursor("Sintered ore", "160", good="sinter")])
    document = dataset(good("sinter", "Sintered ore"), iron)
    assert see(document, "iron")[2] == Decimal("1.6")  # only the sinter's: 1.6 × 1


def test_hydrogen_brings_none_of_its_indirect_emissions_into_ammonia() -> None:
    ammonia = good("nh3", "Ammonia", precursors=[precursor("Hydrogen", "18", good="h2")])
    assert see(dataset(good("h2", "Hydrogen"), ammonia), "nh3")[2] == 1  # only its own


@pytest.mark.parametrize(
    ("year", "category", "expected"),
    [
        (2026, "Unwrought aluminium", "3.3"),
        (2027, "Unwrought aluminium", "3.6"),
        (2028, "Unwrought aluminium", "3.9"),
        (2035, "Unwrought aluminium", "3.9"),
        (2028, "Urea", "3.03"),
    ],
)
def test_default_values_carry_the_mark_up_of_the_year(year: int, category: str, expected: str) -> None:
    default = precursor(category, "100", default={"direct": "3", "source": "act"})
    empty = good("bar", "Aluminium products", direct=[], precursors=[default])
    assert see(dataset(empty), "bar", year)[0] == Decimal(expected)


def test_precursors_from_the_union_count_zero_and_are_told() -> None:
    bought = precursor("Unwrought aluminium", "50", default={"direct": "3", "source": "act"}) | {
        "country": "DE"
    }
    document = Dataset.read(dataset(good("bar", "Aluminium products", precursors=[bought])))
    summary = operator_summary(document, "bar", import_year=2026)
    assert summary.answer["see"]["direct"] == "1.5"
    assert summary.answer["precursors"][0]["massRatio"] == "0.5"
    assert summary.answer["precursors"][0]["valueType"] == "exempt"


def test_a_negative_result_counts_zero() -> None:
    credit = [{"name": "heat exported", "tonnes": "-10"}]
    assert see(dataset(good("al", "Unwrought aluminium", direct=credit)), "al")[0] == 0


def test_the_summary_marks_defaults_and_lists_gaps() -> None:
    bought = precursor("Unwrought aluminium", "50", default={"direct": "3", "source": "act"})
    document = Dataset.read(dataset(good("bar", "Aluminium products", precursors=[bought])))
    summary = operator_summary(document, "bar", import_year=2026)
    assert summary.answer["see"]["direct"] == "3.15"
    assert summary.answer["see"]["shareDefaultDirect"] == "52.38"  # 0.5 × 3.3 of 3.15
    assert summary.answer["see"]["indirectCounts"] is False
    assert summary.answer["precursors"][0]["valueType"] == "default"
    fields = {gap.field for gap in summary.gaps}
    assert {"verification", "sefa", "sectorParameters", "precursors.0.seeDirect"} <= fields
    again = operator_summary(document, "bar", import_year=2026)
    assert write_json(summary.document()) == write_json(again.document())


def test_actual_values_of_others_need_a_verification() -> None:
    told = {"direct": "2", "indirect": "7", "operator": "Smelter", "installation": "S"}
    bought = precursor(
        "Unwrought aluminium", "100", actual=told | {"period": {"start": "2026-01-01", "end": "2026-12-31"}}
    )
    document = Dataset.read(dataset(good("bar", "Aluminium products", precursors=[bought])))
    summary = operator_summary(document, "bar", import_year=2026)
    assert summary.answer["see"]["direct"] == "3.5"
    (gap,) = (gap for gap in summary.gaps if gap.field == "precursors.0.verificationReportId")
    assert gap.who == "Smelter"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"id": "1", "specVersion": "3.0.3", "pcf": {}}, "pcf"),
        (
            dataset(good("al", "Unwrought aluminium", pcfExcludingBiogenicUptake="3")),
            "goods.0.pcfExcludingBiogenicUptake",
        ),
    ],
)
def test_a_footprint_is_never_a_cbam_value(document: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match="not a CBAM value") as caught:
        Dataset.read(document)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (dataset(good("al", "Gold")), "unknown goods category"),
        (
            dataset(good("x", "Pig iron", precursors=[precursor("Pig iron", "1", good="x")])),
            "contain each other",
        ),
        (dataset(good("x", "Pig iron", precursors=[precursor("Pig iron", "1", good="y")])), "no good 'y'"),
    ],
)
def test_what_cannot_be_calculated_is_refused(document: dict[str, Any], message: str) -> None:
    first = document["goods"][0]["id"]
    with pytest.raises(BadInput, match=message):
        embedded(Dataset.read(document), first, import_year=2026)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"period": {"start": "2025-01-01", "end": "2025-12-31"}}, "before 2026"),
        ({"period": {"start": "2027-01-01", "end": "2026-12-31"}}, "ends before"),
        ({"goods": [good("al", "Hydrogen", precursors=[precursor("Hydrogen", "1")])]}, "exactly one of"),
        ({"goods": [good("al", "Hydrogen", activityLevel="0")]}, "> 0"),
    ],
)
def test_a_wrong_data_set_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Dataset.read(dataset(good("al", "Hydrogen")) | changes)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_emissions_grow_with_the_precursors_mass(level: int, mass: int, more: int) -> None:
    def direct(tonnes: int) -> Decimal:
        part = precursor("Unwrought aluminium", str(tonnes), default={"direct": "3", "source": "act"})
        bar = good("bar", "Aluminium products", activityLevel=str(level), precursors=[part])
        return Decimal(see(dataset(bar), "bar")[0])

    assert direct(mass) <= direct(mass + more)
