"""v2 documents: kept as they came, and the latest version of each is known."""

from __future__ import annotations

import pytest
from tests.node.db.samples import found, original, published, received

from carbonbridge.core.errors import NotFound


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta")
    with store.transaction() as tx:
        for org in ("acme", "beta"):
            for number in (1, 2, 3):
                tx.footprints.add(published(org, f"f{number}"))
                for connection in ("c1", "c2"):
                    tx.footprints.put_received(received(org, connection, f"f{number}"))


@pytest.mark.parametrize("connection_id", [None, "c1"])
def test_the_latest_version_is_the_highest(store, connection_id):
    first = original("acme", "f1", version=1, connection_id=connection_id)
    third = original("acme", "f3", version=3, preceding="f1", connection_id=connection_id)
    with store.transaction() as tx:
        tx.originals.put(first)
        assert tx.originals.latest("acme", connection_id, "o1") == first
        tx.originals.put(third)
    with store.snapshot() as tx:
        assert tx.originals.latest("acme", connection_id, "o1") == third
        old = tx.originals.get("acme", connection_id, "f1")
        assert old is not None
        assert (old.latest, old.document) == (False, first.document)
        assert tx.originals.get("acme", connection_id, "f2") is None
        assert tx.originals.latest("acme", connection_id, "o2") is None


def test_partners_do_not_touch_each_other_or_us(store):
    own = original("acme", "f1", version=1)
    theirs = original("acme", "f1", version=5, connection_id="c1")
    others = original("acme", "f1", version=9, connection_id="c2")
    with store.transaction() as tx:
        for each in (own, theirs, others):
            tx.originals.put(each)
    with store.snapshot() as tx:
        assert tx.originals.latest("acme", None, "o1") == own
        assert tx.originals.latest("acme", "c1", "o1") == theirs
        assert tx.originals.latest("acme", "c2", "o1") == others
        assert tx.originals.of("acme", ["f1", "f2", "unheard-of"]) == {"f1": own}
        assert tx.originals.of("acme", []) == {}
        assert tx.originals.of("beta", ["f1"]) == {}


def test_the_same_footprint_again_replaces_the_document(store):
    again = original("acme", "f1", document=b"new", connection_id="c1")
    with store.transaction() as tx:
        tx.originals.put(original("acme", "f1", connection_id="c1"))
        tx.originals.put(again)
    with store.snapshot() as tx:
        assert tx.originals.get("acme", "c1", "f1") == again


def test_there_is_none_without_its_footprint(store):
    with pytest.raises(NotFound), store.transaction() as tx:
        tx.originals.put(original("acme", "unheard-of"))
