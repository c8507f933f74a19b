"""Documents as they are served, read with nothing between the driver and the answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, Keyed
from carbonbridge.core.vocabulary import KeyKind
from carbonbridge.node.db.finding import Question, Reader, numbers, pose, walk
from carbonbridge.node.db.rows import as_postgresql
from carbonbridge.node.ports.store import Cursor

#: KiB of the file that the one connection for swift reads keeps in memory.
_CACHE = 48 * 1024


class Source(Protocol):
    """Where readers come from."""

    def opened(self) -> AbstractContextManager[Reader]:
        """A reader for the queries of one call."""
        ...


class SqlReads:
    """The ``Reads`` port over either database."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def document(self, org: str, footprint_id: str) -> tuple[bytes, Keyed] | None:
        """See the port."""
        query = "SELECT keys, document FROM footprint WHERE org = ? AND id = ?"
        with self._source.opened() as reader:
            found = reader.rows(query, (org, footprint_id))
        if not found:
            return None
        keys, document = found[0]
        return document, StoredKeys(keys)

    def page(
        self,
        org: str,
        criteria: FootprintCriteria,
        *,
        grants: Sequence[Grant] | None,
        at: datetime,
        after: Cursor | None,
        limit: int,
    ) -> list[tuple[Cursor, bytes]]:
        """See the port."""
        with self._source.opened() as reader:
            question = pose(reader, org, criteria, grants, at)
            return [] if question is None or limit <= 0 else _answer(reader, question, after or 0, limit)


def _answer(reader: Reader, question: Question, after: Cursor, limit: int) -> list[tuple[Cursor, bytes]]:
    org = question.org
    if not question.groups:
        query = "SELECT seq, document FROM footprint WHERE org = ? AND seq > ? ORDER BY seq LIMIT ?"
        return list(reader.rows(query, (org, after, limit)))
    seqs = walk(reader, question, after, limit)
    among, parameters = numbers(reader, seqs)
    query = f"SELECT seq, document FROM footprint WHERE org = ? AND seq IN ({among}) ORDER BY seq"
    return list(reader.rows(query, (org, *parameters))) if seqs else []


class SqliteReads(SqlReads):
    """The ``SwiftReads`` port: over one connection of its own."""

    def __init__(self, own: OwnConnection) -> None:
        super().__init__(own)
        self._own = own

    def version(self) -> int:
        """SQLite's ``data_version``."""
        return int(self._own.rows("PRAGMA data_version", ())[0][0])


class StoredKeys:
    """The keys of a footprint as they are stored, read only if somebody looks at them."""

    def __init__(self, stored: str | list[list[str]]) -> None:
        self._stored = stored

    @property
    def keys(self) -> frozenset[tuple[KeyKind, str]]:
        """See :class:`.Keyed`."""
        pairs = json.loads(self._stored) if isinstance(self._stored, str) else self._stored
        return frozenset((KeyKind(kind), value) for kind, value in pairs)


class Watched(Protocol):
    """The store's own memory of its failures."""

    def check(self) -> None:
        """Fail if the storage has failed before."""
        ...

    def told(self, error: Exception) -> Exception:
        """What went wrong in the store's own words; remembered if it was the storage."""
        ...


class OwnConnection(AbstractContextManager[Reader]):
    """A connection to SQLite of its own, kept open; for one thread at a time."""

    is_postgresql = False

    def __init__(self, engine: Engine, watched: Watched) -> None:
        self._engine = engine
        self._watched = watched
        self._connection: sqlite3.Connection | None = None

    def rows(self, statement: str, parameters: Sequence[object]) -> list[Any]:
        """Run a query."""
        self._watched.check()
        try:
            if self._connection is None:
                self._connection = self._open()
            return self._connection.execute(statement, parameters).fetchall()
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise self._watched.told(error) from error

    def opened(self) -> AbstractContextManager[Reader]:
        """Itself: it is always open."""
        return self

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        """It stays open."""

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError("not a connection to SQLite")
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        return connection


class Pool:
    """A connection of the engine's pool for each call; for any thread."""

    def __init__(self, engine: Engine, watched: Watched) -> None:
        self._engine = engine
        self._watched = watched

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """One connection, and one view of the data."""
        self._watched.check()
        try:
            with self._engine.connect() as connection:
                yield PooledReader(connection)
        except SQLAlchemyError as error:
            raise self._watched.told(error) from error


class PooledReader:
    """A connection of the pool."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.is_postgresql = connection.dialect.name == "postgresql"

    def rows(self, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
        """Run a query."""
        written = as_postgresql(statement) if self.is_postgresql else statement
        return self._connection.exec_driver_sql(written, tuple(parameters)).fetchall()
