"""Standards by edition, what takes the place of what, and which of them leads for a product at an instant.

Once a national standard exists for a product, regions stop issuing rules of their own and withdraw those they have
(发改环资〔2023〕1529号); group and industry standards yield to it likewise. A standard for all products, such as
GB/T 24067, is the frame of those and displaces none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carbonbridge.core.agreement import ProductSelector, Relation
from carbonbridge.core.product_code import specificity
from carbonbridge.core.record import StrictRecord, Text
from carbonbridge.core.registers.period import Period
from carbonbridge.core.scheme import Edition, ProductCode, Wording


class StandardLevel(StrEnum):
    """Whose standard it is (标准化法: 团体、地方、行业、国家)."""

    GROUP = "group"
    LOCAL = "local"
    INDUSTRY = "industry"
    NATIONAL = "national"
    INTERNATIONAL = "international"


#: Those that yield to a national standard for the same product.
YIELDING = frozenset({StandardLevel.GROUP, StandardLevel.LOCAL, StandardLevel.INDUSTRY})


class Equivalence(StrictRecord):
    """How the edition relates to another standard, and what is to be said of the difference."""

    to: Edition
    relation: Relation
    note: Wording | None = None


class Standard(Period):
    """A standard in one edition; ``valid_from`` is the day it comes into force (实施日期).

    Attributes:
        supersedes: editions that it takes the place of, also of a lower level: how a group standard became a
            national one stays visible.
        products: what it is for; empty: any product.
    """

    id: Text
    code: Text
    edition: Text
    title: Wording
    level: StandardLevel
    supersedes: tuple[Edition, ...] = ()
    products: tuple[ProductSelector, ...] = ()
    equivalences: tuple[Equivalence, ...] = ()

    @property
    def name(self) -> Edition:
        """Code and edition."""
        return Edition(code=self.code, edition=self.edition)

    def is_for(self, product: Sequence[ProductCode]) -> bool:
        """Whether it is for a product of these classifications; the most specific selector decides."""
        return not self.products or selects(self.products, product)


class Ground(StrEnum):
    """Why a standard does not lead."""

    SUPERSEDED = "superseded"
    NATIONAL = "national"  #: a national standard for the product is in force


@dataclass(frozen=True, slots=True)
class Displaced:
    """A standard in force that does not lead, what leads instead, and why."""

    standard: Standard
    by: Standard
    ground: Ground


@dataclass(frozen=True, slots=True)
class Precedence:
    """The standards in force for a product: those that lead, by level and code, and those displaced."""

    leading: tuple[Standard, ...]
    displaced: tuple[Displaced, ...]


def precedence(standards: Iterable[Standard], product: Sequence[ProductCode], at: datetime) -> Precedence:
    """Which standards lead for a product at an instant.

    Args:
        standards: as the register has them; the order plays no part.
        product: its classifications, any one of which may be selected.
    """
    current = sorted(
        (one for one in standards if one.holds(at) and one.is_for(product)),
        key=lambda one: (_RANK[one.level], one.code, one.edition, one.id),
    )
    leading, displaced = [], []
    for standard in current:
        found = next((one for other in current if (one := _displaces(other, standard))), None)
        if found is None:
            leading.append(standard)
        else:
            displaced.append(found)
    return Precedence(tuple(leading), tuple(displaced))


_RANK = {
    level: rank
    for rank, level in enumerate(
        (
            StandardLevel.NATIONAL,
            StandardLevel.INDUSTRY,
            StandardLevel.LOCAL,
            StandardLevel.GROUP,
            StandardLevel.INTERNATIONAL,
        )
    )
}


def _displaces(one: Standard, other: Standard) -> Displaced | None:
    if other.name in one.supersedes and one.name != other.name:
        return Displaced(other, one, Ground.SUPERSEDED)
    if one.level is StandardLevel.NATIONAL and other.level in YIELDING and one.products and other.products:
        return Displaced(other, one, Ground.NATIONAL)
    return None


def selects(selectors: Sequence[ProductSelector], product: Sequence[ProductCode]) -> bool:
    """Whether selectors include a product; the most specific one decides, exclusion among equals."""
    found = [
        (rank, selector.exclude)
        for selector in selectors
        for code in product
        if code.system == selector.system
        and (rank := specificity(code.code, selector.code, selector.match)) is not None
    ]
    return bool(found) and not max(found)[1]
