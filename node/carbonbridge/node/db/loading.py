"""Many own footprints at once: rows go to the driver as they are, which is several times quicker than one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from carbonbridge.node.db.columns import check_text, dump_json
from carbonbridge.node.db.postings import POSTING, keys_of, period, postings
from carbonbridge.node.db.rows import Rows
from carbonbridge.node.ports.records import PublishedFootprint, StatementRecord

_STATEMENT = ("org", "digest", "type", "iss", "sub", "compact", "recorded_at")
_FOOTPRINT = (
    *("seq", "org", "id", "status", "valid_from", "valid_until"),
    *("statement_digest", "published_at", "product_id", "keys", "document"),
)


def load(
    rows: Rows, org: str, statements: Sequence[StatementRecord], footprints: Sequence[PublishedFootprint]
) -> None:
    """Add them, in the order given; the organisation is held."""
    if not footprints:
        return
    seqs = _seqs(rows, len(footprints))
    instant = _as_it_is if rows.is_postgresql else _as_text
    if statements:
        rows.write_all(
            _insert("statement", _STATEMENT) + " ON CONFLICT DO NOTHING",
            [(org, s.digest, s.type, s.iss, s.sub, s.compact, instant(s.recorded_at)) for s in statements],
        )
    rows.add_all(
        "footprint",
        _FOOTPRINT,
        [
            (
                *(seq, org, each.id, each.facts.status.value),
                *(instant(each.facts.valid_from), instant(each.facts.valid_until)),
                *(each.statement_digest, instant(each.published_at), each.product_id),
                *(dump_json(keys_of(each.facts)), each.document),
            )
            for seq, each in zip(seqs, footprints, strict=True)
        ],
    )
    post(
        rows,
        org,
        [
            posting
            for seq, each in zip(seqs, footprints, strict=True)
            for posting in postings(org, seq, each.facts)
        ],
        {period(each.facts) for each in footprints},
    )


def post(rows: Rows, org: str, found: Sequence[tuple[Any, ...]], periods: Collection[str]) -> None:
    """Add postings, and the periods that are among them.

    Raises:
        NotStorable: a value that no index can hold.
    """
    # In the order of the index: each page of it is written once.
    ordered = sorted(found)
    for row in ordered:
        check_text(row[2])
    rows.add_all("footprint_posting", POSTING, ordered)
    rows.write_all(
        _insert("footprint_period", ("org", "value")) + " ON CONFLICT DO NOTHING",
        [(org, value) for value in sorted(periods)],
    )


def _seqs(rows: Rows, count: int) -> list[int]:
    """The next places in the listing."""
    if rows.is_postgresql:
        query = "SELECT nextval(pg_get_serial_sequence('footprint', 'seq')) FROM generate_series(1, ?)"
        return sorted(row[0] for row in rows.rows(query, (count,)))
    found = rows.rows("SELECT seq FROM sqlite_sequence WHERE name = 'footprint'", ())
    last = found[0][0] if found else 0
    return list(range(last + 1, last + 1 + count))


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _as_it_is(at: datetime) -> object:
    return at


@lru_cache(maxsize=10_000)
def _as_text(at: datetime) -> object:
    """As SQLAlchemy writes instants into SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
