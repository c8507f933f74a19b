"""The life of certificates: dossiers, steps, status lists."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make room for dossiers."""
