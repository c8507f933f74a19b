"""A login and a wire make a client, blocking or awaiting: this is all that differs between the two."""

from __future__ import annotations

from types import TracebackType
from typing import Self, TypeVar

from carbonbridge.client.call import Runs, RunsAsync
from carbonbridge.client.conversation import Asking, Login
from carbonbridge.client.transport import Awaiting, Blocking, Sender, Wire
from carbonbridge.core.exchange import drive, drive_async
from carbonbridge.core.keys import SigningKey

T = TypeVar("T")


def identify(
    base_url: str,
    client_id: str,
    client_secret: str | None,
    auth_base_url: str | None,
    key: SigningKey | None,
    wire: Wire | None,
) -> tuple[Login, Wire]:
    """Who calls, and how: what a client is made of."""
    wire = wire or Wire()
    login = Login(base_url, client_id, client_secret, auth_base_url, key, wire.certificate is not None)
    return login, wire


class HostClient(Runs):
    """Waits for each answer. One client is for one thread at a time."""

    def __init__(self, login: Login, wire: Wire | Sender) -> None:
        self.login = login
        self.wire = Blocking(wire) if isinstance(wire, Wire) else wire

    def run(self, ask: Asking[T]) -> T:
        """Make one call."""
        return drive(self.login.converse(ask), self.wire.send)

    def close(self) -> None:
        """Close the connections."""
        self.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncHostClient(RunsAsync):
    """Makes calls on an event loop; calls may overlap."""

    def __init__(self, login: Login, wire: Wire) -> None:
        self.login = login
        self.wire = Awaiting(wire)

    async def run(self, ask: Asking[T]) -> T:
        """Make one call."""
        return await drive_async(self.login.converse(ask), self.wire.send)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
