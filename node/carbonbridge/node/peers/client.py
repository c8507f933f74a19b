"""The guarded client: every request that leaves the node goes through :meth:`GuardedClient.send`.

It is httpcore itself, without the conveniences above it: nothing here knows redirects, cookies, proxies from
the environment or compressed bodies, so none of them has to be switched off.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import httpcore

from carbonbridge.core.errors import (
    AddressForbidden,
    CarbonBridgeError,
    Misconfigured,
    PartnerRefused,
    PartnerUnreachable,
)
from carbonbridge.core.exchange import MAX_RESPONSE, HttpRequest, HttpResponse
from carbonbridge.node.peers.network import DEADLINE, CheckedNetwork
from carbonbridge.node.telemetry import PEER_CALLS

#: A host that is silent for so long is taken for unreachable.
STEP_SECONDS = 10.0
#: A whole call, of a large page over a slow line.
CALL_SECONDS = 60.0


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities and, beside them, those of a file (PEM).

    Raises:
        Misconfigured: the file holds no certificates.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError:  # ssl.SSLError is one
            raise Misconfigured("holds no PEM certificates", field="CARBONBRIDGE_CA_FILE") from None
    return context


class GuardedClient:
    """Sends single HTTPS requests to partners; safe for many threads.

    Args:
        tls: what to trust.
        allow_loopback: this machine's loopback addresses may be called.
        step_seconds: longest silence.
        call_seconds: longest call.
        max_bytes: largest body of an answer.
        connections: how many at a time; a call beyond that waits, and fails like one to a silent host.
    """

    def __init__(
        self,
        tls: ssl.SSLContext,
        *,
        allow_loopback: bool = False,
        step_seconds: float = STEP_SECONDS,
        call_seconds: float = CALL_SECONDS,
        max_bytes: int = MAX_RESPONSE,
        connections: int = 64,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=min(connections, 64),
            keepalive_expiry=30.0,
            network_backend=CheckedNetwork(allow_loopback=allow_loopback),
        )
        self._steps = dict.fromkeys(("connect", "read", "write", "pool"), step_seconds)
        self._call_seconds = call_seconds
        self._max_bytes = max_bytes

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and read the whole answer.

        Raises:
            AddressForbidden: not https, or the host's address may not be called.
            PartnerUnreachable: no connection, no valid certificate, no answer in time.
            PartnerRefused: the answer is larger than the limit, or is no HTTP.
        """
        _check_url(request.url)
        deadline = DEADLINE.set(monotonic() + self._call_seconds)
        try:
            response = self._exchange(request)
        except CarbonBridgeError as error:
            PEER_CALLS.labels(error.code).inc()
            raise
        else:
            PEER_CALLS.labels(str(response.status)).inc()
            return response
        finally:
            DEADLINE.reset(deadline)

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        headers = [
            ("Host", urlsplit(request.url).netloc),
            ("User-Agent", "carbonbridge"),
            ("Accept-Encoding", "identity"),
            *request.headers.items(),
        ]
        if request.method == "POST":
            headers.append(("Content-Length", str(len(request.body))))
        try:
            with self._pool.stream(
                request.method,
                request.url,
                headers=headers,
                content=request.body,
                extensions={"timeout": self._steps},
            ) as response:
                body = self._read(response)
        except httpcore.TimeoutException:
            raise PartnerUnreachable("the partner's host did not answer in time") from None
        except httpcore.NetworkError as error:
            raise PartnerUnreachable(f"the partner's host cannot be reached ({_reason(error)})") from None
        except httpcore.RemoteProtocolError:
            raise PartnerUnreachable("the partner's host broke off, or does not speak HTTP") from None
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol):
            raise PartnerRefused("the partner's address or credentials cannot be put into HTTP") from None
        return HttpResponse(
            response.status,
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers},
            body,
        )

    def _read(self, response: httpcore.Response) -> bytes:
        body = bytearray()
        for part in response.iter_stream():
            body += part
            if len(body) > self._max_bytes:
                raise PartnerRefused(f"the partner's answer is larger than {self._max_bytes} bytes")
        return bytes(body)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AddressForbidden("the partner's address is not a URL") from None
    if parts.scheme != "https" or not host or "@" in parts.netloc or not url.isascii():
        raise AddressForbidden(
            "partners are called at plain https URLs only",
            next_step="Correct the partner's base URL; write an international host name as xn--….",
        )


def _reason(error: httpcore.NetworkError) -> str:
    """What went wrong, in a few words, without the addresses behind the name."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {cause.verify_message}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return "connection failed"
