"""Status statements and their effects; supervision."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make room for effects."""
