"""Addresses on loopback that pact's verifier posts to: for provider states, and for messages.

pact-python has both, but its state handler answers no values, and neither closes its socket.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from carbonbridge.core.document import write_json

#: Name of a state → what brings the provider into it and returns the values that come of it: ids, tokens.
States = Mapping[str, Callable[[], Mapping[str, str]]]
#: Name of a message → its body.
Messages = Mapping[str, Callable[[], bytes]]

_Answer = tuple[int, Mapping[str, str], bytes]


@contextmanager
def state_address(states: States) -> Iterator[str]:
    """URL for ``Verifier.state_handler``; a state that is not known is an error of the verification."""

    def enter(asked: Mapping[str, Any]) -> _Answer:
        name = asked["state"]
        if name and name not in states:
            return 404, {}, b""
        # An interaction without a state is announced as well, with an empty name.
        return 200, {"Content-Type": "application/json"}, write_json(states[name]() if name else {})

    with _listening(enter) as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def message_port(messages: Messages, content_type: str) -> Iterator[int]:
    """Port for ``Verifier.add_transport``, protocol ``message``, path ``/``."""
    metadata = base64.b64encode(write_json({"contentType": content_type})).decode()
    headers = {"Content-Type": content_type, "Pact-Message-Metadata": metadata}

    with _listening(lambda asked: (200, headers, messages[asked["description"]]())) as port:
        yield port


@contextmanager
def _listening(answer: Callable[[Mapping[str, Any]], _Answer]) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, headers, body = answer(json.loads(self.rfile.read(length)))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="for pact's verifier")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
