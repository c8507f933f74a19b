"""The schema, by group. Importing this package fills ``METADATA``."""

from __future__ import annotations

from carbonbridge.node.db.columns import Row
from carbonbridge.node.db.tables import footprints, nodewide, originals, parties, products, registry, work

__all__ = ["METADATA", "footprints", "nodewide", "originals", "parties", "products", "registry", "work"]

METADATA = Row.metadata
