"""Checks of whole bodies: a footprint, a listing, an event, against the tables of the version that is tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from carbonbridge.client.conformance import shapes_v2, shapes_v3
from carbonbridge.client.conformance.callback import Delivery
from carbonbridge.client.conformance.case import Failed
from carbonbridge.client.conformance.causes import NULLS, NUMBERS, SOURCES
from carbonbridge.client.conformance.shape import (
    SUITE,
    Fault,
    Instant,
    Many,
    Members,
    Rule,
    Shape,
    String,
)
from carbonbridge.client.conformance.version import Event, PactVersion
from carbonbridge.client.conformance.wording import Text

_SHOWN = 8


def footprint_shape(pact: PactVersion) -> Members:
    """``ProductFootprint`` of a version."""
    return shapes_v3.FOOTPRINT if pact.major == 3 else shapes_v2.footprint(pact)


def fulfilled_shape(pact: PactVersion) -> Members:
    """The event that answers a request with footprints. v3 wants at least one, v2's text does not."""
    pfs = Many(footprint_shape(pact), least=1 if pact.major == 3 else 0, unique=False)
    return _event(pact, Event.FULFILLED, {"requestEventId": String(), "pfs": pfs})


_REJECTION_CODES = (
    "BadRequest",
    "AccessDenied",
    "TokenExpired",
    "NotFound",
    "InternalError",
    "NotImplemented",
)


def rejected_shape(pact: PactVersion) -> Members:
    """The event that declines a request. Its codes are these in every version: NoSuchFootprint is a status alone."""
    error = Members({"code": String(choices=_REJECTION_CODES), "message": String()}, {})
    return _event(pact, Event.REJECTED, {"requestEventId": String(), "error": error})


def _event(pact: PactVersion, event: Event, data: dict[str, Shape]) -> Members:
    return Members(
        {
            "type": String(choices=(pact.event_type(event),)),
            "specversion": String(choices=("1.0",)),
            "id": String(1),
            "source": String(1),
            "data": Members(data, {}),
        },
        {"time": Instant()},
    )


def faults(pact: PactVersion, footprints: Iterable[object], rules: Iterable[Rule]) -> Iterator[Fault]:
    """The faults of some kinds in a listing."""
    wanted, shape = frozenset(rules), footprint_shape(pact)
    for index, document in enumerate(footprints):
        yield from (fault for fault in shape.faults(document, f"data[{index}]") if fault.rule in wanted)


def must_be_sound(found: Iterable[Fault], cause: Text | None = None) -> None:
    """Fail the case at any fault, naming the first few.

    Raises:
        Failed: there is one.
    """
    first = list(islice(found, _SHOWN + 1))
    if first:
        raise Failed(_told(first), _cause(first) or cause)


def must_fit(shape: Shape, value: object, path: str) -> None:
    """Fail the case unless the value passes the official suite's schema.

    Raises:
        Failed: naming the first few faults.
    """
    must_be_sound(fault for fault in shape.faults(value, path) if fault.rule in SUITE)


def listing_must_fit(pact: PactVersion, body: Any) -> None:
    """Fail the case unless the body is ``{"data": [footprint …]}``.

    Raises:
        Failed: naming the first few faults.
    """
    must_fit(Members({"data": Many(footprint_shape(pact), 0, unique=False)}, {}), body, "")


def event_of(delivery: Delivery) -> dict[str, Any]:
    """The event of a callback.

    Raises:
        Failed: it is no JSON object.
    """
    if not isinstance(delivery.event, dict):
        raise Failed(Text("the callback's body is no JSON object", "回调的正文不是 JSON 对象"))
    return delivery.event


def _told(found: list[Fault]) -> Text:
    more = " …" if len(found) > _SHOWN else ""
    shown = found[:_SHOWN]
    return Text(
        "; ".join(f"{fault.path} {fault.what.en}" for fault in shown) + more,
        "；".join(f"{fault.path} {fault.what.zh}" for fault in shown) + more,
    )


def _cause(found: list[Fault]) -> Text | None:
    rules = {fault.rule for fault in found}
    if Rule.NULL in rules:
        return NULLS
    if Rule.NUMBER in rules:
        return NUMBERS
    if any(fault.path.endswith(".ipccCharacterizationFactorsSources") for fault in found):
        return SOURCES
    return None
