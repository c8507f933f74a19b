"""The head of a request, bounded in size and time: uvicorn bounds neither, and whoever sends one needs no token.

And what uvicorn does not tell either: which client certificate the connection has.
"""

from __future__ import annotations

import hashlib
import sys
from asyncio import BaseTransport, TimerHandle, Transport
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, cast

from httptools import HttpParserCallbackError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carbonbridge.node.telemetry import logger

#: Bytes of address and headers that may come before the request begins to be answered.
MOST_HEAD = 64 * 1024

#: Seconds that a connection may take for its first head, and a later head from its first byte on.
HEAD_SECONDS = 20.0


#: Our extension of the ASGI scope: the thumbprint, where the connection has a client certificate that was verified.
_CERTIFICATE = "carbonbridge.client_certificate"


log = logger(__name__)


def certificate_of(scope: Mapping[str, Any]) -> str | None:
    """SHA-256 thumbprint of the client certificate that a call came with (``x5t#S256``, RFC 8705 §3.1)."""
    thumbprint: str | None = scope.get("extensions", {}).get(_CERTIFICATE)
    return thumbprint


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on a head without end."""

    _unread = 0
    _timer: TimerHandle | None = None
    _certificate: str | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(Transport, transport))
        self._certificate = _thumbprint(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        self._expect_head()
        super().on_message_begin()
        if self._certificate is not None:
            cast(dict[str, Any], self.scope)["extensions"] = {_CERTIFICATE: self._certificate}

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn answers so too where it is not the caller's fault: where one of the methods above failed."""
        error = sys.exc_info()[1]
        if isinstance(error, HttpParserCallbackError):
            log.error("a call failed before it was read", exc_info=error.__context__ or error)
        super().send_400_response(msg)

    def _expect_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _head_is_here(self) -> None:
        self._unread = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hang_up(self) -> None:
        self._timer = None
        self.transport.abort()


def _thumbprint(transport: BaseTransport) -> str | None:
    tls = transport.get_extra_info("ssl_object")
    certificate = None if tls is None else tls.getpeercert(binary_form=True)
    if certificate is None:
        return None
    return urlsafe_b64encode(hashlib.sha256(certificate).digest()).decode().rstrip("=")
