"""The store, in domain words. Every read and write of an organisation's data carries the organisation (tenant).

A use case opens one :meth:`Store.transaction`, does all its reads and writes in it, and is durable when the block ends
without an exception: only then may anybody be told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from carbonbridge.core.connection import Connection
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, Keyed
from carbonbridge.core.organisation import Organisation
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.request import Direction, FootprintRequest, RequestState
from carbonbridge.node.ports.records import (
    AuditEntry,
    CalculationRecord,
    CalculationState,
    Caller,
    Client,
    ClientSecret,
    InboxEvent,
    Lane,
    Original,
    OutboxItem,
    OutboxState,
    ProductRecord,
    PublishedFootprint,
    ReceivedFootprint,
    SigningKey,
    StatementRecord,
    VerdictRecord,
)
from carbonbridge.node.ports.registry import Registry

#: Place in a footprint listing: ``seq`` of the last item of the page before.
Cursor = int


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as it is served.

    Attributes:
        found: places in the listing, and documents; cut short where they are large.
        goes_on: there are more.
    """

    found: list[tuple[Cursor, bytes]]
    goes_on: bool


class Reads(Protocol):
    """The two reads that partners make most: the bytes of one footprint, and those of a page.

    Outside any transaction: each call sees what is committed when it is made. All raise StorageFailed or StoreBusy.
    """

    def document(self, org: str, footprint_id: str) -> tuple[bytes, Keyed] | None:
        """One footprint, whoever asks, and what disclosure looks at; None if there is none."""
        ...

    def page(
        self,
        org: str,
        criteria: FootprintCriteria,
        *,
        grants: Sequence[Grant] | None,
        at: datetime,
        after: Cursor | None,
        limit: int,
    ) -> Listed:
        """As :meth:`Footprints.find`; ``limit``: of what is shown, one at least if it is not 0."""
        ...


class SwiftReads(Reads, Protocol):
    """The same, so quick that they may be made where nothing may wait; from one thread only."""

    def version(self) -> int:
        """A number that is another one after each commit that anybody makes."""
        ...


class Parties(Protocol):
    """Organisations, clients, keys, connections, grants.

    Lookups raise NotFound; additions of a taken id raise Conflict.
    """

    def add_organisation(self, organisation: Organisation) -> None: ...
    def organisation(self, slug: str) -> Organisation: ...
    def default_organisation(self) -> Organisation: ...
    def organisations(self) -> list[Organisation]: ...
    def add_key(self, key: SigningKey) -> None: ...
    def keys(self, org: str) -> list[SigningKey]:
        """Of all times, oldest first."""
        ...

    def replace_key(self, key: SigningKey) -> None:
        """Note the end of a key."""
        ...

    def add_client(self, client: Client) -> None: ...
    def client(self, client_id: str) -> Client: ...
    def caller(self, client_id: str) -> Caller | None:
        """A client with what its connection allows, in one look: asked on every call."""
        ...

    def clients(self, org: str | None) -> list[Client]: ...
    def revoke_client(self, org: str | None, client_id: str, at: datetime) -> None: ...
    def set_client_keys(
        self, org: str | None, client_id: str, jwks: dict[str, Any] | None, certificate: str | None
    ) -> None: ...
    def add_secret(self, secret: ClientSecret) -> None: ...
    def secrets(self, org: str | None, client_id: str) -> list[ClientSecret]:
        """Those of a client, oldest first; also those that have expired."""
        ...

    def expire_secret(self, org: str | None, client_id: str, secret_id: str, at: datetime) -> None: ...
    def remove_secret(self, org: str | None, client_id: str, secret_id: str) -> None: ...
    def use_assertion(self, client_id: str, jti: str, expires_at: datetime, now: datetime) -> bool:
        """Remember that a client used an assertion; False if it did so before. Forgets what has expired."""
        ...

    def add_connection(self, connection: Connection) -> None: ...
    def replace_connection(self, connection: Connection) -> None: ...
    def connection(self, org: str, connection_id: str) -> Connection: ...
    def connections(self, org: str) -> list[Connection]: ...
    def add_grant(self, org: str, grant: Grant) -> None: ...
    def remove_grant(self, org: str, grant_id: str) -> None: ...
    def grants(self, org: str, connection_id: str | None = None) -> list[Grant]: ...


class Footprints(Protocol):
    """Statements, own footprints and, in a table of their own, received footprints."""

    def add_statement(self, statement: StatementRecord) -> None:
        """Keep a statement; one that is there already is the same, by its digest, and is left alone."""
        ...

    def statement(self, org: str, digest: str) -> StatementRecord: ...
    def add(self, footprint: PublishedFootprint) -> None: ...
    def add_all(
        self, org: str, statements: Sequence[StatementRecord], footprints: Sequence[PublishedFootprint]
    ) -> None:
        """Many new footprints of an organisation with their statements, in order.

        Raises:
            Conflict: one of them is there; then the transaction is lost.
        """
        ...

    def known(self, org: str, footprint_ids: Sequence[str]) -> set[str]:
        """Those of the ids that are own footprints'."""
        ...

    def deprecate(self, org: str, footprint_id: str, document: bytes) -> None: ...
    def get(self, org: str, footprint_id: str) -> PublishedFootprint: ...
    def find(
        self,
        org: str,
        criteria: FootprintCriteria,
        *,
        grants: Sequence[Grant] | None,
        at: datetime,
        after: Cursor | None = None,
        limit: int,
    ) -> list[PublishedFootprint]:
        """Own footprints that match and, unless ``grants`` is None (the owner asks), that a grant in force discloses.

        In the order in which they were published; must agree with ``criteria.matches`` and ``disclosure.may_see``.
        """
        ...

    def put_received(self, footprint: ReceivedFootprint) -> None:
        """Insert, or replace the row of the same (org, connection, id)."""
        ...

    def received(self, org: str, connection_id: str, footprint_id: str) -> ReceivedFootprint: ...
    def received_all(self, org: str) -> list[ReceivedFootprint]: ...
    def received_for_product(self, org: str, product_id: str) -> list[ReceivedFootprint]:
        """Received footprints with that product id (case-insensitive), newest ``created`` first."""
        ...

    def add_verdict(self, verdict: VerdictRecord) -> None:
        """Add, and point the received footprint at it."""
        ...

    def verdict(self, org: str, verdict_id: str) -> VerdictRecord: ...
    def verdicts(self, org: str) -> list[VerdictRecord]: ...


class Originals(Protocol):
    """v2 documents from which footprints were converted; own ones, and by connection those of partners."""

    def put(self, original: Original) -> None:
        """Insert, or replace the one of the same footprint; earlier versions are the latest no more."""
        ...

    def of(self, org: str, footprint_ids: Collection[str]) -> dict[str, Original]:
        """Originals of own footprints, by footprint id; most have none."""
        ...

    def get(self, org: str, connection_id: str | None, footprint_id: str) -> Original | None: ...
    def latest(self, org: str, connection_id: str | None, v2_id: str) -> Original | None: ...


class Requests(Protocol):
    """Requests of both directions."""

    def add(self, request: FootprintRequest) -> None: ...
    def replace(self, request: FootprintRequest) -> None: ...
    def get(self, org: str, request_id: str) -> FootprintRequest: ...
    def by_event(
        self, org: str, connection_id: str, direction: Direction, event_id: str
    ) -> FootprintRequest | None: ...
    def find(
        self, org: str, direction: Direction | None = None, state: RequestState | None = None
    ) -> list[FootprintRequest]: ...


class Events(Protocol):
    """Inbox and outbox."""

    def record(self, event: InboxEvent) -> bool:
        """Keep an incoming event; False if (org, connection, source, id) was there before: do nothing more then."""
        ...

    @property
    def is_stirred(self) -> bool:
        """Whether this transaction has made something due: the workers are to look."""
        ...

    def enqueue(self, item: OutboxItem) -> None: ...
    def claim(self, now: datetime, lease_until: datetime, room: Mapping[Lane, int]) -> list[OutboxItem]:
        """Take due items, at most one a queue and none behind an older pending one of its queue, and lease them.

        A lease that runs out (the worker was killed) makes the item due again. Safe between processes.

        Args:
            room: how many to take at most of each lane; none of a lane that is not named.
        """
        ...

    def renew(self, item_ids: Collection[str], lease_until: datetime) -> None:
        """Keep the lease of items that are still being worked on; those that are settled stay as they are."""
        ...

    def finish(self, item_id: str) -> None:
        """It is done. Postponing or abandoning it afterwards (a worker whose lease ran out) has no effect."""
        ...

    def postpone(self, item_id: str, next_at: datetime, error: str) -> None:
        """Count an attempt, release the lease, try again at ``next_at``."""
        ...

    def abandon(self, item_id: str, error: str) -> None: ...
    def hasten(self, org: str, connection_id: str, now: datetime) -> None:
        """What waits for another try at a partner is due at once: what it waited for may be over."""
        ...

    def redeliver(self, org: str, item_id: str, now: datetime) -> None:
        """Put an abandoned item back to pending, in its old place, with no attempts counted.

        Raises:
            NotFound: the organisation has no such abandoned item.
        """
        ...

    def outbox(self, org: str, state: OutboxState | None = None) -> list[OutboxItem]: ...
    def next_due(self) -> datetime | None:
        """When :meth:`claim` may next have something: the next item of a queue is due, or a lease runs out."""
        ...


class Products(Protocol):
    """Products and their calculations."""

    def put(self, product: ProductRecord) -> None: ...
    def get(self, org: str, product_id: str) -> ProductRecord: ...
    def find(self, org: str) -> list[ProductRecord]: ...
    def add_calculation(self, calculation: CalculationRecord) -> None: ...
    def replace_calculation(self, calculation: CalculationRecord) -> None: ...
    def calculation(self, org: str, calculation_id: str) -> CalculationRecord: ...
    def calculations(self, org: str, product_id: str | None = None) -> list[CalculationRecord]: ...
    def submitted_to(self, body_org: str, state: CalculationState | None = None) -> list[CalculationRecord]:
        """Calculations of any organisation on this node that lie with this certification body."""
        ...


class Registers(Protocol):
    """The documents of :class:`.Registry` at an instant; without one, those of the versions that begin last."""

    def get(self, kind: RegisterKind, entry_id: str, at: datetime | None = None) -> dict[str, Any]: ...
    def find(self, kind: RegisterKind, at: datetime | None = None) -> list[dict[str, Any]]: ...


class Audit(Protocol):
    """The audit trail: only ever added to."""

    def add(self, entry: AuditEntry) -> None: ...
    def find(self, org: str | None, after: int = 0, limit: int = 100) -> list[AuditEntry]: ...


class Transaction(Protocol):
    """All of the store, inside one transaction."""

    @property
    def parties(self) -> Parties: ...
    @property
    def footprints(self) -> Footprints: ...
    @property
    def originals(self) -> Originals: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def events(self) -> Events: ...
    @property
    def products(self) -> Products: ...
    @property
    def registers(self) -> Registers: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def audit(self) -> Audit: ...


class Store(Protocol):
    """Where a node keeps everything."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Read and write; commits when the block ends, rolls back on an exception.

        Transactions that read or change one organisation run one after the other: what one has read still holds when
        it writes. So of two that answer a request, the second finds it answered. Additions that raise Conflict, and
        look-ups that raise NotFound, leave the transaction as it was; the block may go on.

        Raises:
            StorageFailed: the disk or the server failed; the node must stop.
            StoreBusy: others were in the way for too long; nothing was changed, try again.
            NotFound: a record refers to an organisation, connection … that is not there.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Read only, one consistent view."""
        ...

    @property
    def reads(self) -> Reads:
        """The hot reads, for any thread."""
        ...

    @property
    def swift_reads(self) -> SwiftReads | None:
        """None where every read may have to wait, for a server, say."""
        ...
