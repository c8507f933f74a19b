"""The bare server: ready bytes of the right size, under the node's own server and nothing else."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn

from carbonbridge.node.api.head import BoundedHead


def main() -> None:
    """Serve the bytes of two files: the one where a path ends in an id, the other elsewhere."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--get", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--cert")
    parser.add_argument("--secret")
    given = parser.parse_args()
    one, page = given.get.read_bytes(), given.page.read_bytes()

    async def app(scope: dict[str, Any], _receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        body = page if scope["path"].endswith("/footprints") else one
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(
        app,
        port=given.port,
        log_config=None,
        ssl_certfile=given.cert,
        ssl_keyfile=given.secret,
        access_log=False,
        lifespan="off",
        ws="none",
        http=BoundedHead,
        proxy_headers=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
