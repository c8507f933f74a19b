"""Work that follows a commit: rows of the outbox, written in the transaction of what caused them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carbonbridge.core.connection import Connection
from carbonbridge.core.events import compose_event
from carbonbridge.core.vocabulary import EventType
from carbonbridge.node.app.context import Act
from carbonbridge.node.ports.records import OutboxItem, OutboxVerb

#: Footprints that one piece of work fetches.
FETCHED_AT_ONCE = 100


def send(
    act: Act,
    connection: Connection,
    event_type: EventType,
    event_id: str,
    data: Mapping[str, Any],
    *,
    request_id: str | None = None,
) -> None:
    """An event for a partner. Events to one partner go out one at a time and in order.

    Args:
        event_id: also the row's id, so that a derived id cannot be sent twice.
        request_id: the request it asks or answers.

    Raises:
        Conflict: an event of this id is on its way already.
        TooLarge: the event would be larger than partners take.
    """
    source = act.node.base_url(connection.org)
    body = compose_event(event_type, event_id=event_id, source=source, time=act.at, data=data)
    payload = {"connectionId": connection.id, "eventType": event_type.value}
    if request_id is not None:
        payload["requestId"] = request_id
    item = _item(act, connection.org, OutboxVerb.DELIVER, connection.id, payload)
    act.tx.events.enqueue(replace(item, id=event_id, body=body))


def fetch(act: Act, connection: Connection, footprint_ids: list[str]) -> None:
    """Get footprints that a partner announced; not behind the deliveries to it, which may be stuck.

    A long list becomes several pieces of work, so that a failure in the middle does not begin all of it again.
    """
    ids = list(dict.fromkeys(footprint_ids))
    for begin in range(0, len(ids), FETCHED_AT_ONCE):
        payload = {"connectionId": connection.id, "footprintIds": ids[begin : begin + FETCHED_AT_ONCE]}
        act.tx.events.enqueue(_item(act, connection.org, OutboxVerb.FETCH, f"{connection.id}/fetch", payload))


def answer(act: Act, org: str, request_id: str) -> None:
    """Decide an incoming request by policy."""
    payload = {"requestId": request_id}
    act.tx.events.enqueue(_item(act, org, OutboxVerb.ANSWER, f"{org}/requests/{request_id}", payload))


def recognise(act: Act, org: str, connection_id: str, footprint_id: str) -> None:
    """Verify a received footprint and give the verdict."""
    payload = {"connectionId": connection_id, "footprintId": footprint_id}
    act.tx.events.enqueue(_item(act, org, OutboxVerb.RECOGNISE, f"{connection_id}/received", payload))


def refresh(act: Act, org: str, connection_id: str, footprint_id: str) -> None:
    """Get the keys that a partner publishes now, and recognise its footprint with those."""
    payload = {"connectionId": connection_id, "footprintId": footprint_id}
    act.tx.events.enqueue(_item(act, org, OutboxVerb.REFRESH, f"{connection_id}/keys", payload))


def calculate(act: Act, org: str, product_id: str) -> None:
    """Recalculate a stale product."""
    payload = {"productId": product_id}
    act.tx.events.enqueue(_item(act, org, OutboxVerb.CALCULATE, f"{org}/products/{product_id}", payload))


def _item(act: Act, org: str, verb: OutboxVerb, queue: str, payload: dict[str, Any]) -> OutboxItem:
    return OutboxItem(
        id=act.node.clock.new_id(),
        org=org,
        verb=verb,
        queue=queue,
        payload=payload,
        created_at=act.at,
        next_at=act.at,
    )
