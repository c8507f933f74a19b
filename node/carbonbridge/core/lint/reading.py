"""Footprints out of a file: one document, a list of them, a PACT answer, or a document on each line (NDJSON)."""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.core.document import Json, read_json
from carbonbridge.core.errors import BadInput


def documents(data: bytes, name: str) -> list[tuple[str, Json]]:
    """The documents of a file, each with a name.

    Args:
        data: UTF-8 JSON: a footprint, an array, ``{"data": …}`` as PACT's actions answer, or NDJSON.
        name: of the file; parts of it are named ``name#1``, lines ``name:1``.

    Raises:
        BadInput: not JSON, or nothing in it; a line at fault is named.
    """
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    found = _lines(lines, name) if len(lines) > 1 and _whole(lines[0][1]) else _parts(read_json(data), name)
    if not found:
        raise BadInput("there is no footprint in it", next_step="Give a PACT v3 footprint, JSON or NDJSON.")
    return found


def _lines(lines: list[tuple[int, bytes]], name: str) -> list[tuple[str, Json]]:
    found: list[tuple[str, Json]] = []
    for number, line in lines:
        try:
            found += _parts(read_json(line), f"{name}:{number}")
        except BadInput as error:
            raise type(error)(f"line {number}: {error.message}", field=error.field) from None
    return found


def _whole(line: bytes) -> bool:
    """Whether a line is a document by itself; the first line of one that is folded is not."""
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        read_json(line)
    except BadInput:
        return False
    return True


def _parts(document: Json, name: str) -> list[tuple[str, Json]]:
    if isinstance(document, dict) and document.keys() == {"data"}:
        document = document["data"]
    if not isinstance(document, list):
        return [(name, document)]
    return list(_numbered(document, name))


def _numbered(items: list[Json], name: str) -> Iterator[tuple[str, Json]]:
    for number, item in enumerate(items, 1):
        yield f"{name}#{number}", item
