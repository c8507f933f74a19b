"""Partners' hosts for tests: real HTTPS on loopback, answering what a test tells them to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from carbonbridge.demo.authority import Authority


@dataclass(frozen=True)
class Asked:
    """A request as the host got it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the host answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Host:
    """A running host."""

    port: int
    asked: list[Asked]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


@contextmanager
def host(
    authority: Authority, folder: Path, answer: Callable[[Asked], Answer], *names: str
) -> Iterator[Host]:
    """Serve answers over HTTPS.

    Args:
        names: what the certificate is for; the loopback names unless stated.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes: else the second waits for the first

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Asked(self.command, self.path, dict(self.headers), body)
            asked.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    certificate, key = authority.issue("host", folder, *names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: object, client_address: object) -> None:
            # The handshake belongs to the connection's own thread; a client that breaks it off is no news.
            try:
                wrapped = context.wrap_socket(request, server_side=True)  # type: ignore[arg-type]
                super().finish_request(wrapped, client_address)  # type: ignore[arg-type]
                wrapped.close()
            except OSError:
                pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Host(server.server_address[1], asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
