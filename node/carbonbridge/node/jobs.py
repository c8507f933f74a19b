"""The workers: threads that do the work of the outbox, under a lease, woken at once or when it is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Condition, Thread

from carbonbridge.core.errors import CarbonBridgeError, StorageFailed, StoreBusy
from carbonbridge.node.app.answer import answer_by_policy
from carbonbridge.node.app.calculate import recalculate
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.deliver import deliver
from carbonbridge.node.app.fetch import fetch
from carbonbridge.node.app.recognise import recognise
from carbonbridge.node.app.settle import settle
from carbonbridge.node.ports.records import Lane, OutboxItem, OutboxVerb

#: A worker that was killed leaves its work to others after that; one that lives renews the lease while it works.
LEASE = timedelta(seconds=60)

#: Threads that call partners. A call that nobody answers is a thread that waits, which costs little: so there are many.
CALLS = 64

#: Work may be due and still not ours: leased to another process, or behind such work. Look again after this.
_PATIENCE = 1.0

#: Look once a minute whatever the store says: clocks jump, and other processes add work.
_LONGEST_WAIT = 60.0

_VERBS: Mapping[OutboxVerb, Callable[[Node, OutboxItem], None]] = {
    OutboxVerb.DELIVER: deliver,
    OutboxVerb.FETCH: fetch,
    OutboxVerb.ANSWER: lambda node, item: answer_by_policy(node, item.org, item.payload["requestId"]),
    OutboxVerb.RECOGNISE: lambda node, item: recognise(
        node, item.org, item.payload["connectionId"], item.payload["footprintId"]
    ),
    OutboxVerb.REFRESH: lambda node, item: recognise(
        node, item.org, item.payload["connectionId"], item.payload["footprintId"], ask=True
    ),
    OutboxVerb.CALCULATE: lambda node, item: recalculate(node, item.org, item.payload["productId"]),
}


def perform(node: Node, item: OutboxItem) -> None:
    """Do one piece of work.

    Raises:
        CarbonBridgeError: see the verb.
    """
    _VERBS[item.verb](node, item)


class Workers:
    """One thread that claims work and some that do it, in lanes (:class:`.Lane`).

    Args:
        node: give everybody else a node with :meth:`wake`; the workers look again after each work anyway.
        threads: how many pieces of local work are done at once.
        calls: how many partners are called at once: one half is for those whose last call did not fail.
        on_failure: told once if the workers stop by themselves: the store failed, and the node must stop too.
        lease: see :data:`LEASE`.
    """

    def __init__(
        self,
        node: Node,
        threads: int,
        calls: int = CALLS,
        *,
        on_failure: Callable[[BaseException], None] = lambda error: None,
        lease: timedelta = LEASE,
    ) -> None:
        self._node = node
        self._threads = {Lane.LOCAL: threads, Lane.OUTGOING: calls - calls // 2, Lane.SUSPECT: calls // 2}
        self._on_failure = on_failure
        self._lease = lease
        self._changed = Condition()
        self._in_hand: dict[str, Lane] = {}
        self._renewed = node.clock.now()
        self._woken = False
        self._stopping = False
        self._pool: ThreadPoolExecutor | None = None
        self._claimer: Thread | None = None

    def start(self) -> None:
        """Begin. What a killed process left behind comes up when its lease runs out."""
        self._pool = ThreadPoolExecutor(sum(self._threads.values()), thread_name_prefix="outbox")
        self._claimer = Thread(target=self._claim_until_stopped, args=(self._pool,), name="outbox-claims")
        self._claimer.start()

    def stop(self) -> None:
        """Take no more work, and wait until what is in hand is done."""
        self._ask_to_stop()
        if self._claimer is not None and self._pool is not None:
            self._claimer.join()
            self._pool.shutdown(wait=True)
        self._claimer = self._pool = None

    def wake(self) -> None:
        """There may be new work: look at once. Cheap, and safe from any thread."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def _ask_to_stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _claim_until_stopped(self, pool: ThreadPoolExecutor) -> None:
        try:
            while (room := self._room()) is not None:
                items, seconds = self._claim(room)
                for item in items:
                    self._begin(pool, item)
                if not items:
                    self._wait_for_work(seconds)
        except CarbonBridgeError as error:
            self._fail(error)
        except BaseException as error:
            self._fail(error)
            raise

    def _claim(self, room: Mapping[Lane, int]) -> tuple[list[OutboxItem], float]:
        """Work that is ours now; where there is none, for how long at most to wait for some."""
        now = self._node.clock.now()
        with self._changed:
            kept = list(self._in_hand) if now >= self._renewed + self._lease / 3 else []
        try:
            with self._node.store.transaction() as tx:
                if kept:
                    tx.events.renew(kept, now + self._lease)
                items = tx.events.claim(now, now + self._lease, room)
                due = None if items else tx.events.next_due()
        except StoreBusy:
            return [], _PATIENCE
        if kept or not self._in_hand:
            self._renewed = now
        return items, _LONGEST_WAIT if due is None else (due - now).total_seconds()

    def _room(self) -> dict[Lane, int] | None:
        """The free threads of each lane; None once the workers are to stop."""
        with self._changed:
            self._woken = False
            busy = Counter(self._in_hand.values())
            return (
                None if self._stopping else {lane: most - busy[lane] for lane, most in self._threads.items()}
            )

    def _wait_for_work(self, seconds: float) -> None:
        with self._changed:
            longest = self._lease.total_seconds() / 3 if self._in_hand else _LONGEST_WAIT
            timeout = min(max(seconds, _PATIENCE), longest)
            self._changed.wait_for(lambda: self._stopping or self._woken, timeout)

    def _begin(self, pool: ThreadPoolExecutor, item: OutboxItem) -> None:
        with self._changed:
            self._in_hand[item.id] = item.lane
        pool.submit(perform, self._node, item).add_done_callback(self._settler(item))

    def _settler(self, item: OutboxItem) -> Callable[[Future[None]], None]:
        def done(future: Future[None]) -> None:
            try:
                error = future.exception()
                if isinstance(error, StorageFailed):
                    raise error
                settle(self._node, item, error)
            except StoreBusy:
                pass  # still leased: when that runs out, it comes up again
            except CarbonBridgeError as failure:
                self._fail(failure)
            except BaseException as failure:
                self._fail(failure)
                raise
            finally:
                with self._changed:
                    self._in_hand.pop(item.id, None)
                    self._woken = True
                    self._changed.notify_all()

        return done

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            first = not self._stopping
        self._ask_to_stop()
        if first:
            self._on_failure(error)
