"""Inbox, and the outbox: claims, leases, order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.node.db.samples import HOUR, T0, event, found, item, room

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.node.db.store import SqlStore
from carbonbridge.node.ports.records import Lane, OutboxItem, OutboxState, OutboxVerb


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta")


def enqueue(store: SqlStore, *items: OutboxItem) -> None:
    with store.transaction() as tx:
        for each in items:
            tx.events.enqueue(each)


def claim(store: SqlStore, now: datetime = T0, limit: int = 10) -> list[str]:
    with store.transaction() as tx:
        return [each.id for each in tx.events.claim(now, now + HOUR, room(limit))]


def state(store: SqlStore, item_id: str, org: str = "acme") -> OutboxItem:
    with store.snapshot() as tx:
        return next(each for each in tx.events.outbox(org) if each.id == item_id)


def test_an_event_is_new_once(store):
    with store.transaction() as tx:
        assert tx.events.record(event())
        assert not tx.events.record(event(body=b"other", type="other"))
        assert tx.events.record(event(event_id="E1"))
        assert tx.events.record(event(source="https://other.example"))
        assert tx.events.record(event(connection_id="c2"))
        assert tx.events.record(event("beta"))
    with store.transaction() as tx:
        assert not tx.events.record(event())


def test_work_comes_back_as_it_was(store):
    bare = item(own_id="i2", queue="q2", body=None, payload={})
    enqueue(store, item(), bare)
    with store.transaction() as tx:
        with pytest.raises(Conflict):
            tx.events.enqueue(item(queue="other"))
        assert tx.events.claim(T0, T0 + HOUR, room(10)) == [item(), bare]
        assert tx.events.outbox("acme", OutboxState.PENDING) == [item(), bare]
        assert tx.events.outbox("acme", OutboxState.DONE) == []


def test_one_item_of_a_queue_at_a_time_in_the_order_they_were_put_in(store):
    ids = ["z", "a", "m"]
    enqueue(store, *(item(own_id=own_id) for own_id in ids))  # all at the same instant
    seen = []
    for _ in ids:
        claimed = claim(store)
        assert claim(store) == []
        seen += claimed
        with store.transaction() as tx:
            tx.events.finish(claimed[0])
    assert seen == ids
    assert claim(store) == []


def test_queues_do_not_wait_for_each_other(store):
    enqueue(
        store,
        item(own_id="a1", queue="a"),
        item(own_id="a2", queue="a"),
        item(own_id="b1", queue="b"),
        item("beta", "c1", queue="a"),
        item(own_id="late", queue="d", next_at=T0 + HOUR),
    )
    assert claim(store, limit=2) == ["a1", "b1"]
    assert claim(store) == ["c1"]
    assert claim(store, T0 + HOUR / 2) == []


def test_each_lane_has_room_of_its_own(store):
    enqueue(
        store,
        *(item(own_id=f"failed{number}", queue=f"failed{number}", attempts=1) for number in range(3)),
        *(item(own_id=f"call{number}", queue=f"call{number}") for number in range(3)),
        item(own_id="local", queue="local", verb=OutboxVerb.CALCULATE),
        item(own_id="local again", queue="local again", verb=OutboxVerb.ANSWER, attempts=4),
    )

    def take(**room: int) -> set[str]:
        with store.transaction() as tx:
            found = tx.events.claim(T0, T0 + HOUR, {Lane(name): most for name, most in room.items()})
            assert all(each.lane.value in room for each in found)
            return {each.id for each in found}

    assert take() == take(local=0) == set()
    assert take(suspect=2, outgoing=1) == {"failed0", "failed1", "call0"}
    assert take(local=10) == {"local", "local again"}
    assert take(suspect=10, outgoing=10, local=10) == {"failed2", "call1", "call2"}


def test_a_lease_is_renewed_while_the_work_goes_on(store):
    enqueue(store, item(own_id="long"), item(own_id="tried", queue="q2"), item(own_id="new", queue="q3"))
    claim(store, limit=2)
    with store.transaction() as tx:
        tx.events.postpone("tried", T0, "down")
        tx.events.renew(["long", "tried", "new", "unknown"], T0 + 3 * HOUR)
    assert claim(store, T0 + 2 * HOUR) == ["tried", "new"]
    assert "long" in claim(store, T0 + 3 * HOUR)


def test_an_item_that_waits_holds_up_its_queue(store):
    enqueue(store, item(own_id="first"), item(own_id="second"), item(own_id="other", queue="c2"))
    assert claim(store) == ["first", "other"]
    with store.transaction() as tx:
        tx.events.postpone("first", T0 + 2 * HOUR, "down")
    assert claim(store, T0 + HOUR / 2) == []
    tried = state(store, "first")
    assert (tried.attempts, tried.next_at, tried.last_error) == (1, T0 + 2 * HOUR, "down")
    assert "first" in claim(store, T0 + 2 * HOUR)


def test_what_is_given_up_lets_the_next_one_go(store):
    enqueue(store, item(own_id="first"), item(own_id="second"))
    claim(store)
    with store.transaction() as tx:
        tx.events.abandon("first", "refused")
    assert claim(store) == ["second"]
    given_up = state(store, "first")
    assert (given_up.state, given_up.last_error, given_up.attempts) == (OutboxState.ABANDONED, "refused", 1)


def test_the_lease_of_a_dead_worker_runs_out(store):
    enqueue(store, item())
    assert claim(store) == ["i1"]
    assert claim(store, T0 + HOUR * 0.99) == []
    assert claim(store, T0 + HOUR) == ["i1"]
    assert state(store, "i1").attempts == 0


def test_a_worker_whose_lease_ran_out_does_not_undo_what_another_did(store):
    enqueue(store, item())
    claim(store)
    claim(store, T0 + HOUR)
    with store.transaction() as tx:
        tx.events.finish("i1")
        tx.events.postpone("i1", T0, "late")
        tx.events.abandon("i1", "late")
        tx.events.finish("i1")
    assert state(store, "i1") == replace(item(), state=OutboxState.DONE)
    assert claim(store, T0 + 2 * HOUR) == []


def test_unknown_work(store):
    with store.transaction() as tx:
        for settle in (
            lambda: tx.events.finish("none"),
            lambda: tx.events.postpone("none", T0, ""),
            lambda: tx.events.abandon("none", ""),
            lambda: tx.events.redeliver("acme", "none", T0),
        ):
            with pytest.raises(NotFound):
                settle()


def test_redelivery_of_abandoned_work_by_its_owner_alone(store):
    enqueue(store, item())
    with store.transaction() as tx:
        with pytest.raises(NotFound):
            tx.events.redeliver("acme", "i1", T0)  # not abandoned
        tx.events.abandon("i1", "refused")
        with pytest.raises(NotFound):
            tx.events.redeliver("beta", "i1", T0)
        tx.events.redeliver("acme", "i1", T0 + HOUR)
    again = state(store, "i1")
    assert (again.state, again.next_at, again.attempts) == (OutboxState.PENDING, T0 + HOUR, 0)
    assert claim(store) == []
    assert claim(store, T0 + HOUR) == ["i1"]


def test_redelivered_work_waits_for_the_item_that_is_being_done(store):
    enqueue(store, item(own_id="old"), item(own_id="new"))
    with store.transaction() as tx:
        tx.events.abandon("old", "refused")
    assert claim(store) == ["new"]
    with store.transaction() as tx:
        tx.events.redeliver("acme", "old", T0)
    assert claim(store) == []
    with store.transaction() as tx:
        tx.events.finish("new")
    assert claim(store) == ["old"]


def test_when_to_look_again(store):
    def due() -> datetime | None:
        with store.snapshot() as tx:
            return tx.events.next_due()

    assert due() is None
    enqueue(store, item(own_id="a1", queue="a"), item(own_id="a2", queue="a"))
    enqueue(store, item(own_id="b1", queue="b", next_at=T0 + 3 * HOUR))
    assert due() == T0
    claim(store)
    assert due() == T0 + HOUR  # when the lease runs out: a2 may not go before
    with store.transaction() as tx:
        tx.events.postpone("a1", T0 + 9 * HOUR, "down")
    assert due() == T0 + 3 * HOUR
    with store.transaction() as tx:
        tx.events.finish("a1")
    assert due() == T0


def test_what_waits_for_a_partner_is_hastened_and_nothing_else(store):
    with store.transaction() as tx:
        for own_id, queue in (("a", "c1"), ("b", "c1/fetch"), ("c", "c12"), ("d", "c2")):
            tx.events.enqueue(item(own_id=own_id, queue=queue, next_at=T0 + HOUR))
        tx.events.enqueue(item("beta", "e", queue="c1", next_at=T0 + HOUR))
        tx.events.hasten("acme", "c1", T0)
    with store.snapshot() as tx:
        due = {each.id: each.next_at for org in ("acme", "beta") for each in tx.events.outbox(org)}
    assert due == {"a": T0, "b": T0, "c": T0 + HOUR, "d": T0 + HOUR, "e": T0 + HOUR}
