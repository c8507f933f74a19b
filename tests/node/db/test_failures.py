"""Failures: a commit that was told survives a kill, a failing disk stops everything, a busy store is only busy."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import suppress
from textwrap import dedent

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.node.db.samples import found, organisation, product

from carbonbridge.core.errors import Conflict, NotFound, StorageFailed, StoreBusy
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.failure import check_open, failure_of
from carbonbridge.node.db.store import SqlStore

COMMIT_UNTIL_KILLED = """
    from datetime import UTC, datetime
    import sys
    from carbonbridge.node.db.store import SqlStore
    from carbonbridge.node.ports.records import ProductRecord

    store = SqlStore(sys.argv[1])
    number = 0
    while True:
        with store.transaction() as tx:
            tx.products.put(ProductRecord("acme", f"{number}/first", {}, datetime.now(UTC)))
            tx.products.put(ProductRecord("acme", f"{number}/second", {}, datetime.now(UTC)))
        print(number, flush=True)
        number += 1
"""

FILL_THE_DISK = """
    import os, resource, sys
    from carbonbridge.core.errors import StorageFailed
    from carbonbridge.core.organisation import Organisation
    from carbonbridge.node.db.store import SqlStore
    from datetime import UTC, datetime

    def add(store, slug):
        with store.transaction() as tx:
            tx.parties.add_organisation(Organisation(slug, "x" * 5000, ("urn:x:1",), datetime.now(UTC)))

    def no_room(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    path = sys.argv[1]
    store = SqlStore(f"sqlite:///{path}")
    add(store, "before")
    no_room(os.path.getsize(path + "-wal"))
    for attempt in ("at the full disk", "after there is room again"):
        try:
            add(store, "lost")
        except StorageFailed as error:
            print(attempt, "-", error.message)
        no_room(resource.RLIM_INFINITY)
    try:
        with store.snapshot() as tx:
            print("read", tx.parties.organisations())
    except StorageFailed:
        print("reads neither")
"""


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", dedent(script), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_was_told_survives_a_kill(store, database_url):
    found(store, "acme")
    with run(COMMIT_UNTIL_KILLED, database_url) as process:
        assert process.stdout is not None
        told = [next(process.stdout) for _ in range(20)]
        process.kill()
        told += process.stdout.readlines()
    numbers = [int(line) for line in told if line.endswith("\n")]
    with store.snapshot() as tx:
        kept = {each.id for each in tx.products.find("acme")}
    assert {f"{number}/{half}" for number in numbers for half in ("first", "second")} <= kept
    assert all(own_id.replace("first", "second") in kept for own_id in kept)


def test_sqlite_writes_through(sqlite_url):
    engines = open_engines(sqlite_url)
    with engines.write.connect() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
        assert told == ["wal", 2]  # 2: FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engines.close()


def test_postgresql_writes_through_whatever_its_default(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres SET synchronous_commit = off")
    engines = open_engines(postgres_url)
    with engines.write.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(text("SHOW timezone")).scalar() == "UTC"
    engines.close()


def test_a_full_disk_stops_the_store_for_good(sqlite_url):
    path = sqlite_url.removeprefix("sqlite:///")
    with run(FILL_THE_DISK, path) as process:
        said, errors = process.communicate(timeout=60)
    assert errors == ""
    lines = said.splitlines()
    assert [line.partition(" - ")[0] for line in lines] == [
        "at the full disk",
        "after there is room again",
        "reads neither",
    ]
    assert re.search(r"the store failed: (disk I/O error|database or disk is full)", lines[0])
    reopened = SqlStore(sqlite_url)
    with reopened.snapshot() as tx:
        assert [each.slug for each in tx.parties.organisations()] == ["before"]
    reopened.close()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "node.db").write_bytes(b"not a database at all" * 1000)
    store = SqlStore(f"sqlite:///{tmp_path / 'node.db'}")

    def look() -> None:
        with store.snapshot() as tx:
            tx.parties.organisations()

    with pytest.raises(StorageFailed, match="not a database"):
        look()
    store.close()


def test_a_lost_connection_stops_the_store(postgres_url):
    store = SqlStore(postgres_url)
    found(store, "acme")
    lose_all = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
    """

    def lose() -> None:
        with store.transaction() as tx:
            tx.products.put(product())
            with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
                connection.execute(lose_all)
            tx.products.get("acme", "p1")

    for act in (lose, lambda: store.transaction().__enter__()):
        with pytest.raises(StorageFailed):
            act()
    store.close()
    store = SqlStore(postgres_url)
    with store.snapshot() as tx:
        assert tx.products.find("acme") == []
    store.close()


def test_a_server_that_is_not_there():
    store = SqlStore("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageFailed):
        store.snapshot().__enter__()
    store.close()


@pytest.mark.parametrize("broken", ["SELECT 1 / 0", "SELECT * FROM no_such_table"])
def test_a_transaction_that_the_server_gave_up_cannot_end_well(postgres_url, broken):
    """PostgreSQL answers COMMIT with ROLLBACK after an error, and the driver says nothing."""
    engines = open_engines(postgres_url)
    with engines.write.connect() as connection:
        with pytest.raises(DBAPIError):
            connection.execute(text(broken))
        with pytest.raises(StorageFailed):
            check_open(connection)
    engines.close()


def test_a_use_case_that_swallows_an_error_is_not_told_that_all_is_well(postgres_url):
    store = SqlStore(postgres_url)
    found(store, "acme")

    def swallow() -> None:
        with store.transaction() as tx:
            tx.products.put(product())
            with suppress(IntegrityError):
                tx.products.put(product("none"))

    with pytest.raises(StorageFailed):
        swallow()
    store.close()


def test_a_transaction_that_sqlite_gave_up_cannot_end_well(sqlite_url):
    engines = open_engines(sqlite_url)
    with engines.write.connect() as connection:
        connection.execute(text("SELECT 1"))
        check_open(connection)
        connection.exec_driver_sql("ROLLBACK")
        with pytest.raises(StorageFailed):
            check_open(connection)
    engines.close()


def test_an_empty_transaction_is_no_failure(store):
    with store.transaction():
        pass


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("40001", StoreBusy),  # serialisation failure
        ("40P01", StoreBusy),  # deadlock
        ("55P03", StoreBusy),  # lock timeout
        ("53300", StoreBusy),  # too many connections
        ("53100", StorageFailed),  # disk full
        ("58030", StorageFailed),  # input/output error
        ("57P01", StorageFailed),  # shut down by its administrator
        ("XX001", StorageFailed),  # corrupted data
        ("42P01", type(None)),  # no such table: a mistake of ours
    ],
)
def test_postgresql_says_what_happened(sqlstate, expected):
    error = psycopg.errors.lookup(sqlstate)("secret on\nmany lines")
    told = failure_of(DBAPIError("SELECT 1", {}, error))
    assert type(told) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageFailed),
        (sqlite3.SQLITE_FULL, StorageFailed),
        (sqlite3.SQLITE_CORRUPT, StorageFailed),
        (sqlite3.SQLITE_ERROR, type(None)),
    ],
)
def test_sqlite_says_what_happened(code, expected):
    error = sqlite3.OperationalError("text")
    error.sqlite_errorcode = code
    assert type(failure_of(DBAPIError("SELECT 1", {}, error))) is expected


def test_what_contradicts_is_told_from_what_refers_to_nothing():
    unique = psycopg.errors.UniqueViolation("duplicate")
    foreign = psycopg.errors.ForeignKeyViolation("missing")
    assert type(failure_of(IntegrityError("INSERT", {}, unique))) is Conflict
    assert type(failure_of(IntegrityError("INSERT", {}, foreign))) is NotFound


def test_errors_tell_no_values(store):
    """Parameters are secrets and footprints: they are not in the text of any error of the chain."""

    def fail() -> None:
        with store.transaction() as tx:
            tx.products.put(product("none", own_id="a-secret"))

    with pytest.raises(NotFound) as caught:
        fail()
    error: BaseException | None = caught.value
    while error is not None:
        if not isinstance(error, psycopg.Error):  # the server's own detail names the key of the missing row
            assert "a-secret" not in str(error)
        error = error.__cause__


def test_a_store_closes_and_opens_again(store, database_url):
    with store.transaction() as tx:
        tx.parties.add_organisation(organisation())
    store.close()
    again = SqlStore(database_url)
    with again.snapshot() as tx:
        assert tx.parties.organisations() == [organisation()]
    again.close()
