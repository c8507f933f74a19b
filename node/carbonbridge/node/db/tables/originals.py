"""v2 documents that own and received footprints were converted from."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index

from carbonbridge.node.db.columns import Key, OptionalWord, Row, Word


class OriginalRow(Row, table=True):
    """Of own footprints: what the v2 interface serves."""

    __tablename__ = "original"
    __table_args__ = (
        ForeignKeyConstraint(["org", "footprint_id"], ["footprint.org", "footprint.id"]),
        Index(None, "org", "v2_id", "version"),
    )

    org: Key
    footprint_id: Key
    v2_id: Word
    version: int
    document: bytes
    preceding: OptionalWord
    latest: bool


class ReceivedOriginalRow(Row, table=True):
    """Of received footprints, each under the connection it came through."""

    __tablename__ = "received_original"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
        ),
        Index(None, "org", "connection_id", "v2_id", "version"),
    )

    org: Key
    connection_id: Key
    footprint_id: Key
    v2_id: Word
    version: int
    document: bytes
    preceding: OptionalWord
    latest: bool
