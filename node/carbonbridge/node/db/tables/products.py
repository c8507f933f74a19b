"""Products and their calculations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index

from carbonbridge.node.db.columns import Key, Object, OptionalText, OptionalWord, Row, Word
from carbonbridge.node.db.tables.parties import OF_ORGANISATION


class ProductRow(Row, table=True):
    __tablename__ = "product"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    org: Key
    id: Key
    spec: Object
    created_at: datetime
    recalculate: bool
    publication: Word
    certification_body: OptionalWord
    stale: bool
    footprint_id: OptionalWord


class CalculationRow(Row, table=True):
    __tablename__ = "calculation"
    __table_args__ = (
        ForeignKeyConstraint(["org", "product_id"], ["product.org", "product.id"]),
        Index(None, "org", "product_id", "created_at"),
        # Applications that lie with a certification body.
        Index(None, "body_org", "state"),
    )

    org: Key
    id: Key
    product_id: Word
    draft: bytes
    lineage: Object
    created_at: datetime
    state: Word
    body_org: OptionalWord
    reason: OptionalText
