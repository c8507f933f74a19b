"""Partners that take a connection and never say a word."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread


class SilentHost:
    """A port that accepts everybody and answers nobody.

    Attributes:
        callers: the connections that hang there.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._changed = Condition()
        self.callers: list[socket.socket] = []
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._listener.getsockname()[1]}"

    def await_callers(self, least: int, patience: float) -> bool:
        """Wait until so many hang; False if they do not come."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.callers) >= least, patience)

    def hang_up(self) -> None:
        """Nobody is kept any longer, nor taken in."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listener.close()
        self._thread.join()
        for caller in self.callers:
            caller.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.callers.append(caller)
                self._changed.notify_all()


@contextmanager
def silent_host() -> Iterator[SilentHost]:
    """A silent host; whoever hangs there in the end is let go."""
    made = SilentHost(socket.create_server(("127.0.0.1", 0), backlog=128))
    try:
        yield made
    finally:
        made.hang_up()
