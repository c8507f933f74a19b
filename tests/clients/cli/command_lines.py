"""Command lines made from the index of verbs, so that no verb can be forgotten."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from carbonbridge.client.cli.main import GROUPS, INDEX
from carbonbridge.client.cli.verb import Verb

#: Files that every verb with a login may be given.
SHARED = ("secret_file", "key_file", "certificate_file", "certificate_key", "ca_file")


def verbs() -> dict[str, Verb]:
    """Every verb of the base installation by its words: ``answer fulfil``."""
    found = {verb.name: verb for panel in INDEX.values() for verb in panel}
    for panel in GROUPS.values():
        for group in panel:
            found |= {f"{group.name} {verb.name}": verb for verb in group.verbs}
    return found


def needed(verb: Verb, file: Path) -> list[str]:
    """The least a verb has to be told: every path is the file."""
    words: list[str] = []
    for parameter in inspect.signature(verb.run).parameters.values():
        kind, info = get_args(parameter.annotation)
        if parameter.default is not inspect.Parameter.empty:
            continue
        value = _value(kind, file)
        if isinstance(info, ArgumentInfo):
            words.append(value)
        elif kind is bool:
            words.append(_names(info)[0].split("/")[0])
        else:
            words += [_names(info)[0], value]
    return words + _choices(verb)


def files(verb: Verb) -> Iterator[str]:
    """The options and arguments that are files to read; those that all verbs share, of one verb only."""
    for parameter in inspect.signature(verb.run).parameters.values():
        kind, info = get_args(parameter.annotation)
        if parameter.name in SHARED and verb.name != "footprints":
            continue
        if Path in (kind, *get_args(kind)) and "out" not in parameter.name:
            yield "" if isinstance(info, ArgumentInfo) else _names(info)[0]


def _choices(verb: Verb) -> list[str]:
    """What else a verb wants where the signature leaves the choice open."""
    return {
        "publish": ["--calculation", "x"],
        "share": ["--all"],
        "enrol": ["--connection", "x"],
        "redeliver": ["x"],
        "catalogue": ["46"],
    }.get(verb.name, [])


def _value(kind: Any, file: Path) -> str:
    if Path in (kind, *get_args(kind)):
        return str(file)
    if kind is int:
        return "2026"
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    return "https://localhost:1"


def _names(info: OptionInfo) -> list[str]:
    """In ``Annotated``, the first name stands where a default would."""
    first = [info.default] if isinstance(info.default, str) else []
    return [*first, *(info.param_decls or ())]
