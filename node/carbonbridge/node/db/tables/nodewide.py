"""What belongs to the node: the audit trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from carbonbridge.node.db.columns import Counter, Object, OptionalWord, Row, Word


class AuditRow(Row, table=True):
    """Only ever added to; outlives what it speaks of, so it refers to nothing."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "org", "seq"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, primary_key=True, sa_type=Counter)
    at: datetime
    org: OptionalWord
    actor: Word
    verb: Word
    subject: Word
    detail: Object
