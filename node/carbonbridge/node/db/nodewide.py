"""The audit trail on SQL."""

from __future__ import annotations

from sqlalchemy import insert, select

from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.nodewide import AuditRow
from carbonbridge.node.ports.records import AuditEntry

_AUDIT = table_of(AuditRow)


class SqlAudit:
    """See :class:`~carbonbridge.node.ports.store.Audit`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, entry: AuditEntry) -> None:
        values = values_of(entry)
        del values["seq"]  # the database counts
        self._rows.write(insert(_AUDIT).inline(), values)

    def find(self, org: str | None, after: int = 0, limit: int = 100) -> list[AuditEntry]:
        its = _AUDIT.c.org.is_not_distinct_from(org) & (_AUDIT.c.seq > after)
        query = select(_AUDIT).where(its).order_by(_AUDIT.c.seq).limit(limit)
        return [AuditEntry(**row) for row in self._rows.all(query)]
