"""The HTTP of the callback receiver: one request a connection, with or without TLS, in whatever form it comes."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from carbonbridge.core.exchange import MAX_RESPONSE

#: Method, path, headers with names in lower case, body → status and JSON body.
Respond: TypeAlias = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]

_CONNECTION_SECONDS = 30
_LONGEST_LINE = 1000


class CallbackServer(ThreadingHTTPServer):
    """Serves requests, each connection in a thread of its own.

    Args:
        host, port: where to listen.
        context: TLS settings; None for plain HTTP.
        respond: what is answered.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, respond: Respond) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.context = context
        self.respond = respond
        super().__init__((host, port), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake in the connection's own thread; a caller that breaks off is no news."""
        request.settimeout(_CONNECTION_SECONDS)
        with suppress(OSError):
            if self.context is None:
                super().finish_request(request, client_address)
                return
            with self.context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: CallbackServer
    protocol_version = "HTTP/1.1"  # answers "Expect: 100-continue"
    wbufsize = -1  # head and body leave in one piece

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, answer = self.server.respond(self.command, self.path, headers, self._body(headers))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def _body(self, headers: Mapping[str, str]) -> bytes:
        """With a length or in chunks (RFC 9112 §7.1); what is neither is empty, what is too long is cut."""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return b"".join(self._chunks())[:MAX_RESPONSE]
        length = headers.get("content-length", "0")
        return self.rfile.read(min(int(length), MAX_RESPONSE)) if length.isdecimal() else b""

    def _chunks(self) -> list[bytes]:
        found: list[bytes] = []
        total = 0
        while total < MAX_RESPONSE:
            line = self.rfile.readline(_LONGEST_LINE).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                break
            if size <= 0:
                break
            found.append(self.rfile.read(min(size, MAX_RESPONSE)))
            total += size
            self.rfile.readline(_LONGEST_LINE)
        return found

    def log_message(self, *args: object) -> None:
        """Quiet: the report says what came."""


for _method in ("GET", "POST"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)
