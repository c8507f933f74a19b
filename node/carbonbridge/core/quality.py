"""Data quality of a calculation: how much of it is primary, how much certified, how representative.

All averages are weighted by the absolute contribution to ``pcfExcludingBiogenicUptake`` (PACT v3
``primaryDataShare`` and ``dqi``; PACT Methodology, section 4.2). What is not known never flatters: a part
without a primary-data share counts 0 %, a part without ratings counts 5, the worst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Annotated

from pydantic import Field

from carbonbridge.core.quantity import CONTEXT, Sign, parse_decimal
from carbonbridge.core.record import NotNegative, Record, StrictRecord

_WORST = Decimal(5)
_HUNDRED = Decimal(100)
_STEP = Decimal("0.0001")

Rating = Annotated[NotNegative, Field(ge=1, le=5)]


class Ratings(Record):
    """PACT v3 ``DataQualityIndicators``: 1 (best) to 5 (worst)."""

    technological: Rating = Field(alias="technologicalDQR")
    geographical: Rating = Field(alias="geographicalDQR")
    temporal: Rating = Field(alias="temporalDQR")


WORST = Ratings(technological=_WORST, geographical=_WORST, temporal=_WORST)


@dataclass(frozen=True, slots=True)
class Part:
    """One contribution to a footprint.

    Attributes:
        value: kgCO2e, contribution to ``pcfExcludingBiogenicUptake``.
        primary: percent of it that rests on primary data, None if not told.
        ratings: None if not told.
        certified: rests on a supplier's footprint whose certificate is recognised.
    """

    value: Decimal
    primary: Decimal | None = None
    ratings: Ratings | None = None
    certified: bool = False

    def times(self, factor: Decimal) -> Part:
        return replace(self, value=CONTEXT.multiply(self.value, factor))


class Quality(StrictRecord):
    """The averages over all parts; shares in percent, to four decimal places.

    Attributes:
        certified_share: rests on suppliers' footprints with a recognised certificate.
        rated_share: has ratings at all; the rest entered ``dqi`` as 5.
    """

    primary_data_share: NotNegative
    certified_share: NotNegative
    rated_share: NotNegative
    dqi: Ratings


def assess(parts: Iterable[Part]) -> Quality | None:
    """The averages, or None where the parts weigh nothing and an average has no meaning."""
    listed = tuple(parts)
    total = sum((abs(part.value) for part in listed), Decimal(0))
    if not total:
        return None

    def average(quantity: Callable[[Part], Decimal]) -> Decimal:
        with localcontext(CONTEXT):
            weighted = sum((abs(part.value) * quantity(part) for part in listed), Decimal(0))
            return (weighted / total).quantize(_STEP)

    return Quality(
        primary_data_share=average(lambda part: part.primary or Decimal(0)),
        certified_share=average(lambda part: _HUNDRED if part.certified else Decimal(0)),
        rated_share=average(lambda part: _HUNDRED if part.ratings else Decimal(0)),
        dqi=Ratings(
            technological=average(lambda part: (part.ratings or WORST).technological),
            geographical=average(lambda part: (part.ratings or WORST).geographical),
            temporal=average(lambda part: (part.ratings or WORST).temporal),
        ),
    )


def told_by(pcf: Mapping[str, object], *, field: str) -> tuple[Decimal | None, Ratings | None]:
    """Primary-data share (percent) and ratings that a partner's ``pcf`` states.

    Raises:
        BadInput: a negative share, a rating outside 1 to 5, or no decimals; a share above 100 counts as 100.
    """
    share: Decimal | None = None
    if "primaryDataShare" in pcf:
        share = parse_decimal(
            pcf["primaryDataShare"], field=f"{field}.primaryDataShare", sign=Sign.NOT_NEGATIVE
        )
        share = min(share, _HUNDRED)
    ratings = Ratings.read(pcf["dqi"], field=f"{field}.dqi") if "dqi" in pcf else None
    return share, ratings
