"""Registers and audit trail on SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from carbonbridge.core.errors import NotFound
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.nodewide import AuditRow, RegisterRow
from carbonbridge.node.ports.records import AuditEntry, RegisterKind

_REGISTER = table_of(RegisterRow)
_AUDIT = table_of(AuditRow)


class SqlRegisters:
    """See :class:`~carbonbridge.node.ports.store.Registers`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, kind: RegisterKind, entry_id: str, document: dict[str, Any], at: datetime) -> None:
        key = {"kind": kind, "entry_id": entry_id}
        values = {"document": document, "updated_at": at}
        if not self._rows.insert(_REGISTER, key | values):
            its = (_REGISTER.c.kind == kind) & (_REGISTER.c.entry_id == entry_id)
            self._rows.write(update(_REGISTER).where(its).values(**values))

    def get(self, kind: RegisterKind, entry_id: str) -> dict[str, Any]:
        its = (_REGISTER.c.kind == kind) & (_REGISTER.c.entry_id == entry_id)
        for row in self._rows.all(select(_REGISTER).where(its)):
            document: dict[str, Any] = row["document"]
            return document
        raise NotFound(f"there is no such {kind.value} in the register", field=kind.value)

    def find(self, kind: RegisterKind) -> list[dict[str, Any]]:
        query = select(_REGISTER).where(_REGISTER.c.kind == kind).order_by(_REGISTER.c.entry_id)
        return [row["document"] for row in self._rows.all(query)]


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
