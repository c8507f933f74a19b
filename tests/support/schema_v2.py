"""What the schemas of PACT v2.0 to v2.3 demand of a footprint, as JSON Schema in our own words.

Names, bounds and closed lists are facts of the specification (v2.3.3) and of the official conformance suite, which
demands ``ipccCharacterizationFactorsSources`` of every minor version.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

from carbonbridge.core.vocabulary import Region

_NOT_NEGATIVE = {"type": "string", "pattern": r"^[+]?\d+(\.\d+)?$"}
_ANY = {"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?$"}
_NOT_POSITIVE = {"type": "string", "pattern": r"^(-\d+(\.\d+)?|0+(\.0+)?)$"}
_TEXT = {"type": "string"}
_SOME_TEXT = {"type": "string", "minLength": 1}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
_RATING = {"type": "number", "minimum": 1, "maximum": 3}


def _some(items: object) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def _object(required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required | optional}


_URNS = _some({"type": "string", "pattern": "^[uU][rR][nN]:"})

_ASSURANCE = _object(
    {"assurance": {"type": "boolean"}, "providerName": _TEXT},
    {
        "coverage": _one_of("corporate level", "product line", "PCF system", "product level"),
        "level": _one_of("limited", "reasonable"),
        "boundary": _one_of("Gate-to-Gate", "Cradle-to-Gate"),
        "completedAt": _DATE,
        "standardName": _TEXT,
        "comments": _TEXT,
    },
)

_PCF = _object(
    {
        "declaredUnit": _one_of(
            "liter",
            "kilogram",
            "cubic meter",
            "kilowatt hour",
            "megajoule",
            "ton kilometer",
            "square meter",
        ),
        "unitaryProductAmount": {"type": "string", "pattern": r"^(?=.*[1-9])\d+(\.\d+)?$"},
        "referencePeriodStart": _DATE,
        "referencePeriodEnd": _DATE,
        "pCfExcludingBiogenic": _NOT_NEGATIVE,
        "fossilGhgEmissions": _NOT_NEGATIVE,
        "fossilCarbonContent": _NOT_NEGATIVE,
        "biogenicCarbonContent": _NOT_NEGATIVE,
        "characterizationFactors": _one_of("AR6", "AR5"),
        "ipccCharacterizationFactorsSources": _some({"type": "string", "pattern": r"^AR\d+$"}),
        "crossSectoralStandardsUsed": _some(
            _one_of("GHG Protocol Product standard", "ISO Standard 14067", "ISO Standard 14044")
        ),
        "boundaryProcessesDescription": _TEXT,
        "exemptedEmissionsPercent": _PERCENT,
        "exemptedEmissionsDescription": _TEXT,
        "packagingEmissionsIncluded": {"type": "boolean"},
    },
    {
        "pCfIncludingBiogenic": _ANY,
        "dLucGhgEmissions": _NOT_NEGATIVE,
        "landManagementGhgEmissions": _ANY,
        "otherBiogenicGhgEmissions": _NOT_NEGATIVE,
        "iLucGhgEmissions": _NOT_NEGATIVE,
        "biogenicCarbonWithdrawal": _NOT_POSITIVE,
        "aircraftGhgEmissions": _NOT_NEGATIVE,
        "packagingGhgEmissions": _NOT_NEGATIVE,
        "biogenicAccountingMethodology": _one_of("PEF", "ISO", "GHGP", "Quantis"),
        "geographyRegionOrSubregion": _one_of(*(region.value for region in Region)),
        "geographyCountry": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "geographyCountrySubdivision": {"type": "string", "pattern": "^[A-Z]{2}-[A-Z0-9]{1,3}$"},
        "secondaryEmissionFactorSources": _some(_object({"name": _SOME_TEXT, "version": _SOME_TEXT}, {})),
        "productOrSectorSpecificRules": _some(
            _object(
                {"operator": _one_of("PEF", "EPD International", "Other"), "ruleNames": _some(_SOME_TEXT)},
                {"otherOperatorName": _SOME_TEXT},
            )
        ),
        "allocationRulesDescription": _TEXT,
        "uncertaintyAssessmentDescription": _TEXT,
        "primaryDataShare": _PERCENT,
        "dqi": _object(
            {
                "coveragePercent": _PERCENT,
                "technologicalDQR": _RATING,
                "temporalDQR": _RATING,
                "geographicalDQR": _RATING,
                "completenessDQR": _RATING,
                "reliabilityDQR": _RATING,
            },
            {},
        ),
        "assurance": _ASSURANCE,
    },
) | {
    "not": {
        "anyOf": [
            {"required": ["geographyRegionOrSubregion", "geographyCountry"]},
            {"required": ["geographyRegionOrSubregion", "geographyCountrySubdivision"]},
            {"required": ["geographyCountry", "geographyCountrySubdivision"]},
        ]
    }
}

#: What v2.3 added.
_NEWEST = {
    "productMassPerDeclaredUnit": _ANY,
    "crossSectoralStandards": _some(
        _one_of(
            "ISO14067", "ISO14083", "ISO14040-44", "GHGP-Product", "PEF", "PACT-1.0", "PACT-2.0", "PACT-3.0"
        )
    ),
}


def validator(minor: int) -> Draft7Validator:
    """Of a footprint in v2.``minor``."""
    pcf = {**_PCF, "properties": _PCF["properties"] | (_NEWEST if minor >= 3 else {})}
    whole = _object(
        {
            "id": _UUID,
            "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+(-\d{8})?$"},
            "version": {"type": "integer", "minimum": 0},
            "created": _DATE,
            "status": _one_of("Active", "Deprecated"),
            "comment": _TEXT,
            "companyName": _SOME_TEXT,
            "companyIds": _URNS,
            "productDescription": _TEXT,
            "productIds": _URNS,
            "productCategoryCpc": _SOME_TEXT,
            "productNameCompany": _SOME_TEXT,
            "pcf": pcf,
        },
        {
            "precedingPfIds": _some(_UUID),
            "updated": _DATE,
            "statusComment": _TEXT,
            "validityPeriodStart": _DATE,
            "validityPeriodEnd": _DATE,
            "extensions": {
                "type": "array",
                "items": _object({"specVersion": _TEXT, "dataSchema": _TEXT, "data": {"type": "object"}}, {}),
            },
            **({"productClassifications": _URNS} if minor >= 3 else {}),
        },
    )
    return Draft7Validator(whole)
