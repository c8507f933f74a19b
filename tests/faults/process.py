"""A node in a process of its own, which dies when it is told to: at an instant, or around a commit.

The processes come from a fork server that has the node's modules loaded: what is killed is a whole process, and the
next one is there in a fraction of a second.
"""

from __future__ import annotations

import os
import random
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGKILL
from threading import Event, Lock
from time import monotonic
from typing import Any, Literal

import httpx
from tests.support.live import environment

from carbonbridge.demo.authority import Authority
from carbonbridge.demo.network import free_port
from carbonbridge.node import main
from carbonbridge.node.app import backoff
from carbonbridge.node.app.enrol import Enrolled
from carbonbridge.node.config import read_config
from carbonbridge.node.db.engine import Room
from carbonbridge.node.db.store import SqlStore, SqlTransaction
from carbonbridge.node.jobs import Workers

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["carbonbridge.node.main"])

#: To start a process is to ask how all others are, and how one ended can be read from its pipe only once.
_ASKING = Lock()

#: In production it is a minute; a test wants to see the work of the dead come back sooner.
_LEASE = timedelta(seconds=2)
_LONGEST_BACKOFF = timedelta(seconds=1)

#: Far beyond what a start or an end takes; nothing waits that long unless it is broken.
PATIENCE = 60.0


@dataclass(frozen=True)
class Death:
    """How a life ends.

    Attributes:
        moment: at the beginning of a commit; right after it, before anybody is told; at an instant, counted from the
            start, or from when the node first answers.
        seconds: for an instant: when. For a commit: how long at most to wait for it.
        commit: which commit of the process.
    """

    moment: Literal["before", "after", "starting", "serving"]
    seconds: float
    commit: int = 0

    @classmethod
    def drawn(cls, lot: random.Random) -> Death:
        """Any death: half of them around a commit."""
        match lot.choice(("before", "after", "starting", "serving")):
            case "starting" | "serving" as moment:
                return cls(moment, seconds=lot.uniform(0, 1))
            case moment:
                return cls(moment, seconds=5, commit=lot.randint(1, 40))


class NodeProcess:
    """A node, its data, and whatever process it lives in at present."""

    def __init__(self, folder: Path, authority: Authority, **settings: str) -> None:
        self._environment = environment(folder, authority, free_port(), **settings)
        self._log = folder / "node.log"
        self._process: BaseProcess | None = None
        self.config = read_config(self._environment)
        self.url = self.config.public_url
        self.authority = authority
        self.administrator: Enrolled = main.initialise(self.config).administrator

    @property
    def log(self) -> str:
        """What it wrote to standard error, in all its lives."""
        return self._log.read_text("utf-8")

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether its life is over; :meth:`outcome` says how."""
        return self._ended(0)

    def start(self, death: Death | None = None) -> None:
        """Begin a life; returns at once."""
        assert self._process is None
        self._process = _PROCESSES.Process(target=_live, args=(self._environment, self._log, death))
        with _ASKING:
            self._process.start()

    def await_answer(self) -> None:
        """Wait until it serves."""
        context = ssl.create_default_context(cafile=str(self.authority.ca_file))
        pause = Event()
        give_up = monotonic() + PATIENCE
        with httpx.Client(verify=context, trust_env=False, timeout=PATIENCE) as http:
            while True:
                assert monotonic() < give_up, self.log[-5000:]
                try:
                    assert http.get(f"{self.url}/healthz").status_code == 200
                except httpx.TransportError:
                    pause.wait(0.02)
                else:
                    return

    def await_death(self, death: Death) -> None:
        """Wait for the end that was given to :meth:`start`; see to it where it does not come by itself."""
        if death.moment == "serving":
            self.await_answer()
        if not self._ended(death.seconds):
            self.kill()
        else:
            assert self.outcome() == -SIGKILL, self.log[-5000:]

    def kill(self) -> None:
        """End the life at once."""
        os.kill(self.pid, SIGKILL)
        assert self.outcome() == -SIGKILL

    def stop(self) -> int:
        """Ask it to stop in order; returns its exit status."""
        assert self._process is not None
        self._process.terminate()
        return self.outcome()

    def outcome(self) -> int:
        """Wait for the end; returns the exit status."""
        assert self._ended(PATIENCE), self.log[-5000:]
        assert self._process is not None
        with _ASKING:
            status = self._process.exitcode
            self._process.close()
        self._process = None
        assert status is not None
        return status

    def _ended(self, seconds: float) -> bool:
        assert self._process is not None
        return bool(wait([self._process.sentinel], seconds))


@contextmanager
def node_process(folder: Path, authority: Authority, **settings: str) -> Iterator[NodeProcess]:
    """A node that has data but does not live yet, and surely does not any more afterwards."""
    node = NodeProcess(folder, authority, **settings)
    try:
        yield node
    finally:
        if node._process is not None:
            node._process.kill()
            node.outcome()


def _live(environment: Mapping[str, str], log: Path, death: Death | None) -> None:
    """The life of the process: what ``carbonbridge serve`` does, with short waits and perhaps an early end."""
    with log.open("ab") as sink:
        os.dup2(sink.fileno(), sys.stdout.fileno())
        os.dup2(sink.fileno(), sys.stderr.fileno())
    rebind: Any = main
    rebind.Workers = partial(Workers, lease=_LEASE)
    backoff._MOST = _LONGEST_BACKOFF
    if death is not None and death.commit:
        rebind.SqlStore = partial(_MortalStore, death)
    sys.exit(main.serve(read_config(environment)))


class _MortalStore(SqlStore):
    """The store of a process that is to die around its nth commit."""

    def __init__(self, death: Death, url: str, room: Room) -> None:
        super().__init__(url, room=room)
        self._death = death
        self._commits = 0

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with super().transaction() as tx:
            yield tx
            self._commits += 1
            its_turn = self._commits == self._death.commit
            if its_turn and self._death.moment == "before":
                os.kill(os.getpid(), SIGKILL)
        if its_turn and self._death.moment == "after":
            os.kill(os.getpid(), SIGKILL)
