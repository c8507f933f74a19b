"""The four events of PACT v3: CloudEvents 1.0 in structured mode (specification v3.0.3, "Action Events").

An incoming event is read as far as its envelope and data go; the footprints in a RequestFulfilledEvent stay
raw documents, for they are the truth and are judged one by one. ``source`` names the sender, with the event's
id it identifies the event; it never says where to call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import Field

from carbonbridge.core.criteria import FootprintCriteria, from_data
from carbonbridge.core.document import members, read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant
from carbonbridge.core.pact_object import Instant, PactObject, Some, Uuid, spelled
from carbonbridge.core.vocabulary import EventType

#: Media type of an event on the wire; receivers also accept ``application/json``.
CLOUDEVENTS_JSON = "application/cloudevents+json"

#: Any text but blanks: the official suite's ids are no UUIDs (``<uuid>/12``), its sources no URLs.
Identifier = Annotated[str, Field(max_length=2000), spelled(r".*\S.*", "must be one line of text, not blank")]


class Envelope(PactObject):
    """What every event has."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    time: Instant


class RequestCreatedData(PactObject):
    """Criteria, which :attr:`RequestCreatedEvent.criteria` reads, and a word to the data owner."""

    comment: str | None = None


class RequestCreatedEvent(Envelope):
    """A data recipient asks for footprints."""

    type: Literal[EventType.REQUEST_CREATED]
    data: RequestCreatedData

    @property
    def criteria(self) -> FootprintCriteria:
        """What is asked for."""
        return from_data(self.data.model_extra or {})


class RequestFulfilledData(PactObject):
    """The footprints, as they came."""

    requestEventId: Identifier
    pfs: Some[dict[str, Any]]


class RequestFulfilledEvent(Envelope):
    """The data owner answers a request with footprints."""

    type: Literal[EventType.REQUEST_FULFILLED]
    data: RequestFulfilledData


class Rejection(PactObject):
    """Why there is no footprint; ``code`` is one of PACT's error codes."""

    code: Identifier
    message: str


class RequestRejectedData(PactObject):
    """Which request, and why."""

    requestEventId: Identifier
    error: Rejection


class RequestRejectedEvent(Envelope):
    """The data owner declines a request."""

    type: Literal[EventType.REQUEST_REJECTED]
    data: RequestRejectedData


class PublishedData(PactObject):
    """Ids of footprints that are new, changed or deprecated."""

    pfIds: Some[Uuid]


class PublishedEvent(Envelope):
    """The data owner announces footprints; the recipient fetches them."""

    type: Literal[EventType.PUBLISHED]
    data: PublishedData


E = TypeVar("E", bound=Envelope)

Event: TypeAlias = RequestCreatedEvent | RequestFulfilledEvent | RequestRejectedEvent | PublishedEvent

_EVENTS: Mapping[str, type[Event]] = {
    EventType.REQUEST_CREATED: RequestCreatedEvent,
    EventType.REQUEST_FULFILLED: RequestFulfilledEvent,
    EventType.REQUEST_REJECTED: RequestRejectedEvent,
    EventType.PUBLISHED: PublishedEvent,
}


def parse_event(data: bytes) -> Event:
    """Read an event.

    Raises:
        BadInput: not JSON, no event of PACT v3, or names the first field at fault (``data.pfIds.0``).
    """
    event = read_event(data, _EVENTS, "PACT v3")
    if isinstance(event, RequestCreatedEvent):
        from_data(event.data.model_extra or {})  # criteria that cannot be read are refused here, not later
    return event


def compose_event(
    event_type: EventType, *, event_id: str, source: str, time: datetime, data: Mapping[str, Any] | bytes
) -> bytes:
    """Write an event; see :func:`write_event`.

    Raises:
        BadInput: the result would be no valid event.
    """
    body = write_event(event_type.value, event_id=event_id, source=source, time=time, data=data)
    parse_event(body)
    return body


def read_event(data: bytes, kinds: Mapping[str, type[E]], of: str) -> E:
    """Read an event of one version of PACT.

    Args:
        kinds: the models, by CloudEvents ``type``.
        of: the version, for messages.

    Raises:
        BadInput: not JSON, none of these events, or names the first field at fault.
    """
    document = read_json(data)
    if not isinstance(document, dict):
        raise BadInput("an event is a JSON object")
    event_type = document.get("type")
    if not isinstance(event_type, str) or event_type not in kinds:
        known = ", ".join(kinds)
        raise BadInput(f"is no event type of {of}", field="type", next_step=f"Known are: {known}.")
    return kinds[event_type].read(document)


def write_event(
    event_type: str, *, event_id: str, source: str, time: datetime, data: Mapping[str, Any] | bytes
) -> bytes:
    """An event as CloudEvents 1.0 in structured mode.

    Args:
        event_id: unique for the source, for good: a repeated delivery repeats it.
        source: base URL of the sender.
        time: when it happened, aware.
        data: the event's data in PACT JSON form; bytes are JSON already and stay as they are.
    """
    head = {
        "type": event_type,
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "time": format_instant(time),
    }
    inner = data if isinstance(data, bytes) else write_json(data)
    return write_json(head)[:-1] + b',"data":' + inner + b"}"


def fulfilled_data(request_event_id: str, documents: Iterable[bytes]) -> bytes:
    """The data of a RequestFulfilledEvent, with each footprint's bytes as they were signed.

    Args:
        request_event_id: id of the asking event, verbatim.
        documents: at least one footprint, UTF-8 JSON.
    """
    pfs = b",".join(documents)
    return b'{"requestEventId":' + write_json(request_event_id) + b',"pfs":[' + pfs + b"]}"


def fulfilled_documents(body: bytes) -> list[bytes]:
    """The footprints of a RequestFulfilledEvent that :func:`parse_event` has accepted, byte for byte."""
    data = dict(members(body))["data"]
    return [document for _, document in members(dict(members(data))["pfs"])]
