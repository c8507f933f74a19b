"""TCP for the outgoing client: connects to the very address that was checked, within a deadline."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from time import monotonic
from typing import Any

from httpcore import (
    SOCKET_OPTION,
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    WriteTimeout,
)

from carbonbridge.core.errors import AddressForbidden
from carbonbridge.node.peers.address import resolve

#: When the call of this thread must be over (monotonic seconds). Without it, a host that sends one byte a
#: second would keep a worker for hours.
DEADLINE: ContextVar[float] = ContextVar("deadline")


def _left(timeout: float | None, too_late: type[Exception]) -> float:
    left = DEADLINE.get() - monotonic()
    if left <= 0:
        raise too_late("the time for the whole call is over")
    return left if timeout is None else min(left, timeout)


class CheckedNetwork(NetworkBackend):
    """Resolves a name once, checks all its addresses, and connects to one of those.

    Args:
        allow_loopback: this machine's loopback addresses may be called.
    """

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers.

        Raises:
            AddressForbidden, PartnerUnreachable: see :func:`.address.resolve`.
            ConnectError, ConnectTimeout: no address answers.
        """
        failure: Exception = ConnectError("no address answers")
        for address in resolve(host, port, allow_loopback=self._allow_loopback):
            try:
                # A numeric address resolves to itself: no second look-up can answer otherwise.
                stream = self._plain.connect_tcp(
                    str(address), port, _left(timeout, ConnectTimeout), local_address, socket_options
                )
            except (ConnectError, ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[SOCKET_OPTION] | None = None
    ) -> NetworkStream:
        """Refused: a partner is never on a local socket."""
        raise AddressForbidden("partners are called over TCP only")


class _TimedStream(NetworkStream):
    """A connection whose every step ends at the deadline of the call that uses it."""

    def __init__(self, inner: NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        left = _left(timeout, ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
