"""The data model of PACT v2.0 to v2.3 as a table (specification v2.3.3; the official suite's schemas for 2.0 to 2.2).

In v2 percentages and data quality ratings are JSON numbers, all other figures decimals as strings.
"""

from __future__ import annotations

from carbonbridge.client.conformance.shape import (
    Boolean,
    Figure,
    Identifier,
    Instant,
    Many,
    Members,
    Number,
    Shape,
    String,
    Urn,
)
from carbonbridge.client.conformance.shapes_v3 import EXTENSION
from carbonbridge.client.conformance.version import PactVersion
from carbonbridge.core.quantity import Sign
from carbonbridge.core.vocabulary import FootprintStatus, Region

_ANY = Figure()
_POSITIVE = Figure(Sign.POSITIVE)
_NOT_NEGATIVE = Figure(Sign.NOT_NEGATIVE)
_NOT_POSITIVE = Figure(Sign.NOT_POSITIVE)
_PERCENT = Number(0, 100)
_RATING = Number(1, 3)
_TEXT = String(1)
_WHEN = Instant()

_UNITS = (
    "liter",
    "kilogram",
    "cubic meter",
    "kilowatt hour",
    "megajoule",
    "ton kilometer",
    "square meter",
)
_STANDARDS = ("GHG Protocol Product standard", "ISO Standard 14067", "ISO Standard 14044")
_STANDARDS_2_3 = (
    "ISO14067",
    "ISO14083",
    "ISO14040-44",
    "GHGP-Product",
    "PEF",
    "PACT-1.0",
    "PACT-2.0",
    "PACT-3.0",
)

_RATINGS = Members(
    {
        "coveragePercent": _PERCENT,
        "technologicalDQR": _RATING,
        "temporalDQR": _RATING,
        "geographicalDQR": _RATING,
        "completenessDQR": _RATING,
        "reliabilityDQR": _RATING,
    },
    {},
)
_ASSURANCE = Members(
    {"assurance": Boolean(), "providerName": String()},
    {
        "coverage": String(choices=("corporate level", "product line", "PCF system", "product level")),
        "level": String(choices=("limited", "reasonable")),
        "boundary": String(choices=("Gate-to-Gate", "Cradle-to-Gate")),
        "completedAt": _WHEN,
        "standardName": String(),
        "comments": String(),
    },
)
_RULE = Members(
    {"operator": String(choices=("PEF", "EPD International", "Other")), "ruleNames": Many(_TEXT)},
    {"otherOperatorName": _TEXT},
)

_PCF: dict[str, Shape] = {
    "declaredUnit": String(choices=_UNITS),
    "unitaryProductAmount": _POSITIVE,
    "pCfExcludingBiogenic": _NOT_NEGATIVE,
    "fossilGhgEmissions": _NOT_NEGATIVE,
    "fossilCarbonContent": _NOT_NEGATIVE,
    "biogenicCarbonContent": _NOT_NEGATIVE,
    "characterizationFactors": String(choices=("AR5", "AR6")),
    "ipccCharacterizationFactorsSources": Many(String(pattern=r"AR\d+")),
    "crossSectoralStandardsUsed": Many(String(choices=_STANDARDS)),
    "boundaryProcessesDescription": String(),
    "referencePeriodStart": _WHEN,
    "referencePeriodEnd": _WHEN,
    "exemptedEmissionsPercent": _PERCENT,
    "exemptedEmissionsDescription": String(),
    "packagingEmissionsIncluded": Boolean(),
}
_PCF_OPTIONAL: dict[str, Shape] = {
    "pCfIncludingBiogenic": _ANY,
    "dLucGhgEmissions": _NOT_NEGATIVE,
    "iLucGhgEmissions": _NOT_NEGATIVE,
    "landManagementGhgEmissions": _ANY,
    "otherBiogenicGhgEmissions": _NOT_NEGATIVE,
    "biogenicCarbonWithdrawal": _NOT_POSITIVE,
    "aircraftGhgEmissions": _NOT_NEGATIVE,
    "packagingGhgEmissions": _NOT_NEGATIVE,
    "biogenicAccountingMethodology": String(choices=("PEF", "ISO", "GHGP", "Quantis")),
    "geographyRegionOrSubregion": String(choices=tuple(Region)),
    "geographyCountry": String(pattern="[A-Z]{2}"),
    "geographyCountrySubdivision": String(pattern="[A-Z]{2}-[A-Z0-9]{1,3}"),
    "productOrSectorSpecificRules": Many(_RULE),
    "allocationRulesDescription": String(),
    "uncertaintyAssessmentDescription": String(),
    "secondaryEmissionFactorSources": Many(
        Members({"name": String(), "version": String()}, {}), unique=False
    ),
    "primaryDataShare": _PERCENT,
    "dqi": _RATINGS,
    "assurance": _ASSURANCE,
}
_FOOTPRINT: dict[str, Shape] = {
    "id": Identifier(),
    "specVersion": String(pattern=r"2\.\d+\.\d+(-\d{8})?"),
    "version": Number(0, 2**31 - 1, whole=True),
    "created": _WHEN,
    "status": String(choices=tuple(FootprintStatus)),
    "companyName": _TEXT,
    "companyIds": Many(Urn()),
    "productDescription": String(),
    "productIds": Many(Urn()),
    "productCategoryCpc": _TEXT,
    "productNameCompany": _TEXT,
    "comment": String(),
}
_FOOTPRINT_OPTIONAL: dict[str, Shape] = {
    "precedingPfIds": Many(Identifier()),
    "updated": _WHEN,
    "statusComment": String(),
    "validityPeriodStart": _WHEN,
    "validityPeriodEnd": _WHEN,
    "extensions": Many(EXTENSION, least=0, unique=False),
}
_NEW_IN_2_3: dict[str, Shape] = {
    "crossSectoralStandards": Many(String(choices=_STANDARDS_2_3)),
    "productMassPerDeclaredUnit": _NOT_NEGATIVE,
}


def footprint(version: PactVersion) -> Members:
    """``ProductFootprint`` of a version of v2."""
    new = version is PactVersion.V2_3
    pcf = Members(_PCF, _PCF_OPTIONAL | (_NEW_IN_2_3 if new else {}))
    classified: dict[str, Shape] = {"productClassifications": Many(Urn())} if new else {}
    return Members(_FOOTPRINT | {"pcf": pcf}, _FOOTPRINT_OPTIONAL | classified)
