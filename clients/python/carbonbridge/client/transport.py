"""The only part of the client that touches the network: HTTPS over httpx, blocking or awaiting.

No redirects, no plain HTTP, a limit on time and size; every failure becomes one of the core's errors.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from carbonbridge.core.errors import BadInput, Misconfigured, PartnerRefused, PartnerUnreachable
from carbonbridge.core.exchange import MAX_RESPONSE, HttpRequest, HttpResponse

_TRUST = "If the host uses an authority of its own, name its certificate file (caFile, --ca-file)."
_LATER = "Check the address and the network, then try again."


@dataclass(frozen=True, slots=True)
class Wire:
    """How to call.

    Attributes:
        ca_file: PEM file of an authority to trust beside the system's.
        timeout: seconds that one call may take in all.
        certificate: PEM file of our client certificate, for hosts with mutual TLS.
        certificate_key: PEM file of its private key; unless stated, the certificate's file holds it too.
    """

    ca_file: Path | None = None
    timeout: float = 60.0
    certificate: Path | None = None
    certificate_key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """TLS settings.

        Raises:
            BadInput: the CA file, or that of our certificate or its key, cannot be read or holds no such thing.
        """
        if self.certificate is None and self.certificate_key is not None:
            raise BadInput(
                f"the key {self.certificate_key} goes with a client certificate", field="certificate"
            )
        context = ssl.create_default_context()
        if self.ca_file is not None:
            try:
                context.load_verify_locations(cafile=self.ca_file)
            except (OSError, ssl.SSLError) as error:
                reason = error.strerror or "it holds no PEM certificate"
                raise BadInput(
                    f"the CA file {self.ca_file} cannot be used: {reason.lower()}", field="caFile"
                ) from None
        if self.certificate is not None:
            try:
                # An empty password: openssl would ask the terminal for that of an encrypted key.
                context.load_cert_chain(self.certificate, self.certificate_key, password="")
            except (OSError, ssl.SSLError) as error:
                reason = error.strerror or "certificate and key do not belong together"
                raise BadInput(
                    f"the client certificate {self.certificate} cannot be used: {reason.lower()}",
                    field="certificate",
                ) from None
        return context


class Sender(Protocol):
    """Whatever sends requests and waits: :class:`Blocking`, or a way of one's own."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """One exchange."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Blocking:
    """Sends requests and waits."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        with proxies_read():
            self._http = httpx.Client(verify=wire.context(), timeout=wire.timeout, follow_redirects=False)

    def send(self, request: HttpRequest) -> HttpResponse:
        """One exchange; every status is an answer.

        Raises:
            PartnerUnreachable: no answer, none in time, or no trust in the host's certificate.
            PartnerRefused: the answer is larger than any honest one, or broken.
            BadInput: not an https address.
        """
        _check_https(request.url)
        body = _Body(monotonic() + self._wire.timeout)
        with (
            _translated(request.url),
            self._http.stream(
                request.method, request.url, headers=dict(request.headers), content=request.body
            ) as answer,
        ):
            for chunk in answer.iter_bytes():
                body.add(chunk)
            return body.answer(answer)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class Awaiting:
    """Sends requests on an event loop; otherwise as :class:`Blocking`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        with proxies_read():
            self._http = httpx.AsyncClient(
                verify=wire.context(), timeout=wire.timeout, follow_redirects=False
            )

    async def send(self, request: HttpRequest) -> HttpResponse:
        """See :meth:`Blocking.send`."""
        _check_https(request.url)
        body = _Body(monotonic() + self._wire.timeout)
        with _translated(request.url):
            async with self._http.stream(
                request.method, request.url, headers=dict(request.headers), content=request.body
            ) as answer:
                async for chunk in answer.aiter_bytes():
                    body.add(chunk)
                return body.answer(answer)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


@dataclass(slots=True)
class _Body:
    """Gathers an answer's body within the limits (httpx limits each read, not the whole)."""

    deadline: float
    data: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        self.data += chunk
        if len(self.data) > MAX_RESPONSE:
            raise PartnerRefused(f"the host's answer is larger than {MAX_RESPONSE} bytes")
        if monotonic() > self.deadline:
            raise PartnerUnreachable("the host did not finish its answer in time", next_step=_LATER)

    def answer(self, answer: httpx.Response) -> HttpResponse:
        return HttpResponse(answer.status_code, dict(answer.headers), bytes(self.data))


def _check_https(url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise BadInput(
            f"{url[:200]!r} is not an https address", next_step="Give an address like https://host/o/name."
        )


@contextmanager
def _translated(url: str) -> Iterator[None]:
    host = urlsplit(url).netloc
    try:
        yield
    except httpx.TimeoutException:
        raise PartnerUnreachable(f"{host} did not answer in time", next_step=_LATER) from None
    except httpx.TransportError as error:
        if untrusted := distrust(error):
            raise PartnerUnreachable(
                f"the certificate of {host} is not trusted: {untrusted}", next_step=_TRUST
            ) from None
        raise PartnerUnreachable(f"{host} cannot be reached: {_reason(error)}", next_step=_LATER) from None
    except (httpx.DecodingError, httpx.InvalidURL) as error:
        raise PartnerRefused(f"{host} sent an answer that cannot be read: {_reason(error)}") from None


@contextmanager
def proxies_read() -> Iterator[None]:
    """Around the making of an httpx client: it reads the proxy variables of the environment.

    Raises:
        Misconfigured: one of them cannot be used.
    """
    try:
        yield
    except (ImportError, httpx.InvalidURL, ValueError) as error:
        raise Misconfigured(
            f"the proxy that the environment names cannot be used: {_reason(error)}",
            next_step="Correct or unset HTTPS_PROXY and ALL_PROXY.",
        ) from None


def distrust(error: BaseException | None) -> str | None:
    """What is wrong with a certificate, if that is what an error comes from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
