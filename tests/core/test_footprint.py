"""PACT v3 footprints: what the schema demands is enforced and named, everything else survives."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.footprints import FOOTPRINT_ID, footprint_document

from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import (
    CERTIFIED_EXTENSION,
    facts_of,
    footprint_digest,
    index_keys,
    parse_footprint,
    read_footprint,
    validity,
    with_status,
)
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind

OTHER_ID = "0b6c8e1a-9f5c-4a57-8a3e-7e0f6d1c2b3a"
EXTENSION = {"specVersion": "1.0.0", "dataSchema": "https://other.example/schema.json"}
EXTENSION |= {"data": {"n": None, "list": [], "number": 1}}
OURS = {"specVersion": "1.0.0", "dataSchema": CERTIFIED_EXTENSION, "data": {"seal": "a.b.c"}}

NOT_NEGATIVE = [
    "productMassPerDeclaredUnit",
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "biogenicCarbonContent",
    "recycledCarbonContent",
    "landUseChangeGhgEmissions",
    "landCarbonLeakage",
    "landManagementFossilGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "biogenicNonCO2Emissions",
    "landAreaOccupation",
    "aircraftGhgEmissions",
    "packagingGhgEmissions",
    "packagingBiogenicCarbonContent",
    "outboundLogisticsGhgEmissions",
    "ccuCarbonContent",
    "exemptedEmissionsPercent",
    "primaryDataShare",
]
NOT_POSITIVE = [
    "landManagementBiogenicCO2Removals",
    "biogenicCO2Uptake",
    "ccsTechnologicalCO2Capture",
    "technologicalCO2Removals",
]
ANY_SIGN = ["pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake"]

FIELDS = [*footprint_document(), *(f"pcf.{name}" for name in footprint_document()["pcf"])]

decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=5,
)


def refusal(document) -> BadInput:
    with pytest.raises(BadInput) as refused:
        parse_footprint(json.dumps(document).encode())
    return refused.value


def test_a_plain_document_comes_back_as_it_was():
    document = footprint_document()
    assert parse_footprint(write_json(document)).document() == document


def test_a_full_document_comes_back_as_it_was():
    document = footprint_document(
        dict.fromkeys(NOT_NEGATIVE, "0.5")
        | dict.fromkeys(NOT_POSITIVE, "-0.5")
        | {
            "boundaryProcessesDescription": "gate to gate",
            "packagingEmissionsIncluded": True,
            "ccsTechnologicalCO2CaptureIncluded": False,
            "technologicalCO2CaptureOrigin": "flue gas",
            "ccuCalculationApproach": "Cut-off",
            "ccuCreditCertification": "https://ccu.example/1",
            "productOrSectorSpecificRules": [
                {"operator": "PEF", "ruleNames": ["PV modules"]},
                {"operator": "Other", "ruleNames": ["T/CPIA 0093"], "otherOperatorName": "CPIA"},
            ],
            "crossSectoralStandards": ["ISO14067", "GB/T 24067-2024"],
            "exemptedEmissionsDescription": "",
            "allocationRulesDescription": "by mass",
            "secondaryEmissionFactorSources": [{"name": "CLCD", "version": "1.0"}],
            "dqi": {"technologicalDQR": "1.5", "geographicalDQR": "2", "temporalDQR": "1"},
            "verification": {"coverage": "product level", "completedAt": "2026-01-15T00:00:00Z"},
        },
        precedingPfIds=[OTHER_ID],
        validityPeriodStart="2026-01-01T00:00:00Z",
        validityPeriodEnd="2027-01-01T00:00:00Z",
        comment="first",
        extensions=[EXTENSION],
    )
    read = parse_footprint(write_json(document))
    assert read.document() == document
    # Every known field of the specification is in the document: one that was left out would hide a fault.
    given_fields = set(document["pcf"]) | {"geographyRegionOrSubregion", "geographyCountry"}
    assert set(CarbonFootprint.model_fields) == given_fields
    assert set(type(read).model_fields) == set(document)


@given(st.dictionaries(st.sampled_from(["x-a", "document", "read", "年"]), json_values))
def test_unknown_properties_survive(extras):
    kept = {name: value for name, value in extras.items() if value is not None}
    read = read_footprint(footprint_document(extras, **extras))
    assert read.document() == footprint_document(kept, **kept)


def test_null_is_the_same_as_absent():
    nulls = {"geographyCountry": None, "dqi": None, "packagingEmissionsIncluded": None}
    assert read_footprint(footprint_document(nulls, comment=None)).document() == footprint_document()
    assert refusal(footprint_document(companyName=None)).field == "companyName"


def test_the_document_is_in_the_form_pact_wants():
    read = read_footprint(
        footprint_document(
            {"pcfExcludingBiogenicUptake": "1.50e2", "fossilCarbonContent": "-0.0"},
            id=FOOTPRINT_ID.upper(),
            created="2026-02-01T16:00:00.000+08:00",
            extensions=[],
        )
    )
    expected = {"pcfExcludingBiogenicUptake": "150", "fossilCarbonContent": "0"}
    assert read.document() == footprint_document(expected)


@given(st.sampled_from(NOT_NEGATIVE + NOT_POSITIVE + ANY_SIGN), decimals)
def test_signs(name, value):
    document = footprint_document({name: format_decimal(value)})
    if (name in NOT_NEGATIVE and value < 0) or (name in NOT_POSITIVE and value > 0):
        assert refusal(document).field == f"pcf.{name}"
    else:
        assert getattr(parse_footprint(write_json(document)).pcf, name) == value


@pytest.mark.parametrize("amount", ["0", "-1", "-0.5", "1abc", "5,0", "NaN", "", 1, 1.5, True, ["1"]])
def test_an_amount_that_is_no_positive_decimal_string(amount):
    assert refusal(footprint_document({"declaredUnitAmount": amount})).field == "pcf.declaredUnitAmount"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "{" + FOOTPRINT_ID + "}"}, "id"),
        ({"id": "1"}, "id"),
        ({"specVersion": "3.0"}, "specVersion"),
        ({"precedingPfIds": []}, "precedingPfIds"),
        ({"precedingPfIds": [OTHER_ID, OTHER_ID.upper()]}, "precedingPfIds"),
        ({"precedingPfIds": [OTHER_ID, "x"]}, "precedingPfIds.1"),
        ({"created": "2026-02-01"}, "created"),
        ({"created": "2026-02-01T08:00:00"}, "created"),
        ({"created": "2026-02-30T08:00:00Z"}, "created"),
        ({"created": 1769932800}, "created"),
        ({"status": "active"}, "status"),
        ({"companyName": ""}, "companyName"),
        ({"companyIds": []}, "companyIds"),
        ({"companyIds": "urn:a"}, "companyIds"),
        ({"companyIds": ["lei:529900T8BM49AURSDO55"]}, "companyIds.0"),
        ({"productIds": ["urn:a", "urn:a"]}, "productIds"),
        ({"productDescription": 3}, "productDescription"),
        ({"pcf": []}, "pcf"),
        ({"extensions": {}}, "extensions"),
        ({"extensions": [EXTENSION | {"data": "x"}]}, "extensions.0.data"),
        ({"extensions": [EXTENSION | {"specVersion": None}]}, "extensions.0.specVersion"),
    ],
)
def test_the_field_at_fault_is_named(change, field):
    assert refusal(footprint_document(**change)).field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"declaredUnitOfMeasurement": "kg"}, "declaredUnitOfMeasurement"),
        ({"referencePeriodEnd": "2026"}, "referencePeriodEnd"),
        ({"geographyCountrySubdivision": "CN-JS-1"}, "geographyCountrySubdivision"),
        ({"geographyCountry": "CN"}, "geographyCountrySubdivision"),
        ({"geographyRegionOrSubregion": "Asia"}, "geographyCountrySubdivision"),
        ({"ipccCharacterizationFactors": ["AR"]}, "ipccCharacterizationFactors.0"),
        ({"crossSectoralStandards": []}, "crossSectoralStandards"),
        ({"packagingEmissionsIncluded": "true"}, "packagingEmissionsIncluded"),
        ({"packagingEmissionsIncluded": 1}, "packagingEmissionsIncluded"),
        ({"ccuCalculationApproach": "cut-off"}, "ccuCalculationApproach"),
        ({"dqi": {"technologicalDQR": "1", "temporalDQR": "1"}}, "dqi.geographicalDQR"),
        ({"secondaryEmissionFactorSources": [{"name": "CLCD"}]}, "secondaryEmissionFactorSources.0.version"),
        ({"verification": {"coverage": "corporate level"}}, "verification.coverage"),
        (
            {"productOrSectorSpecificRules": [{"operator": "Other", "ruleNames": ["a"]}]},
            "productOrSectorSpecificRules.0.otherOperatorName",
        ),
        (
            {"productOrSectorSpecificRules": [{"operator": "PEF", "ruleNames": ["a"]}] * 2},
            "productOrSectorSpecificRules",
        ),
    ],
)
def test_the_field_at_fault_in_the_pcf_is_named(change, field):
    assert refusal(footprint_document(change)).field == f"pcf.{field}"


@pytest.mark.parametrize("name", FIELDS)
def test_mandatory_fields(name):
    document = copy.deepcopy(footprint_document())
    parent, _, leaf = name.rpartition(".")
    del (document[parent] if parent else document)[leaf]
    if leaf in ("productClassifications", "geographyCountrySubdivision"):
        assert read_footprint(document).document() == document
    else:
        refused = refusal(document)
        assert (refused.field, refused.message) == (name, "is missing")


def test_the_first_of_several_faults_is_named():
    assert refusal(footprint_document({"dqi": 1}, status="?", productIds=[])).field == "status"


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_a_document_that_is_no_object(document):
    assert refusal(document).message == "must be an object"


def test_no_message_quotes_the_document():
    secret = "the whole recipe of the glass " * 50
    for change in ({"id": secret}, {"created": secret}, {"companyIds": [secret]}, {"pcf": secret}):
        assert secret not in str(refusal(footprint_document(**change)))


def test_validity_is_three_years_from_the_reference_period_unless_stated():
    default = read_footprint(footprint_document())
    assert validity(default) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    start_only = read_footprint(footprint_document(validityPeriodStart="2026-03-01T00:00:00Z"))
    assert validity(start_only) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    end_only = read_footprint(footprint_document(validityPeriodEnd="2027-03-01T00:00:00Z"))
    assert validity(end_only) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("end_of_data", "end"),
    [("2024-02-29T00:00:00Z", (2027, 3, 1)), ("2025-02-28T00:00:00Z", (2028, 2, 28))],
)
def test_three_years_across_leap_days(end_of_data, end):
    footprint = read_footprint(footprint_document({"referencePeriodEnd": end_of_data}))
    assert validity(footprint)[1] == datetime(*end, tzinfo=UTC)


def test_validity_at_the_end_of_the_calendar_does_not_fail():
    footprint = read_footprint(footprint_document({"referencePeriodEnd": "9999-12-31T00:00:00Z"}))
    assert validity(footprint)[1].year == 9999


def test_index_keys_are_case_folded():
    keys = index_keys(read_footprint(footprint_document()))
    assert (KeyKind.PRODUCT, "urn:pact:glass.example:product-id:g-32") in keys
    assert (KeyKind.COMPANY, "urn:pact:glass.example:company-id:1") in keys
    assert (KeyKind.CLASSIFICATION, "urn:cpc:37112") in keys
    assert (KeyKind.GEOGRAPHY, "cn-js") in keys
    assert len(keys) == 4


def test_facts():
    facts = facts_of(read_footprint(footprint_document(id=FOOTPRINT_ID.upper(), status="Deprecated")))
    assert (facts.id, facts.status) == (FOOTPRINT_ID, FootprintStatus.DEPRECATED)
    assert facts.valid_until == datetime(2029, 1, 1, tzinfo=UTC)


@given(st.permutations(list(footprint_document())), st.sampled_from(FootprintStatus))
def test_the_digest_survives_rewriting_status_and_our_extension(names, status):
    document = footprint_document(extensions=[EXTENSION])
    rewritten = {name: document[name] for name in names} | {"status": status.value}
    rewritten["extensions"] = [OURS, EXTENSION]
    assert footprint_digest(read_json(json.dumps(rewritten, indent=2).encode())) == footprint_digest(document)


def test_the_digest_without_any_other_extension():
    assert footprint_digest(footprint_document(extensions=[OURS])) == footprint_digest(footprint_document())


@pytest.mark.parametrize(
    "change",
    [
        {"companyName": "Others"},
        {"comment": ""},
        {"extensions": [EXTENSION]},
        {"x": 1},
        {"pcf": {}},
        {"id": OTHER_ID},
    ],
)
def test_the_digest_binds_everything_else(change):
    assert footprint_digest(footprint_document(**change)) != footprint_digest(footprint_document())


def test_another_status_leaves_every_other_byte():
    data = b'{ "id" : "1", "status":"Active", "x": [1.50, null], "pcf":{ "\\u0061": 1e2 } }'
    assert with_status(data, FootprintStatus.DEPRECATED) == (
        b'{"id":"1","status":"Deprecated","x":[1.50, null],"pcf":{ "\\u0061": 1e2 }}'
    )


def test_a_deprecated_document_has_the_same_digest_and_still_reads():
    data = write_json(footprint_document(extensions=[EXTENSION, OURS]))
    deprecated = with_status(data, FootprintStatus.DEPRECATED)
    assert parse_footprint(deprecated).status is FootprintStatus.DEPRECATED
    assert footprint_digest(read_json(deprecated)) == footprint_digest(read_json(data))


def test_values_are_exact():
    pcf = read_footprint(footprint_document({"fossilGhgEmissions": "0.1000000000000000000000000001"})).pcf
    assert pcf.fossilGhgEmissions == Decimal("0.1000000000000000000000000001")
