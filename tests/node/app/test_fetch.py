"""Fetching what partners announce."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, received_ids
from tests.support.network import outbox

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import CredentialsRefused, PartnerRefused, PartnerUnreachable
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app.connect import set_credentials
from carbonbridge.node.app.context import Node, acting
from carbonbridge.node.app.fetch import pull
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.work import fetch
from carbonbridge.node.ports.records import OutboxState, OutboxVerb

UNKNOWN = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


def published(pair: Pair, **changes) -> str:
    supplier = pair.supplier
    return publish(supplier.node, supplier.operator, "supplier", document_of(supplier, **changes))


def enqueue(pair: Pair, *footprint_ids: str) -> None:
    with acting(pair.buyer.node, pair.buyer.operator) as act:
        fetch(act, act.tx.parties.connection("buyer", pair.to_supplier), list(footprint_ids))


def test_a_correction_arrives_with_the_status_of_the_old(pair: Pair):
    old = published(pair)
    pair.network.run()
    new = published(pair, preceding=[old])
    pair.network.run()
    with pair.buyer.node.store.snapshot() as tx:
        kept = {item.id: item for item in tx.footprints.received_all("buyer")}
    assert {item.id: item.facts.status for item in kept.values()} == {
        old: FootprintStatus.DEPRECATED,
        new: FootprintStatus.ACTIVE,
    }
    with pair.supplier.node.store.snapshot() as tx:
        assert kept[old].document == tx.footprints.get("supplier", old).document
    assert read_json(kept[new].document)["precedingPfIds"] == [old]


def test_one_that_cannot_be_had_does_not_keep_us_from_the_others(pair: Pair):
    known = published(pair)
    enqueue(pair, UNKNOWN, known)
    pair.network.run(pair.buyer.node)
    with pair.buyer.node.store.snapshot() as tx:
        assert received_ids(tx, "buyer") == {known}
    fetches = [item for item in outbox(pair.buyer) if item.verb is OutboxVerb.FETCH]
    assert [(item.payload["footprintIds"], item.state) for item in fetches] == [
        ([UNKNOWN, known], OutboxState.DONE),
        ([UNKNOWN], OutboxState.ABANDONED),
    ]


def test_an_unreachable_partner_is_asked_again(pair: Pair):
    known = published(pair)
    enqueue(pair, known)
    pair.network.peers.down.add(pair.supplier.base_url)
    pair.network.run(pair.buyer.node)
    pair.network.peers.down.clear()
    pair.network.clock.advance(timedelta(minutes=1))
    pair.network.run(pair.buyer.node)
    with pair.buyer.node.store.snapshot() as tx:
        assert received_ids(tx, "buyer") == {known}


def test_fetched_again_unchanged_has_no_effect(pair: Pair):
    known = published(pair)
    pair.network.run()
    before = len(outbox(pair.buyer))
    enqueue(pair, known)
    pair.network.run()
    assert len(outbox(pair.buyer)) == before + 1  # the fetch itself, and no new recognition


class Lying:
    """A partner that gives another footprint than it was asked for, or nonsense."""

    def __init__(self, node: Node, document: bytes) -> None:
        self._peers = node.peers
        self._document = document

    def get_footprint(self, connection, footprint_id, pact):
        return self._document

    def list_footprints(self, connection, criteria, pact):
        return [self._document]

    def __getattr__(self, name):
        return getattr(self._peers, name)


@pytest.mark.parametrize("document", [b"{}", b"\xff\xfe", None])
def test_a_lying_partner_leaves_nothing_behind(pair: Pair, document: bytes | None):
    known = published(pair)
    buyer = pair.buyer
    node = replace(buyer.node, peers=Lying(buyer.node, document or document_of(pair.supplier)))
    enqueue(pair, known)
    pair.network.run(node)
    with node.store.snapshot() as tx:
        assert received_ids(tx, "buyer") == set()
    if document is not None:
        with pytest.raises(PartnerRefused):
            pull(node, buyer.operator, "buyer", pair.to_supplier, FootprintCriteria())


def test_pulling_tells_at_once_that_nobody_answers(pair: Pair):
    pair.network.peers.down.add(pair.supplier.base_url)
    with pytest.raises(PartnerUnreachable):
        pull(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, FootprintCriteria())


def test_refused_credentials_are_about_all_of_them_and_new_ones_are_tried_at_once(pair: Pair, monkeypatch):
    """One call tells, and none of the footprints is taken for refused."""
    first, second = published(pair), published(pair, product="other")
    calls = []

    def refuse(connection: object, footprint_id: str, pact: object) -> bytes:
        calls.append(footprint_id)
        raise CredentialsRefused()

    buyer = pair.buyer
    with monkeypatch.context() as patch:
        patch.setattr(buyer.node.peers, "get_footprint", refuse)
        enqueue(pair, first, second)
        pair.network.run(buyer.node)
    assert calls == [first]
    [waiting] = [item for item in outbox(buyer) if item.state is OutboxState.PENDING]
    assert (waiting.payload["footprintIds"], waiting.attempts) == ([first, second], 1)
    with buyer.node.store.snapshot() as tx:
        kept = tx.parties.connection("buyer", pair.to_supplier)
    secret = buyer.node.vault.open(kept.sealed_secret or b"")
    set_credentials(
        buyer.node, buyer.operator, "buyer", kept.id, client_id=kept.client_id or "", client_secret=secret
    )
    pair.network.run(buyer.node)
    with buyer.node.store.snapshot() as tx:
        assert received_ids(tx, "buyer") == {first, second}
