"""Connections to SQLite and PostgreSQL, set up for durability first."""

from __future__ import annotations

import select
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError

from carbonbridge.core.errors import Misconfigured
from carbonbridge.node.db.columns import dump_json, load_json

#: How long to wait for others, in seconds. More than any transaction takes, less than a caller waits.
PATIENCE = 10.0

#: Connections for reading; work of one node, so a few more than its threads that do work.
_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Room:
    """What SQLite may use for writing: more of it spares writing the same page of an index again and again.

    Attributes:
        cache: KiB of the file in memory; what a transaction changes beyond that is written out before its end.
        log: pages (of 4 KiB) of the log before they are written back into the file.
    """

    cache: int
    log: int


#: For single publications, and for those of many thousands.
USUAL, AMPLE = Room(16 * 1024, 4000), Room(256 * 1024, 64_000)

_VARIABLE = "CARBONBRIDGE_DATABASE_URL"

_ALWAYS: dict[str, Any] = {
    # Parameters hold secrets and footprints: they must not get into the text of an error.
    "hide_parameters": True,
    "json_serializer": dump_json,
    "json_deserializer": load_json,
}


@dataclass(frozen=True, slots=True)
class Engines:
    """The two ways in.

    Attributes:
        write: for transactions.
        read: for snapshots: one consistent view, and no way to write.
    """

    write: Engine
    read: Engine

    def close(self) -> None:
        """Close all connections that nobody uses."""
        self.write.dispose()
        self.read.dispose()


def open_engines(url: str, patience: float = PATIENCE, room: Room = USUAL) -> Engines:
    """Engines for a database; connects to nothing yet.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        patience: how long to wait for a lock or a free connection, in seconds.
        room: for SQLite.

    Raises:
        Misconfigured: no such kind of database, or SQLite without a file.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise Misconfigured("is not the URL of a database", field=_VARIABLE) from None
    if backend == "sqlite":
        return _sqlite(parsed, patience, room)
    if backend == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), patience)
    raise Misconfigured(f"names {backend}; a node keeps its data in SQLite or PostgreSQL", field=_VARIABLE)


def _sqlite(url: URL, patience: float, room: Room) -> Engines:
    if not url.database or url.database == ":memory:":
        raise Misconfigured("names no file", field=_VARIABLE, next_step="Write sqlite:////path/to/node.db.")
    always: dict[str, Any] = {
        **_ALWAYS,
        "pool_timeout": patience,
        "connect_args": {"check_same_thread": False},
    }
    # One writer at a time is SQLite's rule. One connection for it makes our threads queue in order instead of polling.
    write = create_engine(url, pool_size=1, max_overflow=0, **always)
    read = create_engine(url, pool_size=_CONNECTIONS, **always)
    writing = ("foreign_keys = ON", f"cache_size = -{room.cache}", f"wal_autocheckpoint = {room.log}")
    _set_up_sqlite(write, "BEGIN IMMEDIATE", patience, writing)
    _set_up_sqlite(read, "BEGIN", patience, ("query_only = ON",))
    return Engines(write, read)


def _set_up_sqlite(engine: Engine, begin: str, patience: float, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver is not to begin transactions by itself: it would leave reads out of them.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        _set_wal(connection, patience)
        connection.execute("PRAGMA synchronous = FULL")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _set_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Switch a new file to its write-ahead log; SQLite does not wait by itself for others who do the same."""
    until = monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


def _postgresql(url: URL, patience: float) -> Engines:
    # The server's own defaults must not weaken a commit.
    settings = f"-c timezone=UTC -c synchronous_commit=on -c lock_timeout={int(patience * 1000)}"
    write = create_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        pool_timeout=patience,
        isolation_level="READ COMMITTED",
        connect_args={"options": settings, "connect_timeout": 10},
        **_ALWAYS,
    )
    event.listen(write, "checkout", _check_still_there)
    # The same connections; REPEATABLE READ takes its one view with the first query.
    read = write.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(write, read)


def _check_still_there(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Have the pool make new connections if the server has said good-bye on this one.

    Instead of asking the server before each use (``pool_pre_ping``), which costs three round trips: of a connection at
    rest, there is nothing to be read unless the server ends it.
    """
    if not connection.closed:
        talk = select.poll()  # not select(), which knows the first thousand files only
        talk.register(connection.fileno(), select.POLLIN)
        if not talk.poll(0):
            return
    raise InvalidatePoolError
