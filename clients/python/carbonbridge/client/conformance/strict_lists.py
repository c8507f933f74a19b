"""The stricter set, S-09 to S-18: List, Get, pages and filters."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any
from urllib.parse import urljoin

from carbonbridge.client.conformance.case import Failed, Inapplicable, strict
from carbonbridge.client.conformance.causes import (
    ASYMMETRY,
    LETTER_CASE,
    LINK_FILTERS,
    LINK_LIMIT,
    PLUS_BLANK,
    RELATIVE_LINK,
    UNSTABLE,
)
from carbonbridge.client.conformance.probe import Received
from carbonbridge.client.conformance.sample import instant
from carbonbridge.client.conformance.strict_data import same
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import V3
from carbonbridge.client.conformance.wording import Text, verbatim
from carbonbridge.core.link import next_link

_LIST = "PACT: Action ListFootprints"
_PAGES = "PACT: Pagination"
_FILTERS = "PACT v3.0: Action ListFootprints, filters"

#: A host may have many footprints: so many are looked at one by one, so many pages are turned.
_MOST_GETS = 20
_MOST_PAGES = 20


def pages(trial: Trial, query: str) -> tuple[list[list[dict[str, Any]]], bool]:
    """The pages of a listing, and whether the last one was reached."""
    url = f"{trial.root}/footprints?{query}"
    found: list[list[dict[str, Any]]] = []
    while len(found) < _MOST_PAGES:
        answer = trial.get(url)
        found.append(trial.page(answer))
        following = _following(trial, url, answer)
        if following is None:
            return found, True
        url = following
    return found, False


def _following(trial: Trial, url: str, answer: Received) -> str | None:
    target = next_link(answer.headers.get("link", ""))
    if target is None:
        return None
    must(target.startswith(trial.target.base_url + "/"), verbatim(f"Link: {target[:300]}"), RELATIVE_LINK)
    return urljoin(url, target)


def ids(footprints: list[dict[str, Any]]) -> list[str]:
    """The ids of footprints, in their order."""
    return [str(item.get("id")) for item in footprints]


@strict(
    "09",
    ("GetFootprint returns what ListFootprints lists", "GetFootprint 与 ListFootprints 一致"),
    expects=(
        "each footprint of the listing alone, with the same content",
        "列表中每个足迹可单独获取，且内容相同",
    ),
    section=_LIST,
)
def symmetry(trial: Trial) -> None:
    """The first of them."""
    for document in trial.footprints[:_MOST_GETS]:
        answer = trial.get(f"/footprints/{document.get('id')}")
        must_answer(answer, 200, cause=ASYMMETRY)
        name = str(document.get("id"))[:60]
        must(same(answer.data, document), Text(f"{name} differs", f"{name} 不一致"), ASYMMETRY)


@strict(
    "10",
    ("limit holds on every page", "每一页都遵守 limit"),
    expects=("never more footprints than limit says", "足迹数从不超过 limit"),
    section=_PAGES,
)
def limit(trial: Trial) -> None:
    """``limit=1`` to the last page."""
    found, _ = pages(trial, "limit=1")
    longest = max(len(page) for page in found)
    must(longest <= 1, Text(f"a page of {longest}", f"某页有 {longest} 个"), LINK_LIMIT)


@strict(
    "11",
    ("The pages together are the listing", "各页合起来即为完整列表"),
    expects=(
        "every footprint once, in a stable order, and no link after the last page",
        "每个足迹出现一次、顺序稳定、末页无链接",
    ),
    section=_PAGES,
)
def complete(trial: Trial) -> None:
    """``limit=1``, twice."""
    runs = [pages(trial, "limit=1") for _ in range(2)]
    first, second = ([name for page in found for name in ids(page)] for found, _ in runs)
    must(first == second, Text("another order the second time", "第二次的顺序不同"), UNSTABLE)
    must(len(set(first)) == len(first), Text("a footprint twice", "有足迹重复出现"), UNSTABLE)
    whole = ids(trial.footprints)
    if all(ended for _, ended in runs):
        missing = [name for name in whole if name not in first]
        must(
            not missing,
            Text(f"{len(missing)} footprints are missing", f"缺少 {len(missing)} 个足迹"),
            UNSTABLE,
        )


@strict(
    "12",
    ("A link can be followed twice", "链接可重复使用"),
    expects=("the same page both times", "两次得到同一页"),
    section=_PAGES,
)
def repeatable(trial: Trial) -> None:
    """Links are good for at least 180 seconds."""
    target = _following(trial, f"{trial.root}/footprints", trial.get("/footprints?limit=1"))
    if target is None:
        raise Inapplicable(Text("the host gives no link", "主机未给出链接"))
    first, second = (trial.get(target) for _ in range(2))
    must_answer(first, 200)
    must_answer(second, 200, cause=UNSTABLE)
    must(same(first.data, second.data), Text("another page the second time", "第二次是另一页"), UNSTABLE)


@strict(
    "13",
    ("Links keep the filters", "链接保留筛选条件"),
    expects=("on every page only what matches", "每一页都只有匹配的足迹"),
    section=_PAGES,
    versions=V3,
)
def filters_in_links(trial: Trial) -> None:
    """Two products out of more, one a page."""
    chosen = _two_of_more(trial)
    query = "&".join(f"productId={name}" for name in chosen)
    found, ended = pages(trial, f"{query}&limit=1")
    for page in found:
        for item in page:
            held = bool(set(chosen) & set(item.get("productIds", ())))
            must(held, Text(f"{item.get('id')} does not match", f"{item.get('id')} 不匹配"), LINK_FILTERS)
    must(ended and len(found) >= 2, Text(f"{len(found)} pages", f"{len(found)} 页"), LINK_FILTERS)


def _two_of_more(trial: Trial) -> list[str]:
    """Two product ids that do not select everything, fit for a query as they are."""
    plain = [
        name
        for item in trial.footprints
        for name in [*item.get("productIds", ())][:1]
        if isinstance(name, str) and not set(name) & set("#&+% ")
    ]
    chosen = list(dict.fromkeys(plain))[:2]
    others = [item for item in trial.footprints if not set(chosen) & set(item.get("productIds", ()))]
    if len(chosen) < 2 or not others:
        raise Inapplicable(
            Text("three footprints of different products are needed", "需要三个不同产品的足迹")
        )
    return chosen


@strict(
    "14",
    ("limit is read as a number", "limit 按数字解析"),
    expects=(
        "limit=0 gives no footprint, a large one all; -1 and x are refused with 400",
        "limit=0 无足迹，大值给全部；-1 与 x 返回 400",
    ),
    section=_LIST,
)
def limits(trial: Trial) -> None:
    """The borders."""
    none = trial.listed(("limit", "0"))
    must(not none, Text(f"{len(none)} footprints for limit=0", f"limit=0 返回 {len(none)} 个足迹"))
    some = trial.listed(("limit", "100000"))
    must(bool(some), Text("no footprint for a large limit", "limit 很大时没有足迹"))
    for wrong in ("-1", "x"):
        must_answer(trial.query(("limit", wrong)), 400)


@strict(
    "15",
    ("Filter values in any letter case", "筛选取值不区分大小写"),
    expects=("the same footprints in upper and lower case", "大小写写法得到相同足迹"),
    section=_FILTERS,
    versions=V3,
)
def letter_case_of_values(trial: Trial) -> None:
    """Product, company, classification, geography, status."""
    sample = trial.sample
    values = {
        "productId": sample.product_ids[0],
        "companyId": sample.company_ids[0],
        "classification": sample.classification,
        "geography": sample.geography,
        "status": sample.status,
    }
    for name, value in values.items():
        if value:
            _same_listing(trial, name, value, name, value.swapcase())


@strict(
    "16",
    ("Filter names in any letter case", "筛选参数名不区分大小写"),
    expects=(
        "productid, validon … do what productId, validOn … do",
        "productid、validon 等同于 productId、validOn",
    ),
    section=_FILTERS + " (the prose has both)",
    versions=V3,
)
def letter_case_of_names(trial: Trial) -> None:
    """The specification's own examples differ."""
    _same_listing(trial, "productId", trial.sample.product_ids[0], "productid", trial.sample.product_ids[0])
    if trial.sample.valid_on:
        _same_listing(trial, "validOn", trial.sample.valid_on, "validon", trial.sample.valid_on)


def _same_listing(trial: Trial, name: str, value: str, other_name: str, other_value: str) -> None:
    wanted = sorted(ids(trial.listed((name, value))))
    found = sorted(ids(trial.listed((other_name, other_value))))
    must(
        wanted == found,
        Text(
            f"{len(found)} footprints for {other_name}={other_value}, {len(wanted)} for {name}={value}",
            f"{other_name}={other_value} 得 {len(found)} 个足迹，{name}={value} 得 {len(wanted)} 个",
        ),
        LETTER_CASE,
    )


@strict(
    "17",
    ("A date with an offset is that instant", "带偏移量的日期表示同一时刻"),
    expects=(
        "+08:00 selects as Z does, encoded or with the plus that arrives as a blank",
        "+08:00 与 Z 的筛选结果相同，无论加号是否编码",
    ),
    section=_FILTERS,
    versions=V3,
)
def offsets(trial: Trial) -> None:
    """Eight hours east."""
    when = instant(trial.sample.valid_on)
    if when is None:
        raise Inapplicable(Text("the first footprint has no readable dates", "第一个足迹没有可读的日期"))
    east = when.astimezone(timezone(timedelta(hours=8))).isoformat()
    wanted = sorted(ids(trial.listed(("validOn", trial.sample.valid_on))))
    for encoded in (True, False):
        found = sorted(ids(trial.listed(("validOn", east), encoded=encoded)))
        must(found == wanted, Text(f"other footprints for {east}", f"{east} 得到不同足迹"), PLUS_BLANK)


@strict(
    "18",
    ("The filters of status divide the listing", "状态筛选划分整个列表"),
    expects=(
        "Active and Deprecated together are everything, neither holds what the other does",
        "Active 与 Deprecated 互不相交且合为全部",
    ),
    section=_FILTERS,
    versions=V3,
)
def statuses(trial: Trial) -> None:
    """Deprecated footprints are listed unless filtered out."""
    active, deprecated = (
        {name for page in pages(trial, f"status={status}")[0] for name in ids(page)}
        for status in ("Active", "Deprecated")
    )
    if active & deprecated:
        raise Failed(Text("a footprint is both", "有足迹同属两者"))
    lost = set(ids(trial.footprints)) - active - deprecated
    must(not lost, Text(f"{len(lost)} footprints are neither", f"{len(lost)} 个足迹两者皆非"))
