"""Client credentials: several secrets with ends of their own, public keys, certificates, used assertions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Move each client's secret to a row of its own, and make room for the other ways to authenticate, also ours."""
    op.create_table(
        "client_secret",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_client_secret_organisation"),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_client_secret_client"),
        sa.PrimaryKeyConstraint("client_id", "id", name="pk_client_secret"),
    )
    op.execute(
        "INSERT INTO client_secret (client_id, id, org, hash, created_at) "
        "SELECT client_id, client_id, org, secret_hash, created_at FROM client"
    )
    op.drop_column("client", "secret_hash")
    op.add_column("client", sa.Column("jwks", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("client", sa.Column("certificate", sa.String(), nullable=True))
    op.add_column("connection", sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
    op.add_column("connection", sa.Column("sealed_new_key", sa.LargeBinary(), nullable=True))
    op.create_table(
        "used_assertion",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_used_assertion_client"),
        sa.PrimaryKeyConstraint("client_id", "jti", name="pk_used_assertion"),
    )
