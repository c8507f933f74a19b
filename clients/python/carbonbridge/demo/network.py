"""The demo's network: real nodes in processes of their own, real HTTPS on loopback, a throw-away authority."""

from __future__ import annotations

import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from carbonbridge.client import Wire
from carbonbridge.client.authority import Authority
from carbonbridge.client.transport import Blocking
from carbonbridge.demo.process import Credentials, DemoFailed, NodeProcess, start_node, stop_nodes

__all__ = ["Credentials", "DemoFailed", "Network", "NodeProcess", "address", "free_ports"]


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
        stop_nodes(self._processes)

    def _start_node(self, name: str, port: int) -> None:
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
        node = start_node(name, folder, settings, self._processes)
        self.nodes[name] = node
        wire = Blocking(Wire(ca_file=self.ca_file, timeout=5))
        try:
            node.await_answer(wire.send)
        finally:
            wire.close()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; all are held until all are known, so that none comes twice."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in sockets]
    finally:
        for listener in sockets:
            listener.close()
