"""Receive: an event from a partner. All that follows from it is durable before the partner is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from carbonbridge.core.connection import Connection
from carbonbridge.core.document import members
from carbonbridge.core.errors import BadInput, TooLarge
from carbonbridge.core.events import (
    Event,
    PublishedEvent,
    RequestCreatedEvent,
    RequestFulfilledEvent,
    RequestRejectedEvent,
    parse_event,
)
from carbonbridge.core.organisation import AnswerPolicy
from carbonbridge.core.pact_v2.events import (
    EventV2,
    PublishedEventV2,
    RequestCreatedEventV2,
    RequestFulfilledEventV2,
    RequestRejectedEventV2,
    parse_event_v2,
)
from carbonbridge.core.pact_v2.vocabulary import EventType as EventTypeV2
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.request import Direction, FootprintRequest, RequestMove, move
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.partner import calling
from carbonbridge.node.app.received import keep, read_received
from carbonbridge.node.app.received_v2 import facts_of_v2, keep_v2
from carbonbridge.node.ports.records import InboxEvent

#: Footprints that one event announces: each is a call that we make.
MOST_ANNOUNCED = 10_000


def receive(node: Node, actor: Actor, org: str, event: bytes, pact: PactVersion = PactVersion.V3) -> None:
    """Take in one event. The same again, by source and id (CloudEvents 1.0), has no effect and is no error.

    Args:
        pact: version of the interface that it came to.

    Raises:
        AccessDenied: not a partner's client of this organisation, or its connection is not active.
        BadInput: names the field; or an answer to nothing that this partner was asked.
        Conflict: a second answer to one request.
    """
    actor.must_partner(org)
    parsed = parse_event_v2(event) if pact is PactVersion.V2 else parse_event(event)
    with acting(node, actor) as act:
        connection = calling(act.tx, actor, org)
        if not act.tx.events.record(
            InboxEvent(org, connection.id, parsed.source, parsed.id, parsed.type.value, event, act.at)
        ):
            return
        _dispatch(act, connection, parsed, event)
        act.audit("receive", parsed.id, org=org, type=parsed.type.value)


def _dispatch(act: Act, connection: Connection, event: Event | EventV2, raw: bytes) -> None:
    match event:
        case RequestCreatedEvent() | RequestCreatedEventV2():
            _asked(act, connection, event)
        case RequestFulfilledEvent():
            _fulfilled(act, connection, event, raw)
        case RequestFulfilledEventV2():
            _fulfilled_v2(act, connection, event, raw)
        case RequestRejectedEvent() | RequestRejectedEventV2():
            error = event.data.error
            answer = {"code": error.code, "message": error.message}
            _close(act, connection, event.data.requestEventId, RequestMove.REJECT, answer)
        case PublishedEvent() | PublishedEventV2():
            if len(event.data.pfIds) > MOST_ANNOUNCED:
                raise TooLarge(
                    f"announces {len(event.data.pfIds)} footprints, the limit is {MOST_ANNOUNCED}",
                    field="data.pfIds",
                    next_step="Announce them by several events.",
                )
            if connection.base_url is not None:
                work.fetch(act, connection, list(event.data.pfIds), _version_of(event))


def _version_of(event: Event | EventV2) -> PactVersion:
    return PactVersion.V2 if isinstance(event.type, EventTypeV2) else PactVersion.V3


def _asked(act: Act, connection: Connection, event: RequestCreatedEvent | RequestCreatedEventV2) -> None:
    if connection.base_url is None:
        raise BadInput("we have no address of yours to answer to", field="source")
    if act.tx.requests.by_event(connection.org, connection.id, Direction.INCOMING, event.id) is not None:
        raise BadInput("another request of yours has this id", field="id")
    asked = event.criteria.document()
    if event.criteria.status:
        asked["status"] = list(event.criteria.status)
    request = FootprintRequest(
        id=act.node.clock.new_id(),
        org=connection.org,
        connection_id=connection.id,
        direction=Direction.INCOMING,
        event_id=event.id,
        criteria=asked,
        comment=event.data.comment,
        created_at=act.at,
        pact=_version_of(event),
    )
    act.tx.requests.add(request)
    if act.tx.parties.organisation(connection.org).answer_policy is AnswerPolicy.AUTOMATIC:
        work.answer(act, connection.org, request.id)


def _fulfilled(act: Act, connection: Connection, event: RequestFulfilledEvent, raw: bytes) -> None:
    footprints = []
    for index, document in enumerate(_exact(raw, "data", "pfs")):
        try:
            footprints.append(read_received(connection.org, connection.id, document, act.at))
        except BadInput as error:
            path = ".".join(["data.pfs", str(index), *([error.field] if error.field else [])])
            raise BadInput(error.message, field=path) from None
    answer = {"footprintIds": [footprint.id for footprint in footprints]}
    _close(act, connection, event.data.requestEventId, RequestMove.FULFIL, answer)
    for footprint in footprints:
        keep(act, footprint)


def _fulfilled_v2(act: Act, connection: Connection, event: RequestFulfilledEventV2, raw: bytes) -> None:
    documents = _exact(raw, "data", "pfs")
    for index, document in enumerate(documents):
        try:
            facts_of_v2(document)
        except BadInput as error:
            path = ".".join(["data.pfs", str(index), *([error.field] if error.field else [])])
            raise BadInput(error.message, field=path) from None
    ids = [keep_v2(act, connection.org, connection.id, document)[0] for document in documents]
    _close(act, connection, event.data.requestEventId, RequestMove.FULFIL, {"footprintIds": ids})


def _exact(document: bytes, *path: str) -> list[bytes]:
    """The items of an array inside a document, byte for byte: the footprints as the partner wrote them."""
    for name in path:
        document = dict(members(document))[name]
    return [item for _, item in members(document)]


def _close(
    act: Act, connection: Connection, request_event_id: str, by: RequestMove, answer: Mapping[str, object]
) -> None:
    """Close the request that is answered: one that this very partner was sent, without an answer so far."""
    request = act.tx.requests.by_event(connection.org, connection.id, Direction.OUTGOING, request_event_id)
    if request is None:
        raise BadInput("is no request that you were sent", field="data.requestEventId")
    act.tx.requests.replace(
        replace(request, state=move(request.state, by), decided_at=act.at, answer=dict(answer))
    )
