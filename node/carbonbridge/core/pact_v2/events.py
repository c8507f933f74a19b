"""The four events of PACT v2: CloudEvents 1.0 in structured mode (specification v2.3.3, "Action Events").

They have the shape of v3's but for their types and for what a request says: a fragment of a footprint, which
the wanted ones are like. As in v3, the footprints in a fulfilment stay raw documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.events import (
    Envelope,
    Identifier,
    PublishedData,
    RequestRejectedData,
    read_event,
    write_event,
)
from carbonbridge.core.pact_object import PactObject
from carbonbridge.core.pact_v2.fragment import criteria_of
from carbonbridge.core.pact_v2.vocabulary import EventType


class RequestCreatedDataV2(PactObject):
    """A fragment of the wanted footprints, and a word to the data owner."""

    pf: dict[str, Any]
    comment: str | None = None


class RequestCreatedEventV2(Envelope):
    """A data recipient asks for footprints, by example."""

    type: Literal[EventType.REQUEST_CREATED]
    data: RequestCreatedDataV2

    @property
    def criteria(self) -> FootprintCriteria:
        """What is asked for."""
        return criteria_of(self.data.pf, field="data.pf")


class RequestFulfilledDataV2(PactObject):
    """The footprints, as they came; by the text of the specification there may be none."""

    requestEventId: Identifier
    pfs: tuple[dict[str, Any], ...]


class RequestFulfilledEventV2(Envelope):
    """The data owner answers a request with footprints."""

    type: Literal[EventType.REQUEST_FULFILLED]
    data: RequestFulfilledDataV2


class RequestRejectedEventV2(Envelope):
    """The data owner declines a request."""

    type: Literal[EventType.REQUEST_REJECTED]
    data: RequestRejectedData


class PublishedEventV2(Envelope):
    """The data owner announces footprints; the recipient fetches them."""

    type: Literal[EventType.PUBLISHED]
    data: PublishedData


EventV2: TypeAlias = (
    RequestCreatedEventV2 | RequestFulfilledEventV2 | RequestRejectedEventV2 | PublishedEventV2
)

_EVENTS: Mapping[str, type[EventV2]] = {
    EventType.REQUEST_CREATED: RequestCreatedEventV2,
    EventType.REQUEST_FULFILLED: RequestFulfilledEventV2,
    EventType.REQUEST_REJECTED: RequestRejectedEventV2,
    EventType.PUBLISHED: PublishedEventV2,
}


def parse_event_v2(data: bytes) -> EventV2:
    """Read a v2 event.

    Raises:
        BadInput: not JSON, no event of PACT v2, or names the first field at fault (``data.pfIds.0``).
    """
    event = read_event(data, _EVENTS, "PACT v2")
    if isinstance(event, RequestCreatedEventV2):
        criteria_of(event.data.pf, field="data.pf")  # an example that cannot be read is refused here
    return event


def compose_event_v2(
    event_type: EventType, *, event_id: str, source: str, time: datetime, data: Mapping[str, Any] | bytes
) -> bytes:
    """Write a v2 event; see :func:`.events.write_event`.

    Raises:
        BadInput: the result would be no valid event.
    """
    body = write_event(event_type.value, event_id=event_id, source=source, time=time, data=data)
    parse_event_v2(body)
    return body
