"""The demo's network: real nodes in processes of their own, real HTTPS on loopback, a throw-away authority."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from carbonbridge.client import Wire
from carbonbridge.client.transport import Blocking
from carbonbridge.core.errors import CarbonBridgeError, PartnerUnreachable
from carbonbridge.core.exchange import HttpRequest
from carbonbridge.demo.authority import Authority

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
    """One node: its folder, its address, its first administrator, its process."""

    name: str
    folder: Path
    port: int
    administrator: Credentials
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Public URL of the node."""
        return address(self.port)


def address(port: int) -> str:
    """Public URL of a node on loopback."""
    return f"https://localhost:{port}"


class Network:
    """Starts the nodes, knows their addresses, and stops them.

    Args:
        folder: everything the network keeps; emptied first, so that every run starts clean.
        names: the nodes.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder = folder
        self._names = names
        self.nodes: dict[str, NodeProcess] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.authority = Authority.create(folder / "authority")

    @property
    def ca_file(self) -> Path:
        """Certificate of the throw-away authority."""
        return self.authority.ca_file

    def start(self) -> None:
        """Initialise and start all nodes at the same time; return when every one answers.

        Raises:
            DemoFailed: naming the node and its log.
        """
        ports = dict(zip(self._names, free_ports(len(self._names)), strict=True))
        with ThreadPoolExecutor(len(ports)) as pool:
            started = [pool.submit(self._start_node, name, port) for name, port in ports.items()]
        for future in started:
            future.result()

    def stop(self) -> None:
        """Ask every node to stop, and make sure that it has."""
        running = [process for process in self._processes if process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _start_node(self, name: str, port: int) -> None:
        folder = self.folder / name
        folder.mkdir()
        certificate, key = self.authority.issue(name, folder)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")},
            "CARBONBRIDGE_PUBLIC_URL": address(port),
            "CARBONBRIDGE_DATA_DIR": str(folder / "data"),
            "CARBONBRIDGE_HOST": "127.0.0.1",
            "CARBONBRIDGE_PORT": str(port),
            "CARBONBRIDGE_TLS_CERT": str(certificate),
            "CARBONBRIDGE_TLS_KEY": str(key),
            "CARBONBRIDGE_CA_FILE": str(self.ca_file),
            "CARBONBRIDGE_ALLOW_LOOPBACK_PEERS": "true",
        }
        log = folder / "node.log"
        with log.open("ab") as sink:
            # A session of its own: Ctrl-C reaches the demo, which then stops the nodes in order. A demo that is killed
            # lets go of the pipe, and the nodes end too.
            process = subprocess.Popen(
                [sys.executable, "-m", "carbonbridge.client", "serve", "--init", "--until-stdin-closes"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                start_new_session=True,
            )
        self._processes.append(process)
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            process.wait()
            raise DemoFailed(f"node {name} could not be set up", next_step=f"Read {log}.")
        answer = json.loads(line)
        administrator = Credentials(answer["clientId"], answer["clientSecret"])
        self.nodes[name] = NodeProcess(name, folder, port, administrator, process)
        self._await_answer(self.nodes[name], log)

    def _await_answer(self, node: NodeProcess, log: Path) -> None:
        wire = Blocking(Wire(ca_file=self.ca_file, timeout=5))
        give_up = monotonic() + START_SECONDS
        while monotonic() < give_up and node.process.poll() is None:
            try:
                if wire.send(HttpRequest("GET", f"{node.url}/healthz", {}, b"")).status == 200:
                    wire.close()
                    return
            except PartnerUnreachable:
                sleep(0.05)
        raise DemoFailed(f"node {node.name} did not start", next_step=f"Read {log}.")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; all are held until all are known, so that none comes twice."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in sockets]
    finally:
        for listener in sockets:
            listener.close()
