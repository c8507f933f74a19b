"""The registers on SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    and_,
    func,
    select,
    true,
    type_coerce,
    update,
)

from carbonbridge.core.errors import NotFound
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.registry import RegisterVersionRow
from carbonbridge.node.ports.registry import RegisterVersion

_VERSION = table_of(RegisterVersionRow)


class SqlRegistry:
    """See :class:`~carbonbridge.node.ports.registry.Registry`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def next_version(self, kind: RegisterKind, entry_id: str) -> int:
        self._rows.lock("registers")
        highest = type_coerce(func.coalesce(func.max(_VERSION.c.version), 0), Integer)
        query = select(highest.label("version")).where(_its(kind, entry_id))
        return int(self._rows.all(query)[0]["version"]) + 1

    def put(self, version: RegisterVersion) -> None:
        self._rows.add(_VERSION, "entry", values_of(version))

    def sign(self, version: RegisterVersion) -> None:
        its = _its(version.kind, version.entry_id) & (_VERSION.c.version == version.version)
        unsigned = its & _VERSION.c.statement.is_(None)
        if not self._rows.write(
            update(_VERSION).where(unsigned).values(org=version.org, statement=version.statement)
        ):
            raise NotFound("there is no such version, or it is signed", field="version")

    def unsigned(self) -> list[RegisterVersion]:
        order = (_VERSION.c.recorded_at, _VERSION.c.kind, _VERSION.c.entry_id, _VERSION.c.version)
        query = select(_VERSION).where(_VERSION.c.statement.is_(None)).order_by(*order)
        return [_version(row) for row in self._rows.all(query)]

    def at(
        self, kind: RegisterKind, entry_id: str, valid_at: datetime, known_at: datetime | None = None
    ) -> RegisterVersion | None:
        holding = _its(kind, entry_id) & _holding(valid_at, known_at)
        last = (_VERSION.c.valid_from.desc(), _VERSION.c.version.desc())
        found = self._rows.all(select(_VERSION).where(holding).order_by(*last).limit(1))
        return _version(found[0]) if found else None

    def history(self, kind: RegisterKind, entry_id: str) -> list[RegisterVersion]:
        query = select(_VERSION).where(_its(kind, entry_id)).order_by(_VERSION.c.version)
        return [_version(row) for row in self._rows.all(query)]

    def find(
        self, kind: RegisterKind, valid_at: datetime, known_at: datetime | None = None
    ) -> list[RegisterVersion]:
        return [_version(row) for row in self._rows.all(_latest(kind, _holding(valid_at, known_at)))]


class SqlRegisters:
    """See :class:`~carbonbridge.node.ports.store.Registers`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, kind: RegisterKind, entry_id: str, at: datetime | None = None) -> dict[str, Any]:
        for row in self._rows.all(_latest(kind, _holding(at) & (_VERSION.c.entry_id == entry_id))):
            document: dict[str, Any] = row["document"]
            return document
        raise NotFound(f"there is no such {kind.value} in the register", field=kind.value)

    def find(self, kind: RegisterKind, at: datetime | None = None) -> list[dict[str, Any]]:
        return [row["document"] for row in self._rows.all(_latest(kind, _holding(at)))]


def _its(kind: RegisterKind, entry_id: str) -> ColumnElement[bool]:
    return and_(_VERSION.c.kind == kind, _VERSION.c.entry_id == entry_id)


def _holding(valid_at: datetime | None, known_at: datetime | None = None) -> ColumnElement[bool]:
    holding = true() if valid_at is None else _VERSION.c.valid_from <= valid_at
    return holding if known_at is None else holding & (_VERSION.c.recorded_at <= known_at)


def _latest(kind: RegisterKind, among: ColumnElement[bool]) -> Select[Any]:
    """Of each entry the version that began last, of those that meet the condition; by id."""
    rank = func.row_number().over(
        partition_by=_VERSION.c.entry_id, order_by=(_VERSION.c.valid_from.desc(), _VERSION.c.version.desc())
    )
    ranked = select(_VERSION, rank.label("rank")).where((_VERSION.c.kind == kind) & among).subquery()
    columns = [ranked.c[column.name] for column in _VERSION.c]
    return select(*columns).where(ranked.c.rank == 1).order_by(ranked.c.entry_id)


def _version(row: RowMapping) -> RegisterVersion:
    return RegisterVersion(**{**row, "kind": RegisterKind(row["kind"])})
