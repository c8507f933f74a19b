"""A calculation: the footprint that a roll-up gives, with its lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any

from carbonbridge.core.factor import Names
from carbonbridge.core.instant import format_instant
from carbonbridge.core.inventory import EXCLUDING
from carbonbridge.core.lineage import Lineage
from carbonbridge.core.product import Product
from carbonbridge.core.quality import Quality, assess
from carbonbridge.core.quantity import CONTEXT, format_decimal
from carbonbridge.core.record import AnyDecimal, StrictRecord
from carbonbridge.core.rollup import Inputs, Total, roll_up

SPEC_VERSION = "3.0.3"

#: PACT v3: a footprint is valid for at most three years after its reference period.
_VALID_YEARS = 3


@dataclass(frozen=True, slots=True)
class Issue:
    """What a footprint needs beside its figures.

    Attributes:
        id: UUID of the new footprint.
        created: aware.
        company_ids: URNs of the maker.
        preceding: ids of the footprints that the new one replaces.
    """

    id: str
    created: datetime
    company_name: str
    company_ids: Sequence[str]
    preceding: Sequence[str] = ()


class Figure(StrictRecord):
    """The footprint counted in another unit: ``value`` kgCO2e per ``unit``."""

    unit: str
    name: Names
    value: AnyDecimal


class Calculation(StrictRecord):
    """The result.

    Attributes:
        footprint: PACT v3 ``ProductFootprint``, JSON form.
        lineage: per declared unit, with shares.
        quality: None where the footprint is zero.
        figures: the footprint in the units of the product's ``display``.
    """

    footprint: dict[str, Any]
    lineage: Lineage
    quality: Quality | None = None
    figures: tuple[Figure, ...] = ()


def calculate(product: Product, inputs: Inputs, issue: Issue) -> Calculation:
    """Calculate a product's footprint. Same input, same result.

    Raises:
        BadInput: see :func:`.rollup.roll_up`.
    """
    total = roll_up(product, inputs)
    quality = assess(total.parts)
    return Calculation(
        footprint=_footprint(product, total, quality, issue),
        lineage=total.lineage.with_shares(),
        quality=quality,
        figures=_figures(product, total.inventory.get(EXCLUDING)),
    )


def _figures(product: Product, value: Decimal) -> tuple[Figure, ...]:
    with localcontext(CONTEXT):
        return tuple(
            Figure(unit=other.unit, name=other.name, value=value * other.declared_units / other.amount)
            for other in product.display
        )


def _footprint(product: Product, total: Total, quality: Quality | None, issue: Issue) -> dict[str, Any]:
    end = product.reference_period_end
    pcf = _stated(product) | total.inventory.document() | _derived(total, quality)
    document: dict[str, Any] = {
        "id": issue.id,
        "specVersion": SPEC_VERSION,
        "precedingPfIds": list(issue.preceding),
        "created": format_instant(issue.created),
        "status": "Active",
        "validityPeriodStart": format_instant(end),
        "validityPeriodEnd": format_instant(_years_later(end, _VALID_YEARS)),
        "companyName": issue.company_name,
        "companyIds": list(issue.company_ids),
        "productDescription": product.product_description,
        "productIds": list(product.product_ids),
        "productClassifications": list(product.product_classifications),
        "productNameCompany": product.product_name_company,
        "comment": product.comment,
        "pcf": _present(pcf),
    }
    return _present(document)


_STATED = (
    "declared_unit_of_measurement",
    "declared_unit_amount",
    "product_mass_per_declared_unit",
    "reference_period_start",
    "reference_period_end",
    "geography_region_or_subregion",
    "geography_country",
    "geography_country_subdivision",
    "boundary_processes_description",
    "cross_sectoral_standards",
    "exempted_emissions_percent",
    "exempted_emissions_description",
    "allocation_rules_description",
    "fossil_carbon_content",
    "biogenic_carbon_content",
    "recycled_carbon_content",
)


def _stated(product: Product) -> dict[str, Any]:
    """What the maker states goes into the ``pcf`` under the same names."""
    return product.model_dump(mode="json", include=set(_STATED), exclude_none=True)


def _derived(total: Total, quality: Quality | None) -> dict[str, Any]:
    packaged = total.packaging is not None
    return {
        "packagingEmissionsIncluded": packaged,
        "packagingGhgEmissions": None if total.packaging is None else format_decimal(total.packaging),
        "ccsTechnologicalCO2CaptureIncluded": "ccsTechnologicalCO2Capture" in total.inventory.amounts,
        "ipccCharacterizationFactors": sorted(total.assessments),
        "secondaryEmissionFactorSources": [
            source.document() for source in sorted(total.sources, key=lambda item: (item.name, item.version))
        ],
        "primaryDataShare": format_decimal(quality.primary_data_share) if quality else None,
        "dqi": quality.dqi.document() if quality else None,
    }


def _present(document: dict[str, Any]) -> dict[str, Any]:
    """PACT v3 leaves out what is undefined: no nulls, no empty lists."""
    return {name: value for name, value in document.items() if value is not None and value != []}


def _years_later(when: datetime, years: int) -> datetime:
    """29 February has its anniversary on 28 February: never later than allowed."""
    day = 28 if (when.month, when.day) == (2, 29) else when.day
    return when.replace(year=when.year + years, day=day)
