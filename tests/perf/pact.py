"""Area ``pact``: the node's Get and List of 100 over real HTTPS, beside a bare ASGI application of as many bytes.

Both run under the same server with the same certificate, and are asked by the same client in turns.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from uuid import UUID

import uvicorn
from tests.core.footprints import footprint_document
from tests.perf.figures import Figure, figure, rates
from tests.support.live import COMPANY, LiveNode, Login, live_node

from carbonbridge.demo.authority import Authority
from carbonbridge.node.telemetry import configure_logs

_FOOTPRINTS = 300
_CALLS = 50


def measure() -> list[Figure]:
    """Calls per second of one client on one connection: what the node adds to the bare server."""
    configure_logs("warning")
    with (
        TemporaryDirectory() as name,
        live_node(Path(name), Authority.create(Path(name) / "authority")) as live,
    ):
        owner = live.organisation("bench")
        ids = [publish(live, owner, number) for number in range(_FOOTPRINTS)]
        _, partner = live.partner(owner)
        token = live.token(partner)
        context = ssl.create_default_context(cafile=str(live.authority.ca_file))
        paths = {"get": f"/o/bench/3/footprints/{ids[0]}", "list of 100": "/o/bench/3/footprints?limit=100"}
        node = HTTPSConnection("localhost", live.config.port, context=context)
        bodies = {kind: ask(node, path, token) for kind, path in paths.items()}
        with bare(live, bodies) as port:
            hello = HTTPSConnection("localhost", port, context=context)
            works: dict[str, Callable[[], int]] = {}
            for kind, path in paths.items():
                works[kind] = times(node, path, token)
                works[f"bare {kind}"] = times(hello, f"/{kind.split()[0]}", token)
            seen = rates(works)
            hello.close()
        node.close()
    return [
        figure("pact", kind, seen[kind], "1/s", against=(f"bare {kind}", seen[f"bare {kind}"]))
        for kind in paths
    ]


def publish(live: LiveNode, owner: Login, number: int) -> str:
    """One footprint of the organisation; returns its id."""
    footprint = {**footprint_document(), "id": str(UUID(int=number + 1)), "companyIds": [COMPANY.format(1)]}
    footprint.pop("precedingPfIds", None)
    return str(live.ask(owner, "POST", "/footprints", {"footprint": footprint})["id"])


def times(connection: HTTPSConnection, path: str, token: str) -> Callable[[], int]:
    """A work that asks for a path again and again."""

    def work() -> int:
        for _ in range(_CALLS):
            ask(connection, path, token)
        return _CALLS

    return work


def ask(connection: HTTPSConnection, path: str, token: str) -> bytes:
    """One call that must succeed."""
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return body


@contextmanager
def bare(live: LiveNode, bodies: dict[str, bytes]) -> Iterator[int]:
    """An application that sends ready bytes, served as the node is."""
    answers = {f"/{kind.split()[0]}": body for kind, body in bodies.items()}
    assert all(json.loads(body)["data"] for body in answers.values())

    async def app(scope: dict[str, Any], _receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answers[scope["path"]]})

    config = live.config
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                ssl_certfile=config.tls_cert,
                ssl_keyfile=config.tls_key,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
