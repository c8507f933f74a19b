"""The stricter set, S-01 to S-08: the data, as the specification means them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from carbonbridge.client.conformance.bodies import faults, must_be_sound
from carbonbridge.client.conformance.case import strict
from carbonbridge.client.conformance.causes import NULLS, PLUS_BLANK, REGEX
from carbonbridge.client.conformance.sample import GEOGRAPHIES, Sample, default_validity, instant
from carbonbridge.client.conformance.shape import Fault, Rule
from carbonbridge.client.conformance.trial import Trial
from carbonbridge.client.conformance.version import V3
from carbonbridge.client.conformance.wording import Text
from carbonbridge.core.document import write_json

_MODEL = "PACT: Data Model, basic types"


def _check(trial: Trial, *rules: Rule, cause: Text | None = None) -> None:
    must_be_sound(faults(trial.pact, trial.footprints, rules), cause)


@strict(
    "01",
    ("Decimals are plain decimals", "十进制数为普通写法"),
    expects=(
        "digits with at most a sign and a point, as a JSON string",
        "仅含数字及可选的符号与小数点的 JSON 字符串",
    ),
    section=_MODEL,
)
def decimals(trial: Trial) -> None:
    """The official suite takes any text."""
    _check(trial, Rule.DECIMAL, Rule.NUMBER, cause=REGEX)


@strict(
    "02",
    ("Decimals have the sign of their field", "十进制数的符号符合字段要求"),
    expects=("amounts > 0, emissions ≥ 0, uptake and removals ≤ 0", "数量为正，排放非负，吸收与移除非正"),
    section="PACT: Data Model, CarbonFootprint",
)
def signs(trial: Trial) -> None:
    """Emissions, removals, amounts."""
    _check(trial, Rule.SIGN, cause=REGEX)


@strict(
    "03",
    ("Ratings and percentages are in their range", "评级与百分比在取值范围内"),
    expects=(
        "data quality ratings from 1 to 5 (v2: 1 to 3), percentages from 0 to 100",
        "数据质量评级 1–5（v2 为 1–3），百分比 0–100",
    ),
    section="PACT: Data Model, DataQualityIndicators",
)
def ranges(trial: Trial) -> None:
    """DQR, primary data share, exempted emissions."""
    _check(trial, Rule.RANGE)


@strict(
    "04",
    ("Nothing is null and no array is empty", "没有 null，也没有空数组"),
    expects=("what has no value is left out", "没有值的内容应省略"),
    section="PACT: Undefined properties",
)
def nothing_empty(trial: Trial) -> None:
    """PACT's own members; what an extension holds is its own affair."""
    _check(trial, Rule.NULL, Rule.EMPTY, cause=NULLS)


@strict(
    "05",
    ("URNs are URNs", "URN 语法正确"),
    expects=(
        "urn:, a namespace of 2 to 32 characters, a name without blanks",
        "urn:、2–32 字符的命名空间、不含空白的名称",
    ),
    section="RFC 8141; PACT: Product Identification",
)
def urns(trial: Trial) -> None:
    """Company, product and classification."""
    _check(trial, Rule.URN)


@strict(
    "06",
    ("Dates are in UTC with Z", "日期为以 Z 结尾的 UTC"),
    expects=("RFC 3339 with Z in place of +00:00", "RFC 3339，以 Z 代替 +00:00"),
    section="PACT: Data Model, DateTime",
)
def dates(trial: Trial) -> None:
    """Offsets break queries that do not encode the plus."""
    _check(trial, Rule.DATE, cause=PLUS_BLANK)


@strict(
    "07",
    ("Validity lies where it may", "有效期合乎规定"),
    expects=(
        "start before end, both or none; start not before, end not later than three years after the reference period",
        "先始后终、同给或同缺；不早于参考期末，不晚于其后三年",
    ),
    section="PACT: Validity Period",
)
def validity_window(trial: Trial) -> None:
    """And the reference period is one."""
    must_be_sound(
        Fault(f"data[{index}].{name}", what, Rule.DATE)
        for index, document in enumerate(trial.footprints)
        for name, what in _periods(document)
    )


def _periods(document: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    pcf = Sample(document).pcf
    begin, end = instant(pcf.get("referencePeriodStart")), instant(pcf.get("referencePeriodEnd"))
    if begin and end and begin >= end:
        yield "pcf.referencePeriodEnd", Text("is not after its start", "不晚于其开始")
    start, stop = instant(document.get("validityPeriodStart")), instant(document.get("validityPeriodEnd"))
    if (start is None) != (stop is None):
        yield "validityPeriod", Text("has one bound only", "只有一个端点")
    if start and stop and start >= stop:
        yield "validityPeriodEnd", Text("is not after its start", "不晚于其开始")
    yield from _window(start, stop, *default_validity(document))


def _window(
    start: datetime | None, stop: datetime | None, first: datetime | None, last: datetime | None
) -> Iterator[tuple[str, Text]]:
    if start and first and start < first:
        yield "validityPeriodStart", Text("lies before the end of the reference period", "早于参考期末")
    if stop and last and stop > last:
        yield (
            "validityPeriodEnd",
            Text("lies more than three years after the reference period", "晚于参考期末三年"),
        )


@strict(
    "08",
    ("What excludes each other is not there together", "互斥的内容不同时出现"),
    expects=(
        "at most one geography; no packaging or capture figures where they are said not to be included",
        "至多一个地理字段；声明未包含包装或捕集时不给出其数值",
    ),
    section="PACT v3.0: Data Model, CarbonFootprint",
    versions=V3,
)
def exclusions(trial: Trial) -> None:
    """Geography, packaging, capture; the sum identity is informative, so that it is a warning."""
    must_be_sound(
        Fault(f"data[{index}].pcf.{name}", what, Rule.SCHEMA)
        for index, document in enumerate(trial.footprints)
        for name, what in _excluded(Sample(document).pcf)
    )
    broken = sum(1 for document in trial.footprints if not _adds_up(Sample(document).pcf))
    if broken:
        trial.warn(
            f"in {broken} footprints the parts do not add up to pcfExcludingBiogenicUptake",
            f"{broken} 个足迹的分项之和不等于 pcfExcludingBiogenicUptake",
        )


_CAPTURE = ("ccsTechnologicalCO2Capture", "technologicalCO2CaptureOrigin", "technologicalCO2Removals")


def _excluded(pcf: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    given = [name for name in GEOGRAPHIES if name in pcf]
    if len(given) > 1:
        yield given[1], Text(f"stands beside {given[0]}", f"与 {given[0]} 并存")
    if pcf.get("packagingEmissionsIncluded") is False and "packagingGhgEmissions" in pcf:
        yield "packagingGhgEmissions", Text("is given though packaging is not included", "未含包装却给出数值")
    if pcf.get("ccsTechnologicalCO2CaptureIncluded") is False:
        for name in _CAPTURE:
            if name in pcf:
                yield name, Text("is given though capture is not included", "未含捕集却给出数值")


_PARTS = (
    "fossilGhgEmissions",
    "landUseChangeGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
    "technologicalCO2Removals",
    "ccsTechnologicalCO2Capture",
    "biogenicNonCO2Emissions",
)


def _adds_up(pcf: Mapping[str, Any]) -> bool:
    try:
        parts = sum((Decimal(str(pcf.get(name, "0"))) for name in _PARTS), Decimal(0))
        return parts == Decimal(str(pcf.get("pcfExcludingBiogenicUptake")))
    except InvalidOperation:
        return True  # another case's fault


def same(one: object, other: object) -> bool:
    """Whether two JSON values say the same, whatever the order of members."""
    return _sorted(one) == _sorted(other)


def _sorted(value: object) -> bytes:
    if isinstance(value, dict):
        return write_json({name: _sorted(value[name]).decode() for name in sorted(value)})
    if isinstance(value, list):
        return write_json([_sorted(item).decode() for item in value])
    return write_json(value)
