"""The tables of the suite and the models of the core come from one specification: they must not drift apart."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.clients.conformance.stock import stock
from tests.core.footprints import footprint_document
from tests.core.footprints_v2 import footprint_v2

from carbonbridge.client.conformance import PactVersion
from carbonbridge.client.conformance.bodies import footprint_shape
from carbonbridge.client.conformance.shape import SUITE, Members, Rule
from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import ProductFootprint
from carbonbridge.core.pact_object import PactObject
from carbonbridge.core.pact_v2.carbon_footprint import CarbonFootprintV2
from carbonbridge.core.pact_v2.model import ProductFootprintV2

V3, V2 = PactVersion.V3_0, PactVersion.V2_3

MODELS: list[tuple[PactVersion, type[PactObject], type[PactObject]]] = [
    (V3, ProductFootprint, CarbonFootprint),
    (V2, ProductFootprintV2, CarbonFootprintV2),
]

FULL: dict[PactVersion, dict[str, Any]] = {
    V3: footprint_document(
        {
            "dqi": {"technologicalDQR": "1", "geographicalDQR": "2.5", "temporalDQR": "5"},
            "verification": {"coverage": "product level", "completedAt": "2026-01-01T00:00:00Z"},
            "productOrSectorSpecificRules": [{"operator": "PEF", "ruleNames": ["r"]}],
            "secondaryEmissionFactorSources": [{"name": "n", "version": "1"}],
            "packagingEmissionsIncluded": True,
            "biogenicCO2Uptake": "-1",
            "primaryDataShare": "80",
        },
        precedingPfIds=["3893bb5d-da16-4dc1-9185-11d97476c259"],
        validityPeriodStart="2026-01-01T00:00:00Z",
        comment="",
        extensions=[{"specVersion": "1.0.0", "dataSchema": "https://x.example", "data": {}}],
    ),
    V2: footprint_v2(
        {"primaryDataShare": 80, "biogenicCarbonWithdrawal": "-1"}, updated="2026-02-01T08:00:00Z"
    ),
}

#: What stands in a document in place of a value.
WRONG: list[Any] = [None, [], {}, "", "x", "1abc", "-5", "5", 7, True, ["x", "x"], [None], {"x": None}]


def required(model: type[PactObject]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}


@pytest.mark.parametrize(("pact", "whole", "part"), MODELS)
def test_the_same_members_and_the_same_of_them_required(
    pact: PactVersion, whole: type[PactObject], part: type[PactObject]
) -> None:
    table = footprint_shape(pact)
    pcf = table.required["pcf"]
    assert isinstance(pcf, Members)
    for shape, model in ((table, whole), (pcf, part)):
        assert {*shape.required, *shape.optional} == set(model.model_fields)
        extra = {"ipccCharacterizationFactorsSources"} if model is CarbonFootprintV2 else set()
        assert (
            set(shape.required) == required(model) | extra
        )  # the official suite demands more than v2's text


@pytest.mark.parametrize("pact", list(FULL))
def test_a_sound_footprint_has_no_fault(pact: PactVersion) -> None:
    assert list(footprint_shape(pact).faults(FULL[pact], "")) == []


@pytest.mark.parametrize("pact", list(PactVersion))
def test_the_fake_hosts_footprints_are_sound(pact: PactVersion) -> None:
    for document in stock(pact):
        read = read_json(json.dumps(document).encode())
        assert list(footprint_shape(pact).faults(read, "")) == []


def mutants(document: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """The document with one member after the other replaced by something else, or left out."""
    for name in document:
        for value in WRONG:
            yield name, value, {**document, name: value}
        yield name, "left out", {key: item for key, item in document.items() if key != name}


@pytest.mark.parametrize(("pact", "whole", "part"), MODELS)
def test_what_the_models_refuse_the_tables_find(
    pact: PactVersion, whole: type[PactObject], part: type[PactObject]
) -> None:
    document = FULL[pact]
    table = footprint_shape(pact)
    seen = 0
    for name, value, mutant in [*mutants(document), *inner(document)]:
        refused = False
        try:
            whole.read(mutant)
        except BadInput:
            refused = True
        found = list(table.faults(mutant, ""))
        assert found or not refused, f"{name} = {value!r} is refused by the model, and no fault for the table"
        seen += refused
    assert seen > 100


def inner(document: Mapping[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    for name, value, mutant in mutants(document["pcf"]):
        changed = {**copy.deepcopy(dict(document)), "pcf": mutant}
        yield f"pcf.{name}", value, changed


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("fossilGhgEmissions", "1abc", Rule.DECIMAL),
        ("fossilGhgEmissions", "1.2e3", Rule.DECIMAL),
        ("fossilGhgEmissions", ".5", Rule.DECIMAL),
        ("fossilGhgEmissions", "-0.5", Rule.SIGN),
        ("biogenicCO2Uptake", "10", Rule.SIGN),
        ("biogenicCO2Uptake", "2.30", Rule.SIGN),
        ("declaredUnitAmount", "0.0", Rule.SIGN),
        ("primaryDataShare", "100.01", Rule.RANGE),
        ("fossilGhgEmissions", 5, Rule.NUMBER),
        ("fossilGhgEmissions", None, Rule.NULL),
    ],
)
def test_the_specifications_printed_expressions_would_let_this_pass(
    path: str, value: object, rule: Rule
) -> None:
    document = copy.deepcopy(FULL[V3])
    document["pcf"][path] = value
    [fault] = footprint_shape(V3).faults(document, "")
    assert (fault.path, fault.rule) == (f"pcf.{path}", rule)
    assert (rule in SUITE) == (rule in (Rule.NUMBER, Rule.NULL))
