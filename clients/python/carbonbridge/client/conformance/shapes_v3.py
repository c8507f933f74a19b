"""The data model of PACT v3.0 as a table (specification v3.0.3, data model and decimal subtypes)."""

from __future__ import annotations

from carbonbridge.client.conformance.shape import (
    Boolean,
    Figure,
    Identifier,
    Instant,
    Many,
    Members,
    Shape,
    String,
    Urn,
)
from carbonbridge.core.quantity import Sign
from carbonbridge.core.vocabulary import (
    CcuCalculationApproach,
    DeclaredUnit,
    FootprintStatus,
    Region,
    RuleOperator,
    VerificationCoverage,
)

_ANY = Figure()
_POSITIVE = Figure(Sign.POSITIVE)
_NOT_NEGATIVE = Figure(Sign.NOT_NEGATIVE)
_NOT_POSITIVE = Figure(Sign.NOT_POSITIVE)
_PERCENT = Figure(Sign.ANY, 0, 100)
_RATING = Figure(Sign.ANY, 1, 5)
_TEXT = String(1)
_WHEN = Instant()
_VERSION = String(pattern=r"\d+\.\d+\.\d+(-\d{8})?")

_RATINGS = Members(
    {"technologicalDQR": _RATING, "geographicalDQR": _RATING, "temporalDQR": _RATING},
    {},
)
_VERIFICATION = Members(
    {},
    {
        "coverage": String(choices=tuple(VerificationCoverage)),
        "providerName": String(),
        "completedAt": _WHEN,
        "standardName": String(),
        "comments": String(),
    },
)
_RULE = Members(
    {"operator": String(choices=tuple(RuleOperator)), "ruleNames": Many(_TEXT)},
    {"otherOperatorName": _TEXT},
)

_PCF: dict[str, Shape] = {
    "declaredUnitOfMeasurement": String(choices=tuple(DeclaredUnit)),
    "declaredUnitAmount": _POSITIVE,
    "productMassPerDeclaredUnit": _NOT_NEGATIVE,
    "referencePeriodStart": _WHEN,
    "referencePeriodEnd": _WHEN,
    "pcfExcludingBiogenicUptake": _ANY,
    "pcfIncludingBiogenicUptake": _ANY,
    "fossilGhgEmissions": _NOT_NEGATIVE,
    "fossilCarbonContent": _NOT_NEGATIVE,
    "ipccCharacterizationFactors": Many(String(pattern=r"AR\d+")),
    "crossSectoralStandards": Many(String()),
    "exemptedEmissionsPercent": _PERCENT,
}
_PCF_OPTIONAL: dict[str, Shape] = {
    "geographyRegionOrSubregion": String(choices=tuple(Region)),
    "geographyCountry": String(pattern="[A-Z]{2}"),
    "geographyCountrySubdivision": String(pattern="[A-Z]{2}-[A-Z0-9]{1,3}"),
    "boundaryProcessesDescription": String(),
    "biogenicCarbonContent": _NOT_NEGATIVE,
    "recycledCarbonContent": _NOT_NEGATIVE,
    "landUseChangeGhgEmissions": _NOT_NEGATIVE,
    "landCarbonLeakage": _NOT_NEGATIVE,
    "landManagementFossilGhgEmissions": _NOT_NEGATIVE,
    "landManagementBiogenicCO2Emissions": _NOT_NEGATIVE,
    "landManagementBiogenicCO2Removals": _NOT_POSITIVE,
    "biogenicCO2Uptake": _NOT_POSITIVE,
    "biogenicNonCO2Emissions": _NOT_NEGATIVE,
    "landAreaOccupation": _NOT_NEGATIVE,
    "aircraftGhgEmissions": _NOT_NEGATIVE,
    "packagingEmissionsIncluded": Boolean(),
    "packagingGhgEmissions": _NOT_NEGATIVE,
    "packagingBiogenicCarbonContent": _NOT_NEGATIVE,
    "outboundLogisticsGhgEmissions": _NOT_NEGATIVE,
    "ccsTechnologicalCO2CaptureIncluded": Boolean(),
    "ccsTechnologicalCO2Capture": _NOT_POSITIVE,
    "technologicalCO2CaptureOrigin": String(),
    "technologicalCO2Removals": _NOT_POSITIVE,
    "ccuCarbonContent": _NOT_NEGATIVE,
    "ccuCalculationApproach": String(choices=tuple(CcuCalculationApproach)),
    "ccuCreditCertification": String(),
    "productOrSectorSpecificRules": Many(_RULE),
    "exemptedEmissionsDescription": String(),
    "allocationRulesDescription": String(),
    "secondaryEmissionFactorSources": Many(
        Members({"name": String(), "version": String()}, {}), unique=False
    ),
    "primaryDataShare": _PERCENT,
    "dqi": _RATINGS,
    "verification": _VERIFICATION,
}

EXTENSION = Members(
    {"specVersion": String(), "dataSchema": String(), "data": Members({}, {})}, {"documentation": String()}
)

#: ``ProductFootprint``.
FOOTPRINT = Members(
    {
        "id": Identifier(),
        "specVersion": _VERSION,
        "created": _WHEN,
        "status": String(choices=tuple(FootprintStatus)),
        "companyName": _TEXT,
        "companyIds": Many(Urn()),
        "productDescription": String(),
        "productIds": Many(Urn()),
        "productNameCompany": _TEXT,
        "pcf": Members(_PCF, _PCF_OPTIONAL),
    },
    {
        "precedingPfIds": Many(Identifier()),
        "validityPeriodStart": _WHEN,
        "validityPeriodEnd": _WHEN,
        "productClassifications": Many(Urn()),
        "comment": String(),
        "extensions": Many(EXTENSION, least=0, unique=False),
    },
)
