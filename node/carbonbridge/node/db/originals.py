"""v2 documents on SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Table, update

from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.originals import OriginalRow, ReceivedOriginalRow
from carbonbridge.node.ports.records import Original

_OWN = table_of(OriginalRow)
_RECEIVED = table_of(ReceivedOriginalRow)


class SqlOriginals:
    """See :class:`~carbonbridge.node.ports.store.Originals`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, original: Original) -> None:
        table, owner = _place(original.connection_id)
        values = values_of(original)
        if original.connection_id is None:
            del values["connection_id"]
        self._rows.hold(original.org)
        if not self._rows.insert(table, values):
            self._rows.replace(table, "original", values, "footprint_id", *owner)
        others = (
            (table.c.org == original.org)
            & (table.c.v2_id == original.v2_id)
            & (table.c.version < original.version)
            & table.c.latest
        )
        for name, value in owner.items():
            others &= table.c[name] == value
        self._rows.write(update(table).where(others).values(latest=False))

    def of(self, org: str, footprint_ids: Collection[str]) -> dict[str, Original]:
        if not footprint_ids:
            return {}
        query = self._rows.where(_OWN, org).where(self._rows.among(_OWN.c.footprint_id, footprint_ids))
        return {row["footprint_id"]: Original(**row) for row in self._rows.all(query)}

    def get(self, org: str, connection_id: str | None, footprint_id: str) -> Original | None:
        return self._first(org, connection_id, footprint_id=footprint_id)

    def latest(self, org: str, connection_id: str | None, v2_id: str) -> Original | None:
        return self._first(org, connection_id, v2_id=v2_id, latest=True)

    def _first(self, org: str, connection_id: str | None, **values: Any) -> Original | None:
        table, owner = _place(connection_id)
        for row in self._rows.all(self._rows.where(table, org, **owner, **values)):
            return Original(**row)
        return None


def _place(connection_id: str | None) -> tuple[Table, dict[str, str]]:
    """The table, and what names the owner in it beside the organisation."""
    return (_OWN, {}) if connection_id is None else (_RECEIVED, {"connection_id": connection_id})
