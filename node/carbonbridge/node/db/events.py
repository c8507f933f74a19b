"""Inbox and outbox on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from carbonbridge.core.errors import NotFound
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.work import InboxRow, OutboxRow
from carbonbridge.node.ports.records import (
    LOCAL_VERBS,
    InboxEvent,
    Lane,
    OutboxItem,
    OutboxState,
    OutboxVerb,
)

_INBOX = table_of(InboxRow)
_OUTBOX = table_of(OutboxRow)

# Written out, not a parameter, so that both databases see that the partial index serves.
_PENDING: ColumnElement[bool] = _OUTBOX.c.state == literal_column("'pending'")

#: Of each queue that has work: its oldest item, and until when a worker has one of its items.
_QUEUES = (
    select(func.min(_OUTBOX.c.seq).label("head"), func.max(_OUTBOX.c.leased_until).label("leased_until"))
    .where(_PENDING)
    .group_by(_OUTBOX.c.org, _OUTBOX.c.queue)
    .subquery("queues")
)

#: The same as :attr:`.OutboxItem.lane`.
_LANE = case(
    (_OUTBOX.c.verb.in_(sorted(LOCAL_VERBS)), Lane.LOCAL.value),
    (_OUTBOX.c.attempts > 0, Lane.SUSPECT.value),
    else_=Lane.OUTGOING.value,
)


class SqlEvents:
    """See :class:`~carbonbridge.node.ports.store.Events`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._is_stirred = False

    @property
    def is_stirred(self) -> bool:
        return self._is_stirred

    def record(self, event: InboxEvent) -> bool:
        return self._rows.insert(_INBOX, values_of(event))

    def enqueue(self, item: OutboxItem) -> None:
        self._is_stirred = True
        self._rows.add(_OUTBOX, "outbox item", values_of(item))

    def claim(self, now: datetime, lease_until: datetime, room: Mapping[Lane, int]) -> list[OutboxItem]:
        # One claim at a time, and not rows locked one by one and skipped: which item of a queue is next, and whether
        # another is being worked on, are questions to the whole queue.
        self._rows.lock("outbox")
        free = or_(_QUEUES.c.leased_until.is_(None), _QUEUES.c.leased_until <= now)
        columns = (_OUTBOX.c.seq, _OUTBOX.c.next_at, _LANE.label("lane"))
        due = _heads(*columns).where(_OUTBOX.c.next_at <= now, free).cte("due")
        first = [
            select(due.c.seq)
            .where(due.c.lane == lane)
            .order_by(due.c.next_at, due.c.seq)
            .limit(most)
            .subquery()
            for lane, most in room.items()
            if most > 0
        ]
        if not first:
            return []
        chosen = union_all(*(select(lane.c.seq) for lane in first))
        # A worker whose lease ran out may still finish its item in between: hence pending, once more.
        taken = update(_OUTBOX).where(_OUTBOX.c.seq.in_(chosen), _PENDING).values(leased_until=lease_until)
        found = self._rows.take(taken.returning(*_OUTBOX.c))
        return [_item(row) for row in sorted(found, key=lambda row: (row["next_at"], row["seq"]))]

    def renew(self, item_ids: Collection[str], lease_until: datetime) -> None:
        ours = self._rows.among(_OUTBOX.c.id, item_ids) & _OUTBOX.c.leased_until.is_not(None)
        self._change(ours & _PENDING, {"leased_until": lease_until})

    def finish(self, item_id: str) -> None:
        its = _OUTBOX.c.id == item_id
        if not self._change(its, {"state": OutboxState.DONE, "leased_until": None}):
            raise NotFound("there is no such work", field="outbox")

    def postpone(self, item_id: str, next_at: datetime, error: str) -> None:
        tried = {"attempts": _OUTBOX.c.attempts + 1, "next_at": next_at}
        self._settle(item_id, {**tried, "leased_until": None, "last_error": error})

    def abandon(self, item_id: str, error: str) -> None:
        tried = {"attempts": _OUTBOX.c.attempts + 1, "state": OutboxState.ABANDONED}
        self._settle(item_id, {**tried, "leased_until": None, "last_error": error})

    def hasten(self, org: str, connection_id: str, now: datetime) -> None:
        self._is_stirred = True
        self._rows.hold(org)
        queues = [connection_id, f"{connection_id}/%"]
        its = or_(_OUTBOX.c.queue == queues[0], _OUTBOX.c.queue.like(queues[1]))
        waiting = (_OUTBOX.c.org == org) & _PENDING & its & (_OUTBOX.c.next_at > now)
        self._rows.write(update(_OUTBOX).where(waiting).values(next_at=now))

    def redeliver(self, org: str, item_id: str, now: datetime) -> None:
        self._is_stirred = True
        key = {"id": item_id, "state": OutboxState.ABANDONED}
        again = {"state": OutboxState.PENDING, "next_at": now, "attempts": 0}
        if not self._rows.change(_OUTBOX, org, key, again):
            raise NotFound("there is no such abandoned work", field="outbox")

    def outbox(self, org: str, state: OutboxState | None = None) -> list[OutboxItem]:
        query = self._rows.where(_OUTBOX, org, **({} if state is None else {"state": state}))
        return [_item(row) for row in self._rows.all(query.order_by(_OUTBOX.c.seq))]

    def next_due(self) -> datetime | None:
        leased = _QUEUES.c.leased_until > _OUTBOX.c.next_at
        at = case((leased, _QUEUES.c.leased_until), else_=_OUTBOX.c.next_at)
        due: datetime | None = self._rows.all(_heads(func.min(at).label("at")))[0]["at"]
        return due

    def _settle(self, item_id: str, values: Mapping[str, Any]) -> None:
        """Change an item that is pending; one that another worker has settled meanwhile stays as it is."""
        if self._change((_OUTBOX.c.id == item_id) & _PENDING, values):
            return
        if not self._rows.all(select(_OUTBOX.c.id).where(_OUTBOX.c.id == item_id)):
            raise NotFound("there is no such work", field="outbox")

    def _change(self, condition: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        return self._rows.write(update(_OUTBOX).where(condition).values(**values)) > 0


def _heads(*columns: ColumnElement[Any]) -> Select[Any]:
    """A query over the oldest pending item of each queue."""
    return select(*columns).join_from(_OUTBOX, _QUEUES, _OUTBOX.c.seq == _QUEUES.c.head)


def _item(row: RowMapping) -> OutboxItem:
    values = {name: value for name, value in row.items() if name not in {"seq", "leased_until"}}
    words = {"verb": OutboxVerb(row["verb"]), "state": OutboxState(row["state"])}
    return OutboxItem(**{**values, **words})
