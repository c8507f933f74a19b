"""A real HTTPS host on loopback that says what a test tells it to say, and remembers what it was asked."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from carbonbridge.client import Wire
from carbonbridge.demo.authority import Authority


@dataclass(frozen=True)
class Asked:
    """A request as the host saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer to give."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def said(document: object, status: int = 200, **headers: str) -> Said:
    return Said(status, json.dumps(document).encode(), headers)


@dataclass
class Host:
    """Answers ``(method, path without query)``; tokens it gives by itself."""

    url: str
    ca_file: Path
    answers: dict[tuple[str, str], Said | Callable[[Asked], Said]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tokens: int = 0

    @property
    def wire(self) -> Wire:
        return Wire(self.ca_file, timeout=10)

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        path = asked.path.split("?")[0]
        given = self.answers.get((asked.method, path))
        if given is not None:
            return given if isinstance(given, Said) else given(asked)
        if path.endswith("/auth/token"):
            self.tokens += 1
            return said({"access_token": f"token-{self.tokens}", "token_type": "bearer", "expires_in": 900})
        return said({"code": "NotFound", "message": "no such thing here"}, 404)

    def calls(self) -> list[str]:
        """What was asked beside tokens, as ``METHOD path``."""
        quiet = ("/auth/token", "/openid-configuration")
        return [f"{one.method} {one.path}" for one in self.asked if not one.path.endswith(quiet)]


@contextmanager
def serving(folder: Path, *names: str, trusted: bool = True) -> Iterator[Host]:
    """A host, for as long as the block lasts; an untrusted one has a certificate of another authority.

    Its certificate is for the loopback names unless others are given.
    """
    authority = Authority.create(folder / "authority")
    issuer = authority if trusted else Authority.create(folder / "another")
    certificate, key = issuer.issue("host", folder, *names)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.host = Host(f"https://localhost:{server.server_port}", authority.ca_file)
    server.context = context
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    host: Host
    context: ssl.SSLContext
    block_on_close = True

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake in the connection's own thread, so that one that fails disturbs nobody."""
        try:
            secure = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        with secure:
            secure.settimeout(20)
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    # A connection per request: the client's pool is not what is tested, and none is left open at the end.
    protocol_version = "HTTP/1.0"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        answer = self.server.host.answer(asked)
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


for _method in ("GET", "POST", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)
