"""Footprints are listed by a number that counts them up, and found by postings in that order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 1000


def upgrade() -> None:
    """Move every footprint into the new table, in the order in which it was published."""
    op.rename_table("footprint", "footprint_0001")
    op.drop_index("ix_footprint_org_published_at_id", "footprint_0001")
    if op.get_context().dialect.name == "postgresql":  # there, the name of a key is that of its index
        op.execute("ALTER INDEX pk_footprint RENAME TO pk_footprint_0001")
    tables = _create()
    connection = op.get_bind()
    seq = 0
    for rows in _batches(connection):
        keys = _keys(connection, rows)
        for row in rows:
            seq += 1
            _move(connection, tables, seq, row, keys.get((row.org, row.id), []))
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('footprint', 'seq'), greatest(max(seq), 1), max(seq) IS NOT NULL)"
            " FROM footprint"
        )
    op.drop_table("footprint_key")
    op.drop_table("footprint_0001")


def _create() -> tuple[sa.Table, sa.Table, sa.Table]:
    footprint = op.create_table(
        "footprint",
        sa.Column("seq", _COUNTER, nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement_digest", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("keys", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_footprint_organisation"),
        sa.PrimaryKeyConstraint("seq", name="pk_footprint"),
        sa.UniqueConstraint("org", "id", name="uq_footprint_org_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_footprint_org_seq", "footprint", ["org", "seq"])
    posting = op.create_table(
        "footprint_posting",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", "kind", "value", "seq", name="pk_footprint_posting"),
        sqlite_with_rowid=False,
    )
    period = op.create_table(
        "footprint_period",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_footprint_period_organisation"),
        sa.PrimaryKeyConstraint("org", "value", name="pk_footprint_period"),
    )
    return footprint, posting, period


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    old = sa.Table("footprint_0001", sa.MetaData(), autoload_with=connection)
    place = (old.c.published_at, old.c.org, old.c.id)
    query = sa.select(old).order_by(*place).limit(_BATCH)
    rows = list(connection.execute(query))
    while rows:
        yield rows
        last = rows[-1]
        after = sa.tuple_(*place) > sa.tuple_(last.published_at, last.org, last.id)
        rows = list(connection.execute(query.where(after)))


def _keys(connection: sa.Connection, rows: list[Any]) -> dict[tuple[str, str], list[list[str]]]:
    key = sa.table("footprint_key", *map(sa.column, ("org", "footprint_id", "kind", "value")))
    found: dict[tuple[str, str], list[list[str]]] = {}
    query = sa.select(key).where(key.c.footprint_id.in_([row.id for row in rows]))
    for row in connection.execute(query.order_by(key.c.kind, key.c.value)):
        found.setdefault((row.org, row.footprint_id), []).append([row.kind, row.value])
    return found


def _move(
    connection: sa.Connection, tables: tuple[sa.Table, ...], seq: int, row: Any, keys: list[list[str]]
) -> None:
    footprint, posting, period = tables
    connection.execute(sa.insert(footprint), {**row._mapping, "seq": seq, "keys": keys})
    bounds = [_utc(row.valid_from), _utc(row.valid_until)]
    valid_from, valid_until = ((bound - _EPOCH) // timedelta(microseconds=1) for bound in bounds)
    value = "/".join(f"{bound.year:04}-{bound.month:02}" for bound in bounds)
    common = {"org": row.org, "seq": seq, "valid_from": valid_from, "valid_until": valid_until}
    pairs = [*keys, ["status", row.status.casefold()], ["period", value]]
    connection.execute(
        sa.insert(posting),
        [{**common, "kind": kind, "value": word, "status": row.status} for kind, word in pairs],
    )
    its = (period.c.org == row.org) & (period.c.value == value)
    if connection.execute(sa.select(period).where(its)).first() is None:
        connection.execute(sa.insert(period), {"org": row.org, "value": value})


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
