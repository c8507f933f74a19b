"""Stores for the tests of the node: the real one, on SQLite. The schema is made once and copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from carbonbridge.node.db.migrate import upgrade
from carbonbridge.node.db.store import SqlStore


class Stores:
    """Opens stores, and closes them all."""

    def __init__(self) -> None:
        self._open: list[SqlStore] = []

    def open(self, folder: Path) -> SqlStore:
        """A new, empty store in a folder."""
        path = folder / "node.db"
        path.write_bytes(_empty())
        store = SqlStore(_url(path))
        self._open.append(store)
        return store

    def close(self) -> None:
        while self._open:
            self._open.pop().close()


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "node.db"
        upgrade(_url(path))
        return path.read_bytes()


def _url(path: Path) -> str:
    return f"sqlite:///{path}"
