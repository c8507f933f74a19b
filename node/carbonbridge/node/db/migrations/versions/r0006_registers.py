"""Registers: versions as signed statements, kinds of organisations, histories of keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Organisations get a kind, keys an end, and what the registers hold becomes the first version of each entry."""
    op.add_column("organisation", sa.Column("kind", sa.String(), nullable=False, server_default="enterprise"))
    op.execute("UPDATE organisation SET kind = 'certification_body' WHERE certification_body")
    op.drop_column("organisation", "certification_body")
    op.add_column("signing_key", sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signing_key", sa.Column("revoked_from", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "register_version",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_register_version_organisation"),
        sa.PrimaryKeyConstraint("kind", "entry_id", "version", name="pk_register_version"),
    )
    op.execute(
        "INSERT INTO register_version (kind, entry_id, version, document, valid_from, recorded_at)"
        " SELECT kind, entry_id, 1, document, updated_at, updated_at FROM register"
    )
    op.drop_table("register")
