"""All or nothing, one view, and many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Event
from typing import TypeVar

import pytest
from tests.node.db.samples import (
    HOUR,
    T0,
    event,
    found,
    grant,
    item,
    organisation,
    product,
    published,
    request,
    room,
)

from carbonbridge.core.errors import Conflict, StoreBusy
from carbonbridge.core.request import RequestMove, move
from carbonbridge.node.db.store import SqlStore

T = TypeVar("T")


class Stop(Exception):
    """What a use case may fail with."""


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta")


@pytest.fixture
def other(database_url):
    """The store as another process opens it, which has little patience."""
    other = SqlStore(database_url, patience=0.2)
    yield other
    other.close()


def at_once(threads: int, act: Callable[[int], T]) -> list[T]:
    start = Barrier(threads)

    def one(number: int) -> T:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_a_failure_leaves_nothing_behind(store):
    def fail() -> None:
        with store.transaction() as tx:
            tx.footprints.add(published())
            tx.parties.add_grant("acme", grant())
            tx.events.enqueue(item())
            assert tx.events.record(event())
            raise Stop

    with pytest.raises(Stop):
        fail()
    with store.transaction() as tx:
        assert tx.parties.grants("acme") == []
        assert tx.events.outbox("acme") == []
        assert tx.events.record(event())
        tx.footprints.add(published())


def test_a_snapshot_sees_one_state_and_cannot_write(store, other):
    with store.snapshot() as tx:
        assert tx.products.find("acme") == []
        with other.transaction() as writing:
            writing.products.put(product())
        assert tx.products.find("acme") == []
        with pytest.raises(RuntimeError, match="snapshot"):
            tx.products.put(product())
    with store.snapshot() as tx:
        assert tx.products.find("acme") == [product()]


def test_what_is_not_committed_is_seen_by_nobody_else(store, other):
    with store.transaction() as tx:
        tx.products.put(product())
        assert tx.products.find("acme") == [product()]
        with other.snapshot() as reading:
            assert reading.products.find("acme") == []


def test_of_two_answers_at_once_one_wins(store, other):
    """Each looks, decides, writes; the second must see what the first wrote."""
    with store.transaction() as tx:
        tx.requests.add(request())
    both_have_looked = Barrier(2)

    def answer(number: int) -> str:
        try:
            with (store, other)[number].transaction() as tx:
                asked = tx.requests.get("acme", "q1")
                # They would meet here if nothing kept them apart; who is alone goes on.
                with suppress(BrokenBarrierError):
                    both_have_looked.wait(timeout=0.1)
                tx.requests.replace(replace(asked, state=move(asked.state, RequestMove.FULFIL)))
                tx.events.enqueue(item(own_id=f"answer-{number}"))
        except Conflict:
            return "too late"
        return "answered"

    assert sorted(at_once(2, answer)) == ["answered", "too late"]
    with store.snapshot() as tx:
        assert len(tx.events.outbox("acme")) == 1


def test_no_change_is_lost(store):
    """Read a list, change what it held, write it back: many threads, no update lost."""
    with store.transaction() as tx:
        tx.products.put(product(spec={"n": 0}))

    def count_up(_: int) -> None:
        for _ in range(5):
            with store.transaction() as tx:
                [kept] = tx.products.find("acme")
                tx.products.put(replace(kept, spec={"n": kept.spec["n"] + 1}))

    at_once(6, count_up)
    with store.snapshot() as tx:
        assert tx.products.get("acme", "p1").spec == {"n": 30}


def test_an_event_that_comes_many_times_at_once_is_new_once(store):
    def receive(_: int) -> bool:
        with store.transaction() as tx:
            return tx.events.record(event())

    assert Counter(at_once(6, receive)) == {True: 1, False: 5}


def test_an_id_that_is_added_many_times_at_once_is_added_once(store):
    def add(_: int) -> bool:
        try:
            with store.transaction() as tx:
                tx.parties.add_organisation(organisation("new"))
        except Conflict:
            return False
        return True

    assert Counter(at_once(6, add)) == {True: 1, False: 5}


def test_workers_of_two_processes_share_the_outbox(store, database_url):
    """Each item is taken once, in the order of its queue, and never two of a queue together."""
    queues, length = 4, 5
    with store.transaction() as tx:
        for number in range(length):
            for queue in range(queues):
                tx.events.enqueue(item(own_id=f"{queue}/{number}", queue=str(queue)))
    second = SqlStore(database_url)
    done: dict[str, list[str]] = {str(queue): [] for queue in range(queues)}
    busy: Counter[str] = Counter()
    most = 0

    def work(number: int) -> None:
        nonlocal most
        mine = (store, second)[number % 2]
        while True:
            with mine.transaction() as tx:
                items = tx.events.claim(T0, T0 + HOUR, room(2))
                if not items and tx.events.next_due() is None:
                    return
            for each in items:
                busy[each.queue] += 1
                most = max(most, busy[each.queue])
                done[each.queue].append(each.id)
                busy[each.queue] -= 1
                with mine.transaction() as tx:
                    tx.events.finish(each.id)

    at_once(4, work)
    second.close()
    assert most == 1
    assert done == {str(queue): [f"{queue}/{number}" for number in range(length)] for queue in range(queues)}


def test_who_waits_too_long_is_told_to_try_again(store, other):
    with store.transaction() as tx:
        tx.products.put(product())
        tx.products.get("acme", "p1")

        def wait() -> None:
            with other.transaction() as waiting:
                waiting.products.get("acme", "p1")

        with pytest.raises(StoreBusy):
            wait()
    with other.transaction() as waiting:  # a busy store is not a broken one
        assert waiting.products.get("acme", "p1") == product()


def test_a_store_without_a_free_connection_is_busy(sqlite_url):
    store = SqlStore(sqlite_url, patience=0.1)

    def nest() -> None:
        with store.transaction(), store.transaction():
            pass

    with pytest.raises(StoreBusy):
        nest()
    store.close()


def test_organisations_do_not_wait_for_each_other(postgres_url):
    store = SqlStore(postgres_url)
    found(store, "gamma", "delta")
    inside, finished = Event(), Event()

    def hold() -> bool:
        with store.transaction() as tx:
            tx.products.find("gamma")
            inside.set()
            return finished.wait(timeout=5)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert inside.wait(timeout=5)
        with store.transaction() as tx:
            tx.products.put(product("delta"))
        finished.set()
        assert held.result()
    store.close()
