"""Around every call, as plain ASGI: correlation id, log line, metrics; HTTPS behind a proxy; the size of bodies."""

from __future__ import annotations

import re
from ipaddress import ip_address
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carbonbridge.core.errors import AccessDenied, TooLarge
from carbonbridge.node.api.problems import problem
from carbonbridge.node.config import IPNetwork
from carbonbridge.node.telemetry import HTTP_REQUESTS, HTTP_SECONDS, correlated, logger

log = logger(__name__)

_HEADER = "X-Correlation-Id"
_FIT = re.compile(r"[\w.-]{1,64}", re.ASCII)

#: Asked by whoever watches the node, often from inside and without TLS; they hold nothing of anybody.
_OPEN_PATHS = ("/healthz",)


class Observed:
    """Outermost: names the call, logs and counts it, and keeps answers out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_HEADER, "")
        name = given if _FIT.fullmatch(given) else str(uuid4())
        begun = perf_counter()
        status = 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[_HEADER] = name
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        with correlated(name):
            try:
                await self._app(scope, receive, send_observed)
            finally:
                seconds = perf_counter() - begun
                route = getattr(scope.get("route"), "path", "unmatched")
                HTTP_REQUESTS.labels(scope["method"], route, str(status)).inc()
                HTTP_SECONDS.labels(route).observe(seconds)
                log.info(
                    "call",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                )


class SecureOnly:
    """Behind a trusted proxy: calls come from there, and the proxy vouches that they came to it over HTTPS.

    Args:
        proxies: where calls may come from.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[IPNetwork, ...]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] not in _OPEN_PATHS and not self._is_secure(scope):
            refusal = AccessDenied(
                "this interface is served over HTTPS only", next_step="Use the https address."
            )
            await problem(scope["path"], refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_secure(self, scope: Scope) -> bool:
        caller = ip_address(scope["client"][0]) if scope.get("client") else None
        # The last word is that of the proxy next to us; those before it are whatever the caller made up.
        protocol = ",".join(Headers(scope=scope).getlist("x-forwarded-proto")).rpartition(",")[2]
        trusted = caller is not None and any(caller in network for network in self._proxies)
        return trusted and protocol.strip().lower() == "https"


class LimitedBody:
    """Refuses bodies that are too large: at once where the length is stated, else when they pass the limit.

    Args:
        most: bytes.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdigit() or len(stated) > 18 or int(stated) > self._most:
            await problem(scope["path"], self._too_large())(scope, receive, send)
            return
        read = 0

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise self._too_large()  # reaches the endpoint's own error handling
            return message

        await self._app(scope, receive_limited, send)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body is larger than {self._most} bytes")
