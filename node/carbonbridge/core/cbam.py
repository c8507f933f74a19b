"""CBAM activity data of an installation: what an operator measures, buys and makes in a reporting period.

The data set behind an operator's emissions report (Implementing Regulation (EU) 2025/2547, Annex IV).
A product carbon footprint has another boundary and other rules: it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from carbonbridge.core.errors import BadInput
from carbonbridge.core.product import Urn
from carbonbridge.core.record import AnyDecimal, NotNegative, Positive, StrictRecord, Text

#: Names that only a PACT footprint has.
_FOOTPRINT_NAMES = frozenset(
    {"pcf", "pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake", "footprintId", "precedingPfIds"}
)

CnCode = Annotated[str, StringConstraints(pattern=r"^\d{4}(\d{2}){0,3}$")]
Degrees = Annotated[str, StringConstraints(pattern=r"^-?\d{1,3}\.\d{6}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class ElectricitySource(StrEnum):
    """Code list of the transitional report, kept since."""

    DIRECT_LINK = "SOE01"
    POWER_PURCHASE_AGREEMENT = "SOE02"
    GRID = "SOE03"


class Operator(StrictRecord):
    """Annex IV 1.2 item 1."""

    name: Text
    registration_number: Text | None = None
    address: Text
    company_ids: tuple[Urn, ...] = ()


class Installation(StrictRecord):
    """Annex IV 1.2 item 2; coordinates of the main source, six decimals."""

    name: Text
    registry_id: Text | None = None
    unlocode: Text | None = None
    address: Text
    country: Country
    latitude: Degrees | None = None
    longitude: Degrees | None = None


class Period(StrictRecord):
    """Reporting period, both days included; normally a calendar year (Article 7)."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_the_definitive_period(self) -> Self:
        if self.end < self.start:
            raise ValueError("the period ends before it begins")
        if self.start.year < 2026:
            raise ValueError("CBAM values rest on no data from before 2026")
        return self


class Stream(StrictRecord):
    """Direct emissions attributed to a process; a correction (heat, waste gas) may be negative."""

    name: Text
    tonnes: AnyDecimal


class Electricity(StrictRecord):
    """Electricity attributed to a process, with its factor in tCO2e/MWh."""

    mwh: NotNegative
    factor: NotNegative
    factor_source: Text
    factor_is_default: bool
    source: ElectricitySource


class Verification(StrictRecord):
    """What makes a value *actual* for a declarant (2025/2546, 2025/2551)."""

    report_id: Text
    verifier: Text
    accreditation_number: Text
    accreditation_body: Text


class DefaultValue(StrictRecord):
    """A default value as published, without mark-up, t CO2e/t."""

    direct: NotNegative
    indirect: NotNegative | None = None
    source: Text


class ActualValue(StrictRecord):
    """Specific embedded emissions that another operator reports, t CO2e/t."""

    direct: NotNegative
    indirect: NotNegative
    operator: Text
    installation: Text
    period: Period
    verification: Verification | None = None


class Precursor(StrictRecord):
    """A CBAM good that goes into another.

    Attributes:
        tonnes: consumed, as it enters the process, losses included (M_i).
        good: id of a good in this data set, or ``actual``, or ``default``: exactly one of the three.
    """

    id: Text
    name: Text
    cn: CnCode
    category: Text
    country: Country
    tonnes: NotNegative
    good: Text | None = None
    actual: ActualValue | None = None
    default: DefaultValue | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(value is not None for value in (self.good, self.actual, self.default)) != 1:
            raise ValueError("needs exactly one of good, actual and default")
        return self


class Good(StrictRecord):
    """A good and the process that makes it.

    Attributes:
        activity_level: saleable tonnes in the period (AL), without scrap, by-products and waste.
    """

    id: Text
    name: Text
    cn: CnCode
    category: Text
    route: Text
    activity_level: Positive
    direct: tuple[Stream, ...]
    electricity: Electricity | None = None
    precursors: tuple[Precursor, ...] = ()
    sector_parameters: dict[str, Text] = Field(default_factory=dict)
    verification: Verification | None = None


class Dataset(StrictRecord):
    """All data of one installation and period."""

    about: Text | None = None
    operator: Operator
    installation: Installation
    period: Period
    goods: tuple[Good, ...] = Field(min_length=1)

    @classmethod
    def read(cls, document: object, *, field: str = "") -> Self:
        """Read from JSON.

        Raises:
            BadInput: naming the field; a PACT footprint, whole or in part, is refused as such.
        """
        _refuse_footprint(document, field)
        return super().read(document, field=field)


def _refuse_footprint(document: object, field: str) -> None:
    if isinstance(document, Mapping):
        for name, value in document.items():
            path = f"{field}.{name}" if field else str(name)
            if name in _FOOTPRINT_NAMES:
                raise BadInput(
                    "a product carbon footprint is not a CBAM value: boundary, factors and allocation differ",
                    field=path,
                    next_step="Give the activity data of the installation instead.",
                )
            _refuse_footprint(value, path)
    elif isinstance(document, list | tuple):
        for index, value in enumerate(document):
            _refuse_footprint(value, f"{field}.{index}")
