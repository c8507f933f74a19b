"""Which own footprints a listing holds, said in SQL.

The same as ``core.criteria.matches`` and ``core.disclosure.may_see``; a property test compares them on both databases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.db.rows import Rows, table_of
from carbonbridge.node.db.tables.footprints import FootprintKeyRow, FootprintRow
from carbonbridge.node.ports.store import Cursor

FOOTPRINT = table_of(FootprintRow)
FOOTPRINT_KEY = table_of(FootprintKeyRow)


def asked_for(rows: Rows, org: str, criteria: FootprintCriteria) -> ColumnElement[bool]:
    """Whether a footprint is among those asked for."""
    conditions = [_has_key(rows, org, kind, values) for kind, values in criteria.key_groups()]
    if criteria.status:
        statuses = [status for status in FootprintStatus if status.casefold() in criteria.statuses()]
        conditions.append(FOOTPRINT.c.status.in_(statuses))
    if criteria.valid_on is not None:
        conditions.append(FOOTPRINT.c.valid_from <= criteria.valid_on)
        conditions.append(FOOTPRINT.c.valid_until >= criteria.valid_on)
    if criteria.valid_after is not None:
        conditions.append(FOOTPRINT.c.valid_from > criteria.valid_after)
    if criteria.valid_before is not None:
        conditions.append(FOOTPRINT.c.valid_until < criteria.valid_before)
    return and_(true(), *conditions)


def disclosed(rows: Rows, org: str, grants: Iterable[Grant], at: datetime) -> ColumnElement[bool]:
    """Whether a grant in force opens a footprint."""
    keys = [grant.key for grant in grants if grant.in_force(at)]
    if None in keys:
        return true()
    values: dict[KeyKind, set[str]] = {}
    for key in keys:
        if key is not None:
            values.setdefault(key[0], set()).add(key[1])
    return or_(false(), *(_has_key(rows, org, kind, opened) for kind, opened in values.items()))


def later(cursor: Cursor) -> ColumnElement[bool]:
    """Whether a footprint comes after the last one of the page before."""
    published_at, footprint_id = cursor
    return or_(
        FOOTPRINT.c.published_at > published_at,
        and_(FOOTPRINT.c.published_at == published_at, FOOTPRINT.c.id > footprint_id),
    )


def _has_key(rows: Rows, org: str, kind: KeyKind, values: Collection[str]) -> ColumnElement[bool]:
    # Not a correlated EXISTS, for which SQLite tries every value on every footprint.
    return FOOTPRINT.c.id.in_(
        select(FOOTPRINT_KEY.c.footprint_id).where(
            FOOTPRINT_KEY.c.org == org,
            FOOTPRINT_KEY.c.kind == kind,
            rows.among(FOOTPRINT_KEY.c.value, values),
        )
    )
