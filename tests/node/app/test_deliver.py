"""Deliveries: retried, given up, tried again by hand; and what becomes of the question they carried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, product_id
from tests.support.network import outbox

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotFound
from carbonbridge.core.request import RequestState
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.connect import connect, set_connection_state, set_credentials
from carbonbridge.node.app.deliver import redeliver, redeliver_to
from carbonbridge.node.app.publish import publish
from carbonbridge.node.ports.records import OutboxState

CRITERIA = FootprintCriteria(product_id=(product_id("supplier"),))


def ask_supplier(pair: Pair) -> str:
    return ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, CRITERIA).id


def state_of(pair: Pair, request_id: str) -> RequestState:
    with pair.buyer.node.store.snapshot() as tx:
        return tx.requests.get("buyer", request_id).state


def test_an_unreachable_partner_is_tried_again(pair: Pair):
    pair.network.peers.down.add(pair.supplier.base_url)
    request_id = ask_supplier(pair)
    for attempts in (1, 2, 3):
        pair.network.run()
        (item,) = outbox(pair.buyer)
        assert (item.state, item.attempts, item.last_error) == (
            OutboxState.PENDING,
            attempts,
            "nobody answers",
        )
        assert item.next_at > pair.network.clock.now()
        pair.network.clock.advance(timedelta(seconds=2**attempts))
    pair.network.peers.down.clear()
    pair.network.run()
    assert state_of(pair, request_id) is RequestState.REJECTED  # there is no footprint: that is the answer


def test_given_up_after_72_hours(pair: Pair):
    pair.network.peers.down.add(pair.supplier.base_url)
    request_id = ask_supplier(pair)
    pair.network.run()
    pair.network.clock.advance(timedelta(hours=72))
    pair.network.run()
    (item,) = outbox(pair.buyer, OutboxState.ABANDONED)
    assert state_of(pair, request_id) is RequestState.UNDELIVERABLE
    pair.network.peers.down.clear()
    redeliver(pair.buyer.node, pair.buyer.operator, "buyer", item.id)
    pair.network.run()
    assert outbox(pair.buyer, OutboxState.ABANDONED) == []
    assert state_of(pair, request_id) is RequestState.REJECTED  # the late answer still counts


def test_a_refusal_is_final(pair: Pair):
    supplier = pair.supplier
    set_connection_state(
        supplier.node, supplier.operator, "supplier", pair.to_buyer, ConnectionState.SUSPENDED
    )
    request_id = ask_supplier(pair)
    pair.network.run()
    (item,) = outbox(pair.buyer)
    assert (item.state, item.attempts) == (OutboxState.ABANDONED, item.attempts)
    assert state_of(pair, request_id) is RequestState.UNDELIVERABLE


def test_an_undelivered_announcement_marks_no_request(pair: Pair):
    pair.network.peers.down.add(pair.buyer.base_url)
    publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    pair.network.clock.advance(timedelta(hours=72))
    pair.network.run()
    (item,) = outbox(pair.supplier)
    assert item.state is OutboxState.ABANDONED


def test_events_to_one_partner_keep_their_order(pair: Pair):
    pair.network.peers.down.add(pair.buyer.base_url)
    old = publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    pair.network.run()
    publish(
        pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier, preceding=[old])
    )
    assert pair.network.run() == 0  # the second waits behind the first, which waits for its next try
    first, second = outbox(pair.supplier)
    assert (first.attempts, second.attempts) == (1, 0)


def test_a_suspended_connection_sends_nothing_until_it_is_taken_up_again(pair: Pair):
    buyer = pair.buyer
    request_id = ask_supplier(pair)
    set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.SUSPENDED)
    pair.network.run()
    assert pair.network.peers.calls == []
    assert state_of(pair, request_id) is RequestState.OPEN
    with pytest.raises(Conflict):
        ask_supplier(pair)
    set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.ACTIVE)
    pair.network.clock.advance(timedelta(hours=1))
    pair.network.run()
    assert state_of(pair, request_id) is RequestState.REJECTED


def test_a_revoked_connection_stays_revoked(pair: Pair):
    buyer = pair.buyer
    request_id = ask_supplier(pair)
    set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.REVOKED)
    with pytest.raises(Conflict):
        set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.ACTIVE)
    pair.network.run()
    assert pair.network.peers.calls == []
    assert state_of(pair, request_id) is RequestState.UNDELIVERABLE


def test_only_what_was_abandoned_is_redelivered(pair: Pair):
    ask_supplier(pair)
    (item,) = outbox(pair.buyer)
    for item_id in (item.id, "no-such-item"):
        with pytest.raises(NotFound):
            redeliver(pair.buyer.node, pair.buyer.operator, "buyer", item_id)
    with pytest.raises(AccessDenied):
        redeliver(pair.buyer.node, pair.supplier.operator, "buyer", item.id)


def test_several_dead_letters_at_once_or_all_of_a_partner(pair: Pair):
    network, buyer = pair.network, pair.buyer
    second = network.tenant(network.node("west"), "second")
    _, to_second = network.supply(second, buyer)
    network.peers.down |= {pair.supplier.base_url, second.base_url}
    for connection_id in (pair.to_supplier, to_second, pair.to_supplier):
        ask(buyer.node, buyer.operator, "buyer", connection_id, CRITERIA)
    network.clock.advance(timedelta(hours=72))
    network.run()
    one, other, two = (item.id for item in outbox(buyer, OutboxState.ABANDONED))
    with pytest.raises(NotFound):
        redeliver(buyer.node, buyer.operator, "buyer", one, "no-such-item")
    assert len(outbox(buyer, OutboxState.ABANDONED)) == 3  # all or none
    assert redeliver_to(buyer.node, buyer.operator, "buyer", pair.to_supplier) == [one, two]
    assert [item.id for item in outbox(buyer, OutboxState.ABANDONED)] == [other]
    redeliver(buyer.node, buyer.operator, "buyer", other, other)
    network.peers.down.clear()
    network.run()
    assert {item.state for item in outbox(buyer)} == {OutboxState.DONE}
    with pytest.raises(NotFound):
        redeliver_to(buyer.node, buyer.operator, "buyer", "no-such-connection")
    with pytest.raises(AccessDenied):
        redeliver_to(buyer.node, second.operator, "buyer", to_second)


def test_a_connection_needs_address_and_credentials_to_ask(pair: Pair):
    buyer = pair.buyer

    def add(base_url: str | None) -> str:
        return connect(
            buyer.node,
            buyer.operator,
            "buyer",
            name="Other",
            company_ids=["urn:lei:1"],
            base_url=base_url,
        ).id

    pulling, bare = add(None), add("https://other.example")
    for connection_id in (pulling, bare):
        with pytest.raises(Conflict):
            ask(buyer.node, buyer.operator, "buyer", connection_id, CRITERIA)
    with pytest.raises(Conflict):
        set_credentials(buyer.node, buyer.operator, "buyer", pulling, client_id="c", client_secret="s")
    set_credentials(buyer.node, buyer.operator, "buyer", bare, client_id="c", client_secret="s")
    ask(buyer.node, buyer.operator, "buyer", bare, CRITERIA)
    with buyer.node.store.snapshot() as tx:
        sealed = tx.parties.connection("buyer", bare).sealed_secret
    assert sealed is not None
    assert buyer.node.vault.open(sealed) == "s"


def test_a_question_names_something(pair: Pair):
    with pytest.raises(BadInput):
        ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, FootprintCriteria())


def test_an_address_must_be_https(pair: Pair):
    with pytest.raises(BadInput) as caught:
        connect(
            pair.buyer.node,
            pair.buyer.operator,
            "buyer",
            name="Other",
            company_ids=["urn:lei:1"],
            base_url="http://other.example",
        )
    assert caught.value.field == "baseUrl"
