"""Documents as they are served, read with nothing between the driver and the answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant, Keyed
from carbonbridge.core.vocabulary import KeyKind
from carbonbridge.node.db.finding import Question, Reader, numbers, pose, walk
from carbonbridge.node.db.rows import as_postgresql
from carbonbridge.node.ports.store import Cursor, Listed

#: KiB of the file that the one connection for swift reads keeps in memory.
_CACHE = 112 * 1024


#: Bytes of documents in a page, but for the last one: fewer footprints than were asked for may be shown (PACT v3).
MOST_BYTES = 16 * 1024 * 1024


class DocumentReader(Reader, Protocol):
    """Also reads documents, but not without end."""

    def documents(
        self, statement: str, parameters: Sequence[object], most: int
    ) -> tuple[list[tuple[Cursor, bytes]], bool]:
        """The rows (place, document) of a query, until their documents have ``most`` bytes; and whether that cut it."""
        ...


class Source(Protocol):
    """Where readers come from."""

    def opened(self) -> AbstractContextManager[DocumentReader]:
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
    ) -> Listed:
        """See the port."""
        with self._source.opened() as reader:
            question = pose(reader, org, criteria, grants, at)
            if question is None or limit <= 0:
                return Listed([], goes_on=False)
            return _answer(reader, question, after or 0, limit)


def _answer(reader: DocumentReader, question: Question, after: Cursor, limit: int) -> Listed:
    if not question.groups:
        query = "SELECT seq, document FROM footprint WHERE org = ? AND seq > ? ORDER BY seq LIMIT ?"
        found, is_cut = reader.documents(query, (question.org, after, limit + 1), MOST_BYTES)
        return Listed(found[:limit], goes_on=is_cut or len(found) > limit)
    seqs = walk(reader, question, after, limit + 1)
    among, parameters = numbers(reader, seqs[:limit])
    query = f"SELECT seq, document FROM footprint WHERE org = ? AND seq IN ({among}) ORDER BY seq"
    found, is_cut = reader.documents(query, (question.org, *parameters), MOST_BYTES) if seqs else ([], False)
    return Listed(found, goes_on=is_cut or len(seqs) > limit)


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

    @cached_property
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


class OwnConnection(AbstractContextManager[DocumentReader]):
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
            return self._opened().execute(statement, parameters).fetchall()
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise self._watched.told(error) from error

    def documents(
        self, statement: str, parameters: Sequence[object], most: int
    ) -> tuple[list[tuple[Cursor, bytes]], bool]:
        """See :class:`DocumentReader`."""
        self._watched.check()
        try:
            return _until(self._opened().execute(statement, parameters), most)
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise self._watched.told(error) from error

    def opened(self) -> AbstractContextManager[DocumentReader]:
        """Itself: it is always open."""
        return self

    def __enter__(self) -> DocumentReader:
        return self

    def __exit__(self, *_: object) -> None:
        """It stays open."""

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

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
    def opened(self) -> Iterator[DocumentReader]:
        """One connection, and one view of the data."""
        self._watched.check()
        try:
            with self._engine.connect() as connection:
                yield PooledReader(connection)
        except (SQLAlchemyError, psycopg.Error) as error:
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

    def documents(
        self, statement: str, parameters: Sequence[object], most: int
    ) -> tuple[list[tuple[Cursor, bytes]], bool]:
        """See :class:`DocumentReader`."""
        if not self.is_postgresql:
            return _until(self._connection.exec_driver_sql(statement, tuple(parameters)), most)
        # The driver takes all that the server sends: the server has to stop by itself. Lengths are read without the
        # documents.
        counted = (
            "SELECT seq, document, count(*) OVER () AS every, coalesce(sum(octet_length(document)) OVER"
            f" (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM ({statement}) AS page"
        )
        query = f"SELECT seq, document, every FROM ({counted}) AS counted WHERE before < ? ORDER BY seq"
        driver = self._connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError("not a connection to PostgreSQL")
        # As bytes: by default the server would write each of them as hexadecimal digits, for us to read.
        with driver.cursor(binary=True) as cursor:
            found = cursor.execute(as_postgresql(query).encode(), (*parameters, most)).fetchall()
        return [(row[0], row[1]) for row in found], bool(found) and len(found) < found[0][2]


def _until(rows: Iterable[Any], most: int) -> tuple[list[tuple[Cursor, bytes]], bool]:
    found: list[tuple[Cursor, bytes]] = []
    size = 0
    for seq, document in rows:
        if size >= most:
            return found, True
        found.append((seq, document))
        size += len(document)
    return found, False
