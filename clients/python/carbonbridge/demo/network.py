"""The demo's network: real nodes in processes of their own, real HTTPS on loopback, a throw-away authority."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from carbonbridge.client import Wire
from carbonbridge.client.authority import Authority
from carbonbridge.client.transport import Blocking
from carbonbridge.demo.process import Credentials, DemoFailed, NodeProcess, start_node, stop_nodes

__all__ = ["Credentials", "DemoFailed", "Network", "NodeProcess", "address", "free_port"]

#: The system hands out ports from 32768 on, unless it is told otherwise.
_QUIET_PORTS = (15000, 30000)

_LOT = random.SystemRandom()


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
        # Held from here on: a port that is let go until the node takes it may be somebody else's by then.
        with ExitStack() as held, ThreadPoolExecutor(len(self._names)) as pool:
            listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in self._names]
            started = [
                pool.submit(self._start_node, *each) for each in zip(self._names, listeners, strict=True)
            ]
        for future in started:
            future.result()

    def stop(self) -> None:
        """Ask every node to stop, and make sure that it has."""
        stop_nodes(self._processes)

    def _start_node(self, name: str, listener: socket.socket) -> None:
        port = listener.getsockname()[1]
        folder = self.folder / name
        folder.mkdir()
        certificate, key = self.authority.issue(name, folder)
        settings = {
            "PUBLIC_URL": address(port),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "TLS_CERT": str(certificate),
            "TLS_KEY": str(key),
            "CA_FILE": str(self.ca_file),
            "ALLOW_LOOPBACK_PEERS": "true",
        }
        node = start_node(name, folder, settings, self._processes, listener)
        self.nodes[name] = node
        wire = Blocking(Wire(ca_file=self.ca_file, timeout=5))
        try:
            node.await_answer(wire.send)
        finally:
            wire.close()


def free_port() -> int:
    """A port that nobody listens on, for what cannot be handed a socket.

    Below those that the system gives away by itself, to every call that anybody makes: none of them takes the port
    before whoever it is for.
    """
    while True:
        port = _LOT.randint(*_QUIET_PORTS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
