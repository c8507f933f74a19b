"""Published cases 3 to 8, 10, 11: GetFootprint and ListFootprints."""

from __future__ import annotations

import re
from collections.abc import Callable

from carbonbridge.client.conformance.bodies import footprint_shape, listing_must_fit, must_fit
from carbonbridge.client.conformance.case import Failed, case
from carbonbridge.client.conformance.causes import (
    ERROR_BODY,
    NO_LINK,
    OTHER_BASE,
    PLAIN_HTTP,
    PROBLEM_JSON,
    UNQUOTED_REL,
)
from carbonbridge.client.conformance.probe import NoAnswer, Received
from carbonbridge.client.conformance.shape import Many, Members, String
from carbonbridge.client.conformance.target import without_tls
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import ALL
from carbonbridge.client.conformance.wording import Text, verbatim

_GET = "PACT: Action GetFootprint"
_LIST = "PACT: Action ListFootprints"
_HTTPS = "PACT: HTTPS only"
_NOBODY = "00000000-0000-0000-0000-000000000000"

#: What the official suite makes of a Link header: it knows quoted relations only.
_LINK = re.compile(r"<(.*)>;\s*rel=\"(.*)\"")
_SOME_IDS = Members({"data": Many(Members({"id": String()}, {}), unique=False)}, {})


def check_get(trial: Trial, answer: Received) -> None:
    """The answer is the sample.

    Raises:
        Failed: it is not.
    """
    must_answer(answer, 200)
    must(answer.json is not None, answer.shown, ERROR_BODY)
    must_fit(Members({"data": footprint_shape(trial.pact)}, {}), answer.json, "")
    found = str(answer.data.get("id"))
    must(found == trial.sample.id, Text(f"the footprint {found}", f"足迹 {found}"))


def check_list(trial: Trial, answer: Received) -> None:
    """The answer is the whole first page.

    Raises:
        Failed: it is not.
    """
    must_answer(answer, 200, 202)
    must(answer.json is not None, answer.shown, ERROR_BODY)
    listing_must_fit(trial.pact, answer.json)
    count, before = len(answer.data), len(trial.footprints)
    must(
        count == before,
        Text(f"{count} footprints, and {before} a moment ago", f"现为 {count} 个足迹，先前为 {before} 个"),
        Text("Publish nothing while the run lasts.", "测试期间请勿发布足迹。"),
    )


def refuses_http(ask: Callable[[], None]) -> None:
    """Pass if what would succeed over HTTPS does not over HTTP.

    Raises:
        Failed: it does.
    """
    try:
        ask()
    except (NoAnswer, Failed):
        return
    raise Failed(Text("the request succeeded over plain HTTP", "明文 HTTP 请求成功"), PLAIN_HTTP)


def check_bad_bearer(trial: Trial, answer: Received) -> None:
    """400 or 401; the code should be BadRequest.

    Raises:
        Failed: another status.
    """
    must_answer(answer, 400, 401)
    try:
        code = answer.code
    except Failed:
        code = None
    if code != "BadRequest":
        trial.warn(f"the code should be BadRequest, not {code}", f"代码应为 BadRequest，而非 {code}")


@case(
    "3",
    ("Get PCF using GetFootprint", "以 GetFootprint 获取足迹"),
    expects=("status 200 and the footprint, as the schema wants it", "状态码 200，返回符合模式的该足迹"),
    section=_GET,
    mandatory=ALL,
)
def get_footprint(trial: Trial) -> None:
    """The first of the listing."""
    check_get(trial, trial.get(f"/footprints/{trial.sample.id}"))


@case(
    "4",
    ("Get all PCFs using ListFootprints", "以 ListFootprints 获取全部足迹"),
    expects=(
        "status 200 or 202, footprints as the schema wants them, as many as in the set-up",
        "状态码 200 或 202，足迹符合模式，数量与准备阶段相同",
    ),
    section=_LIST,
    mandatory=ALL,
)
def list_footprints(trial: Trial) -> None:
    """Without filters."""
    check_list(trial, trial.get("/footprints"))


@case(
    "5",
    ("Pagination link implementation of Action ListFootprints", "ListFootprints 的分页链接"),
    expects=(
        "a Link header with a quoted relation at the tested base URL that leads to at least one footprint (status 200)",
        "Link 标头的 rel 带引号、位于被测基础 URL，并指向至少一个足迹（状态码 200）",
    ),
    section="PACT: Pagination; RFC 8288",
    mandatory=ALL,
)
def pagination(trial: Trial) -> None:
    """The first link of ``?limit=1``, read and followed as the official suite does."""
    header = trial.get("/footprints?limit=1").headers.get("link", "")
    must(bool(header), Text("no Link header", "没有 Link 标头"), NO_LINK)
    targets = [match[1] for part in header.split(", ") if (match := _LINK.search(part))]
    must(bool(targets), verbatim(f"Link: {header[:300]}"), UNQUOTED_REL)
    base = trial.target.base_url
    must(targets[0].startswith(base), verbatim(f"Link: {header[:300]}"), OTHER_BASE)
    answer = trial.get(base + targets[0].removeprefix(base))
    must_answer(answer, 200)
    must_fit(_SOME_IDS, answer.json, "")


@case(
    "6",
    ("Attempt ListFootprints with invalid token", "以无效令牌请求 ListFootprints"),
    expects=("status 400 or 401", "状态码 400 或 401"),
    section="PACT: Error responses",
    mandatory=ALL,
)
def list_with_bad_bearer(trial: Trial) -> None:
    """A bearer that no host has given."""
    check_bad_bearer(trial, trial.get("/footprints", trial.forged_token()))


@case(
    "7",
    ("Attempt GetFootprint with invalid token", "以无效令牌请求 GetFootprint"),
    expects=("status 400 or 401", "状态码 400 或 401"),
    section="PACT: Error responses",
    mandatory=ALL,
)
def get_with_bad_bearer(trial: Trial) -> None:
    """A bearer that no host has given."""
    check_bad_bearer(trial, trial.get(f"/footprints/{trial.sample.id}", trial.forged_token()))


@case(
    "8",
    ("Attempt GetFootprint with non-existent PfId", "请求不存在的足迹"),
    expects=(
        "status 400 or 404, and an application/json body with the code NotFound (v2: NoSuchFootprint) or BadRequest",
        "状态码 400 或 404，application/json 正文的代码为 NotFound（v2 为 NoSuchFootprint）或 BadRequest",
    ),
    section="PACT: Error responses",
    mandatory=ALL,
)
def unknown_footprint(trial: Trial) -> None:
    """The UUID of zeros."""
    answer = trial.get(f"/footprints/{_NOBODY}")
    must_answer(answer, 400, 404)
    cause = PROBLEM_JSON if "problem+json" in answer.headers.get("content-type", "") else ERROR_BODY
    must(answer.code in (trial.pact.not_found, "BadRequest"), answer.shown, cause)


@case(
    "10",
    ("Attempt ListFootprints through HTTP", "经由 HTTP 请求 ListFootprints"),
    expects=("no listing: no answer, an error or a redirect", "不得返回列表：无应答、错误或重定向"),
    section=_HTTPS,
    mandatory=ALL,
)
def list_over_http(trial: Trial) -> None:
    """The same request as case 4."""
    refuses_http(lambda: check_list(trial, trial.get(f"{without_tls(trial.root)}/footprints")))


@case(
    "11",
    ("Attempt GetFootprint through HTTP", "经由 HTTP 请求 GetFootprint"),
    expects=("no footprint: no answer, an error or a redirect", "不得返回足迹：无应答、错误或重定向"),
    section=_HTTPS,
    mandatory=ALL,
)
def get_over_http(trial: Trial) -> None:
    """The same request as case 3."""
    url = f"{without_tls(trial.root)}/footprints/{trial.sample.id}"
    refuses_http(lambda: check_get(trial, trial.get(url)))
