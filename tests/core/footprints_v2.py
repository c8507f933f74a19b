"""A small but complete PACT v2.3 footprint for the tests of the core."""

from __future__ import annotations

from typing import Any

FOOTPRINT_ID = "f4b1225a-bd44-4c8e-861d-079e4e1dfd69"


def footprint_v2(figures: dict[str, Any] | None = None, /, **changes: Any) -> dict[str, Any]:
    """A fresh document; figures replace fields of the ``pcf``, changes those of the whole."""
    return {
        "id": FOOTPRINT_ID,
        "specVersion": "2.3.0",
        "version": 0,
        "created": "2026-02-01T08:00:00Z",
        "status": "Active",
        "companyName": "Glass Works",
        "companyIds": ["urn:pact:glass.example:company-id:1"],
        "productDescription": "",
        "productIds": ["urn:pact:glass.example:product-id:B-12"],
        "productCategoryCpc": "37191",
        "productNameCompany": "Bottle, twelve litres",
        "comment": "",
        "pcf": {
            "declaredUnit": "liter",
            "unitaryProductAmount": "12",
            "productMassPerDeclaredUnit": "0.789",
            "referencePeriodStart": "2025-01-01T00:00:00Z",
            "referencePeriodEnd": "2026-01-01T00:00:00Z",
            "geographyCountry": "DE",
            "boundaryProcessesDescription": "Furnace to gate",
            "pCfExcludingBiogenic": "1.5",
            "pCfIncludingBiogenic": "1.5",
            "fossilGhgEmissions": "1.5",
            "fossilCarbonContent": "0",
            "biogenicCarbonContent": "0",
            "packagingEmissionsIncluded": True,
            "characterizationFactors": "AR6",
            "ipccCharacterizationFactorsSources": ["AR6"],
            "crossSectoralStandardsUsed": ["ISO Standard 14067"],
            "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": 0,
            "exemptedEmissionsDescription": "",
        }
        | (figures or {}),
    } | changes
