"""Answers on the screen: JSON for programs; tables and trees for people. Remote text is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from carbonbridge.client.cli.failure import one_line
from carbonbridge.client.cli.session import Session
from carbonbridge.client.cli.words import language, say

#: Where output is no terminal nobody needs it folded.
_WIDE = 240

_COLOURS = {
    "accepted": "green",
    "pass": "green",
    "conditional": "yellow",
    "unknown": "yellow",
    "rejected": "red",
    "fail": "red",
    "abandoned": "red",
    "error": "red",
    "warning": "yellow",
    "info": "dim",
}

#: Heading → dotted path of the member, or what makes the cell of the whole row.
Columns = Mapping[str, str | Callable[[Any], object]]


def show(session: Session, answer: object, view: Callable[[], RenderableType]) -> None:
    """Print an answer."""
    if session.as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        screen().print(view())


def screen() -> Console:
    """Standard output."""
    console = Console(highlight=False, markup=False, emoji=False)
    return (
        console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=_WIDE)
    )


def table(rows: Sequence[Any], columns: Columns) -> RenderableType:
    """A table, or a sentence if there is nothing to put in it."""
    if not rows:
        return Text(say("Nothing there."))
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns:
        made.add_column(say(heading), overflow="fold")
    for row in rows:
        made.add_row(*(cell(_value(row, where)) for where in columns.values()))
    return made


def facts(document: object, columns: Columns) -> RenderableType:
    """One object as lines of name and value; absent values are left out."""
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for heading, where in columns.items():
        if (value := _value(document, where)) is not None:
            made.add_row(say(heading), cell(value))
    return made


def cell(value: object) -> Text:
    """A value as a person reads it."""
    match value:
        case None:
            text = ""
        case bool():
            text = say("yes" if value else "no")
        case list() | tuple():
            text = "\n".join(one_line(str(item)) for item in value)
        case {"en": str() as english, "zh": str() as chinese}:
            text = one_line(in_language({"en": english, "zh": chinese}))
        case dict():
            text = one_line(json.dumps(value, ensure_ascii=False))
        case _:
            return Text(one_line(say(str(value))), style=_COLOURS.get(str(value), ""))
    return Text(text)


def in_language(wording: Mapping[str, str]) -> str:
    """The sentence of a pair that is in the language of this run."""
    return wording[language.get()]


def lines(*parts: RenderableType | None) -> RenderableType:
    """Several things below each other."""
    return Group(*(part for part in parts if part is not None))


def done(session: Session, answer: object) -> None:
    """Print the small answer of a verb that changed something."""
    show(
        session,
        answer,
        lambda: (
            facts(answer, {name: name for name in answer})
            if isinstance(answer, dict) and answer
            else Text(say("Done."))
        ),
    )


def _value(row: object, where: str | Callable[[Any], object]) -> object:
    if not isinstance(where, str):
        return where(row)
    for name in where.split("."):
        row = row.get(name) if isinstance(row, Mapping) else None
    return row
