"""Specific embedded emissions (SEE), direct and indirect apart, recursive over precursors.

Implementing Regulation (EU) 2025/2547, Annex III point B, equations 59 to 63; t CO2e per t of good.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from carbonbridge.core.cbam import Dataset, DefaultValue, Good, Precursor
from carbonbridge.core.errors import BadInput
from carbonbridge.core.quantity import CONTEXT

#: Aggregated goods categories, and whether their indirect emissions count. They do not for Annex II of
#: Regulation (EU) 2023/956: aluminium, hydrogen, iron and steel without sintered ore.
INDIRECT_COUNTS = {
    "Calcined clay": True,
    "Cement clinker": True,
    "Cement": True,
    "Aluminous cement": True,
    "Nitric acid": True,
    "Ammonia": True,
    "Urea": True,
    "Mixed fertilisers": True,
    "Sintered ore": True,
    "Hydrogen": False,
    "Pig iron": False,
    "FeMn": False,
    "FeCr": False,
    "FeNi": False,
    "DRI": False,
    "Crude steel": False,
    "Iron or steel products": False,
    "Unwrought aluminium": False,
    "Aluminium products": False,
}
_FERTILISERS = frozenset({"Nitric acid", "Ammonia", "Urea", "Mixed fertilisers"})

#: Precursors made here carry none: the Union, and Annex III of Regulation (EU) 2023/956.
_EXEMPT = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK CH IS LI NO"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Specific embedded emissions of one good, t CO2e/t.

    Attributes:
        direct: always counts.
        indirect: of the whole chain, for information.
        indirect_counted: the part that counts (see :data:`INDIRECT_COUNTS`), the precursors' included.
        direct_by_default: the part of ``direct`` that rests on default values of precursors.
        indirect_by_default: likewise of ``indirect``, default electricity factors included.
    """

    direct: Decimal
    indirect: Decimal
    indirect_counted: Decimal
    direct_by_default: Decimal
    indirect_by_default: Decimal

    def times(self, ratio: Decimal) -> Embedded:
        return Embedded(*(CONTEXT.multiply(value, ratio) for value in self._values()))

    def plus(self, other: Embedded) -> Embedded:
        return Embedded(*(CONTEXT.add(a, b) for a, b in zip(self._values(), other._values(), strict=True)))

    def floored(self) -> Embedded:
        """A negative result counts as zero."""
        return Embedded(*(max(value, Decimal(0)) for value in self._values()))

    def _values(self) -> tuple[Decimal, ...]:
        return (
            self.direct,
            self.indirect,
            self.indirect_counted,
            self.direct_by_default,
            self.indirect_by_default,
        )


NOTHING = Embedded(*(Decimal(0),) * 5)


def embedded(dataset: Dataset, good_id: str, *, import_year: int) -> Embedded:
    """SEE of a good of the data set.

    Args:
        import_year: calendar year of the import, which sets the mark-up on default values.

    Raises:
        BadInput: no such good, an unknown category, or goods that contain each other in a loop.
    """
    return _of_good(dataset, find_good(dataset, good_id), import_year, ())


def own_process(good: Good) -> Embedded:
    """Emissions of the good's own process per tonne (ae_g, equation 63)."""
    counts = indirect_counts(good.category)
    with localcontext(CONTEXT):
        direct = sum((stream.tonnes for stream in good.direct), Decimal(0)) / good.activity_level
        used = good.electricity
        indirect = used.mwh * used.factor / good.activity_level if used else Decimal(0)
        by_default = indirect if used and used.factor_is_default else Decimal(0)
    return Embedded(direct, indirect, indirect if counts else Decimal(0), Decimal(0), by_default)


def mass_ratio(good: Good, precursor: Precursor) -> Decimal:
    """m_i: tonnes of precursor per tonne of good (equation 61)."""
    return CONTEXT.divide(precursor.tonnes, good.activity_level)


def embedded_in_precursor(
    dataset: Dataset, precursor: Precursor, *, import_year: int, path: tuple[str, ...] = ()
) -> Embedded:
    """SEE of one tonne of a precursor: nothing from the Union, else as reported, calculated or by default."""
    if is_exempt(precursor):
        return NOTHING
    if precursor.good is not None:
        return _of_good(dataset, find_good(dataset, precursor.good), import_year, path)
    counts = indirect_counts(precursor.category)
    if precursor.actual is not None:
        direct, indirect = precursor.actual.direct, precursor.actual.indirect
        return Embedded(direct, indirect, indirect if counts else Decimal(0), Decimal(0), Decimal(0))
    if precursor.default is None:
        raise BadInput("needs exactly one of good, actual and default", field=precursor.id)
    direct, indirect = marked_up(precursor.default, precursor.category, import_year)
    return Embedded(direct, indirect, indirect if counts else Decimal(0), direct, indirect)


def marked_up(value: DefaultValue, category: str, import_year: int) -> tuple[Decimal, Decimal]:
    """A default value with its mark-up (Implementing Regulation (EU) 2025/2621), direct and indirect.

    10 % for imports of 2026, 20 % for 2027, 30 % from 2028; fertilisers always 1 %.
    """
    if import_year < 2026:
        raise BadInput("default values with mark-up begin in 2026", field="importYear")
    percent = 1 if category in _FERTILISERS else {2026: 10, 2027: 20}.get(import_year, 30)
    with localcontext(CONTEXT):
        factor = Decimal(100 + percent) / 100
        return value.direct * factor, (value.indirect or Decimal(0)) * factor


def is_exempt(precursor: Precursor) -> bool:
    """Made where the carbon price is paid already: the mass is told, the emissions count zero."""
    return precursor.country in _EXEMPT.split()


def indirect_counts(category: str) -> bool:
    """Whether indirect emissions of the category count."""
    try:
        return INDIRECT_COUNTS[category]
    except KeyError:
        known = ", ".join(INDIRECT_COUNTS)
        raise BadInput(
            f"unknown goods category {category[:80]!r}; known: {known}", field="category"
        ) from None


def find_good(dataset: Dataset, good_id: str) -> Good:
    """The good of that id.

    Raises:
        BadInput: there is none.
    """
    for good in dataset.goods:
        if good.id == good_id:
            return good
    raise BadInput(f"the data set has no good {good_id[:80]!r}", field="good")


def _of_good(dataset: Dataset, good: Good, import_year: int, path: tuple[str, ...]) -> Embedded:
    if good.id in path:
        raise BadInput(f"the goods contain each other: {' → '.join((*path, good.id))}", field="precursors")
    total = own_process(good)
    for precursor in good.precursors:
        part = embedded_in_precursor(dataset, precursor, import_year=import_year, path=(*path, good.id))
        total = total.plus(part.times(mass_ratio(good, precursor)))
    return total.floored()
