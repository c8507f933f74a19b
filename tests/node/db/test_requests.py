"""Requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.node.db.samples import HOUR, T0, found, request

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.request import Direction, RequestState


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme")


def test_requests_come_back_as_they_were_and_are_replaced(store):
    answered = replace(
        request(),
        state=RequestState.FULFILLED,
        decided_at=T0 + HOUR,
        answer={"footprintIds": ["f1"]},
        comment=None,
    )
    with store.transaction() as tx:
        tx.requests.add(request())
        assert tx.requests.get("acme", "q1") == request()
        tx.requests.replace(answered)
        with pytest.raises(NotFound):
            tx.requests.replace(request(own_id="q2"))
        with pytest.raises(NotFound):
            tx.requests.get("acme", "q2")
    with store.snapshot() as tx:
        assert tx.requests.get("acme", "q1") == answered


def test_one_event_of_a_partner_makes_one_request(store):
    others = [
        request(own_id="q2", event_id="e", direction=Direction.OUTGOING),
        request(own_id="q3", event_id="e", connection_id="c2"),
        request(own_id="q4", event_id="E"),
    ]
    with store.transaction() as tx:
        tx.requests.add(request(event_id="e"))
        with pytest.raises(Conflict):
            tx.requests.add(request(own_id="q9", event_id="e"))
        with pytest.raises(Conflict):
            tx.requests.add(request(event_id="other"))
        for other in others:
            tx.requests.add(other)
    with store.snapshot() as tx:
        assert tx.requests.by_event("acme", "c1", Direction.INCOMING, "e") == request(event_id="e")
        assert tx.requests.by_event("acme", "c1", Direction.OUTGOING, "e") == others[0]
        assert tx.requests.by_event("acme", "c2", Direction.INCOMING, "none") is None


def test_requests_are_found_by_direction_and_state_oldest_first(store):
    first = request(own_id="q9", created_at=T0 - HOUR)
    outgoing = request(own_id="q2", direction=Direction.OUTGOING, state=RequestState.REJECTED)
    with store.transaction() as tx:
        for each in (request(), outgoing, first):
            tx.requests.add(each)
    with store.snapshot() as tx:
        assert tx.requests.find("acme") == [first, request(), outgoing]
        assert tx.requests.find("acme", Direction.INCOMING) == [first, request()]
        assert tx.requests.find("acme", state=RequestState.REJECTED) == [outgoing]
        assert tx.requests.find("acme", Direction.INCOMING, RequestState.REJECTED) == []
