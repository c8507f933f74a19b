"""A small but complete PACT v3 footprint for the tests of the core."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.footprint import facts_of, read_footprint

FOOTPRINT_ID = "3893bb5d-da16-4dc1-9185-11d97476c254"


def footprint_document(figures: dict[str, Any] | None = None, /, **changes: Any) -> dict[str, Any]:
    """A fresh document; figures replace fields of the ``pcf``, changes those of the whole."""
    return {
        "id": FOOTPRINT_ID,
        "specVersion": "3.0.3",
        "created": "2026-02-01T08:00:00Z",
        "status": "Active",
        "companyName": "Glass Works",
        "companyIds": ["urn:pact:glass.example:company-id:1"],
        "productDescription": "",
        "productIds": ["urn:pact:glass.example:product-id:G-32"],
        "productClassifications": ["urn:cpc:37112"],
        "productNameCompany": "Solar glass 3.2 mm",
        "pcf": {
            "declaredUnitOfMeasurement": "square meter",
            "declaredUnitAmount": "1",
            "productMassPerDeclaredUnit": "8",
            "referencePeriodStart": "2025-01-01T00:00:00Z",
            "referencePeriodEnd": "2026-01-01T00:00:00Z",
            "geographyCountrySubdivision": "CN-JS",
            "pcfExcludingBiogenicUptake": "9.1",
            "pcfIncludingBiogenicUptake": "9.1",
            "fossilGhgEmissions": "9.1",
            "fossilCarbonContent": "0",
            "ipccCharacterizationFactors": ["AR6"],
            "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0",
        }
        | (figures or {}),
    } | changes


def facts(figures: dict[str, Any] | None = None, /, **changes: Any) -> FootprintFacts:
    """The facts of such a footprint."""
    return facts_of(read_footprint(footprint_document(figures, **changes)))
