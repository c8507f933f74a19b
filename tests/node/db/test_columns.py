"""What can be stored is the same on both databases, and comes back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.node.db.samples import event, found, organisation, product, request

from carbonbridge.core.errors import BadInput
from carbonbridge.node.db.columns import LONGEST_KEY


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 1, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_instants_keep_their_microseconds_and_come_back_in_utc(store, instant):
    with store.transaction() as tx:
        tx.parties.add_organisation(organisation(created_at=instant))
    with store.snapshot() as tx:
        kept = tx.parties.organisation("acme").created_at
    assert kept == instant
    assert kept.tzinfo is UTC


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"])
def test_text_that_one_database_cannot_keep_is_refused_by_both(store, bad):
    found(store, "acme")
    with store.transaction() as tx:
        for keep in (
            lambda: tx.requests.add(request(comment=bad)),
            lambda: tx.events.record(event(event_id=bad)),
            lambda: tx.products.get("acme", bad),
        ):
            with pytest.raises(BadInput):
                keep()
        tx.products.put(product(spec={"name": bad}))  # JSON escapes it
    with store.snapshot() as tx:
        assert tx.products.get("acme", "p1") == product(spec={"name": bad})


@pytest.mark.parametrize("char", ["x", "中", "🜨"])
def test_identifiers_fit_into_every_index_or_are_refused(store, char):
    longest = char * (LONGEST_KEY // len(char.encode()))
    found(store, "acme")
    with store.transaction() as tx:
        assert tx.events.record(event(event_id=longest, source=longest))
        tx.requests.add(request(event_id=longest))
        with pytest.raises(BadInput, match=str(LONGEST_KEY)):
            tx.events.record(event(event_id=longest + char))
        tx.requests.add(request(own_id="q2", comment=longest * 100))
