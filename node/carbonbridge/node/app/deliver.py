"""Deliver: send an event to a partner, give it up, or try it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from carbonbridge.core.errors import PartnerRefused
from carbonbridge.core.request import Direction, RequestMove, RequestState, move
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.partner import reachable
from carbonbridge.node.ports.records import OutboxItem, OutboxState, OutboxVerb


def deliver(node: Node, item: OutboxItem) -> None:
    """POST the event, exactly as it was written when it was decided.

    Raises:
        PartnerUnreachable, PartnerRefused, AddressForbidden: see :class:`.Peers`.
    """
    if item.body is None:
        raise PartnerRefused("there is no event to deliver")
    with node.store.snapshot() as tx:
        connection = reachable(tx, item.org, item.payload["connectionId"])
    node.peers.send_event(connection, item.body)


def redeliver(node: Node, actor: Actor, org: str, *item_ids: str) -> None:
    """Try abandoned work again, by a person's decision: all that is named, or nothing of it.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such abandoned work.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        _again(act, org, item_ids)


def redeliver_to(node: Node, actor: Actor, org: str, connection_id: str) -> list[str]:
    """Try all abandoned work again that concerns a partner.

    Returns:
        The ids of the work, oldest first.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        act.tx.parties.connection(org, connection_id)
        abandoned = act.tx.events.outbox(org, OutboxState.ABANDONED)
        items = [item.id for item in abandoned if item.payload.get("connectionId") == connection_id]
        _again(act, org, items)
    return items


def _again(act: Act, org: str, item_ids: Iterable[str]) -> None:
    for item_id in dict.fromkeys(item_ids):
        act.tx.events.redeliver(org, item_id, act.at)
        act.audit("redeliver", item_id, org=org)


def give_up(act: Act, item: OutboxItem, error: str) -> None:
    """Abandon work, and mark the request whose question never arrived."""
    act.tx.events.abandon(item.id, error)
    act.audit("abandon", item.id, org=item.org, work=item.verb.value, error=error)
    request_id = item.payload.get("requestId")
    if item.verb is not OutboxVerb.DELIVER or request_id is None:
        return
    request = act.tx.requests.get(item.org, request_id)
    if request.direction is Direction.OUTGOING and request.state is RequestState.OPEN:
        state = move(request.state, RequestMove.GIVE_UP)
        act.tx.requests.replace(replace(request, state=state, decided_at=act.at))
