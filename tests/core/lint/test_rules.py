"""Every rule of the linter: what breaks it, and what comes close and does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.core.footprints import FOOTPRINT_ID, footprint_document
from tests.core.lint.documents import TODAY, findings, found_in, reported

from carbonbridge.core.lint.across import RULES as ACROSS
from carbonbridge.core.lint.finding import Severity
from carbonbridge.core.lint.linter import CATALOGUE, lint_all

LATER = date(2027, 12, 31)
URN = "urn:gtin:4712345060507"
KG = {"declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "8"}
KWH = {"declaredUnitOfMeasurement": "kilowatt hour", "productMassPerDeclaredUnit": "0"}
SOURCES = [{"name": "CLCD", "version": "1"}]
EXTENSION = {"specVersion": "1.0.0", "dataSchema": "https://a.example/s.json", "data": {}}

Case = tuple[str, dict[str, Any], dict[str, Any], str]


def pcf(code: str, field: str, **figures: Any) -> Case:
    return code, figures, {}, f"pcf.{field}"


def whole(code: str, field: str, figures: dict[str, Any] | None = None, /, **changes: Any) -> Case:
    return code, figures or {}, changes, field


FAILING = [
    # the schema
    whole("PCF-V2", "specVersion", specVersion="2.3.0"),
    whole("PCF-MISSING", "companyName", companyName=None),
    pcf("PCF-MISSING", "fossilGhgEmissions", fossilGhgEmissions=None),
    pcf(
        "PCF-MISSING",
        "productOrSectorSpecificRules.0.otherOperatorName",
        productOrSectorSpecificRules=[{"operator": "Other", "ruleNames": ["r"]}],
    ),
    whole("PCF-TYPE", "productDescription", productDescription=5),
    whole("PCF-TYPE", "productIds", productIds="x"),
    pcf("PCF-TYPE", "packagingEmissionsIncluded", packagingEmissionsIncluded="false"),
    pcf("PCF-TYPE", "verification", verification=[]),
    whole("PCF-EMPTY", "companyName", companyName=""),
    whole("PCF-EMPTY", "productIds", productIds=[]),
    whole("PCF-TWICE", "productIds", productIds=[URN, URN]),
    pcf("PCF-STRING", "fossilGhgEmissions", fossilGhgEmissions=9),
    pcf("PCF-SIZE", "fossilGhgEmissions", fossilGhgEmissions="1e99"),
    pcf("PCF-DECIMAL", "declaredUnitAmount", declaredUnitAmount="1abc"),
    pcf("PCF-DECIMAL", "fossilGhgEmissions", fossilGhgEmissions="1,5"),
    pcf("PCF-DECIMAL", "fossilGhgEmissions", fossilGhgEmissions="٣"),
    pcf("PCF-SIGN", "declaredUnitAmount", declaredUnitAmount="-0.5"),
    pcf("PCF-SIGN", "declaredUnitAmount", declaredUnitAmount="0"),
    pcf("PCF-SIGN", "biogenicCO2Uptake", biogenicCO2Uptake="10"),
    pcf("PCF-SIGN", "technologicalCO2Removals", technologicalCO2Removals="5.0"),
    pcf("PCF-SIGN", "fossilCarbonContent", fossilCarbonContent="-1"),
    whole("PCF-INSTANT", "created", created="2026-02-01"),
    whole("PCF-INSTANT", "created", created="2026-02-30T00:00:00Z"),
    whole("PCF-UUID", "id", id="{3893bb5d-da16-4dc1-9185-11d97476c254}"),
    whole("PCF-SPELLING", "specVersion", specVersion="3.0"),
    pcf("PCF-SPELLING", "geographyCountrySubdivision", geographyCountrySubdivision="CN-js"),
    pcf("PCF-SPELLING", "ipccCharacterizationFactors.0", ipccCharacterizationFactors=["6"]),
    whole("PCF-URN", "productIds.0", productIds=["G-32"]),
    whole("PCF-LONG", "productIds.0", productIds=["urn:gtin:" + "1" * 1000]),
    pcf("PCF-GEOGRAPHY", "geographyCountrySubdivision", geographyCountry="CN"),
    whole("PCF-VALUE", "status", status="active"),
    pcf("PCF-VALUE", "declaredUnitOfMeasurement", declaredUnitOfMeasurement="kg"),
    whole("PCF-SCHEMA", "companyName", companyName="half \ud800"),
    pcf("PCF-NULL", "dqi", dqi=None),
    # how it is written
    pcf("PCF-PLAIN", "fossilGhgEmissions", fossilGhgEmissions="9.1e0"),
    pcf("PCF-PLAIN", "fossilGhgEmissions", fossilGhgEmissions="9."),
    pcf("PCF-PLAIN", "fossilCarbonContent", fossilCarbonContent="-0"),
    pcf("PCF-PLAIN", "dqi.temporalDQR", dqi={**reported()["pcf"]["dqi"], "temporalDQR": "1E0"}),
    whole("PCF-OFFSET", "created", created="2026-02-01T08:00:00+00:00"),
    whole("PCF-EMPTY-LIST", "extensions", extensions=[]),
    whole("PCF-UNKNOWN", "colour", colour="blue"),
    whole("PCF-UNKNOWN", "extensions.0.colour", extensions=[EXTENSION | {"colour": "blue"}]),
    pcf("PCF-SPELLED", "fossilGHGEmissions", fossilGHGEmissions="9.1"),
    pcf("PCF-OLD-NAME", "biogenicCO2Withdrawal", biogenicCO2Withdrawal="-1"),
    whole("PCF-SPEC-VERSION", "specVersion", specVersion="1.0.1"),
    # figures
    pcf("PCF-SUM-EXCLUDING", "pcfExcludingBiogenicUptake", landUseChangeGhgEmissions="0.1"),
    pcf("PCF-SUM-INCLUDING", "pcfIncludingBiogenicUptake", biogenicCO2Uptake="-0.1"),
    pcf("PCF-PART", "landManagementFossilGhgEmissions", landManagementFossilGhgEmissions="9.2"),
    pcf("PCF-DQR", "dqi.temporalDQR", dqi={**reported()["pcf"]["dqi"], "temporalDQR": "5.01"}),
    pcf("PCF-DQR", "dqi.temporalDQR", dqi={**reported()["pcf"]["dqi"], "temporalDQR": "0.9"}),
    pcf("PCF-SHARE", "primaryDataShare", primaryDataShare="100.1"),
    pcf("PCF-SHARE", "exemptedEmissionsPercent", exemptedEmissionsPercent="101"),
    pcf("PCF-FRACTION", "primaryDataShare", primaryDataShare="0.8"),
    # periods
    pcf("PCF-PERIOD", "referencePeriodEnd", referencePeriodStart="2026-01-01T00:00:00Z"),
    whole("PCF-VALIDITY-PAIR", "validityPeriodStart", validityPeriodStart="2026-01-01T00:00:00Z"),
    whole("PCF-VALIDITY-START", "validityPeriodStart", validityPeriodStart="2025-12-31T23:59:59Z"),
    whole("PCF-VALIDITY-END", "validityPeriodEnd", validityPeriodEnd="2029-01-01T00:00:01Z"),
    whole(
        "PCF-VALIDITY-ORDER",
        "validityPeriodEnd",
        validityPeriodStart="2026-02-01T00:00:00Z",
        validityPeriodEnd="2026-02-01T00:00:00Z",
    ),
    whole("PCF-EXPIRED", "validityPeriodEnd", validityPeriodEnd="2026-02-28T00:00:00Z"),
    whole("PCF-FUTURE", "created", created="2026-03-02T00:00:00Z"),
    whole("PCF-EARLY", "created", created="2025-12-31T00:00:00Z"),
    # conditions
    pcf("PCF-PACKAGING", "packagingGhgEmissions", packagingGhgEmissions="1"),
    pcf("PCF-CCS", "ccsTechnologicalCO2Capture", ccsTechnologicalCO2Capture="-1"),
    pcf("PCF-CCS", "technologicalCO2CaptureOrigin", technologicalCO2CaptureOrigin="cement"),
    pcf("PCF-CCS", "technologicalCO2Removals", technologicalCO2Removals="-1"),
    pcf("PCF-CCS-FIGURE", "ccsTechnologicalCO2CaptureIncluded", ccsTechnologicalCO2CaptureIncluded=True),
    pcf("PCF-CCU", "ccuCalculationApproach", ccuCarbonContent="1"),
    pcf("PCF-CCU", "ccuCarbonContent", ccuCalculationApproach="Cut-off"),
    pcf(
        "PCF-CCU", "ccuCreditCertification", ccuCarbonContent="1", ccuCalculationApproach="Credit"
    ),
    pcf(
        "PCF-CCU-CREDIT",
        "ccuCreditCertification",
        ccuCarbonContent="1",
        ccuCalculationApproach="Cut-off",
        ccuCreditCertification="https://a.example/c",
    ),
    pcf(
        "PCF-URI",
        "ccuCreditCertification",
        ccuCarbonContent="1",
        ccuCalculationApproach="Credit",
        ccuCreditCertification="number 7",
    ),
    pcf("PCF-SECONDARY-MISSING", "secondaryEmissionFactorSources", primaryDataShare="99.9"),
    pcf(
        "PCF-SECONDARY-NEEDLESS",
        "secondaryEmissionFactorSources",
        secondaryEmissionFactorSources=SOURCES,
    ),
    pcf("PCF-EXEMPTED", "exemptedEmissionsDescription", exemptedEmissionsPercent="0.1"),
    pcf("PCF-LOGISTICS", "outboundLogisticsGhgEmissions", outboundLogisticsGhgEmissions="0"),
    pcf(
        "PCF-UNSAID",
        "packagingEmissionsIncluded",
        packagingEmissionsIncluded=None,
        packagingGhgEmissions="1",
    ),
    pcf("PCF-VERIFICATION", "verification.providerName", verification={"comments": "yes"}),
    # duties
    pcf("PCF-SHALL", "primaryDataShare", primaryDataShare=None),
    pcf("PCF-SHALL", "packagingEmissionsIncluded", packagingEmissionsIncluded=None),
    pcf(
        "PCF-SHALL",
        "ccsTechnologicalCO2CaptureIncluded",
        ccsTechnologicalCO2CaptureIncluded=None,
    ),
    pcf("PCF-SHALL-2027", "dqi", dqi=None),
    pcf("PCF-BIO", "biogenicCarbonContent", biogenicCarbonContent=None),
    pcf("PCF-BIO-2027", "landManagementFossilGhgEmissions", landManagementFossilGhgEmissions=None),
    pcf("PCF-SHOULD", "allocationRulesDescription", allocationRulesDescription=None),
    pcf("PCF-WORLD", "geographyCountry", geographyCountrySubdivision=None),
    # quantities
    pcf("PCF-MASS-KILOGRAM", "productMassPerDeclaredUnit", **KG | {"productMassPerDeclaredUnit": "1"}),
    pcf("PCF-MASS-ZERO", "productMassPerDeclaredUnit", productMassPerDeclaredUnit="0"),
    pcf("PCF-MASS-NEEDLESS", "productMassPerDeclaredUnit", **KWH | {"productMassPerDeclaredUnit": "1"}),
    pcf(
        "PCF-DENSITY",
        "productMassPerDeclaredUnit",
        declaredUnitOfMeasurement="liter",
        productMassPerDeclaredUnit="789",
    ),
    pcf("PCF-INTENSITY", "pcfExcludingBiogenicUptake", pcfExcludingBiogenicUptake="8001"),
    pcf("PCF-INTENSITY", "pcfExcludingBiogenicUptake", **KWH | {"pcfExcludingBiogenicUptake": "581"}),
    pcf("PCF-AMOUNT", "declaredUnitAmount", declaredUnitAmount="2500000"),
    pcf("PCF-CARBON", "fossilCarbonContent", fossilCarbonContent="8.1"),
    pcf("PCF-CARBON", "biogenicCarbonContent", biogenicCarbonContent="8.1", biogenicCO2Uptake="-29.7"),
    pcf("PCF-CARBON-RECYCLED", "recycledCarbonContent", recycledCarbonContent="0.1"),
    pcf("PCF-UPTAKE", "biogenicCO2Uptake", biogenicCarbonContent="1"),
    pcf(
        "PCF-ZERO", "pcfExcludingBiogenicUptake", pcfExcludingBiogenicUptake="0", fossilGhgEmissions="0"
    ),
    # identifiers
    whole("PCF-URN-SYNTAX", "productIds.0", productIds=["urn:gtin:47 12"]),
    whole("PCF-URN-SYNTAX", "productIds.0", productIds=["urn:pact:玻璃.example:product-id:1"]),
    whole("PCF-URN-SYNTAX", "productIds.0", productIds=["urn:-x:1"]),
    whole("PCF-URN-SYNTAX", "productIds.0", productIds=["urn:gtin"]),
    whole("PCF-URN-COMPONENT", "productIds.0", productIds=[URN + "#3"]),
    whole("PCF-URN-NAMESPACE", "companyIds.0", companyIds=["urn:glassworks:1"]),
    whole("PCF-URN-OLD", "productIds.0", productIds=["urn:pathfinder:product:customcode:x:1"]),
    whole("PCF-URN-OLD", "companyIds.0", companyIds=["urn:pact:company:customcode:buyer-assigned:4"]),
    whole("PCF-URN-PACT", "productIds.0", productIds=["urn:pact:glass:product-id:1"]),
    whole("PCF-URN-PACT", "productClassifications.0", productClassifications=["urn:pact:a.example:x"]),
    whole("PCF-URN-TYPE", "productIds.0", productIds=["urn:pact:glass.example:part:1"]),
    whole("PCF-GTIN", "productIds.0", productIds=["urn:gtin:4712345060508"]),
    # what it rests on
    whole("PCF-SELF", "precedingPfIds.0", precedingPfIds=[FOOTPRINT_ID.upper()]),
    whole("PCF-AGAIN", "productIds.1", productIds=[URN, URN.upper()]),
    pcf("PCF-AGAIN", "crossSectoralStandards.1", crossSectoralStandards=["ISO14067", "iso14067"]),
    pcf("PCF-GWP", "ipccCharacterizationFactors.0", ipccCharacterizationFactors=["AR5"]),
    pcf("PCF-STANDARD", "crossSectoralStandards.0", crossSectoralStandards=["ISO 14067"]),
    pcf("PCF-METHODOLOGY", "crossSectoralStandards.0", crossSectoralStandards=["PACT-2.0"]),
    whole("PCF-EXTENSION", "extensions.0.dataSchema", extensions=[EXTENSION | {"dataSchema": "s.json"}]),
    whole(
        "PCF-EXTENSION-VERSION", "extensions.0.specVersion", extensions=[EXTENSION | {"specVersion": "1"}]
    ),
]  # fmt: skip

#: What comes close: code, figures, changes.
PASSING = [
    pcf("PCF-SIGN", "", biogenicCO2Uptake="-0.0001"),
    pcf("PCF-SIGN", "", pcfExcludingBiogenicUptake="-1"),
    pcf("PCF-PLAIN", "", fossilGhgEmissions="+0009.10"),
    pcf("PCF-PLAIN", "", fossilGhgEmissions="nine"),
    whole("PCF-OFFSET", "", created="yesterday"),
    whole("PCF-EMPTY-LIST", "", extensions=[EXTENSION]),
    whole("PCF-UNKNOWN", "", extensions=[EXTENSION | {"data": {"colour": None, "version": 1}}]),
    whole("PCF-SPEC-VERSION", "", specVersion="3.0.4-20251210"),
    pcf("PCF-SUM-EXCLUDING", "", fossilGhgEmissions="9.1009"),
    pcf("PCF-SUM-EXCLUDING", "", fossilGhgEmissions="8", landUseChangeGhgEmissions="1.1"),
    pcf("PCF-SUM-INCLUDING", "", biogenicCO2Uptake="-1", pcfIncludingBiogenicUptake="8.1"),
    pcf("PCF-SHARE", "", primaryDataShare="0", secondaryEmissionFactorSources=SOURCES),
    pcf("PCF-FRACTION", "", primaryDataShare="1.5"),
    whole(
        "PCF-VALIDITY-END",
        "",
        validityPeriodStart="2026-01-01T00:00:00Z",
        validityPeriodEnd="2029-01-01T08:00:00+08:00",
    ),
    whole("PCF-FUTURE", "", created="2026-03-01T23:59:59Z"),
    pcf("PCF-PACKAGING", "", packagingEmissionsIncluded=True, packagingGhgEmissions="1"),
    pcf(
        "PCF-CCS", "", technologicalCO2CaptureOrigin="cement", ccuCarbonContent="1",
        ccuCalculationApproach="Cut-off",
    ),
    pcf(
        "PCF-CCS-FIGURE", "", ccsTechnologicalCO2CaptureIncluded=True, technologicalCO2Removals="-1"
    ),
    pcf("PCF-SECONDARY-MISSING", "", primaryDataShare="99", secondaryEmissionFactorSources=SOURCES),
    pcf("PCF-EXEMPTED", "", exemptedEmissionsPercent="3", exemptedEmissionsDescription="small"),
    pcf("PCF-LOGISTICS", "", outboundLogisticsGhgEmissions="0.1"),
    pcf("PCF-VERIFICATION", "", verification={"providerName": "Verifier"}),
    pcf("PCF-MASS-KILOGRAM", "", **KG | {"productMassPerDeclaredUnit": "8.0"}),
    pcf("PCF-MASS-ZERO", "", **KWH),
    pcf("PCF-DENSITY", "", declaredUnitOfMeasurement="liter", productMassPerDeclaredUnit="0.789"),
    pcf("PCF-CARBON", "", fossilCarbonContent="8"),
    pcf("PCF-UPTAKE", "", biogenicCarbonContent="1", biogenicCO2Uptake="-3.667"),
    whole("PCF-URN-SYNTAX", "", productIds=["URN:epc:id:sgtin:0614141.112345.400/a%23b"]),
    whole("PCF-URN-TYPE", "", productClassifications=["urn:pact:ec.europa.eu:cn-code:72081000"]),
    whole("PCF-SELF", "", precedingPfIds=["7a1c0d5e-0000-4000-8000-000000000000"]),
    pcf("PCF-STANDARD", "", crossSectoralStandards=["GB/T 24067-2024", "PACT-3.0"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "figures", "changes", "field"), FAILING)
def test_what_breaks_the_rule(
    code: str, figures: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    if code == "PCF-NULL":
        document = reported()
        document["pcf"] |= figures
        assert (code, field) in [(found.code, found.field) for found in found_in(document)]
        return
    assert (code, field) in findings(figures, **changes)


@pytest.mark.parametrize("case", PASSING)
def test_what_comes_close(case: Case) -> None:
    code, figures, changes, _ = case
    assert code not in [found for found, _ in findings(figures, **changes)]


def test_nothing_against_a_footprint_that_reports_everything() -> None:
    assert findings() == []


def test_no_error_in_the_small_footprint_of_the_core() -> None:
    assert Severity.ERROR not in {found.severity for found in found_in(footprint_document())}


def test_every_rule_has_an_example() -> None:
    assert {case[0] for case in FAILING} | {rule.code for rule in ACROSS} == CATALOGUE.keys()


def test_duties_bind_from_their_day() -> None:
    bare = footprint_document({"biogenicCarbonContent": "1", "biogenicCO2Uptake": "-3.7"})
    before, after = (
        {found.code: found.severity for found in found_in(bare, day)} for day in (date(2027, 12, 30), LATER)
    )
    for code in ("PCF-SHALL-2027", "PCF-BIO-2027"):
        assert (before[code], after[code]) == (Severity.INFO, Severity.WARNING)
    assert before["PCF-BIO"] is Severity.WARNING
    [dqi] = [found for found in found_in(bare) if found.field == "pcf.dqi"]
    assert dqi.document()["since"] == "2027-12-31"


def test_a_duty_towards_nature_binds_only_whom_it_concerns() -> None:
    found = {found.code: found.severity for found in found_in(footprint_document(), LATER)}
    assert found["PCF-BIO"] is found["PCF-BIO-2027"] is Severity.INFO


def test_an_older_set_beside_the_newest_is_worth_a_note() -> None:
    [found] = found_in(reported({"ipccCharacterizationFactors": ["AR6", "AR5"]}))
    assert (found.code, found.severity) == ("PCF-GWP", Severity.INFO)


def test_the_sum_tells_the_difference() -> None:
    [found] = found_in(reported({"landUseChangeGhgEmissions": "0.4"}))
    assert "9.5" in found.message.en
    assert "-0.4" in found.message.en
    assert "-0.4" in found.message.zh


@pytest.mark.parametrize(
    "document",
    [
        {"specVersion": "2.2.1", "pcf": {}},
        {"pcf": {"declaredUnit": "kilogram", "pCfExcludingBiogenic": "1"}},
    ],
)
def test_a_footprint_of_pact_2_is_called_that_and_nothing_else(document: dict[str, Any]) -> None:
    [found] = found_in(document)
    assert found.code == "PCF-V2"
    assert "2.x" in found.message.en


OTHER_ID = "7a1c0d5e-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"comment": "changed"}, {("PCF-SAME-ID", "id")}),
        ({}, {("PCF-SAME-DOCUMENT", "id")}),
        ({"id": OTHER_ID}, {("PCF-SAME-PRODUCT", "productIds.0")}),
        ({"id": OTHER_ID, "productIds": ["URN:PACT:glass.example:product-id:g-32"]},
         {("PCF-SAME-PRODUCT", "productIds.0")}),
        ({"id": OTHER_ID, "precedingPfIds": [FOOTPRINT_ID]}, set()),
        ({"id": OTHER_ID, "status": "Deprecated"}, set()),
        ({"id": OTHER_ID, "productIds": [URN]}, set()),
        ({"id": OTHER_ID, "companyIds": ["urn:lei:1"]}, set()),
    ],
)  # fmt: skip
def test_footprints_beside_each_other(second: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    reports = lint_all([("a", reported()), ("b", reported(**second))], today=TODAY)
    assert reports[0].findings == ()
    assert {(found.code, found.field) for found in reports[1].findings} == expected
    assert all("a " in found.message.en for found in reports[1].findings)


def test_the_same_product_at_another_place_or_time_is_another_matter() -> None:
    elsewhere = reported({"geographyCountrySubdivision": "CN-GD"}, id=OTHER_ID)
    earlier = reported(
        {"referencePeriodStart": "2021-01-01T00:00:00Z", "referencePeriodEnd": "2022-01-01T00:00:00Z"},
        id="7a1c0d5e-0000-4000-8000-000000000001",
    )
    reports = lint_all([("a", reported()), ("b", elsewhere), ("c", earlier)], today=TODAY)
    assert [[found.code for found in made.findings] for made in reports] == [[], [], ["PCF-EXPIRED"]]
