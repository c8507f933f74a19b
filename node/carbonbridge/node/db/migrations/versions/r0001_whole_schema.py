"""The whole schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_org_seq", "audit", ["org", "seq"])
    op.create_table(
        "organisation",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=True),
        sa.Column("certification_body", sa.Boolean(), nullable=False),
        sa.Column("answer_policy", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_organisation"),
    )
    op.create_index(
        "uq_organisation_default",
        "organisation",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "register",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entry_id", name="pk_register"),
    )
    op.create_table(
        "connection",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base_url", sa.String(), nullable=True),
        sa.Column("auth_base_url", sa.String(), nullable=True),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("jwks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_connection_organisation"),
        sa.PrimaryKeyConstraint("org", "id", name="pk_connection"),
    )
    op.create_table(
        "footprint",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement_digest", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_footprint_organisation"),
        sa.PrimaryKeyConstraint("org", "id", name="pk_footprint"),
    )
    op.create_index("ix_footprint_org_published_at_id", "footprint", ["org", "published_at", "id"])
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_outbox_organisation"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_org_state_seq", "outbox", ["org", "state", "seq"])
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["org", "queue", "seq", "leased_until"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "product",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("spec", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalculate", sa.Boolean(), nullable=False),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("certification_body", sa.String(), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_product_organisation"),
        sa.PrimaryKeyConstraint("org", "id", name="pk_product"),
    )
    op.create_table(
        "signing_key",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("public_jwk", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_signing_key_organisation"),
        sa.PrimaryKeyConstraint("org", "kid", name="pk_signing_key"),
    )
    op.create_table(
        "statement",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("iss", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("compact", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_statement_organisation"),
        sa.PrimaryKeyConstraint("org", "digest", name="pk_statement"),
    )
    op.create_table(
        "access_grant",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org", "connection_id"],
            ["connection.org", "connection.id"],
            name="fk_access_grant_connection",
        ),
        sa.PrimaryKeyConstraint("org", "id", name="pk_access_grant"),
    )
    op.create_index("ix_access_grant_org_connection_id", "access_grant", ["org", "connection_id"])
    op.create_table(
        "calculation",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("lineage", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body_org", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org", "product_id"], ["product.org", "product.id"], name="fk_calculation_product"
        ),
        sa.PrimaryKeyConstraint("org", "id", name="pk_calculation"),
    )
    op.create_index("ix_calculation_body_org_state", "calculation", ["body_org", "state"])
    op.create_index(
        "ix_calculation_org_product_id_created_at",
        "calculation",
        ["org", "product_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=True),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org", "connection_id"], ["connection.org", "connection.id"], name="fk_client_connection"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisation.slug"], name="fk_client_organisation"),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
    )
    op.create_index("ix_client_org_created_at", "client", ["org", "created_at"])
    op.create_table(
        "footprint_key",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "footprint_id"],
            ["footprint.org", "footprint.id"],
            name="fk_footprint_key_footprint",
        ),
        sa.PrimaryKeyConstraint("org", "footprint_id", "kind", "value", name="pk_footprint_key"),
    )
    op.create_index("ix_footprint_key_org_kind_value", "footprint_key", ["org", "kind", "value"])
    op.create_table(
        "inbox",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "connection_id"], ["connection.org", "connection.id"], name="fk_inbox_connection"
        ),
        sa.PrimaryKeyConstraint("org", "connection_id", "source", "event_id", name="pk_inbox"),
    )
    op.create_table(
        "received",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org", "connection_id"], ["connection.org", "connection.id"], name="fk_received_connection"
        ),
        sa.PrimaryKeyConstraint("org", "connection_id", "id", name="pk_received"),
    )
    op.create_table(
        "request",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("criteria", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org", "connection_id"], ["connection.org", "connection.id"], name="fk_request_connection"
        ),
        sa.PrimaryKeyConstraint("org", "id", name="pk_request"),
        sa.UniqueConstraint(
            "org",
            "connection_id",
            "direction",
            "event_id",
            name="uq_request_org_connection_id_direction_event_id",
        ),
    )
    op.create_table(
        "received_key",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
            name="fk_received_key_received",
        ),
        sa.PrimaryKeyConstraint(
            "org", "connection_id", "footprint_id", "kind", "value", name="pk_received_key"
        ),
    )
    op.create_index("ix_received_key_org_kind_value", "received_key", ["org", "kind", "value"])
    op.create_table(
        "verdict",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("footprint_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "connection_id", "footprint_id"],
            ["received.org", "received.connection_id", "received.id"],
            name="fk_verdict_received",
        ),
        sa.PrimaryKeyConstraint("org", "id", name="pk_verdict"),
    )
    op.create_index(
        "ix_verdict_org_connection_id_footprint_id",
        "verdict",
        ["org", "connection_id", "footprint_id"],
        unique=False,
    )
