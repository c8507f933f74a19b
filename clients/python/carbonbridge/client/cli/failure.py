"""Errors as one line: who is to blame, what is wrong, what to do. Never a traceback."""

from __future__ import annotations

from enum import IntEnum

import typer

from carbonbridge.client.cli.words import say
from carbonbridge.core.errors import Blame, CarbonBridgeError, PartnerUnreachable


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


def tell(error: CarbonBridgeError | RemoteError) -> Exit:
    """Print an error to standard error and say how to end."""
    cause = error.error if isinstance(error, RemoteError) else error
    notes = "".join(f" ({note})" for note in getattr(cause, "__notes__", ()))
    typer.echo(f"carbonbridge: {say(_BLAME[cause.blame])}: {one_line(_sentence(cause) + notes)}", err=True)
    if isinstance(cause, PartnerUnreachable):
        return Exit.UNREACHABLE
    return Exit.REFUSED if isinstance(error, RemoteError) else Exit.WRONG_USE


def _sentence(error: CarbonBridgeError) -> str:
    where = f"{error.field}: " if error.field else ""
    return where + error.message + (f" → {error.next_step}" if error.next_step else "")


def one_line(text: str) -> str:
    """Text from anywhere, safe to print: one line, no control characters (a host could send escape codes)."""
    words = "".join(char if char.isprintable() else " " for char in text).split()
    return " ".join(words)
