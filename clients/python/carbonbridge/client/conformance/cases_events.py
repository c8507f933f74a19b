"""Published cases 12 to 17, and the malformed event (40 in v3, 21 in v2): the Events action and its callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.client.conformance.bodies import event_of, fulfilled_shape, must_fit, rejected_shape
from carbonbridge.client.conformance.callback import Delivery
from carbonbridge.client.conformance.case import Case, Failed, case
from carbonbridge.client.conformance.cases_read import check_bad_bearer, refuses_http
from carbonbridge.client.conformance.causes import (
    BEARER_CODE,
    CALLBACK,
    CALLBACK_PATH,
    EVENT_STATUS,
    MALFORMED_TAKEN,
    REFUSED_AT_ONCE,
    REQUEST_ID,
    UNKNOWN_PF,
)
from carbonbridge.client.conformance.probe import Received
from carbonbridge.client.conformance.sample import texts
from carbonbridge.client.conformance.target import without_tls
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import ALL, V2, V3, WITH_EVENTS, Event, PactVersion
from carbonbridge.client.conformance.wording import Text, verbatim

_EVENTS = "PACT: Action Events"
_OF_SOMEBODY = "3a6c14a7-4deb-498a-b5ea-16ce2535b576"
_NO_UUID = "urn:gtin:4712345060507"


def _published(trial: Trial, url: str | None = None) -> Received:
    return trial.post(trial.event(Event.PUBLISHED, {"pfIds": [_OF_SOMEBODY]}), url=url)


def check_path(trial: Trial, delivery: Delivery) -> None:
    """The callback came to the Events action of the version.

    Raises:
        Failed: elsewhere.
    """
    wanted = f"/{trial.pact.major}/events"
    must(delivery.path == wanted, verbatim(f"POST {delivery.path[:200]}"), CALLBACK_PATH)


def answer_of(trial: Trial, suffix: str, event: Event) -> Delivery:
    """The callback of a type to one of our requests.

    Raises:
        Pending: there is no callback.
        Failed: there is one of another type.
    """
    found = trial.callbacks(suffix, cause=_awaited_cause(trial))
    wanted = trial.pact.event_type(event)
    for delivery in found:
        if delivery.type == wanted:
            return delivery
    error = found[0].data.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    raise Failed(verbatim(f"{found[0].type[:100]} {code or ''}".rstrip()))


def _awaited_cause(trial: Trial) -> Text:
    return REQUEST_ID if trial.receiver.strays(trial.run_id) else CALLBACK


@case(
    "12",
    ("Receive asynchronous PCF request", "接收异步足迹请求"),
    expects=("status 200", "状态码 200"),
    section=_EVENTS,
    mandatory=WITH_EVENTS,
    optional=ALL,
)
def request(trial: Trial) -> None:
    """For all product ids of the first footprint."""
    must_answer(trial.ask(trial.sample.product_ids, "12"), 200, cause=EVENT_STATUS)


@case(
    "13",
    ("Respond to asynchronous PCF request (callback)", "答复异步足迹请求（回调）"),
    expects=(
        "a Fulfilled event at {source}/3/events (v2: /2/events), as the schema wants it, with a product asked for",
        "在 {source}/3/events（v2 为 /2/events）收到符合模式的 Fulfilled 事件，含所请求产品的足迹",
    ),
    section=_EVENTS,
    mandatory=WITH_EVENTS,
    optional=ALL,
    after="12",
)
def fulfilled(trial: Trial) -> Iterator[None]:
    """Waits for the answer to case 12."""
    yield
    delivery = answer_of(trial, "12", Event.FULFILLED)
    check_path(trial, delivery)
    must_fit(fulfilled_shape(trial.pact), event_of(delivery), "")
    given = [name for item in delivery.data["pfs"] for name in texts(item, "productIds")]
    must(
        not delivery.data["pfs"] or any(name in given for name in trial.sample.product_ids),
        verbatim(f"productIds {', '.join(given)[:300]}"),
    )
    if set(given) - set(trial.sample.product_ids):
        trial.warn(
            "there are product ids that were not asked for, which later versions of the official suite refuse",
            "含有未请求的产品编号，官方测试的后续版本不接受",
        )


@case(
    "14.A",
    ("Receive asynchronous PCF request to be rejected", "接收应被拒绝的异步请求"),
    expects=("status 200", "状态码 200"),
    section=_EVENTS,
    mandatory=WITH_EVENTS,
    optional=ALL,
)
def request_for_nothing(trial: Trial) -> None:
    """For a product that cannot be."""
    answer = trial.ask(["urn:pact:null"], "14.A")
    cause = EVENT_STATUS if 200 < answer.status < 300 else REFUSED_AT_ONCE
    must_answer(answer, 200, cause=cause)


@case(
    "14.B",
    ("Reject asynchronous PCF request (callback)", "拒绝异步请求（回调）"),
    expects=(
        "a Rejected event at {source}/3/events (v2: /2/events) with error.code and error.message",
        "在 {source}/3/events（v2 为 /2/events）收到含 error.code 与 error.message 的 Rejected 事件",
    ),
    section=_EVENTS,
    mandatory=WITH_EVENTS,
    optional=ALL,
    after="14.A",
)
def rejected(trial: Trial) -> Iterator[None]:
    """Waits for the answer to case 14.A."""
    yield
    delivery = answer_of(trial, "14.A", Event.REJECTED)
    check_path(trial, delivery)
    must_fit(rejected_shape(trial.pact), event_of(delivery), "")
    error = delivery.data["error"]
    must(bool(error["code"] and error["message"]), Text("code or message is empty", "code 或 message 为空"))


@case(
    "15",
    ("Receive notification of PCF update (Published event)", "接收足迹更新通知（Published 事件）"),
    expects=("status 200, although the footprint is unknown", "状态码 200，即使足迹未知"),
    section=_EVENTS,
    mandatory=WITH_EVENTS,
    optional=ALL,
)
def published(trial: Trial) -> None:
    """Of a footprint that the host cannot know."""
    answer = _published(trial)
    must_answer(answer, 200, cause=EVENT_STATUS if answer.status < 300 else UNKNOWN_PF)


@case(
    "16",
    ("Attempt Action Events with invalid token", "以无效令牌请求 Events"),
    expects=(
        "status 400 or 401; in v2 with the code BadRequest",
        "状态码 400 或 401；v2 的代码须为 BadRequest",
    ),
    section="PACT: Error responses",
    mandatory=WITH_EVENTS,
    optional=ALL,
)
def events_with_bad_bearer(trial: Trial) -> None:
    """A bearer that no host has given. v2 was not relaxed when v3 was."""
    event = trial.event(Event.PUBLISHED, {"pfIds": [_OF_SOMEBODY]}, "16")
    answer = trial.post(event, token=trial.forged_token())
    check_bad_bearer(trial, answer)
    if trial.pact.major == 2:
        must(answer.code == "BadRequest", answer.shown, BEARER_CODE)


@case(
    "17",
    ("Attempt Action Events through HTTP", "经由 HTTP 请求 Events"),
    expects=("any status but 200, or no answer", "非 200 状态码，或无应答"),
    section="PACT: HTTPS only",
    mandatory=WITH_EVENTS,
    optional=ALL,
)
def events_over_http(trial: Trial) -> None:
    """The same event as in case 15."""
    url = f"{without_tls(trial.root)}/events"
    refuses_http(lambda: must_answer(_published(trial, url), 200))


def _malformed(number: str, mandatory: frozenset[PactVersion], optional: frozenset[PactVersion]) -> Case:
    @case(
        number,
        ("Receive malformed notification of PCF update", "接收格式错误的更新通知"),
        expects=("status 400", "状态码 400"),
        section=_EVENTS,
        mandatory=mandatory,
        optional=optional,
    )
    def malformed(trial: Trial) -> None:
        """``pfIds`` holds what is no UUID."""
        answer = trial.post(trial.event(Event.PUBLISHED, {"pfIds": [_NO_UUID]}))
        must_answer(answer, 400, cause=MALFORMED_TAKEN if answer.status < 300 else None)

    return malformed


malformed_v3 = _malformed("40", V3, V3)
malformed_v2 = _malformed("21", WITH_EVENTS - V3, V2)
