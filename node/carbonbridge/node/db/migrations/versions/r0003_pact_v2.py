"""PACT v2 beside v3: which of them a connection and a request speak, and the v2 documents as they came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Everything that is there so far speaks v3."""
    for table in ("connection", "request"):
        op.add_column(table, sa.Column("pact", sa.String(), nullable=False, server_default="3"))
    op.create_table(
        "original",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=False),
        *_document(),
        sa.ForeignKeyConstraint(
            ["org", "footprint_id"], ["footprint.org", "footprint.id"], name="fk_original_footprint"
        ),
        sa.PrimaryKeyConstraint("org", "footprint_id", name="pk_original"),
    )
    op.create_index("ix_original_org_v2_id_version", "original", ["org", "v2_id", "version"])
    op.create_table(
        "received_original",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=False),
        *_document(),
        sa.ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
            name="fk_received_original_received",
        ),
        sa.PrimaryKeyConstraint("org", "connection_id", "footprint_id", name="pk_received_original"),
    )
    op.create_index(
        "ix_received_original_org_connection_id_v2_id_version",
        "received_original",
        ["org", "connection_id", "v2_id", "version"],
    )


def _document() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("v2_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("preceding", sa.String(), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
    )
