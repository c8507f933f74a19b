"""The composition root: from configuration to a running node. The only place that knows every part."""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from uuid import uuid4

import uvicorn
from starlette.types import ASGIApp

from carbonbridge.core.errors import Conflict, Misconfigured
from carbonbridge.node.api.app import build_app
from carbonbridge.node.api.head import BoundedHead
from carbonbridge.node.api.operator.requests import MOST_PULLS
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.enrol import Enrolled, bootstrap
from carbonbridge.node.config import Config
from carbonbridge.node.db.engine import USUAL, Room
from carbonbridge.node.db.migrate import upgrade
from carbonbridge.node.db.store import SqlStore
from carbonbridge.node.jobs import Workers
from carbonbridge.node.keys.signer import FileSigner, load_or_create_key
from carbonbridge.node.keys.vault import FileVault
from carbonbridge.node.peers.client import GuardedClient, trust
from carbonbridge.node.peers.partners import HttpPeers
from carbonbridge.node.telemetry import configure_logs, logger

#: How long calls in hand may take once the node is told to stop.
GRACE_SECONDS = 10

#: Longer than our own outgoing client keeps a connection idle, so that it does not meet a closing one.
_KEEP_ALIVE_SECONDS = 60

log = logger(__name__)

_LOT = random.SystemRandom()


class SystemClock:
    """The machine's time and randomness (:class:`~carbonbridge.node.ports.world.Clock`)."""

    def now(self) -> datetime:
        """Now, UTC."""
        return datetime.now(UTC)

    def new_id(self) -> str:
        """A random UUID."""
        return str(uuid4())

    def jitter(self) -> float:
        """For spreading retries; not from the random numbers that the rest of the process may have seeded."""
        return _LOT.random()


class RunningNode:
    """All parts of one node, wired.

    Args:
        config: checked already.
        room: what SQLite may use for writing.

    Raises:
        Misconfigured: a key file, a CA file or the database does not fit.
        StorageFailed: the disk or the database refused.
    """

    def __init__(self, config: Config, room: Room = USUAL) -> None:
        self._config = config
        self._failed = Event()
        self._told_to_stop = Event()
        _check_client_ca(config.client_ca_file)
        make_data_dir(config.data_dir)
        keys = config.data_dir / "keys"
        vault = FileVault(keys / "vault.key")
        clock = SystemClock()
        tokens = AccessTokens(load_or_create_key(keys / "token.jwk"), config.public_url)
        self._client = GuardedClient(
            trust(config.ca_file),
            allow_loopback=config.allow_loopback_peers,
            connections=config.calls + MOST_PULLS,
        )
        self._store = SqlStore(config.database_url, room=room)
        self.node = Node(
            store=self._store,
            clock=clock,
            signer=FileSigner(keys / "organisations"),
            vault=vault,
            peers=HttpPeers(self._client, vault, clock),
            public_url=config.public_url,
            v2_category=config.pact_v2_category,
            wake=self._wake,
        )
        self._workers = Workers(self.node, config.workers, config.calls, on_failure=self._fail)
        self.app: ASGIApp = build_app(self.node, tokens, config, self._fail)
        self._server: _Server | None = None

    def run(self, sockets: Sequence[socket.socket] | None = None) -> bool:
        """Serve until told to stop; then finish what is in hand.

        Args:
            sockets: listening already; else the configured address is taken.

        Returns:
            False if the node stopped because its store failed.
        """
        server = self._server = _Server(self._uvicorn())
        server.should_exit = self._failed.is_set() or self._told_to_stop.is_set()
        self._workers.start()
        # What is there now stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        try:
            server.run(list(sockets) if sockets else None)
        finally:
            self._workers.stop()
            self.close()
        return server.started and not self._failed.is_set()

    def stop(self) -> None:
        """Ask :meth:`run` to end, also one that has not begun; safe from any thread and in a signal handler."""
        self._told_to_stop.set()
        if self._server is not None:
            self._server.should_exit = True

    def close(self) -> None:
        """Let go of connections and the database."""
        self._client.close()
        self._store.close()

    def _wake(self) -> None:
        self._workers.wake()

    def _fail(self, error: BaseException | None = None) -> None:
        """The store has failed, or the workers have: nobody knows any more what is durable."""
        log.critical("the node stops: it cannot rely on its store any more", exc_info=error)
        self._failed.set()
        self.stop()

    def _uvicorn(self) -> uvicorn.Config:
        config = self._config
        return uvicorn.Config(
            self.app,
            host=config.host,
            port=config.port,
            ssl_certfile=config.tls_cert,
            ssl_keyfile=config.tls_key,
            ssl_ca_certs=str(config.client_ca_file) if config.client_ca_file else None,
            # Optional: partners with a secret come without. Whoever shows one must have it from these authorities.
            ssl_cert_reqs=ssl.CERT_OPTIONAL if config.client_ca_file else ssl.CERT_NONE,
            log_config=None,
            access_log=False,
            # Whom to believe about the caller's address and protocol is decided in api.edge.
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            http=BoundedHead,
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


class _Server(uvicorn.Server):
    """uvicorn's server, which does not wait for idle connections when it ends.

    Closing TLS in order waits for the other side to say goodbye, which a client that keeps a connection for
    later does not do.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break off what is idle; end the rest in order."""
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)


def _check_client_ca(file: Path | None) -> None:
    """uvicorn would only fail."""
    if file is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(file)
    except OSError:  # ssl.SSLError is one
        raise Misconfigured("holds no PEM certificates", field="CARBONBRIDGE_CLIENT_CA_FILE") from None


def make_data_dir(folder: Path) -> None:
    """Make the data directory, for the node's own account alone.

    Raises:
        Misconfigured: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"names a folder that cannot be used ({error.strerror}: {folder})", field="CARBONBRIDGE_DATA_DIR"
        ) from None


@dataclass(frozen=True, slots=True)
class Initialised:
    """What ``init`` made."""

    administrator: Enrolled
    data_dir: Path


def initialise(config: Config) -> Initialised:
    """Bring the database up to date, make the keys and the first administrator.

    Raises:
        Misconfigured: see :class:`RunningNode`.
        Conflict: the node has an administrator already.
        StorageFailed: the disk or the database refused.
    """
    make_data_dir(config.data_dir)
    upgrade(config.database_url)
    running = RunningNode(config)
    try:
        return Initialised(bootstrap(running.node), config.data_dir)
    finally:
        running.close()


def serve(
    config: Config,
    announce: Callable[[Enrolled], None] | None = None,
    until_closed: int | None = None,
    listener: socket.socket | None = None,
) -> int:
    """Run a node until it is told to stop by SIGINT or SIGTERM.

    Args:
        config: checked for serving (:meth:`.Config.check_serving`).
        announce: set a new node up first and tell who its administrator is; a node that has one is left as it is.
        until_closed: file descriptor of a pipe; the node stops as well when its other end is closed.
        listener: listening already; else the configured address is taken.

    Returns:
        The exit status: 0, or 1 if the node could not go on.

    Raises:
        Misconfigured: see :class:`RunningNode`.
        StorageFailed: the disk or the database refused.
    """
    configure_logs(config.log_level)
    make_data_dir(config.data_dir)
    upgrade(config.database_url)
    running = RunningNode(config)
    if announce is not None:
        with suppress(Conflict):
            announce(bootstrap(running.node))
    if current_thread() is main_thread():
        # uvicorn takes these signals over while it runs, and raises them again afterwards. One that comes before must
        # not be lost.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: running.stop())
    if until_closed is not None:
        watch = partial(_stop_when_closed, until_closed, running)
        Thread(target=watch, name="pipe watch", daemon=True).start()
    log.info("the node starts", public_url=config.public_url, host=config.host, port=config.port)
    try:
        good = running.run(None if listener is None else [listener])
    except SystemExit:  # the address is taken, or the certificate cannot be read: uvicorn has logged it
        return 1
    log.info("the node has stopped", good=good)
    return 0 if good else 1


def _stop_when_closed(pipe: int, running: RunningNode) -> None:
    """Not through ``sys.stdin``, whose lock a thread that still waits would hold when the process ends."""
    while os.read(pipe, 1024):
        pass
    running.stop()
