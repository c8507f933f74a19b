"""Around every call, as plain ASGI: correlation id, log line, metrics; HTTPS behind a proxy; the size of bodies."""

from __future__ import annotations

import re
from ipaddress import ip_address
from random import Random, SystemRandom
from time import perf_counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carbonbridge.core.errors import AccessDenied, TooLarge
from carbonbridge.node.api.problems import problem
from carbonbridge.node.config import IPNetwork
from carbonbridge.node.telemetry import CORRELATION, count_call, log_call

#: Names of calls need to be different, and nothing more.
_LOT = Random(SystemRandom().getrandbits(128))  # noqa: S311

_HEADER = b"x-correlation-id"
_FIT = re.compile(rb"[\w.-]{1,64}")
NO_SNIFF = (b"x-content-type-options", b"nosniff")
NO_STORE = (b"cache-control", b"no-store")

#: Asked by whoever watches the node, often from inside and without TLS; they hold nothing of anybody.
_OPEN_PATHS = ("/healthz",)

#: Addresses of callers that are remembered to be proxies or none.
_MOST_CALLERS = 1000


class Observed:
    """Outermost: names the call, logs and counts it, and keeps answers out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = correlation(scope)
        begun = perf_counter()
        status = 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                own = [(b"x-correlation-id", name.encode("ascii")), NO_SNIFF]
                if not any(header[0] == b"cache-control" for header in headers):
                    own.append(NO_STORE)
                message["headers"] = [*headers, *own]
            await send(message)

        # The server makes a task of each call: what is set here is seen by nobody else.
        CORRELATION.set(name)
        try:
            await self._app(scope, receive, send_observed)
        finally:
            seconds = perf_counter() - begun
            route = getattr(scope.get("route"), "path", "unmatched")
            count_call(scope["method"], route, status, seconds)
            log_call(name, scope["method"], scope["path"], status, seconds)


def correlation(scope: Scope) -> str:
    """The name that the caller gave the call, if it is fit, or one of our own."""
    for header, value in scope["headers"]:
        if header == _HEADER and _FIT.fullmatch(value):
            return str(value, "ascii")
    return f"{_LOT.getrandbits(128):032x}"


class SecureOnly:
    """Behind a trusted proxy: calls come from there, and the proxy vouches that they came to it over HTTPS.

    Args:
        proxies: where calls may come from.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[IPNetwork, ...]) -> None:
        self._app = app
        self._proxies = proxies
        self._known: dict[str, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] not in _OPEN_PATHS and not self.is_secure(scope):
            refusal = AccessDenied(
                "this interface is served over HTTPS only", next_step="Use the https address."
            )
            await problem(scope["path"], refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def is_secure(self, scope: Scope) -> bool:
        """Whether the proxy next to us says that the call came over HTTPS."""
        host = scope["client"][0] if scope.get("client") else None
        if host is None or not self._is_trusted(host):
            return False
        # The last word is that of the proxy next to us; those before it are whatever the caller made up.
        words = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        return b",".join(words).rpartition(b",")[2].strip().lower() == b"https"

    def _is_trusted(self, host: str) -> bool:
        if host not in self._known:
            if len(self._known) >= _MOST_CALLERS:
                self._known.clear()
            address = ip_address(host)
            caller = getattr(address, "ipv4_mapped", None) or address
            self._known[host] = any(caller in network for network in self._proxies)
        return self._known[host]


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
