"""On PostgreSQL, the index of postings holds all of a posting."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Listings read postings in the order of the index; where each row was elsewhere, that cost most of their time."""
    if op.get_context().dialect.name != "postgresql":
        return  # SQLite keeps the whole row in the index as it is (WITHOUT ROWID)
    op.execute(
        "ALTER TABLE footprint_posting DROP CONSTRAINT pk_footprint_posting,"
        " ADD CONSTRAINT pk_footprint_posting PRIMARY KEY (org, kind, value, seq)"
        " INCLUDE (valid_from, valid_until, status)"
    )
