"""The log: leaves, tiles, checkpoints."""

from __future__ import annotations

revision = "0005b"
down_revision = "0005"


def upgrade() -> None:
    """Make room for the log."""
