"""Rows of one transaction: the few statements that all tables share, and what keeps them right on both databases.

SQLite lets one transaction write at a time. PostgreSQL is made to do the same for each organisation: the first read or
change of an organisation's rows in a writing transaction takes a lock in its name until the end. What was read still
holds when the change is written, so that of two answers to one request, say, the second finds the first. At READ
COMMITTED every statement sees what was committed before it, hence after the lock everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    any_,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate, UpdateBase
from sqlmodel import SQLModel

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.node.db.columns import dump_json, is_storable_key

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@lru_cache(maxsize=256)
def as_postgresql(statement: str) -> str:
    """A statement written with ``?``, in psycopg's way."""
    return statement.replace("%", "%%").replace("?", "%s")


def table_of(model: type[SQLModel]) -> Table:
    """The table that a class declares."""
    return model.metadata.tables[str(model.__tablename__)]


def values_of(record: Any, **changes: Any) -> dict[str, Any]:
    """The fields of a record (a dataclass), by name; one level deep."""
    return {item.name: getattr(record, item.name) for item in fields(record)} | changes


class Rows:
    """Reads and writes in one open transaction.

    Args:
        connection: with the transaction begun.
        writes: False for a snapshot.
    """

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._writes = writes
        self._locks = writes and self._is_postgresql
        self._held: set[str] = set()

    def hold(self, org: str | None) -> None:
        """Have the organisation to ourselves until the transaction ends; None: what belongs to none."""
        self.lock("node" if org is None else f"organisation {org}")

    def lock(self, name: str) -> None:
        """One writing transaction at a time passes here (PostgreSQL; SQLite has no other way)."""
        if self._locks and name not in self._held:
            self._connection.execute(_LOCK, {"name": name})
            self._held.add(name)

    @property
    def is_postgresql(self) -> bool:
        """Else it is SQLite."""
        return self._is_postgresql

    def rows(self, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
        """Run a query written with ``?`` (see :class:`.finding.Reader`)."""
        written = as_postgresql(statement) if self._is_postgresql else statement
        return self._connection.exec_driver_sql(written, tuple(parameters)).fetchall()

    def write_all(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run a change written with ``?`` for each of many rows, whose values the driver takes as they are."""
        self._must_write()
        written = as_postgresql(statement) if self._is_postgresql else statement
        self._connection.exec_driver_sql(written, list(rows))

    def add_all(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Add many new rows, whose values the driver takes as they are."""
        self._must_write()
        driver = self._connection.connection.driver_connection
        names = ", ".join(columns)
        if isinstance(driver, psycopg.Connection):
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(columns))
        self._connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))

    def _must_write(self) -> None:
        if not self._writes:
            raise RuntimeError("a snapshot is for reading: open a transaction")

    def all(self, statement: Select[Any], **values: object) -> Sequence[RowMapping]:
        """Run a query; ``values``: of its parameters, if it was built once for all."""
        return self._connection.execute(statement, values).mappings().all()

    def write(self, statement: UpdateBase, *rows: Mapping[str, Any]) -> int:
        """Run a change, once or for each of the rows; returns how many rows it touched.

        Raises:
            RuntimeError: in a snapshot: a mistake of the use case.
        """
        self._must_write()
        counted = statement.execution_options(preserve_rowcount=True)
        return self._connection.execute(counted, list(rows) or None).rowcount

    def take(self, statement: ReturningUpdate[Any]) -> Sequence[RowMapping]:
        """Run a change that returns the rows it touched."""
        return self._connection.execute(statement).mappings().all()

    def where(self, table: Table, org: str, **values: Any) -> Select[Any]:
        """A query over an organisation's rows that have these values."""
        self.hold(org)
        return select(table).where(_equal(table, {"org": org, **values}))

    def get(self, table: Table, what: str, org: str, **key: str) -> RowMapping:
        """One row of an organisation.

        Raises:
            NotFound: there is none; ``what`` says of what.
        """
        self.hold(org)
        values = {"org": org, **key}
        row = self._connection.execute(_one(table, tuple(values)), values).mappings().first()
        if row is None:
            raise NotFound(f"there is no such {what}", field=what)
        return row

    def insert(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Add a row; False if one of its keys is taken, and the transaction goes on."""
        self._must_write()
        return self._connection.execute(_new(table, self._is_postgresql), values).rowcount == 1

    def add(self, table: Table, what: str, values: Mapping[str, Any]) -> None:
        """Add a row.

        Raises:
            Conflict: one of its keys is taken.
        """
        if not self.insert(table, values):
            article = "an" if what[0] in "aeiou" else "a"
            raise Conflict(f"there is such {article} {what} already", field=what)

    def change(self, table: Table, org: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Give the row of that key other values; False if there is none."""
        self.hold(org)
        statement = update(table).where(_equal(table, {"org": org, **key})).values(**values)
        return self.write(statement) > 0

    def replace(self, table: Table, what: str, values: Mapping[str, Any], *key: str) -> None:
        """Replace the row of an organisation, found by the named values of ``values``.

        Raises:
            NotFound: there is none.
        """
        if not self.change(table, values["org"], {name: values[name] for name in key}, values):
            raise NotFound(f"there is no such {what}", field=what)

    def remove(self, table: Table, org: str, **key: str) -> bool:
        """Delete rows; False if there were none."""
        self.hold(org)
        return self.write(delete(table).where(_equal(table, {"org": org, **key}))) > 0

    def among(self, column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
        """Whether a text column has one of the values: one parameter, however many they are."""
        known = sorted({value for value in values if is_storable_key(value)})
        if self._is_postgresql:
            return column == any_(bindparam(None, known, type_=ARRAY(String)))
        return column.in_(select(func.json_each(dump_json(known)).table_valued("value").c.value))


def _equal(table: Table, values: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in values.items()))


# Built once: the building takes longer than the statement.


@lru_cache(maxsize=256)
def _one(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """Finds rows by columns of these names."""
    return select(table).where(*(table.c[name] == bindparam(name) for name in names))


@lru_cache(maxsize=256)
def _new(table: Table, is_postgresql: bool) -> UpdateBase:
    """Adds a row unless one of its keys is taken."""
    new = postgresql.insert(table) if is_postgresql else sqlite.insert(table)
    return new.on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
