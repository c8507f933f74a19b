"""TLS before a plain server: for programs that speak HTTP only, called by a client that speaks HTTPS only.

The client under test stays as it is: it checks the certificate of the authority it was told to trust, and what it sends
arrives byte for byte at the server behind.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from carbonbridge.demo.authority import Authority

_PART = 65536


class Front:
    """A listening front; the port behind it may change between connections.

    Attributes:
        target: port of the plain server on loopback.
    """

    def __init__(self, port: int) -> None:
        self.url = f"https://localhost:{port}"
        self.target = 0


@contextmanager
def front(authority: Authority, folder: Path) -> Iterator[Front]:
    """Listen on loopback with a certificate of the authority."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = authority.issue("front", folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.context = context
    server.front = Front(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="TLS front")
    thread.start()
    try:
        yield server.front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    context: ssl.SSLContext
    front: Front

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up in the middle is the test's business, not the front's."""


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """One connection: bytes in both directions until one side has finished."""
        with (
            self.server.context.wrap_socket(self.request, server_side=True) as client,
            socket.create_connection(("127.0.0.1", self.server.front.target)) as behind,
        ):
            back = Thread(target=_pump, args=(behind, client), daemon=True)
            back.start()
            _pump(client, behind)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(_PART):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
