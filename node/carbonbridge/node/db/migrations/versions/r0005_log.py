"""The log: leaves, tiles, checkpoints."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make room for the log."""
