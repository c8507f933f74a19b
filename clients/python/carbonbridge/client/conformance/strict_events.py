"""The stricter set, S-19 to S-26: events in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from carbonbridge.client.conformance.bodies import event_of
from carbonbridge.client.conformance.callback import Delivery
from carbonbridge.client.conformance.case import Failed, Inapplicable, strict
from carbonbridge.client.conformance.cases_events import answer_of
from carbonbridge.client.conformance.causes import (
    ASYMMETRY,
    CALLBACK,
    CALLBACK_PATH,
    ERROR_BODY,
    EVENT_STATUS,
    NEW_ID,
    NO_RETRY,
    NO_TOKEN,
    TWICE,
)
from carbonbridge.client.conformance.sample import instant
from carbonbridge.client.conformance.strict_data import same
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import WITH_EVENTS, Event
from carbonbridge.client.conformance.wording import Text, verbatim
from carbonbridge.core.document import write_json

_EVENTS = "PACT: Action Events"
_SOMEBODYS = "3a6c14a7-4deb-498a-b5ea-16ce2535b576"


@strict(
    "19",
    ("An event that comes twice is done once", "重复到达的事件只处理一次"),
    expects=("200 both times, and exactly one callback", "两次均为 200，且恰有一个回调"),
    section="CloudEvents 1.0: source and id identify an event; PACT: exactly one answer",
    versions=WITH_EVENTS,
)
def idempotency(trial: Trial) -> Iterator[None]:
    """The same bytes, twice."""
    data = trial.pact.wanted(trial.sample.product_ids)
    event = write_json(trial.event(Event.CREATED, data, "S-19"))
    for _ in range(2):
        must_answer(trial.post(event), 200, cause=EVENT_STATUS)
    yield
    trial.callbacks("S-19", cause=CALLBACK)
    _one_answer(trial.settled("S-19"))


def _one_answer(found: list[Delivery]) -> None:
    taken = [one for one in found if one.answered == 200]
    must(
        bool(taken),
        Text(f"{len(found)} callbacks that were not taken", f"{len(found)} 个回调未被接受"),
        CALLBACK_PATH,
    )
    must(len(taken) == 1, Text(f"{len(taken)} callbacks", f"{len(taken)} 个回调"), TWICE)


@strict(
    "20",
    ("A callback that was refused comes again", "被拒的回调会重试"),
    expects=("after our 503 the same event, with the same id", "在返回 503 之后重投同一事件，id 不变"),
    section="PACT v3.0: Action Events, retries",
    versions=WITH_EVENTS,
)
def retry(trial: Trial) -> Iterator[None]:
    """Our receiver says 503 to the first delivery."""
    trial.receiver.refuse(trial.event_id("S-20"), 1)
    must_answer(trial.ask(trial.sample.product_ids, "S-20"), 200, cause=EVENT_STATUS)
    yield
    trial.callbacks("S-20", cause=CALLBACK)
    found = trial.callbacks("S-20", 2, NO_RETRY)
    names = [str(event_of(one).get("id")) for one in found[:2]]
    must(names[0] == names[1], verbatim(" ≠ ".join(name[:80] for name in names)), NEW_ID)


@strict(
    "21",
    ("Callbacks are events with our token", "回调是带有我方令牌的事件"),
    expects=(
        "a bearer that we gave, application/json or application/cloudevents+json, and every attribute of CloudEvents",
        "使用我方签发的令牌，application/json 或 application/cloudevents+json，CloudEvents 属性齐全",
    ),
    section=_EVENTS,
    versions=WITH_EVENTS,
)
def form(trial: Trial) -> Iterator[None]:
    """Our receiver says 401 to any other bearer, so that one from an earlier run is renewed."""
    trial.receiver.demand_token(trial.event_id("S-21"))
    must_answer(trial.ask(trial.sample.product_ids, "S-21"), 200, cause=EVENT_STATUS)
    yield
    delivery = trial.taken("S-21")
    if delivery is None:
        came = trial.callbacks("S-21")
        cause = CALLBACK_PATH if any(one.token_held for one in came) else NO_TOKEN
        raise Failed(Text(f"none of {len(came)} callbacks was taken", f"{len(came)} 个回调均未被接受"), cause)
    media = delivery.headers.get("content-type", "").split(";")[0].strip().lower()
    must(media in ("application/json", "application/cloudevents+json"), verbatim(media))
    event = event_of(delivery)
    lacking = [name for name in ("type", "specversion", "id", "source", "time") if not event.get(name)]
    must(not lacking, Text(f"without {', '.join(lacking)}", f"缺少 {', '.join(lacking)}"))
    must(event["specversion"] == "1.0", verbatim(f"specversion {event['specversion']}"))
    must(instant(event["time"]) is not None, verbatim(f"time {str(event['time'])[:60]}"))


@strict(
    "22",
    ("A Fulfilled event carries what GetFootprint returns", "Fulfilled 事件与 GetFootprint 一致"),
    expects=("the same footprints with the same content", "足迹与内容相同"),
    section=_EVENTS,
    versions=WITH_EVENTS,
)
def fulfilled_symmetry(trial: Trial) -> Iterator[None]:
    """What a recipient gets by an event it can get by asking."""
    must_answer(trial.ask(trial.sample.product_ids, "S-22"), 200, cause=EVENT_STATUS)
    yield
    delivery = answer_of(trial, "S-22", Event.FULFILLED)
    given = delivery.data.get("pfs")
    if not isinstance(given, list) or not given:
        raise Inapplicable(Text("the event carries no footprint", "事件不含足迹"))
    for document in given[:5]:
        name = str(document.get("id") if isinstance(document, dict) else "?")[:60]
        answer = trial.get(f"/footprints/{name}")
        must_answer(answer, 200, cause=ASYMMETRY)
        must(same(answer.data, document), Text(f"{name} differs", f"{name} 不一致"), ASYMMETRY)


@strict(
    "23",
    ("Requests are told apart", "请求互不混淆"),
    expects=(
        "each of three gets its own answer, under an event id of its own",
        "三个请求各得其答，事件 id 各不相同",
    ),
    section=_EVENTS,
    versions=WITH_EVENTS,
)
def several(trial: Trial) -> Iterator[None]:
    """The same question three times, each with its own id."""
    names = [f"S-23.{number}" for number in range(3)]
    for name in names:
        must_answer(trial.ask(trial.sample.product_ids, name), 200, cause=EVENT_STATUS)
    yield
    answers = [trial.callbacks(name, cause=CALLBACK)[0] for name in names]
    given = sorted(str(event_of(one).get("id")) for one in answers)
    twice = [one for one, other in pairwise(given) if one == other]
    must(not twice, Text("two events with one id", "两个事件共用一个 id"), NEW_ID)


@strict(
    "24",
    ("Events are taken as either media type", "两种媒体类型的事件均可接受"),
    expects=("200 and an empty body for both", "两者均为 200 且正文为空"),
    section="CloudEvents 1.0: structured mode; PACT: Action Events",
    versions=WITH_EVENTS,
)
def media_types(trial: Trial) -> None:
    """application/json and application/cloudevents+json."""
    for media in ("application/cloudevents+json", "application/json"):
        answer = trial.post(trial.event(Event.PUBLISHED, {"pfIds": [_SOMEBODYS]}), media=media)
        must_answer(answer, 200, cause=EVENT_STATUS)
        must(not answer.body, answer.shown, EVENT_STATUS)


@strict(
    "25",
    ("What is no event is refused", "拒收不是事件的内容"),
    expects=("a status of 4xx for each, with a code where the body is JSON", "均返回 4xx"),
    section=_EVENTS,
    versions=WITH_EVENTS,
)
def no_events(trial: Trial) -> None:
    """Broken JSON, unknown type, and what lacks a part."""
    whole = trial.event(Event.PUBLISHED, {"pfIds": [_SOMEBODYS]})
    wrong: dict[str, object] = {
        "no type": {name: value for name, value in whole.items() if name != "type"},
        "no id": {name: value for name, value in whole.items() if name != "id"},
        "no source": {name: value for name, value in whole.items() if name != "source"},
        "no data": {name: value for name, value in whole.items() if name != "data"},
        "unknown type": {**whole, "type": "org.example.Nothing"},
        "specversion 0.3": {**whole, "specversion": "0.3"},
        "no pfIds": {**whole, "data": {"pfIds": []}},
        "an array": [whole],
    }
    bodies = {name: write_json(value) for name, value in wrong.items()} | {"broken JSON": b'{"type": '}
    for name, body in bodies.items():
        answer = trial.post(body)
        told = Text(f"{name}: {answer.shown().en}", f"{name}：{answer.shown().zh}")
        must(400 <= answer.status < 500, told)


@strict(
    "26",
    ("A refused event says why", "拒收事件时说明原因"),
    expects=(
        "400, application/json with code BadRequest and a message",
        "400，application/json，代码 BadRequest 与说明",
    ),
    section="PACT: Error responses",
    versions=WITH_EVENTS,
)
def reasons(trial: Trial) -> None:
    """For ``pfIds`` that are none."""
    answer = trial.post(trial.event(Event.PUBLISHED, {"pfIds": ["none"]}))
    must_answer(answer, 400)
    body = answer.json
    told = isinstance(body, dict) and body.get("code") == "BadRequest" and bool(body.get("message"))
    must(told, answer.shown, ERROR_BODY)
