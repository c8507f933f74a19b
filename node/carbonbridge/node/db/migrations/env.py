"""Alembic's entry: runs the revisions in the transaction it is given (``carbonbridge.node.db.migrate``)."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from carbonbridge.node.db.tables import METADATA


def plain(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types into a revision as what they are made of, so that it outlives them."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_item=plain,
    # SQLite changes a table by making it anew.
    render_as_batch=True,
)
context.run_migrations()
