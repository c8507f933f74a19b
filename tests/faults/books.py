"""The audit after the deaths: what two stopped nodes hold, against the ledger of what they had acknowledged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import create_engine, text
from tests.faults.process import NodeProcess
from tests.faults.trade import BUYER, SUPPLIERS, Trade

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json
from carbonbridge.core.footprint import footprint_digest, with_status
from carbonbridge.core.request import Direction, FootprintRequest, RequestState
from carbonbridge.core.statement import read_unverified
from carbonbridge.core.vocabulary import EventType, FootprintStatus
from carbonbridge.node.db.store import SqlStore
from carbonbridge.node.ports.records import OutboxState, PublishedFootprint
from carbonbridge.node.ports.store import Transaction

_ANSWER = {
    RequestState.FULFILLED: EventType.REQUEST_FULFILLED.value,
    RequestState.REJECTED: EventType.REQUEST_REJECTED.value,
}


@dataclass(frozen=True)
class Books:
    """Both nodes' stores.

    Attributes:
        inboxes: by organisation: (type, id, data) of every event it took in.
    """

    trade: Trade
    stores: dict[str, Transaction]
    inboxes: dict[str, list[tuple[str, str, dict[str, object]]]]

    def check(self) -> None:
        """Check everything."""
        for slug in SUPPLIERS:
            self._check_publications(slug)
            self._check_requests(slug)
        self._check_inbox()
        for org in (BUYER, *SUPPLIERS):
            self._check_outbox(org)
            self._check_audit(org)

    def _published(self, slug: str) -> dict[str, PublishedFootprint]:
        everything = self.stores[slug].footprints.find(
            slug, FootprintCriteria(), grants=None, at=datetime.now(UTC), limit=10**6
        )
        return {footprint.id: footprint for footprint in everything}

    def _requests(self, org: str, direction: Direction) -> list[FootprintRequest]:
        return self.stores[org].requests.find(org, direction)

    def _check_publications(self, slug: str) -> None:
        """Each acknowledged publish is there as it was signed, once; and the buyer holds what the supplier serves."""
        published = self._published(slug)
        for footprint_id, acknowledged in self.trade.ledger.published.items():
            if acknowledged.org != slug:
                continue
            kept = published[footprint_id]
            assert kept.statement_digest == acknowledged.statement
            statement = read_unverified(
                self.stores[slug].footprints.statement(slug, kept.statement_digest).compact
            )
            assert statement.digest == acknowledged.statement
            assert kept.document == with_status(statement.body, kept.facts.status)
            sent = read_json(acknowledged.document)
            assert footprint_digest(read_json(kept.document)) == footprint_digest(sent)
        in_force = [item for item in published.values() if item.facts.status is FootprintStatus.ACTIVE]
        assert len({tuple(item.facts.keys) for item in in_force}) == len(in_force), "one for each product"
        connection_id = self.trade.connections[slug]
        received = {
            item.id: item.document
            for item in self.stores[BUYER].footprints.received_all(BUYER)
            if item.connection_id == connection_id
        }
        assert received == {item.id: item.document for item in published.values()}

    def _check_requests(self, slug: str) -> None:
        """Both sides hold the same requests, each with the same one answer."""
        connection_id = self.trade.connections[slug]
        ours = {
            item.id: (item.state, item.answer)
            for item in self._requests(BUYER, Direction.OUTGOING)
            if item.connection_id == connection_id
        }
        incoming = self._requests(slug, Direction.INCOMING)
        theirs = {item.event_id: (item.state, item.answer) for item in incoming}
        assert len(theirs) == len(incoming)
        assert ours == theirs
        assert {state for state, _ in theirs.values()} <= _ANSWER.keys()
        assert {key for key, supplier in self.trade.ledger.asked.items() if supplier == slug} <= theirs.keys()
        decided = {item.id: item.state.value for item in incoming}
        answered = self.trade.ledger.answered if slug == "careful" else {}
        assert answered.items() <= decided.items()

    def _check_inbox(self) -> None:
        """The buyer took in exactly one answer to each of its requests, the one that closed it."""
        answers = [
            (data["requestEventId"], kind)
            for kind, _, data in self.inboxes[BUYER]
            if kind in _ANSWER.values()
        ]
        requests = self._requests(BUYER, Direction.OUTGOING)
        assert Counter(answers) == Counter((item.id, _ANSWER[item.state]) for item in requests)

    def _check_outbox(self, org: str) -> None:
        """Nothing waits, nothing was given up; each event went out under one id."""
        items = self.stores[org].events.outbox(org)
        assert {item.state for item in items} <= {OutboxState.DONE}

    def _check_audit(self, org: str) -> None:
        """One line for each thing that happened, and none for what did not."""
        store = self.stores[org]
        said = Counter((entry.verb, entry.subject) for entry in store.audit.find(org, limit=10**6))
        happened = Counter[tuple[str, str]]()
        if org in SUPPLIERS:
            happened.update(("publish", footprint_id) for footprint_id in self._published(org))
        happened.update(("ask", item.id) for item in self._requests(org, Direction.OUTGOING))
        happened.update(("answer", item.id) for item in self._requests(org, Direction.INCOMING))
        happened.update(("receive", event_id) for _, event_id, _ in self.inboxes[org])
        verbs = {"publish", "ask", "answer", "receive", "abandon"}
        assert {key: count for key, count in said.items() if key[0] in verbs} == dict(happened)


@contextmanager
def books(trade: Trade, buyers: NodeProcess, suppliers: NodeProcess) -> Iterator[Books]:
    """The books of two nodes that are stopped."""
    homes = {BUYER: buyers, **dict.fromkeys(SUPPLIERS, suppliers)}
    with ExitStack() as stack:
        stores: dict[str, Transaction] = {}
        for org, home in homes.items():
            store = stack.enter_context(closing(SqlStore(home.config.database_url)))
            stores[org] = stack.enter_context(store.snapshot())
        inboxes = {org: _inbox(home.config.database_url, org) for org, home in homes.items()}
        yield Books(trade, stores, inboxes)


def _inbox(url: str, org: str) -> list[tuple[str, str, dict[str, object]]]:
    """Straight from the table: the store's own words do not list it."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT type, event_id, body FROM inbox WHERE org = :org"), {"org": org}
            )
            return [(kind, event_id, read_json(bytes(body))["data"]) for kind, event_id, body in rows]
    finally:
        engine.dispose()
