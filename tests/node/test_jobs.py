"""The workers: woken at once, several queues at a time, surviving failures, stopping when the store fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Lock

import pytest
from tests.support.documents import document_of, product_id
from tests.support.network import InProcessPeers, Network, Tenant, attempt, claim, outbox

from carbonbridge.core.connection import Connection
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import StorageFailed
from carbonbridge.core.request import RequestState
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.publish import publish
from carbonbridge.node.jobs import LEASE, Workers
from carbonbridge.node.ports.records import OutboxState
from carbonbridge.node.ports.store import Store, Transaction

#: Far beyond what anything here takes; nothing waits that long unless it is broken.
PATIENCE = 20.0


class WatchedPeers:
    """The way out, which says when it is used.

    Attributes:
        used: set at every call.
        on_event: called instead of sending.
    """

    def __init__(self, peers: InProcessPeers) -> None:
        self._peers = peers
        self.used = Event()
        self.on_event: Callable[[Connection, bytes], None] = peers.send_event

    def send_event(self, connection: Connection, event: bytes) -> None:
        try:
            self.on_event(connection, event)
        finally:
            self.used.set()

    def __getattr__(self, name: str):
        return getattr(self._peers, name)


class Bench:
    """A supplier whose node has workers, and buyers whose nodes have none."""

    def __init__(self, network: Network) -> None:
        self.network = network
        node = network.node("maker")
        self.peers = WatchedPeers(network.peers)
        self.node: Node = replace(node, peers=self.peers, wake=self.wake)
        self.failures: list[BaseException] = []
        self.failed = Event()
        self.workers = self.new_workers(self.node)
        self.maker = network.tenant(self.node, "maker")

    def wake(self) -> None:
        self.workers.wake()

    def new_workers(self, node: Node, threads: int = 2, calls: int = 8) -> Workers:
        def failed(error: BaseException) -> None:
            self.failures.append(error)
            self.failed.set()

        return Workers(node, threads, calls, on_failure=failed)

    def buyer(self, name: str) -> Tenant:
        buyer = self.network.tenant(self.network.node(name), name)
        self.network.supply(self.maker, buyer)
        return buyer

    def publish(self) -> str:
        return publish(self.node, self.maker.operator, "maker", document_of(self.maker))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with closing(Network(tmp_path)) as network:
        made = Bench(network)
        yield made
        made.workers.stop()


def settled(tenant: Tenant, *, state: OutboxState = OutboxState.DONE) -> bool:
    return all(item.state is state for item in outbox(tenant))


def test_new_work_is_done_at_once(bench: Bench):
    bench.buyer("buyer")
    bench.workers.start()
    bench.publish()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    assert settled(bench.maker)


def test_work_left_from_before_is_done_at_the_start(bench: Bench):
    bench.buyer("buyer")
    bench.publish()
    bench.workers.start()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    assert settled(bench.maker)


def test_queues_do_not_wait_for_each_other(bench: Bench):
    """Two partners are served at the same time: each delivery waits for the other one to begin."""
    for name in ("one", "two"):
        bench.buyer(name)
    both = Barrier(2)
    bench.peers.on_event = lambda connection, event: both.wait(PATIENCE) and None
    bench.publish()
    bench.workers.start()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    assert not both.broken
    assert settled(bench.maker)


def test_partners_that_failed_take_half_of_the_threads_at_most(bench: Bench):
    """All silent ones have failed before; while as many hang as may, new work for the others goes out."""
    names = [f"silent{number}" for number in range(5)]
    silent = {bench.buyer(name).base_url for name in names}
    bench.publish()
    for item in claim(bench.node):
        attempt(replace(bench.node, peers=InProcessPeers()), item)  # nobody is there
    bench.network.clock.advance(timedelta(hours=1))
    healthy = bench.buyer("healthy")
    release, arrived, hanging, twice = Event(), Event(), [], Barrier(3)

    def on_event(connection: Connection, event: bytes) -> None:
        if connection.base_url in silent:
            hanging.append(connection.base_url)
            if len(hanging) <= 2:
                twice.wait(PATIENCE)
                release.wait(PATIENCE)
        elif connection.base_url == healthy.base_url:
            arrived.set()

    bench.peers.on_event = on_event
    bench.workers = bench.new_workers(bench.node, threads=1, calls=4)
    bench.workers.start()
    twice.wait(PATIENCE)
    bench.publish()
    assert arrived.wait(PATIENCE)
    assert len(hanging) == 2
    release.set()
    bench.workers.stop()


def test_long_work_keeps_its_lease(bench: Bench):
    """Nobody else gets what is in hand, however long it takes."""
    for name in ("slow", "other"):
        bench.buyer(name)
    bench.publish()
    begun, release, looked = Barrier(3), Event(), Event()
    times: list[str] = []

    def hang(connection: Connection, event: bytes) -> None:
        times.append(connection.name)
        begun.wait(PATIENCE)
        release.wait(PATIENCE)

    class Watched(FailingStore):
        def transaction(self) -> AbstractContextManager[Transaction]:
            looked.set()
            return self._store.transaction()

    bench.peers.on_event = hang
    bench.workers = bench.new_workers(replace(bench.node, store=Watched(bench.node.store)))
    bench.workers.start()
    begun.wait(PATIENCE)
    for _ in range(5):
        bench.network.clock.advance(LEASE * 2 / 5)
        looked.clear()
        bench.workers.wake()
        assert looked.wait(PATIENCE)
    assert claim(bench.node) == []
    release.set()
    bench.workers.stop()
    assert sorted(times) == ["Other", "Slow"]
    assert settled(bench.maker)


def test_one_queue_is_worked_off_in_order_one_at_a_time(bench: Bench):
    bench.buyer("buyer")
    published = [bench.publish() for _ in range(5)]
    sent: list[bytes] = []
    alone, done = Lock(), Event()

    def note(connection: Connection, event: bytes) -> None:
        assert alone.acquire(blocking=False)
        sent.append(event)
        if len(sent) == len(published):
            done.set()
        alone.release()

    bench.peers.on_event = note
    bench.workers = bench.new_workers(bench.node, threads=4)
    bench.workers.start()
    assert done.wait(PATIENCE)
    bench.workers.stop()
    assert [next(pf for pf in published if pf.encode() in event) for event in sent] == published
    assert settled(bench.maker)


def test_a_failure_is_tried_again_when_it_is_due(bench: Bench):
    buyer = bench.buyer("buyer")
    bench.network.peers.down.add(buyer.base_url)
    bench.workers.start()
    bench.publish()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    (item,) = outbox(bench.maker)
    assert (item.state, item.attempts) == (OutboxState.PENDING, 1)
    bench.network.peers.down.clear()
    bench.network.clock.advance(timedelta(seconds=2))
    bench.peers.used.clear()
    bench.workers = bench.new_workers(bench.node)
    bench.workers.start()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    assert settled(bench.maker)


def test_a_bug_in_one_piece_of_work_stops_nobody(bench: Bench):
    """An error that nobody foresaw is put off like an unreachable partner, and told by its kind alone."""
    bench.buyer("buyer")

    def broken(connection: Connection, event: bytes) -> None:
        raise RuntimeError("with the content of a footprint")

    bench.peers.on_event = broken
    bench.workers.start()
    bench.publish()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    (item,) = outbox(bench.maker)
    assert (item.state, item.last_error) == (OutboxState.PENDING, "RuntimeError")
    assert bench.failures == []


def test_killed_in_the_middle_the_lease_brings_it_back(bench: Bench):
    bench.buyer("buyer")
    bench.publish()
    assert len(claim(bench.node)) == 1  # by a worker that then died
    bench.workers.start()
    bench.network.clock.advance(timedelta(minutes=2))
    bench.workers.wake()
    assert bench.peers.used.wait(PATIENCE)
    bench.workers.stop()
    assert settled(bench.maker)


class FailingStore:
    """A store whose disk gives up when it is told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.broken = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        if self.broken:
            raise StorageFailed("the disk gave up")
        with self._store.transaction() as tx:
            yield tx

    def snapshot(self) -> AbstractContextManager[Transaction]:
        return self._store.snapshot()


@pytest.mark.parametrize("moment", ["claiming", "settling"])
def test_a_failing_store_stops_the_workers_and_is_reported_once(bench: Bench, moment: str):
    bench.buyer("buyer")
    bench.publish()
    store = FailingStore(bench.node.store)
    node = replace(bench.node, store=store)

    def break_now(connection: Connection, event: bytes) -> None:
        store.broken = True

    if moment == "claiming":
        store.broken = True
    bench.peers.on_event = break_now
    bench.workers = bench.new_workers(node)
    bench.workers.start()
    assert bench.failed.wait(PATIENCE)
    bench.workers.stop()
    assert [type(error) for error in bench.failures] == [StorageFailed]
    (item,) = outbox(bench.maker)
    assert item.state is OutboxState.PENDING


def test_idle_workers_do_not_ask_the_store_again_and_again(bench: Bench):
    asked = []

    class Counting(FailingStore):
        def transaction(self) -> AbstractContextManager[Transaction]:
            asked.append(1)
            looked.set()
            return self._store.transaction()

    looked = Event()
    node = replace(bench.node, store=Counting(bench.node.store))
    bench.workers = bench.new_workers(node)
    bench.workers.start()
    assert looked.wait(PATIENCE)
    assert not bench.failed.wait(0.3)
    bench.workers.stop()
    assert len(asked) == 1


def test_a_whole_conversation_between_two_nodes_with_workers(bench: Bench):
    network = bench.network
    running: list[Workers] = []

    def start(name: str) -> Node:
        node = network.node(name)
        workers = Workers(node, 2)
        running.append(workers)
        return replace(node, wake=workers.wake)

    supplier = network.tenant(start("north"), "supplier")
    buyer = network.tenant(start("south"), "buyer")
    _, to_supplier = network.supply(supplier, buyer)
    publish(supplier.node, supplier.operator, "supplier", document_of(supplier))
    for workers in running:
        workers.start()
    try:
        criteria = FootprintCriteria(product_id=(product_id("supplier"),))
        request = ask(buyer.node, buyer.operator, "buyer", to_supplier, criteria)
        finished = Event()
        while not finished.wait(0.02):
            with buyer.node.store.snapshot() as tx:
                if tx.requests.get("buyer", request.id).state is RequestState.FULFILLED:
                    finished.set()
    finally:
        for workers in running:
            workers.stop()
