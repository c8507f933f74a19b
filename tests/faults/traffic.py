"""What people do while nodes die: publish, ask, answer. Each thread writes down what was acknowledged, and no more."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import TypeVar

from tests.faults.process import PATIENCE
from tests.faults.trade import BUYER, SUPPLIERS, Published, Trade, footprint, product

from carbonbridge.client import NodeClient
from carbonbridge.core.errors import BadInput, Conflict, PartnerUnreachable

T = TypeVar("T")

PRODUCTS = ("plate", "rod")

#: Nobody makes it: whoever asks for it is turned back.
UNKNOWN = "unobtainium"

#: Between two things that one person does, in seconds.
PACE = 0.05


class Traffic:
    """The threads; see :func:`traffic`."""

    def __init__(self, trade: Trade, seed: int) -> None:
        self._trade = trade
        self._lot = random.Random(seed)
        self._closing = Event()
        self._settled = Event()
        self._pool = ThreadPoolExecutor(2 * len(SUPPLIERS) + 2)
        self._busy: list[Future[None]] = []
        self._answering: list[Future[None]] = []

    def open(self) -> None:
        """Begin."""
        for slug in SUPPLIERS:
            self._busy.append(self._run(self._publish, slug))
            self._busy.append(self._run(self._ask, slug))
        # Two persons answer for one supplier, and get in each other's way.
        self._answering = [self._run(self._answer, slug) for slug in ("careful", "careful")]

    def close(self, least: int) -> None:
        """No new business; then wait until all that was begun has come to its end.

        Args:
            least: acknowledgements of each kind that there have to be first.
        """
        pause, give_up = Event(), monotonic() + PATIENCE
        while self._trade.ledger.least < least:
            assert monotonic() < give_up, "too little gets done"
            self.check()
            pause.wait(PACE)
        self._closing.set()
        for future in self._busy:
            future.result(PATIENCE)
        self._trade.await_rest()
        self._settled.set()
        for future in self._answering:
            future.result(PATIENCE)

    def abandon(self) -> None:
        """Whatever happens: leave no thread behind."""
        self._closing.set()
        self._settled.set()
        self._pool.shutdown()

    def check(self) -> None:
        """Nobody has met with anything unexpected so far."""
        for future in (*self._busy, *self._answering):
            if future.done():
                future.result()

    def _run(self, work: Callable[[NodeClient, str, random.Random], None], slug: str) -> Future[None]:
        lot = random.Random(self._lot.random())

        def run() -> None:
            name = BUYER if work == self._ask else slug
            with self._trade.accounts[name].client() as client:
                work(client, slug, lot)

        return self._pool.submit(run)

    def _publish(self, client: NodeClient, slug: str, lot: random.Random) -> None:
        """One correction after the other. Nobody knows what became of a call without an answer: it is repeated."""
        in_force: dict[str, str] = {}
        while not self._closing.wait(PACE):
            name = lot.choice(PRODUCTS)
            document = footprint(slug, name, in_force.get(name), lot)
            made = self._insist(lambda document=document: client.publish(document), self._closing)
            if made is not None:
                in_force[name] = made["id"]
                self._trade.ledger.published[made["id"]] = Published(slug, document, made["statementDigest"])

    def _ask(self, client: NodeClient, slug: str, lot: random.Random) -> None:
        """A question without an answer from our own node is let be: it may have been asked, or not."""
        while not self._closing.wait(PACE):
            name = lot.choice((*PRODUCTS, UNKNOWN))
            criteria = {"productId": [product(slug, name)]}
            asked = _try(lambda criteria=criteria: client.ask(self._trade.connections[slug], criteria))
            if asked is not None:
                self._trade.ledger.asked[asked["id"]] = slug

    def _answer(self, client: NodeClient, slug: str, lot: random.Random) -> None:
        """Yes or no, as the lot falls, until all have their answer."""
        while not self._settled.wait(PACE):
            for request in _try(lambda: client.requests("incoming", "open")) or ():
                answered = _try(lambda request=request: self._decide(client, request["id"], lot))
                if answered is not None:
                    self._trade.ledger.answered[answered["id"]] = answered["state"]

    def _decide(self, client: NodeClient, request_id: str, lot: random.Random) -> dict[str, str] | None:
        try:
            if lot.random() < 0.3:
                return client.reject(request_id, "not today")
            try:
                return client.fulfil(request_id)
            except BadInput:  # there is nothing of the kind
                return client.reject(request_id, "we make no such thing")
        except Conflict:
            self._trade.ledger.conflicts.append(request_id)
            return None

    def _insist(self, call: Callable[[], T], end: Event) -> T | None:
        while True:
            answer = _try(call)
            if answer is not None or end.wait(PACE):
                return answer


@contextmanager
def traffic(trade: Trade, seed: int) -> Iterator[Traffic]:
    """Traffic that has begun."""
    made = Traffic(trade, seed)
    try:
        made.open()
        yield made
    finally:
        made.abandon()


def _try(call: Callable[[], T]) -> T | None:
    """None if the node was not there, or was gone before it had answered."""
    try:
        return call()
    except PartnerUnreachable:
        return None
