"""The versions of PACT that a host can be tested for, and where they differ on the wire."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """The four events, whatever a version calls them."""

    CREATED = "created"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    PUBLISHED = "published"


_EVENT_TYPES = {
    2: {
        Event.CREATED: "org.wbcsd.pathfinder.ProductFootprintRequest.Created.v1",
        Event.FULFILLED: "org.wbcsd.pathfinder.ProductFootprintRequest.Fulfilled.v1",
        Event.REJECTED: "org.wbcsd.pathfinder.ProductFootprintRequest.Rejected.v1",
        Event.PUBLISHED: "org.wbcsd.pathfinder.ProductFootprint.Published.v1",
    },
    3: {
        Event.CREATED: "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
        Event.FULFILLED: "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3",
        Event.REJECTED: "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3",
        Event.PUBLISHED: "org.wbcsd.pact.ProductFootprint.PublishedEvent.3",
    },
}


class PactVersion(StrEnum):
    """A version of the protocol; the value is what ``--pact`` takes."""

    V3_0 = "3.0"
    V2_3 = "2.3"
    V2_2 = "2.2"
    V2_1 = "2.1"
    V2_0 = "2.0"

    @property
    def major(self) -> int:
        """3 or 2: the first part of every path."""
        return int(self.value[0])

    @property
    def not_found(self) -> str:
        """The error code for a footprint that is not there."""
        return "NotFound" if self.major == 3 else "NoSuchFootprint"

    def event_type(self, event: Event) -> str:
        """CloudEvents ``type`` of an event."""
        return _EVENT_TYPES[self.major][event]

    def wanted(self, product_ids: list[str]) -> dict[str, object]:
        """The ``data`` of a request for products: criteria in v3, a fragment of a footprint in v2."""
        return {"productId": product_ids} if self.major == 3 else {"pf": {"productIds": product_ids}}


ALL = frozenset(PactVersion)
V3 = frozenset({PactVersion.V3_0})
V2 = ALL - V3
#: Events became mandatory with v2.2.
WITH_EVENTS = frozenset({PactVersion.V3_0, PactVersion.V2_3, PactVersion.V2_2})
NONE: frozenset[PactVersion] = frozenset()
