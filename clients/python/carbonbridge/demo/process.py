"""One node of a demo: a process of its own with a folder, an address and a first administrator."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from carbonbridge.core.errors import CarbonBridgeError, PartnerUnreachable
from carbonbridge.core.exchange import HttpRequest, HttpResponse

#: A node answers well within this, even on a busy machine.
START_SECONDS = 60


class DemoFailed(CarbonBridgeError):
    """The demo could not go on; the message says where to look."""

    code = "DemoFailed"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An OAuth client of the demo (thrown away with it)."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(slots=True)
class NodeProcess:
    """One node.

    Attributes:
        url: its public URL.
        administrator: its first one.
    """

    name: str
    folder: Path
    url: str
    administrator: Credentials
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> Path:
        """What the node writes."""
        return self.folder / "node.log"

    def await_answer(self, send: Callable[[HttpRequest], HttpResponse]) -> None:
        """Return when the node answers.

        Raises:
            DemoFailed: it does not, in time.
        """
        give_up = monotonic() + START_SECONDS
        while monotonic() < give_up and self.process.poll() is None:
            try:
                if send(HttpRequest("GET", f"{self.url}/healthz", {}, b"")).status == 200:
                    return
            except PartnerUnreachable:
                sleep(0.05)
        raise DemoFailed(f"node {self.name} did not start", next_step=f"Read {self.log}.")


def start_node(
    name: str,
    folder: Path,
    settings: Mapping[str, str],
    started: list[subprocess.Popen[bytes]],
    listener: socket.socket | None = None,
) -> NodeProcess:
    """Initialise and start a node; it may not answer yet.

    Args:
        folder: of its own; its data and its log go there.
        settings: configuration without the prefix; nothing is taken over from this process but what is no setting.
        started: the process is added here, whatever comes of it.
        listener: listens at the node's address; handed over, and closed here. Without one, the node takes its address
            when it comes to it.

    Raises:
        DemoFailed: naming the node and its log.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CARBONBRIDGE_")}
    own = {f"CARBONBRIDGE_{key}": value for key, value in settings.items()}
    log = folder / "node.log"
    command = [sys.executable, "-m", "carbonbridge.client", "serve", "--init", "--until-stdin-closes"]
    fds = () if listener is None else (listener.fileno(),)
    with log.open("ab") as sink:
        # A session of its own: Ctrl-C reaches the demo, which then stops the nodes in order. A demo that is killed lets
        # go of the pipe, and the nodes end too.
        process = subprocess.Popen(
            [*command, *(f"--fd={fd}" for fd in fds)],
            env={**inherited, **own, "CARBONBRIDGE_DATA_DIR": str(folder / "data")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            start_new_session=True,
            pass_fds=fds,
        )
    if listener is not None:
        listener.close()
    started.append(process)
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        process.wait()
        raise DemoFailed(f"node {name} could not be set up", next_step=f"Read {log}.")
    answer = json.loads(line)
    administrator = Credentials(answer["clientId"], answer["clientSecret"])
    return NodeProcess(name, folder, settings["PUBLIC_URL"], administrator, process)


def stop_nodes(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every node to stop, and make sure that it has."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for process in processes:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
