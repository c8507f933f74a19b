"""Stale products: those that rest on something that has changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from carbonbridge.core.errors import BadInput
from carbonbridge.node.app import work
from carbonbridge.node.app.bill import asked_for, contained_in, parts_of
from carbonbridge.node.app.context import Act


def mark_stale(act: Act, org: str, product_ids: Collection[str]) -> list[str]:
    """Mark the products that need a supplier's product, however deep; recalculate those that wish it.

    Args:
        product_ids: the supplier's product ids, case-folded.

    Returns:
        The ids of the products marked.
    """
    records = act.tx.products.find(org)
    parts = parts_of(records)
    marked = []
    for record in records:
        try:
            needed = asked_for(parts[record.id], parts)
        except BadInput:
            continue  # its bill is broken: a calculation will say so
        if set(needed).isdisjoint(product_ids):
            continue
        marked.append(record.id)
        act.tx.products.put(replace(record, stale=True))
        if record.recalculate:
            work.calculate(act, org, record.id)
    return marked


def mark_users_stale(act: Act, org: str, product_id: str) -> None:
    """Mark the organisation's products that contain another of its products."""
    records = {record.id: record for record in act.tx.products.find(org)}
    parts = parts_of(records.values())
    for record in records.values():
        if record.id == product_id or product_id not in contained_in(parts[record.id], parts):
            continue
        act.tx.products.put(replace(record, stale=True))
        if record.recalculate:
            work.calculate(act, org, record.id)
