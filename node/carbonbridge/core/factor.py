"""Emission factors, and sets of them that name their sources."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from carbonbridge.core.quality import Ratings
from carbonbridge.core.record import NotNegative, Record, StrictRecord, Text

#: A name in one or more languages: ``{"zh": …, "en": …}``.
Names = dict[str, Text]


class Origin(StrEnum):
    """Where a number comes from (PACT Methodology, primary and secondary data)."""

    PRIMARY = "primary"  #: from the processes of the product's own life cycle
    SECONDARY = "secondary"  #: from a database, a notice, the literature


class Series(StrEnum):
    """The Chinese electricity series that must never be mixed (电力碳足迹因子, 电力二氧化碳排放因子)."""

    LCA = "LCA"  #: footprint factors over the life cycle, kgCO2e
    CO2_ONLY = "CO2only"  #: combustion only, kgCO2: never in a product footprint


class Confidence(StrEnum):
    """How far a factor may be trusted."""

    PUBLISHED = "published"  #: read in its source
    REPORTED = "reported"  #: read in a report about its source
    ILLUSTRATIVE = "illustrative"  #: a plausible rounded value, for demonstration only


class Source(Record):
    """PACT v3 ``secondaryEmissionFactorSources`` item."""

    name: Text
    version: Text


class Factor(StrictRecord):
    """Emissions per unit of an activity.

    Attributes:
        value: kgCO2e per ``per``.
        per: a unit of :mod:`.quantity`.
        year: of the activity that the factor describes.
    """

    id: Text
    name: Names = Field(min_length=1)
    value: NotNegative
    per: Text
    kind: Origin
    source: Source
    series: Series | None = None
    region: Text | None = None
    year: int | None = None
    dqr: Ratings | None = None
    confidence: Confidence = Confidence.PUBLISHED
    note: Text | None = None


class FactorSet(StrictRecord):
    """Factors by id.

    Attributes:
        about: where the set comes from and on what terms.
    """

    about: Text | None = None
    factors: tuple[Factor, ...]

    @model_validator(mode="after")
    def _each_once(self) -> FactorSet:
        ids = [factor.id for factor in self.factors]
        for twice in {factor_id for factor_id in ids if ids.count(factor_id) > 1}:
            raise ValueError(f"the factor {twice[:80]!r} stands twice in the set")
        return self

    def find(self, factor_id: str) -> Factor | None:
        """The factor of that id, if the set has it."""
        return next((factor for factor in self.factors if factor.id == factor_id), None)
