"""Settle: what becomes of a piece of work once it was tried."""

from __future__ import annotations

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.node.app.backoff import is_final, next_try
from carbonbridge.node.app.context import Act, Node, acting
from carbonbridge.node.app.deliver import give_up
from carbonbridge.node.ports.records import OutboxItem
from carbonbridge.node.telemetry import WORK, logger

_log = logger(__name__)


def settle(node: Node, item: OutboxItem, error: BaseException | None) -> None:
    """Finish it, put it off, or abandon it.

    Args:
        error: what went wrong; None: it is done.
    """
    with acting(node, node.operator(item.org)) as act:
        outcome = _settle(act, item, error)
    WORK.labels(item.verb.value, outcome).inc()
    if error is not None and not isinstance(error, CarbonBridgeError):
        _log.error("work failed", org=item.org, verb=item.verb.value, item=item.id, exc_info=error)
    elif error is not None:
        _log.info(f"work {outcome}", org=item.org, verb=item.verb.value, item=item.id, reason=str(error))


def _settle(act: Act, item: OutboxItem, error: BaseException | None) -> str:
    if error is None:
        act.tx.events.finish(item.id)
        return "done"
    # Of an error that is not ours we tell the kind alone: its text may hold anything.
    told = str(error) if isinstance(error, CarbonBridgeError) else type(error).__name__
    if not is_final(error):
        again = next_try(item.created_at, item.attempts, act.at, act.node.clock.jitter())
        if again is not None:
            act.tx.events.postpone(item.id, again, told)
            return "postponed"
    give_up(act, item, told)
    return "abandoned"
