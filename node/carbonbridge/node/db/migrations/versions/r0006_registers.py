"""Registers: versions as signed statements, kinds of organisations, histories of keys."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make room for versions."""
