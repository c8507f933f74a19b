"""The operator's summary for declarants (Implementing Regulation (EU) 2025/2547, Annex IV 1.2), and its gaps.

Beside the items of the Annex it tells each precursor's mass per tonne, which the next operator needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

from carbonbridge.core.cbam import Dataset, Good, Precursor
from carbonbridge.core.embedded import (
    Embedded,
    embedded,
    embedded_in_precursor,
    find_good,
    indirect_counts,
    is_exempt,
    mass_ratio,
    own_process,
)
from carbonbridge.core.gap import Gap
from carbonbridge.core.quantity import CONTEXT, format_decimal, round_significant
from carbonbridge.core.record import StrictRecord

_UNIT = "t CO2e per t"
_DIGITS = 9

#: Categories without sector parameters (Annex IV, point 2).
_NO_PARAMETERS = frozenset(
    {"Calcined clay", "Cement clinker", "Aluminous cement", "Hydrogen", "Sintered ore"}
)


class OperatorSummary(StrictRecord):
    """The answer for one good, in JSON form with decimals as text, and what is missing in it."""

    answer: dict[str, Any]
    gaps: tuple[Gap, ...]


def operator_summary(dataset: Dataset, good_id: str, *, import_year: int) -> OperatorSummary:
    """Summarise one good of an installation's data set. Same input, same result.

    Args:
        import_year: calendar year of the import, which sets the mark-up on default values.

    Raises:
        BadInput: no such good, an unknown category, goods that contain each other, or a year before 2026.
    """
    good = find_good(dataset, good_id)
    total = embedded(dataset, good_id, import_year=import_year)
    answer = {
        "view": "summary",
        "operator": dataset.operator.document(),
        "installation": dataset.installation.document(),
        "period": dataset.period.document(),
        "importYear": import_year,
        "good": {"name": good.name, "cn": good.cn, "category": good.category, "route": good.route},
        "see": _see(good, total),
        "precursors": [_precursor(dataset, good, item, import_year) for item in good.precursors],
        "sectorParameters": good.sector_parameters,
    }
    if good.verification:
        answer["verification"] = good.verification.document()
    return OperatorSummary(answer=answer, gaps=tuple(_gaps(dataset, good)))


def _see(good: Good, total: Embedded) -> dict[str, Any]:
    own = own_process(good)
    see: dict[str, Any] = {
        "unit": _UNIT,
        "direct": _text(total.direct),
        "indirect": _text(total.indirect),
        "indirectCounts": indirect_counts(good.category),
        "indirectCounted": _text(total.indirect_counted),
        "ownProcess": {"direct": _text(own.direct), "indirect": _text(own.indirect)},
        "shareDefaultDirect": _percent(total.direct_by_default, total.direct),
        "shareDefaultIndirect": _percent(total.indirect_by_default, total.indirect),
    }
    if good.electricity:
        used = good.electricity
        see["electricity"] = {
            "mwhPerTonne": _text(CONTEXT.divide(used.mwh, good.activity_level)),
            "factor": format_decimal(used.factor),
            "factorUnit": "t CO2e per MWh",
            "factorSource": used.factor_source,
            "factorIsDefault": used.factor_is_default,
            "source": used.source.value,
        }
    return see


def _precursor(dataset: Dataset, good: Good, precursor: Precursor, import_year: int) -> dict[str, Any]:
    see = embedded_in_precursor(dataset, precursor, import_year=import_year)
    document: dict[str, Any] = {
        "name": precursor.name,
        "cn": precursor.cn,
        "category": precursor.category,
        "country": precursor.country,
        "massRatio": _text(mass_ratio(good, precursor)),
        "seeDirect": _text(see.direct),
        "seeIndirect": _text(see.indirect),
        "valueType": _value_type(precursor),
    }
    if precursor.good is not None:
        document["installation"] = dataset.installation.name
    if precursor.actual is not None:
        told = precursor.actual.document()
        document |= {name: told[name] for name in ("operator", "installation", "period")}
        if precursor.actual.verification:
            document["verificationReportId"] = precursor.actual.verification.report_id
    if precursor.default is not None:
        document["source"] = precursor.default.source
    return document


def _value_type(precursor: Precursor) -> str:
    if is_exempt(precursor):
        return "exempt"
    return "actual" if precursor.default is None else "default"


def _text(value: Decimal) -> str:
    return format_decimal(round_significant(value, _DIGITS))


def _percent(part: Decimal, whole: Decimal) -> str:
    with localcontext(CONTEXT):
        return format_decimal((part * 100 / whole).quantize(Decimal("0.01"))) if whole else "0"


def _gaps(dataset: Dataset, good: Good) -> Iterator[Gap]:
    place = dataset.installation
    if place.registry_id is None:
        yield Gap(field="installation.registryId", why="not registered, or not told", who="the operator")
    if place.unlocode is None:
        yield Gap(field="installation.unlocode", why="not told (item 2)", who="the operator")
    if place.latitude is None or place.longitude is None:
        yield Gap(field="installation.latitude", why="no coordinates (item 2)", who="the operator")
    if len(good.cn) < 8:
        yield Gap(field="good.cn", why="a declaration needs eight digits", who="the operator")
    if good.verification is None:
        yield Gap(
            field="verification",
            why="without a report of an accredited verifier a declarant may not use the values as actual",
            who="a verifier accredited by a national accreditation body of the Union or the EEA",
        )
    if not good.sector_parameters and good.category not in _NO_PARAMETERS:
        yield Gap(field="sectorParameters", why="none given (Annex IV, point 2)", who="the operator")
    if good.electricity is None:
        yield Gap(field="see.electricity", why="no electricity data (item 4)", who="the operator")
    elif good.electricity.factor_is_default:
        yield Gap(
            field="see.electricity.factor",
            why="a default factor: actual needs a direct technical link or a power purchase agreement",
            who="the operator",
        )
    for index, precursor in enumerate(good.precursors):
        yield from _gaps_of(precursor, f"precursors.{index}")
    yield Gap(
        field="sefa",
        why="specific embedded free allocation is not calculated: it needs the benchmarks of 2025/2620",
        who="the operator",
    )
    yield Gap(field="carbonPricePaid", why="no evidence of a carbon price paid", who="the operator")


def _gaps_of(precursor: Precursor, field: str) -> Iterator[Gap]:
    if is_exempt(precursor):
        return
    if precursor.default is not None:
        yield Gap(
            field=f"{field}.seeDirect",
            why=f"{precursor.name}: a default value with mark-up stands for the actual one",
            who="the operator who made it",
        )
        if precursor.default.indirect is None:
            yield Gap(
                field=f"{field}.seeIndirect",
                why=f"{precursor.name}: the default value tells no indirect emissions; none are included",
                who="the operator who made it",
            )
    if precursor.actual is not None and precursor.actual.verification is None:
        yield Gap(
            field=f"{field}.verificationReportId",
            why=f"{precursor.name}: the actual value is not verified",
            who=precursor.actual.operator,
        )
