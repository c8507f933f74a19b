"""The demo's folder: one run at a time, and a sentence where it cannot be used."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carbonbridge.core.errors import BadInput

#: Locked by the run that uses the folder; the lock ends with the process, however that ends.
LOCK = ".lock"

_ANOTHER = "Name another folder with --output."


@contextmanager
def occupied(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other runs out of it.

    Raises:
        BadInput: another run is using it, or it cannot be written.
    """
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                f"another demo is using {folder}",
                field="--output",
                next_step=f"Stop it (Ctrl-C where it runs). {_ANOTHER}",
            ) from None
        yield


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Say which folder it is that cannot be written.

    Raises:
        BadInput
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise BadInput(
            f"{folder} cannot be written: {reason}", field="--output", next_step=_ANOTHER
        ) from None
