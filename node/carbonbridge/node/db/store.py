"""The store on SQL: transactions and snapshots."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from carbonbridge.core.errors import StorageFailed
from carbonbridge.node.db.engine import PATIENCE, USUAL, Room, open_engines
from carbonbridge.node.db.events import SqlEvents
from carbonbridge.node.db.failure import check_open, failure_of
from carbonbridge.node.db.footprints import SqlFootprints
from carbonbridge.node.db.nodewide import SqlAudit
from carbonbridge.node.db.originals import SqlOriginals
from carbonbridge.node.db.parties import SqlParties
from carbonbridge.node.db.products import SqlProducts
from carbonbridge.node.db.reading import OwnConnection, Pool, SqliteReads, SqlReads
from carbonbridge.node.db.registry import SqlRegisters, SqlRegistry
from carbonbridge.node.db.requests import SqlRequests
from carbonbridge.node.db.rows import Rows

#: What goes wrong below us, told by SQLAlchemy or by a driver that is called directly.
_DRIVERS = (SQLAlchemyError, sqlite3.Error, psycopg.Error)


class SqlTransaction:
    """All of the store, in one open transaction (:class:`~carbonbridge.node.ports.store.Transaction`)."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        rows = Rows(connection, writes=writes)
        self.parties = SqlParties(rows)
        self.footprints = SqlFootprints(rows)
        self.originals = SqlOriginals(rows)
        self.requests = SqlRequests(rows)
        self.events = SqlEvents(rows)
        self.products = SqlProducts(rows)
        self.registers = SqlRegisters(rows)
        self.registry = SqlRegistry(rows)
        self.audit = SqlAudit(rows)


class SqlStore:
    """The store on SQLite or PostgreSQL (:class:`~carbonbridge.node.ports.store.Store`).

    The schema must be there: see :func:`carbonbridge.node.db.migrate.upgrade`. Safe between threads.

    Once the storage has failed, every later call fails too: SQLite may report a lost commit once and go on as if
    nothing had happened, so that nobody may go on.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        patience: how long to wait for a lock or a free connection, in seconds; then StoreBusy.
        room: what SQLite may use for writing.

    Raises:
        Misconfigured: not such a URL.
    """

    def __init__(self, url: str, patience: float = PATIENCE, room: Room = USUAL) -> None:
        self._engines = open_engines(url, patience, room)
        self._failed: StorageFailed | None = None
        read = self._engines.read
        self._reads = SqlReads(Pool(read, self))
        self._own = OwnConnection(read, self) if read.dialect.name == "sqlite" else None
        self._swift_reads = None if self._own is None else SqliteReads(self._own)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Read and write; see the port."""
        with self._telling(), self._engines.write.begin() as connection:
            yield SqlTransaction(connection, writes=True)
            check_open(connection)

    @contextmanager
    def snapshot(self) -> Iterator[SqlTransaction]:
        """Read only; see the port."""
        with self._telling(), self._engines.read.begin() as connection:
            yield SqlTransaction(connection, writes=False)

    @property
    def reads(self) -> SqlReads:
        """See the port."""
        return self._reads

    @property
    def swift_reads(self) -> SqliteReads | None:
        """See the port."""
        return self._swift_reads

    def close(self) -> None:
        """Let go of the database."""
        if self._own is not None:
            self._own.close()
        self._engines.close()

    def check(self) -> None:
        """See :class:`.reading.Watched`."""
        if self._failed is not None:
            raise StorageFailed(self._failed.message, next_step=self._failed.next_step)

    def told(self, error: Exception) -> Exception:
        """See :class:`.reading.Watched`."""
        failure = failure_of(error) if isinstance(error, _DRIVERS) else error
        if isinstance(failure, StorageFailed):
            self._failed = failure
        return error if failure is None else failure

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say what went wrong in our own words, and remember if it was the storage."""
        self.check()
        try:
            yield
        except (*_DRIVERS, StorageFailed) as error:
            told = self.told(error)
            if told is error:
                raise
            raise told from error
