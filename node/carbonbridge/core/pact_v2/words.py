"""Names on either side of the mapping between v2.3 and v3.0 (ADR-36 and the change log of specification v3.0)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from carbonbridge.core.pact_v2.vocabulary import AssuranceCoverage, StandardUsed
from carbonbridge.core.vocabulary import VerificationCoverage

#: How a classification by UN CPC begins.
CPC = "urn:cpc:"

#: The versions that the mapping writes.
V2, V3 = "2.3.3", "3.0.3"

#: Figures per declared unit that mean the same on both sides: v2 name → v3 name.
FIGURES: Mapping[str, str] = {
    "fossilGhgEmissions": "fossilGhgEmissions",
    "fossilCarbonContent": "fossilCarbonContent",
    "biogenicCarbonContent": "biogenicCarbonContent",
    "dLucGhgEmissions": "landUseChangeGhgEmissions",
    "biogenicCarbonWithdrawal": "biogenicCO2Uptake",
    "aircraftGhgEmissions": "aircraftGhgEmissions",
    "packagingGhgEmissions": "packagingGhgEmissions",
}

#: Figures that mean nearly the same.
NEARLY: Mapping[str, str] = {
    "iLucGhgEmissions": "landCarbonLeakage",
    "otherBiogenicGhgEmissions": "biogenicNonCO2Emissions",
}

#: Members of ``pcf`` of one name and form on both sides.
SAME = (
    "referencePeriodStart",
    "referencePeriodEnd",
    "geographyRegionOrSubregion",
    "geographyCountry",
    "geographyCountrySubdivision",
    "packagingEmissionsIncluded",
    "productOrSectorSpecificRules",
    "allocationRulesDescription",
    "secondaryEmissionFactorSources",
)

#: Members of the whole of one name and form on both sides.
SAME_ABOVE = (
    "created",
    "status",
    "validityPeriodStart",
    "validityPeriodEnd",
    "companyName",
    "companyIds",
    "productDescription",
    "productIds",
    "productNameCompany",
)

#: Texts that v2 demands, be they empty, and v3 does not.
TEXTS = ("boundaryProcessesDescription", "exemptedEmissionsDescription")

#: Members of ``pcf`` that v3 alone has.
ONLY_V3 = (
    "recycledCarbonContent",
    "landManagementFossilGhgEmissions",
    "landAreaOccupation",
    "packagingBiogenicCarbonContent",
    "outboundLogisticsGhgEmissions",
    "ccsTechnologicalCO2CaptureIncluded",
    "ccsTechnologicalCO2Capture",
    "technologicalCO2CaptureOrigin",
    "technologicalCO2Removals",
    "ccuCarbonContent",
    "ccuCalculationApproach",
    "ccuCreditCertification",
)

#: The standards that every v2 knows, by their names in v2.3 and v3.
STANDARDS: Mapping[str, StandardUsed] = {
    "GHGP-Product": StandardUsed.GHG_PROTOCOL,
    "ISO14067": StandardUsed.ISO_14067,
    "ISO14040-44": StandardUsed.ISO_14044,
}

#: ``crossSectoralStandards`` of v2.3: the schema of that version has a closed list.
STANDARDS_OF_V2_3 = frozenset(
    {"ISO14067", "ISO14083", "ISO14040-44", "GHGP-Product", "PEF", "PACT-1.0", "PACT-2.0", "PACT-3.0"}
)

#: ``assurance.coverage`` beside ``verification.coverage``; the second pair is an approximation.
COVERAGES: Mapping[AssuranceCoverage, VerificationCoverage] = {
    AssuranceCoverage.PRODUCT: VerificationCoverage.PRODUCT,
    AssuranceCoverage.SYSTEM: VerificationCoverage.PROGRAM,
}


def classification_of(category: str) -> str:
    """The v3 classification of a v2 ``productCategoryCpc``."""
    return CPC + quote(category, safe="")


def category_of(classification: str) -> str | None:
    """The UN CPC code of a classification, None if it is by another system."""
    if not classification.casefold().startswith(CPC):
        return None
    return unquote(classification[len(CPC) :]) or None
