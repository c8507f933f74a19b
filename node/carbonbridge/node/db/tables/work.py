"""Requests, inbox and outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from carbonbridge.node.db.columns import Counter, Key, Object, OptionalObject, OptionalText, Row, Word
from carbonbridge.node.db.tables.parties import OF_CONNECTION, OF_ORGANISATION


class RequestRow(Row, table=True):
    __tablename__ = "request"
    __table_args__ = (
        ForeignKeyConstraint(*OF_CONNECTION),
        UniqueConstraint("org", "connection_id", "direction", "event_id"),
    )

    org: Key
    id: Key
    connection_id: Word
    direction: Word
    event_id: Word
    criteria: Object
    comment: OptionalText
    created_at: datetime
    state: Word
    decided_at: datetime | None
    answer: OptionalObject
    pact: Word


class InboxRow(Row, table=True):
    """Every event ever received: its key says whether one has been here before."""

    __tablename__ = "inbox"
    __table_args__ = (ForeignKeyConstraint(*OF_CONNECTION),)

    org: Key
    connection_id: Key
    source: Key
    event_id: Key
    type: Word
    body: bytes
    received_at: datetime


class OutboxRow(Row, table=True):
    """Durable work. ``seq`` is the order within a queue; ``leased_until`` is set while a worker has it."""

    __tablename__ = "outbox"
    __table_args__ = (
        ForeignKeyConstraint(*OF_ORGANISATION),
        UniqueConstraint("id"),
        Index(
            "ix_outbox_pending",
            "org",
            "queue",
            "seq",
            "leased_until",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(None, "org", "state", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=Counter)
    id: Word
    org: Word
    verb: Word
    queue: Word
    payload: Object
    body: bytes | None
    created_at: datetime
    next_at: datetime
    leased_until: datetime | None
    attempts: int
    state: Word
    last_error: OptionalText
