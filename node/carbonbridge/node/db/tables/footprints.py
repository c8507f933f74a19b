"""Statements, own footprints, and in tables of their own what was received and the verdicts on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index

from carbonbridge.node.db.columns import Key, OptionalWord, Row, Text, Word
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
    """Own footprints: the only ones that are ever served."""

    __tablename__ = "footprint"
    __table_args__ = (
        ForeignKeyConstraint(*OF_ORGANISATION),
        # The order in which they are listed, page by page.
        Index(None, "org", "published_at", "id"),
    )

    org: Key
    id: Key
    document: bytes
    status: Word
    valid_from: datetime
    valid_until: datetime
    statement_digest: Word
    published_at: datetime
    product_id: OptionalWord


class FootprintKeyRow(Row, table=True):
    """What own footprints can be found by; values are case-folded."""

    __tablename__ = "footprint_key"
    __table_args__ = (
        ForeignKeyConstraint(["org", "footprint_id"], ["footprint.org", "footprint.id"]),
        Index(None, "org", "kind", "value"),
    )

    org: Key
    footprint_id: Key
    kind: Key
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
