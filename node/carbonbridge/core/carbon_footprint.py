"""``CarbonFootprint`` of PACT v3.0: the ``pcf`` of a product footprint.

Emissions are kgCO2e and carbon contents kgC, both per declared unit, which is ``declaredUnitAmount`` times
``declaredUnitOfMeasurement``. Signs are those of the specification's decimal subtypes. Beyond them, what
cannot be negative in nature (mass, percentages, ratings) is refused when it is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, ValidationInfo, field_validator

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
    spelled,
)
from carbonbridge.core.vocabulary import (
    CcuCalculationApproach,
    DeclaredUnit,
    Region,
    RuleOperator,
    VerificationCoverage,
)

Country = Annotated[str, spelled("[A-Z]{2}", "must be an ISO 3166-1 alpha-2 code, such as CN")]
Subdivision = Annotated[str, spelled("[A-Z]{2}-[A-Z0-9]{1,3}", "must be an ISO 3166-2 code, such as CN-GD")]
AssessmentReport = Annotated[str, spelled(r"AR\d+", "must name an IPCC assessment report, such as AR6")]


class ProductOrSectorSpecificRule(PactObject):
    """Product category rules or sector guidance that were followed."""

    operator: RuleOperator
    ruleNames: SomeUnique[Text]
    otherOperatorName: Text | None = Field(default=None, validate_default=True)

    @field_validator("otherOperatorName")
    @classmethod
    def _named_if_other(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("operator") is RuleOperator.OTHER:
            raise ValueError("is missing: operator Other needs a name")
        return value


class EmissionFactorSource(PactObject):
    """A database of secondary emission factors."""

    name: Text
    version: Text


class DataQualityIndicators(PactObject):
    """Data quality ratings from 1 (best) to 5, weighted by emissions."""

    technologicalDQR: NotNegative
    geographicalDQR: NotNegative
    temporalDQR: NotNegative


class Verification(PactObject):
    """Who verified what; its presence says that the footprint was verified."""

    coverage: VerificationCoverage | None = None
    providerName: str | None = None
    completedAt: Instant | None = None
    standardName: str | None = None
    comments: str | None = None


class CarbonFootprint(PactObject):
    """The carbon footprint of a product per declared unit."""

    declaredUnitOfMeasurement: DeclaredUnit
    declaredUnitAmount: Positive
    productMassPerDeclaredUnit: NotNegative  #: kg, without packaging; 0 where mass means nothing
    referencePeriodStart: Instant
    referencePeriodEnd: Instant  #: exclusive

    geographyRegionOrSubregion: Region | None = None
    geographyCountry: Country | None = None
    geographyCountrySubdivision: Subdivision | None = None

    boundaryProcessesDescription: str | None = None
    pcfExcludingBiogenicUptake: AnyDecimal
    pcfIncludingBiogenicUptake: AnyDecimal
    fossilGhgEmissions: NotNegative
    fossilCarbonContent: NotNegative
    biogenicCarbonContent: NotNegative | None = None
    recycledCarbonContent: NotNegative | None = None
    landUseChangeGhgEmissions: NotNegative | None = None
    landCarbonLeakage: NotNegative | None = None
    landManagementFossilGhgEmissions: NotNegative | None = None
    landManagementBiogenicCO2Emissions: NotNegative | None = None
    landManagementBiogenicCO2Removals: NotPositive | None = None
    biogenicCO2Uptake: NotPositive | None = None
    biogenicNonCO2Emissions: NotNegative | None = None
    landAreaOccupation: NotNegative | None = None  #: square metre years
    aircraftGhgEmissions: NotNegative | None = None
    packagingEmissionsIncluded: StrictBool | None = None
    packagingGhgEmissions: NotNegative | None = None
    packagingBiogenicCarbonContent: NotNegative | None = None
    outboundLogisticsGhgEmissions: NotNegative | None = None
    ccsTechnologicalCO2CaptureIncluded: StrictBool | None = None
    ccsTechnologicalCO2Capture: NotPositive | None = None
    technologicalCO2CaptureOrigin: str | None = None
    technologicalCO2Removals: NotPositive | None = None
    ccuCarbonContent: NotNegative | None = None
    ccuCalculationApproach: CcuCalculationApproach | None = None
    ccuCreditCertification: Text | None = None  #: URI

    ipccCharacterizationFactors: SomeUnique[AssessmentReport]
    crossSectoralStandards: SomeUnique[Text]
    productOrSectorSpecificRules: SomeUnique[ProductOrSectorSpecificRule] | None = None
    exemptedEmissionsPercent: NotNegative
    exemptedEmissionsDescription: str | None = None
    allocationRulesDescription: str | None = None
    secondaryEmissionFactorSources: Some[EmissionFactorSource] | None = None
    primaryDataShare: NotNegative | None = None  #: per cent of pcfExcludingBiogenicUptake
    dqi: DataQualityIndicators | None = None
    verification: Verification | None = None

    @field_validator("geographyCountry", "geographyCountrySubdivision")
    @classmethod
    def _one_geography(cls, value: str | None, info: ValidationInfo) -> str | None:
        earlier = ("geographyRegionOrSubregion", "geographyCountry")
        others = [name for name in earlier if name != info.field_name and info.data.get(name)]
        if value is not None and others:
            raise ValueError(f"must not be given beside {others[0]}: at most one geography")
        return value
