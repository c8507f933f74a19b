"""What tests of several parts share: a clock, and stores on both databases."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from tests.support.clock import FixedClock
from tests.support.databases import Server, start_server
from tests.support.stores import Stores

from carbonbridge.node.db.store import SqlStore

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """One server for the whole run; workers of pytest-xdist share it.

    Not in pytest's own folder: as root the server runs as another user, to whom every new run of pytest shuts that.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"carbonbridge-postgresql-{run}"
    return start_server(folder, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A PostgreSQL database with the schema and no rows."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A new SQLite database with the schema."""
    folder = tmp_path / "sqlite"
    folder.mkdir()
    stores = Stores()
    stores.open(folder)
    stores.close()
    return f"sqlite:///{folder / 'node.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with the schema and no rows."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store on each kind of database."""
    store = SqlStore(database_url)
    yield store
    store.close()
