"""``CarbonFootprint`` of PACT v2.0 to v2.3 (specification v2.3.3, data model).

Emissions are kgCO2e, carbon contents kgC and the mass kg, all per **one** ``declaredUnit``: a v3 figure is the
v2 figure times ``unitaryProductAmount`` (ADR-36 of the specification). What only some of the minor versions
know is optional here.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import StrictBool, ValidationInfo, field_validator

from carbonbridge.core.carbon_footprint import (
    AssessmentReport,
    Country,
    EmissionFactorSource,
    ProductOrSectorSpecificRule,
    Subdivision,
)
from carbonbridge.core.pact_object import (
    AnyDecimal,
    Instant,
    NotNegative,
    NotPositive,
    PactObject,
    Positive,
    Some,
    SomeUnique,
    Text,
)
from carbonbridge.core.pact_v2.number import NumberedObject, Percent, Rating
from carbonbridge.core.pact_v2.vocabulary import (
    AssuranceBoundary,
    AssuranceCoverage,
    AssuranceLevel,
    BiogenicAccounting,
    CharacterizationFactors,
    DeclaredUnit,
    StandardUsed,
)
from carbonbridge.core.vocabulary import Region


class DataQualityIndicators(NumberedObject):
    """Data quality ratings from 1 (best) to 3; v3 has a scale to 5 and no formula leads from one to the other.

    The schema demands all six, the text of the specification none; what a partner leaves out is left out.
    """

    NUMBERS: ClassVar = (
        "coveragePercent",
        "technologicalDQR",
        "temporalDQR",
        "geographicalDQR",
        "completenessDQR",
        "reliabilityDQR",
    )

    coveragePercent: Percent | None = None
    technologicalDQR: Rating | None = None
    temporalDQR: Rating | None = None
    geographicalDQR: Rating | None = None
    completenessDQR: Rating | None = None
    reliabilityDQR: Rating | None = None


class Assurance(PactObject):
    """Whether and by whom the footprint was assured."""

    assurance: StrictBool
    coverage: AssuranceCoverage | None = None
    level: AssuranceLevel | None = None
    boundary: AssuranceBoundary | None = None
    providerName: str
    completedAt: Instant | None = None
    standardName: str | None = None
    comments: str | None = None


class CarbonFootprintV2(NumberedObject):
    """The carbon footprint of one declared unit of a product."""

    NUMBERS: ClassVar = ("exemptedEmissionsPercent", "primaryDataShare")

    declaredUnit: DeclaredUnit
    unitaryProductAmount: Positive
    productMassPerDeclaredUnit: NotNegative | None = None  #: since 2.3
    referencePeriodStart: Instant
    referencePeriodEnd: Instant  #: exclusive

    geographyRegionOrSubregion: Region | None = None
    geographyCountry: Country | None = None
    geographyCountrySubdivision: Subdivision | None = None

    boundaryProcessesDescription: str
    pCfExcludingBiogenic: NotNegative
    pCfIncludingBiogenic: AnyDecimal | None = None
    fossilGhgEmissions: NotNegative
    fossilCarbonContent: NotNegative
    biogenicCarbonContent: NotNegative
    dLucGhgEmissions: NotNegative | None = None
    landManagementGhgEmissions: AnyDecimal | None = None
    otherBiogenicGhgEmissions: NotNegative | None = None
    iLucGhgEmissions: NotNegative | None = None
    biogenicCarbonWithdrawal: NotPositive | None = None
    aircraftGhgEmissions: NotNegative | None = None
    packagingEmissionsIncluded: StrictBool
    packagingGhgEmissions: NotNegative | None = None

    characterizationFactors: CharacterizationFactors
    ipccCharacterizationFactorsSources: SomeUnique[AssessmentReport] | None = None  #: since 2.2
    crossSectoralStandardsUsed: SomeUnique[StandardUsed]
    crossSectoralStandards: SomeUnique[Text] | None = None  #: since 2.3; hosts must accept later values
    productOrSectorSpecificRules: SomeUnique[ProductOrSectorSpecificRule] | None = None
    biogenicAccountingMethodology: BiogenicAccounting | None = None
    exemptedEmissionsPercent: Percent
    exemptedEmissionsDescription: str
    allocationRulesDescription: str | None = None
    uncertaintyAssessmentDescription: str | None = None
    secondaryEmissionFactorSources: Some[EmissionFactorSource] | None = None
    primaryDataShare: Percent | None = None
    dqi: DataQualityIndicators | None = None
    assurance: Assurance | None = None

    @field_validator("geographyCountry", "geographyCountrySubdivision")
    @classmethod
    def _one_geography(cls, value: str | None, info: ValidationInfo) -> str | None:
        earlier = ("geographyRegionOrSubregion", "geographyCountry")
        others = [name for name in earlier if name != info.field_name and info.data.get(name)]
        if value is not None and others:
            raise ValueError(f"must not be given beside {others[0]}: at most one geography")
        return value
