"""Products: a bill of materials with what the maker states, from which a footprint is calculated.

The JSON form spells its names as PACT v3 spells them; it is a footprint without the figures that are
calculated, and with ``lines``. Amounts are per declared unit (PACT v3: ``declaredUnitAmount`` of
``declaredUnitOfMeasurement``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from carbonbridge.core.errors import BadInput
from carbonbridge.core.factor import Names
from carbonbridge.core.quality import Ratings
from carbonbridge.core.record import Instant, NotNegative, Positive, StrictRecord, Text

Urn = Annotated[str, StringConstraints(pattern=r"^[uU][rR][nN]:[^\s]+$", max_length=400)]


class Stage(StrEnum):
    """Life-cycle stage of a line (Regulation (EU) 2023/1542, Article 7 and Annex II)."""

    RAW_MATERIAL = "rawMaterial"
    MAIN_PRODUCTION = "mainProduction"
    DISTRIBUTION = "distribution"
    END_OF_LIFE = "endOfLife"


class Emission(StrEnum):
    """The PACT v3 quantity to which an activity's emissions belong."""

    FOSSIL = "fossil"
    LAND_USE_CHANGE = "landUseChange"
    BIOGENIC_NON_CO2 = "biogenicNonCO2"
    BIOGENIC_UPTAKE = "biogenicUptake"  #: given as a positive amount, counted as a removal
    BIOGENIC_CO2 = (
        "biogenicCO2"  #: released what it had taken up before: told in the lineage, outside every total
    )


class _Line(StrictRecord):
    """What all lines have.

    Attributes:
        amount: of ``unit``, per declared unit of the product.
        loss_factor: the amount is multiplied by it (1.03: three percent more goes in than comes out).
        packaging: part of the product's packaging.
    """

    id: Text
    name: Names = Field(min_length=1)
    amount: NotNegative
    unit: Text
    stage: Stage = Stage.MAIN_PRODUCTION
    loss_factor: Annotated[Positive, Field(ge=1)] = Decimal(1)
    packaging: bool = False


class SupplierLine(_Line):
    """Something bought, whose footprint the supplier gives; it is found by product id."""

    kind: Literal["supplier"]
    product_id: Urn
    stage: Stage = Stage.RAW_MATERIAL


class ActivityLine(_Line):
    """An activity of the maker's own, or something bought of which only a factor is known.

    Attributes:
        factor: id of an emission factor, or
        direct: kgCO2e per ``unit``, released on the maker's own premises.
        primary: the emissions rest on primary data; unless stated: direct emissions and primary factors do.
    """

    kind: Literal["activity"]
    factor: Text | None = None
    direct: NotNegative | None = None
    emission: Emission = Emission.FOSSIL
    primary: bool | None = None
    dqr: Ratings | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.factor is None) == (self.direct is None):
            raise ValueError("needs either a factor or a direct emission, not both")
        return self


class ProductLine(_Line):
    """Another product of the same maker, calculated along with this one."""

    kind: Literal["product"]
    product: Text


Line = Annotated[SupplierLine | ActivityLine | ProductLine, Field(discriminator="kind")]


class Equivalent(StrictRecord):
    """Another way to count the product: ``amount`` of ``unit`` is as much as ``declared_units``."""

    unit: Text
    name: Names = Field(min_length=1)
    amount: Positive
    declared_units: Positive


class Product(StrictRecord):
    """A product and its bill of materials.

    Attributes:
        name: for people, where ``product_name_company`` is not enough.
        product_mass_per_declared_unit: kg without packaging, ``0`` where mass does not matter.
        reference_period_start: inclusive; the end is exclusive.
        fossil_carbon_content: kgC in one declared unit of the product itself; likewise the other contents.
    """

    id: Text
    name: Names | None = None
    product_ids: tuple[Urn, ...] = Field(min_length=1)
    product_name_company: Text
    product_description: str = ""
    product_classifications: tuple[Urn, ...] = ()
    comment: Text | None = None
    declared_unit_of_measurement: Text
    declared_unit_amount: Positive
    product_mass_per_declared_unit: NotNegative
    reference_period_start: Instant
    reference_period_end: Instant
    geography_region_or_subregion: Text | None = None
    geography_country: Text | None = None
    geography_country_subdivision: Text | None = None
    boundary_processes_description: Text | None = None
    cross_sectoral_standards: tuple[Text, ...] = Field(min_length=1)
    ipcc_characterization_factors: tuple[Text, ...] = Field(default=("AR6",), min_length=1)
    exempted_emissions_percent: NotNegative
    exempted_emissions_description: Text | None = None
    allocation_rules_description: Text | None = None
    fossil_carbon_content: NotNegative
    biogenic_carbon_content: NotNegative | None = None
    recycled_carbon_content: NotNegative | None = None
    lines: tuple[Line, ...] = Field(min_length=1)
    display: tuple[Equivalent, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [line.id for line in self.lines]
        for twice in sorted({line_id for line_id in ids if ids.count(line_id) > 1}):
            raise ValueError(f"two lines have the id {twice[:80]!r}")
        if self.reference_period_start >= self.reference_period_end:
            raise ValueError("the reference period ends before it begins")
        places = (
            self.geography_country,
            self.geography_country_subdivision,
            self.geography_region_or_subregion,
        )
        if sum(place is not None for place in places) > 1:
            raise ValueError("at most one of the three geography names may be given (PACT v3)")
        return self

    @classmethod
    def read(cls, document: object, *, field: str = "") -> Self:
        """Read from JSON; see :meth:`.Record.read`."""
        try:
            return super().read(document, field=field)
        except BadInput as error:
            # pydantic puts the kind of a line into the path, where the sender's document has no such step
            path = re.sub(r"(lines\.\d+)\.(?:supplier|activity|product)\b", r"\1", error.field or "", count=1)
            raise BadInput(error.message, field=path or None) from None


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be at hand to calculate a product.

    Attributes:
        product_ids: URNs of suppliers' products, by the line that asks for them (``wafer/poly``).
        factors: ids of emission factors, likewise.
    """

    product_ids: dict[str, str]
    factors: dict[str, str]


def needs(product: Product, parts: Mapping[str, Product]) -> Needs:
    """All footprints and factors that a product asks for, itself and through other products of the maker.

    Args:
        parts: the maker's products by id.

    Raises:
        BadInput: a line names a product that is not there, or the products contain each other in a loop.
    """
    found = Needs({}, {})
    _collect(product, parts, (product.id,), found)
    return found


def _collect(product: Product, parts: Mapping[str, Product], path: tuple[str, ...], found: Needs) -> None:
    for index, line in enumerate(product.lines):
        where = "/".join((*path, line.id))
        if isinstance(line, SupplierLine):
            found.product_ids[where] = line.product_id
        elif isinstance(line, ActivityLine):
            if line.factor is not None:
                found.factors[where] = line.factor
        else:
            field = f"lines.{index}.product"
            if line.product in path:
                loop = " → ".join((*path[path.index(line.product) :], line.product))
                raise BadInput(f"the products contain each other: {loop}", field=field)
            if line.product not in parts:
                raise BadInput(
                    f"line {where[:200]!r} names the product {line.product[:80]!r}, which is not there",
                    field=field,
                    next_step="Add that product first.",
                )
            _collect(parts[line.product], parts, (*path, line.product), found)
