"""Errors as one line: who is to blame, what is wrong, what to do. Never a traceback."""

from __future__ import annotations

from enum import IntEnum

import typer

from carbonbridge.client.cli.sentences import sentence
from carbonbridge.client.cli.words import language, say
from carbonbridge.core.errors import (
    Blame,
    CarbonBridgeError,
    NotFound,
    PartnerUnreachable,
    StorageFailed,
    StoreUnreachable,
)


class Exit(IntEnum):
    """How the command line ends."""

    DONE = 0
    REFUSED = 1  #: the node, or the other host, said no; or a proof failed
    WRONG_USE = 2  #: the command, a file or a setting is wrong
    UNREACHABLE = 3
    INTERRUPTED = 130


class RemoteError(Exception):
    """An error that came from the other side of the wire."""

    def __init__(self, error: CarbonBridgeError) -> None:
        super().__init__(str(error))
        self.error = error


_BLAME = {
    Blame.CALLER: "your input",
    Blame.PARTNER: "the other host",
    Blame.OPERATOR: "the settings",
    Blame.NODE: "the node",
}

#: What is not there → the verb that lists what is.
_LISTED = {
    "application": "applications",
    "calculation": "calculations",
    "client": "clients",
    "connection": "connections",
    "footprint": "footprints",
    "grant": "grants",
    "id": "footprints",
    "organisation": "register show organisations",
    "outbox": "outbox",
    "product": "products",
    "request": "requests",
    "scheme": "register show schemes",
    "agreement": "register show agreements",
    "issuer": "register show issuers",
    "factor-set": "register show factor-sets",
}


def tell(error: CarbonBridgeError | RemoteError) -> Exit:
    """Print an error to standard error and say how to end."""
    cause = error.error if isinstance(error, RemoteError) else error
    notes = "".join(f" ({note})" for note in getattr(cause, "__notes__", ()))
    blamed = say("the database" if isinstance(cause, StorageFailed) else _BLAME[cause.blame])
    typer.echo(f"carbonbridge: {blamed}: {one_line(_sentence(cause) + notes)}", err=True)
    if isinstance(cause, PartnerUnreachable | StoreUnreachable):
        return Exit.UNREACHABLE
    return Exit.REFUSED if isinstance(error, RemoteError) else Exit.WRONG_USE


def _sentence(error: CarbonBridgeError) -> str:
    where = f"{error.field}: " if error.field else ""
    step = error.next_step
    if step is None and isinstance(error, NotFound) and error.field in _LISTED:
        step = f"See carbonbridge {_LISTED[error.field]}."
    if step is None:
        return where + sentence(error.message)
    arrow = " → 下一步：" if language.get() == "zh" else " → "
    return where + sentence(error.message) + arrow + sentence(step)


def one_line(text: str) -> str:
    """Text from anywhere, safe to print: one line, no control characters (a host could send escape codes)."""
    words = "".join(char if char.isprintable() else " " for char in text).split()
    return " ".join(words)
