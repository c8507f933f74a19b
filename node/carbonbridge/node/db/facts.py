"""Facts of footprints, own and received: spread over a row and its key rows, and put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table, insert

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.db.rows import Rows, values_of
from carbonbridge.node.ports.records import PublishedFootprint, ReceivedFootprint

_COLUMNS = ("status", "valid_from", "valid_until")


def footprint_values(footprint: PublishedFootprint | ReceivedFootprint) -> dict[str, Any]:
    """The row of a footprint, without its keys."""
    values = values_of(footprint) | {name: getattr(footprint.facts, name) for name in _COLUMNS}
    del values["facts"]
    values.pop("seq", None)  # the database counts
    return values


def published_footprint(row: RowMapping) -> PublishedFootprint:
    """An own footprint; its keys are in its row."""
    keys = frozenset((KeyKind(kind), value) for kind, value in row["keys"])
    fields = _fields(row, keys)
    del fields["keys"]
    return PublishedFootprint(**fields)


def add_keys(rows: Rows, table: Table, facts: FootprintFacts, owner: Mapping[str, str]) -> None:
    """Add the key rows of a footprint.

    Args:
        owner: what names the footprint beside its id.
    """
    keys = [
        {**owner, "footprint_id": facts.id, "kind": kind, "value": value}
        for kind, value in sorted(facts.keys)
    ]
    if keys:
        rows.write(insert(table), *keys)


def with_facts(rows: Rows, table: Table, org: str, found: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """Rows of footprints, as the fields of their records; their keys are read with one more query."""
    owner = "connection_id" if "connection_id" in table.c else "org"
    keys: dict[tuple[str, str], set[tuple[KeyKind, str]]] = {}
    ids = rows.among(table.c.footprint_id, {row["id"] for row in found})
    for key in rows.all(rows.where(table, org).where(ids)) if found else ():
        keys.setdefault((key[owner], key["footprint_id"]), set()).add((KeyKind(key["kind"]), key["value"]))
    return [_fields(row, frozenset(keys.get((row[owner], row["id"]), ()))) for row in found]


def _fields(row: RowMapping, keys: frozenset[tuple[KeyKind, str]]) -> dict[str, Any]:
    facts = FootprintFacts(
        id=row["id"],
        status=FootprintStatus(row["status"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        keys=keys,
    )
    return {name: value for name, value in row.items() if name not in _COLUMNS} | {"facts": facts}
