"""Where the host under test calls back: a small HTTPS server that gives tokens and takes events."""

from __future__ import annotations

import base64
import secrets
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from carbonbridge.client.conformance.callback_server import CallbackServer
from carbonbridge.client.conformance.redaction import Redaction
from carbonbridge.client.conformance.target import CALLBACK_ID, CALLBACK_SECRET
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput, Misconfigured
from carbonbridge.core.exchange import MAX_RESPONSE

_EVENT_PATHS = ("/2/events", "/3/events")
#: Listens at every address of this machine.
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - a person chooses it


@dataclass(frozen=True, slots=True)
class Delivery:
    """A callback as it came.

    Attributes:
        path: below our own address, query included.
        headers: names in lower case.
        event: parsed; None if it cannot be read.
        token_held: it bore a token that we had given.
        answered: our status.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    event: Any = field(repr=False)
    token_held: bool = False
    answered: int = 200

    @property
    def data(self) -> Mapping[str, Any]:
        """The event's data; empty if there are none."""
        found = self.event.get("data") if isinstance(self.event, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def request_id(self) -> str:
        """Id of the request that it answers."""
        return str(self.data.get("requestEventId", ""))

    @property
    def type(self) -> str:
        """The event's type."""
        return str(self.event.get("type", "")) if isinstance(self.event, dict) else ""


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """How callbacks reach us.

    Attributes:
        host, port: where we listen; 0 takes a free port.
        url: our address as the host under test sees it; made of host and port unless stated.
        certificate, key: PEM files; without them we speak plain HTTP, and only on loopback.
    """

    host: str = "127.0.0.1"
    port: int = 0
    url: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    def names(self) -> list[str]:
        """What a certificate for this address is to be for; the loopback names if it has none of its own."""
        host = urlsplit(self.url).hostname if self.url else self.host
        local = ["localhost", "127.0.0.1", "::1"]
        own = [] if host is None or is_loopback(host) or host in _EVERYWHERE else [host]
        return own + local

    def context(self) -> ssl.SSLContext | None:
        """TLS settings, None for plain HTTP.

        Raises:
            BadInput: the files are no certificate with its key, plain HTTP would leave this machine, or nobody could
                know our address.
        """
        if self.url is None and self.host in _EVERYWHERE:
            raise BadInput(
                f"{self.host} is no address that a host can call",
                next_step="Give --callback-url.",
                field="callbackHost",
            )
        if self.certificate is None:
            if self.key is not None:
                raise BadInput(
                    f"the key {self.key} is of no use without its certificate", field="callbackCert"
                )
            if not is_loopback(self.host):
                raise BadInput(
                    "plain HTTP is for loopback, or for a proxy on this machine that speaks HTTPS",
                    field="callbackHost",
                    next_step="Listen at 127.0.0.1, or leave --callback-http out.",
                )
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            names = f"{self.certificate}" + (f" with {self.key}" if self.key else "")
            reason = error.strerror or "no PEM certificate with its key"
            raise BadInput(f"{names} cannot be used for callbacks: {reason.lower()}") from None
        return context


class Receiver:
    """Listens for callbacks while the block lasts.

    Args:
        address: where.
        redaction: learns the tokens that are given out.

    Raises:
        BadInput: the certificate cannot be used.
        Misconfigured: somebody else listens there.
    """

    def __init__(self, address: CallbackAddress, redaction: Redaction) -> None:
        self._context = address.context()
        self._redaction = redaction
        self._arrived = Condition()
        self._deliveries: list[Delivery] = []
        self._tokens: set[str] = set()
        self._refusals: dict[str, int] = {}
        self._guarded: set[str] = set()
        redaction.hide(CALLBACK_SECRET)
        try:
            self._server = CallbackServer(address.host, address.port, self._context, self.answer)
        except (OSError, OverflowError) as error:
            raise Misconfigured(
                f"callbacks cannot be received at {address.host}:{address.port}: {error}",
                field="callbackPort",
                next_step="Choose another --callback-host or --callback-port.",
            ) from None
        scheme = "http" if self._context is None else "https"
        name = "localhost" if is_loopback(address.host) else address.host
        self.url = (address.url or f"{scheme}://{name}:{self._server.server_port}").rstrip("/")
        self._prefix = urlsplit(self.url).path
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def refuse(self, request_id: str, times: int) -> None:
        """Answer 503 to the next callbacks for a request."""
        with self._arrived:
            self._refusals[request_id] = times

    def demand_token(self, request_id: str) -> None:
        """Answer 401 to callbacks for a request that bear no token of ours; the official suite never looks."""
        with self._arrived:
            self._guarded.add(request_id)

    def wait(self, request_id: str, count: int, give_up: float) -> list[Delivery]:
        """The callbacks to a request, as soon as there are so many.

        Args:
            give_up: instant of the monotonic clock at which those there are will do.
        """
        with self._arrived:
            while True:
                found = [one for one in self._deliveries if one.request_id == request_id]
                left = give_up - monotonic()
                if len(found) >= count or left <= 0:
                    return found
                self._arrived.wait(left)

    def strays(self, run_id: str) -> set[str]:
        """Ids of requests that callbacks named, and that are none of this run."""
        with self._arrived:
            named = {one.request_id or "-" for one in self._deliveries}
        return {name for name in named if not name.startswith(f"{run_id}/")}

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """What is answered to one request: status and JSON body."""
        path = path.removeprefix(self._prefix)
        if method == "POST" and path == "/auth/token":
            return self._give_token(headers)
        if method != "POST":
            return 404, _error("NotFound", "there is nothing here but /auth/token and the Events action")
        return self._take(path, headers, body)

    def _give_token(self, headers: Mapping[str, str]) -> tuple[int, bytes]:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        pair = ""
        with suppress(ValueError):
            pair = base64.b64decode(given).decode()
        if scheme.lower() != "basic" or ":" not in pair:
            return 400, _error("BadRequest", "HTTP Basic credentials are missing")
        if pair != f"{CALLBACK_ID}:{CALLBACK_SECRET}":
            return 401, _error(
                "BadRequest", f"the credentials here are {CALLBACK_ID} and its published secret"
            )
        token = secrets.token_urlsafe(24)
        self._redaction.hide(token)
        with self._arrived:
            self._tokens.add(token)
        return 200, write_json({"access_token": token})

    def _take(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        event: Any = None
        with suppress(BadInput):
            event = read_json(body, limit=MAX_RESPONSE)
        held = headers.get("authorization", "").removeprefix("Bearer ") in self._tokens
        with self._arrived:
            came = Delivery(path, headers, event, held)
            status, answer = self._judge(came)
            self._deliveries.append(Delivery(path, headers, event, held, status))
            self._arrived.notify_all()
        return status, answer

    def _judge(self, came: Delivery) -> tuple[int, bytes]:
        if came.path not in _EVENT_PATHS:
            return 404, _error("NotFound", "events are taken at /3/events and /2/events")
        if not came.request_id:
            return 400, _error("BadRequest", "no event that answers a request")
        if came.request_id in self._guarded and not came.token_held:
            return 401, _error("BadRequest", "the bearer is none that was given here")
        if self._refusals.get(came.request_id, 0) > 0:
            self._refusals[came.request_id] -= 1
            return 503, _error("InternalError", "try again")
        return 200, b""


def is_loopback(host: str) -> bool:
    """Whether an address to listen at is reachable from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _error(code: str, message: str) -> bytes:
    return write_json({"code": code, "message": message})
