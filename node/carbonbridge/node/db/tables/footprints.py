"""Statements, own footprints, and in tables of their own what was received and the verdicts on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from carbonbridge.node.db.columns import Counter, Key, OptionalWord, Pairs, Row, Text, Word
from carbonbridge.node.db.tables.parties import OF_CONNECTION, OF_ORGANISATION


class StatementRow(Row, table=True):
    __tablename__ = "statement"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    org: Key
    digest: Key
    type: Word
    iss: Text
    sub: Word
    compact: Text
    recorded_at: datetime


class FootprintRow(Row, table=True):
    """Own footprints: the only ones that are ever served. They are listed in the order of ``seq``.

    The document comes last: SQLite reads a row from its beginning.
    """

    __tablename__ = "footprint"
    __table_args__ = (
        ForeignKeyConstraint(*OF_ORGANISATION),
        UniqueConstraint("org", "id"),
        Index(None, "org", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=Counter)
    org: Word
    id: Word
    status: Word
    valid_from: datetime
    valid_until: datetime
    statement_digest: Word
    published_at: datetime
    product_id: OptionalWord
    keys: Pairs
    document: bytes


class PostingRow(Row, table=True):
    """What own footprints are found by, in the order in which they are listed (see :mod:`..postings`).

    Refers to nothing, as nine of them come with each footprint: the store writes both in one transaction.

    Attributes:
        valid_from, valid_until: microseconds since 1970, here to be looked at without a look at the footprint.
    """

    __tablename__ = "footprint_posting"
    __table_args__ = (
        PrimaryKeyConstraint(
            *("org", "kind", "value", "seq"), postgresql_include=["valid_from", "valid_until", "status"]
        ),
        {"sqlite_with_rowid": False},
    )

    org: Key
    kind: Key
    value: Key
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    valid_from: int = Field(sa_type=BigInteger)
    valid_until: int = Field(sa_type=BigInteger)
    status: Word


class PeriodRow(Row, table=True):
    """The periods of validity that an organisation's footprints have, to the month."""

    __tablename__ = "footprint_period"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    org: Key
    value: Key


class ReceivedRow(Row, table=True):
    """Partners' footprints, each under the connection it came through."""

    __tablename__ = "received"
    __table_args__ = (ForeignKeyConstraint(*OF_CONNECTION),)

    org: Key
    connection_id: Key
    id: Key
    document: bytes
    status: Word
    valid_from: datetime
    valid_until: datetime
    digest: Word
    received_at: datetime
    created: datetime
    verdict_id: OptionalWord


class ReceivedKeyRow(Row, table=True):
    """What partners' footprints can be found by; values are case-folded."""

    __tablename__ = "received_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
        ),
        Index(None, "org", "kind", "value"),
    )

    org: Key
    connection_id: Key
    footprint_id: Key
    kind: Key
    value: Key


class VerdictRow(Row, table=True):
    """Every verdict ever given; the one in force is named by the received footprint."""

    __tablename__ = "verdict"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
        ),
        Index(None, "org", "connection_id", "footprint_id"),
    )

    org: Key
    id: Key
    connection_id: Word
    footprint_id: Word
    verdict: Word
    document: bytes
    decided_at: datetime
