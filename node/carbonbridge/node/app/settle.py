"""Settle: what becomes of a piece of work once it was tried."""

from __future__ import annotations

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.node.app.backoff import is_final, next_try
from carbonbridge.node.app.context import Node, acting
from carbonbridge.node.app.deliver import give_up
from carbonbridge.node.ports.records import OutboxItem


def settle(node: Node, item: OutboxItem, error: BaseException | None) -> None:
    """Finish it, put it off, or abandon it.

    Args:
        error: what went wrong; None: it is done.
    """
    with acting(node, node.operator(item.org)) as act:
        if error is None:
            act.tx.events.finish(item.id)
            return
        # Of an error that is not ours we tell the kind alone: its text may hold anything.
        told = str(error) if isinstance(error, CarbonBridgeError) else type(error).__name__
        again = None
        if not is_final(error):
            again = next_try(item.created_at, item.attempts, act.at, node.clock.jitter())
        if again is None:
            give_up(act, item, told)
        else:
            act.tx.events.postpone(item.id, again, told)
