"""Statements, own footprints, received footprints, verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.node.db.samples import HOUR, T0, facts, found, published, received, statement, verdict

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind

EVERYTHING = FootprintCriteria()


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta")


def test_a_statement_is_kept_byte_for_byte_and_once(store):
    with store.transaction() as tx:
        tx.footprints.add_statement(statement())
        tx.footprints.add_statement(replace(statement(), recorded_at=T0 + HOUR))
        assert tx.footprints.statement("acme", "sha256:1") == statement()
        with pytest.raises(NotFound):
            tx.footprints.statement("acme", "sha256:2")


def test_own_footprints_come_back_as_they_were(store):
    keyless = published(own_id="f2", facts=facts("f2", keys=frozenset()), product_id=None)
    with store.transaction() as tx:
        tx.footprints.add(published())
        tx.footprints.add(keyless)
        with pytest.raises(Conflict):
            tx.footprints.add(published(document=b"other"))
    with store.snapshot() as tx:
        assert tx.footprints.get("acme", "f1") == published()
        assert tx.footprints.get("acme", "f2") == keyless
        with pytest.raises(NotFound):
            tx.footprints.get("acme", "f3")


def test_deprecation_changes_status_and_document_alone(store):
    with store.transaction() as tx:
        tx.footprints.add(published())
        tx.footprints.deprecate("acme", "f1", b"deprecated")
        with pytest.raises(NotFound):
            tx.footprints.deprecate("acme", "none", b"")
    with store.snapshot() as tx:
        expected = facts(status=FootprintStatus.DEPRECATED)
        assert tx.footprints.get("acme", "f1") == published(document=b"deprecated", facts=expected)


def test_a_listing_page_by_page_meets_every_footprint_once_in_order(store):
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in (7, 3, 9, 1, 5)]
    expected = []
    with store.transaction() as tx:
        for index, own_id in enumerate(ids):
            at = T0 + (index // 2) * HOUR  # some at the same instant
            expected.append(published(own_id=own_id, published_at=at))
            tx.footprints.add(expected[-1])
    seen, after = [], None
    with store.snapshot() as tx:
        while page := tx.footprints.find("acme", EVERYTHING, grants=None, at=T0, after=after, limit=2):
            assert len(page) <= 2
            seen += page
            after = page[-1].seq
    assert seen == expected


def test_received_footprints_are_replaced_whole(store):
    newer = received(
        document=b"newer",
        facts=facts("r1", keys=frozenset({(KeyKind.COMPANY, "urn:lei:9")})),
        digest="sha256:3",
    )
    with store.transaction() as tx:
        tx.footprints.put_received(received())
        tx.footprints.put_received(received(connection_id="c2"))
        tx.footprints.add_verdict(verdict())
        tx.footprints.put_received(newer)
    with store.snapshot() as tx:
        assert tx.footprints.received("acme", "c1", "r1") == newer
        assert tx.footprints.received("acme", "c2", "r1") == received(connection_id="c2")
        assert tx.footprints.received_all("acme") == [newer, received(connection_id="c2")]
        with pytest.raises(NotFound):
            tx.footprints.received("acme", "c1", "r2")


def test_received_footprints_are_never_among_our_own(store):
    with store.transaction() as tx:
        tx.footprints.put_received(received())
        assert tx.footprints.find("acme", EVERYTHING, grants=None, at=T0, limit=10) == []
        with pytest.raises(NotFound):
            tx.footprints.get("acme", "r1")


def test_received_for_a_product_newest_first_in_any_letter_case(store):
    other = facts(
        "r3", keys=frozenset({(KeyKind.PRODUCT, "urn:product:2"), (KeyKind.COMPANY, "urn:product:1")})
    )
    old, new = received(own_id="r1"), received(connection_id="c2", own_id="r2", created=T0)
    with store.transaction() as tx:
        for footprint in (old, new, received(own_id="r3", facts=other)):
            tx.footprints.put_received(footprint)
        assert tx.footprints.received_for_product("acme", "URN:Product:1") == [new, old]
        assert tx.footprints.received_for_product("acme", "urn:product:") == []
        assert tx.footprints.received_for_product("acme", "\0" + "x" * 5000) == []


def test_the_newest_verdict_is_in_force_and_all_are_kept(store):
    second = verdict(own_id="v2", decided_at=T0 + HOUR, verdict="refused")
    with store.transaction() as tx:
        tx.footprints.put_received(received())
        tx.footprints.add_verdict(second)
        assert tx.footprints.received("acme", "c1", "r1") == received(verdict_id="v2")
        tx.footprints.add_verdict(verdict())
        with pytest.raises(Conflict):
            tx.footprints.add_verdict(verdict())
        with pytest.raises(NotFound):
            tx.footprints.add_verdict(verdict(own_id="v3", footprint_id="none"))
        with pytest.raises(NotFound):
            tx.footprints.verdict("acme", "v3")
    with store.snapshot() as tx:
        assert tx.footprints.received("acme", "c1", "r1").verdict_id == "v1"
        assert tx.footprints.verdicts("acme") == [verdict(), second]
        assert tx.footprints.verdict("acme", "v2") == second
