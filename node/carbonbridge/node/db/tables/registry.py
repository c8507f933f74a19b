"""The registers: versions of entries, only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from carbonbridge.node.db.columns import Key, Object, OptionalWord, Row
from carbonbridge.node.db.tables.parties import OF_ORGANISATION


class RegisterVersionRow(Row, table=True):
    """Attributes: see :class:`~carbonbridge.node.ports.registry.RegisterVersion`."""

    __tablename__ = "register_version"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    kind: Key
    entry_id: Key
    version: int = Field(primary_key=True)
    document: Object
    valid_from: datetime
    recorded_at: datetime
    org: OptionalWord
    statement: OptionalWord
