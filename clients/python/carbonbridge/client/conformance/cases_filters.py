"""Published cases 20 to 39 of v3: the filters of ListFootprints; values go out unencoded, as in the official suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from carbonbridge.client.conformance.case import Case, Failed, case
from carbonbridge.client.conformance.causes import (
    EMPTY_FILTER,
    HASH,
    HIERARCHY,
    IGNORED_FILTER,
    ONE_BOUND,
    PLUS_BLANK,
    STRICT_FILTER,
)
from carbonbridge.client.conformance.sample import GEOGRAPHIES, Sample, instant, texts, validity
from carbonbridge.client.conformance.target import random_text
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import V3
from carbonbridge.client.conformance.wording import Text, verbatim

_SECTION = "PACT v3.0: Action ListFootprints, filters"

Pairs = list[tuple[str, str]]
Matches = Callable[[Mapping[str, Any]], bool]


def filtered(trial: Trial, pairs: Pairs, matches: Matches, cause: Text | None = None) -> list[dict[str, Any]]:
    """At least one footprint, and only such as match.

    Raises:
        Failed: it is not so.
    """
    answer = trial.query(*pairs)
    must_answer(answer, 200, cause=_cause_of_refusal(pairs, cause))
    data = answer.data
    if not isinstance(data, list) or not data:
        raise Failed(answer.shown(), _cause_of_refusal(pairs, cause))
    wrong = [item for item in data if not isinstance(item, dict) or not matches(item)]
    if wrong:
        name = str(wrong[0].get("id"))[:60] if isinstance(wrong[0], dict) else "?"
        what = f"{len(wrong)} / {len(data)}"
        raise Failed(
            Text(
                f"{what} footprints do not match, the first is {name}", f"{what} 个足迹不匹配，首个为 {name}"
            ),
            cause or IGNORED_FILTER,
        )
    return data


def _cause_of_refusal(pairs: Pairs, cause: Text | None) -> Text | None:
    values = [value for _, value in pairs]
    if any(mark in value for value in values for mark in "#&"):
        return HASH
    if any("+" in value for value in values):
        return PLUS_BLANK
    return EMPTY_FILTER if "" in values else cause


def _whole_if_empty(trial: Trial, name: str, value: str, matches: Matches, cause: Text | None) -> None:
    data = filtered(trial, [(name, value)], matches if value else lambda _: True, cause)
    if not value:
        count, whole = len(data), len(trial.footprints)
        must(
            count == whole,
            Text(f"{count} of {whole} footprints", f"{whole} 个足迹中的 {count} 个"),
            EMPTY_FILTER,
        )


def _filter(
    number: str, what: tuple[str, str], rule: tuple[str, str]
) -> Callable[[Callable[[Trial], None]], Case]:
    return case(
        number,
        (f"Filter by {what[0]}", f"按{what[1]}筛选"),
        expects=(f"status 200 and at least one footprint; {rule[0]}", f"状态码 200，至少一个足迹；{rule[1]}"),
        section=_SECTION,
        mandatory=V3,
    )


@_filter("20", ("productId", "产品编号"), ("every one has the product id", "每个都含该产品编号"))
def by_product(trial: Trial) -> None:
    """The first product id of the first footprint."""
    value = trial.sample.product_ids[0]
    filtered(trial, [("productId", value)], lambda item: value in texts(item, "productIds"))


@_filter("21", ("companyId", "企业编号"), ("every one has the company id", "每个都含该企业编号"))
def by_company(trial: Trial) -> None:
    """The first company id of the first footprint."""
    value = trial.sample.company_ids[0]
    filtered(trial, [("companyId", value)], lambda item: value in texts(item, "companyIds"))


@_filter(
    "22",
    ("geography", "地理范围"),
    (
        "every one has it as country, region or subdivision; without a value all are listed",
        "每个的国家、区域或地区与之相同；空值返回全部",
    ),
)
def by_geography(trial: Trial) -> None:
    """Country, region or subdivision of the first footprint."""
    value = trial.sample.geography
    _whole_if_empty(
        trial,
        "geography",
        value,
        lambda item: value in [Sample(item).pcf.get(name) for name in GEOGRAPHIES],
        HIERARCHY,
    )


@_filter(
    "23",
    ("classification", "分类"),
    ("every one has the classification; without a value all are listed", "每个都含该分类；空值返回全部"),
)
def by_classification(trial: Trial) -> None:
    """The first classification of the first footprint."""
    value = trial.sample.classification
    _whole_if_empty(
        trial, "classification", value, lambda item: value in texts(item, "productClassifications"), None
    )


@_filter("24", ("validOn", "有效时间"), ("each is valid then", "每个在该时刻有效"))
def by_valid_on(trial: Trial) -> None:
    """The first instant of validity of the first footprint."""
    value = trial.sample.valid_on
    when = instant(value)
    if when is None:
        raise Failed(Text("the first footprint has no readable dates", "第一个足迹没有可读的日期"))

    def valid(item: Mapping[str, Any]) -> bool:
        start, end = validity(item)
        return start is not None and end is not None and start <= when <= end

    given = [
        bool(item.get(name))
        for item in trial.footprints
        for name in ("validityPeriodStart", "validityPeriodEnd")
    ]
    uneven = any(given[at] != given[at + 1] for at in range(0, len(given), 2))
    filtered(trial, [("validOn", value)], valid, ONE_BOUND if uneven else None)


@_filter("25", ("validAfter", "生效时间晚于"), ("the validity of each begins later", "每个的有效期此后开始"))
def by_valid_after(trial: Trial) -> None:
    """A day before the validity of the first footprint."""
    value = trial.sample.valid_after
    when = instant(value)

    def later(item: Mapping[str, Any]) -> bool:
        start = instant(item.get("validityPeriodStart")) or instant(
            Sample(item).pcf.get("referencePeriodEnd")
        )
        return start is not None and when is not None and start > when

    filtered(trial, [("validAfter", value)], later)


@_filter("26", ("validBefore", "失效时间早于"), ("the validity of each ends earlier", "每个的有效期此前结束"))
def by_valid_before(trial: Trial) -> None:
    """A day after the validity of the first footprint."""
    value = trial.sample.valid_before
    when = instant(value)

    def earlier(item: Mapping[str, Any]) -> bool:
        end = instant(item.get("validityPeriodEnd")) or validity({"pcf": Sample(item).pcf})[1]
        return end is not None and when is not None and end < when

    filtered(trial, [("validBefore", value)], earlier)


@_filter("27", ("status", "状态"), ("every one has the status", "每个都是该状态"))
def by_status(trial: Trial) -> None:
    """The status of the first footprint."""
    value = trial.sample.status
    filtered(trial, [("status", value)], lambda item: item.get("status") == value)


@_filter("28", ("status and productId", "状态与产品编号"), ("every one matches both", "每个都同时满足"))
def by_status_and_product(trial: Trial) -> None:
    """Both of the first footprint."""
    status, product = trial.sample.status, trial.sample.product_ids[0]
    filtered(
        trial,
        [("status", status), ("productId", product)],
        lambda item: item.get("status") == status and product in texts(item, "productIds"),
    )


@_filter(
    "29",
    ("companyId three times: OR logic", "三个企业编号：或逻辑"),
    ("every one has the company id that exists", "每个都含其中真实的企业编号"),
)
def by_companies(trial: Trial) -> None:
    """Two of the three are random, and no URNs."""
    value = trial.sample.company_ids[0]
    pairs = [("companyId", name) for name in (value, random_text(8), random_text(8))]
    filtered(trial, pairs, lambda item: value in texts(item, "companyIds"), STRICT_FILTER)


def _nothing(number: str, what: tuple[str, str], pairs: Callable[[Sample], Pairs]) -> Case:
    @case(
        number,
        (f"Filter by {what[0]}, nothing matches", f"按{what[1]}筛选，无匹配"),
        expects=('status 200 and {"data": []}', '状态码 200，且为 {"data": []}'),
        section=_SECTION,
        mandatory=V3,
    )
    def nothing(trial: Trial) -> None:
        """A value that no footprint can have."""
        answer = trial.query(*pairs(trial.sample))
        must_answer(answer, 200, cause=STRICT_FILTER)
        data = answer.data
        must(isinstance(data, list), answer.shown)
        must(not data, lambda: verbatim(f"{len(data)} footprints / {len(data)} 个足迹"), IGNORED_FILTER)

    return nothing


def _bogus(kind: str) -> str:
    return f"urn:bogus:{kind}:{random_text(16)}"


_PAST, _FUTURE = "1900-01-01T00:00:00Z", "2099-01-01T00:00:00Z"

no_product = _nothing("30", ("productId", "产品编号"), lambda _: [("productId", _bogus("product"))])
no_company = _nothing("31", ("companyId", "企业编号"), lambda _: [("companyId", _bogus("company"))])
no_geography = _nothing("32", ("geography", "地理范围"), lambda _: [("geography", "XX")])
no_classification = _nothing(
    "33", ("classification", "分类"), lambda _: [("classification", _bogus("classification"))]
)
never_valid = _nothing("34", ("validOn", "有效时间"), lambda _: [("validOn", _PAST)])
never_after = _nothing("35", ("validAfter", "生效时间晚于"), lambda _: [("validAfter", _FUTURE)])
never_before = _nothing("36", ("validBefore", "失效时间早于"), lambda _: [("validBefore", _PAST)])
no_status = _nothing("37", ("status", "状态"), lambda _: [("status", f"BogusStatus{random_text(8)}")])
not_both = _nothing(
    "38",
    ("status and productId", "状态与产品编号"),
    lambda sample: [("status", sample.status), ("productId", _bogus("product"))],
)
neither = _nothing(
    "39",
    ("companyId three times", "三个企业编号"),
    lambda _: [("companyId", random_text(8)) for _ in range(3)],
)
