"""Exactly one answer to each request, whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, product_id, received_ids
from tests.support.network import Network, Tenant, attempt, claim, outbox

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.organisation import AnswerPolicy
from carbonbridge.core.request import Direction, FootprintRequest, RequestState
from carbonbridge.core.vocabulary import EventType
from carbonbridge.node.app import answer
from carbonbridge.node.app.answer import answer_by_policy, fulfil, reject
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.derived import derived_id
from carbonbridge.node.app.publish import publish
from carbonbridge.node.ports.records import OutboxItem, OutboxVerb


@pytest.fixture
def waiting(network: Network) -> Pair:
    """A supplier whose people decide, with one footprint and one request."""
    supplier = network.tenant(network.node("north"), "supplier", answer_policy=AnswerPolicy.MANUAL)
    buyer = network.tenant(network.node("south"), "buyer")
    pair = Pair(network, supplier, buyer, *network.supply(supplier, buyer))
    publish(supplier.node, supplier.operator, "supplier", document_of(supplier))
    ask_for(pair)
    network.run()
    return pair


def ask_for(pair: Pair, product: str = "thing") -> FootprintRequest:
    criteria = FootprintCriteria(product_id=(product_id("supplier", product),))
    return ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, criteria)


def request_of(tenant: Tenant, direction: Direction) -> FootprintRequest:
    with tenant.node.store.snapshot() as tx:
        (request,) = tx.requests.find(tenant.org, direction)
    return request


def answers(tenant: Tenant) -> list[OutboxItem]:
    kinds = (EventType.REQUEST_FULFILLED, EventType.REQUEST_REJECTED)
    return [item for item in outbox(tenant) if item.payload.get("eventType") in kinds]


def test_policy_answers_with_what_matches(pair: Pair):
    footprint_id = publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    publish(
        pair.supplier.node,
        pair.supplier.operator,
        "supplier",
        document_of(pair.supplier, product="another"),
    )
    request = ask_for(pair)
    pair.network.run()
    with pair.buyer.node.store.snapshot() as tx:
        closed = tx.requests.get("buyer", request.id)
    assert (closed.state, closed.answer) == (RequestState.FULFILLED, {"footprintIds": [footprint_id]})
    (event,) = answers(pair.supplier)
    assert read_json(event.body)["data"]["requestEventId"] == request.id
    assert event.id == derived_id("answer", request_of(pair.supplier, Direction.INCOMING).id)


def test_policy_rejects_where_nothing_matches(pair: Pair):
    request = ask_for(pair, "unheard-of")
    pair.network.run()
    with pair.buyer.node.store.snapshot() as tx:
        closed = tx.requests.get("buyer", request.id)
    assert closed.state is RequestState.REJECTED
    assert closed.answer is not None
    assert closed.answer["code"] == "NotFound"


def test_policy_sends_no_deprecated_footprints_unasked(pair: Pair):
    old = publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    new = publish(
        pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier, preceding=[old])
    )
    request = ask_for(pair)
    pair.network.run()
    with pair.buyer.node.store.snapshot() as tx:
        assert tx.requests.get("buyer", request.id).answer == {"footprintIds": [new]}


def test_too_wide_a_question_is_turned_back(pair: Pair, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answer, "MOST", 1)
    for _ in range(2):
        publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    request = ask_for(pair)
    pair.network.run()
    with pair.buyer.node.store.snapshot() as tx:
        told = tx.requests.get("buyer", request.id).answer
    assert told is not None
    assert told["code"] == "BadRequest"


def test_killed_after_the_answer_and_before_the_note_of_it(pair: Pair):
    """The worker dies between the verb and the settling: the item comes back, the answer does not."""
    publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    request = ask_for(pair)
    pair.network.run(pair.buyer.node)
    (item,) = [item for item in claim(pair.supplier.node) if item.verb is OutboxVerb.ANSWER]
    answer_by_policy(pair.supplier.node, "supplier", item.payload["requestId"])
    pair.network.clock.advance(timedelta(minutes=5))
    pair.network.run()
    assert len(answers(pair.supplier)) == 1
    with pair.buyer.node.store.snapshot() as tx:
        assert tx.requests.get("buyer", request.id).state is RequestState.FULFILLED


def test_a_person_answers_once(waiting: Pair):
    supplier = waiting.supplier
    request = request_of(supplier, Direction.INCOMING)
    fulfil(supplier.node, supplier.operator, "supplier", request.id)
    with pytest.raises(Conflict):
        fulfil(supplier.node, supplier.operator, "supplier", request.id)
    with pytest.raises(Conflict):
        reject(supplier.node, supplier.operator, "supplier", request.id, code="NotFound", message="no")
    answer_by_policy(supplier.node, "supplier", request.id)
    assert len(answers(supplier)) == 1
    waiting.network.run()
    assert request_of(waiting.buyer, Direction.OUTGOING).state is RequestState.FULFILLED


def test_a_race_has_one_winner(waiting: Pair):
    supplier = waiting.supplier
    request = request_of(supplier, Direction.INCOMING)
    start = Barrier(4)

    def decide(number: int) -> bool:
        start.wait()
        try:
            if number % 2:
                fulfil(supplier.node, supplier.operator, "supplier", request.id)
            else:
                reject(
                    supplier.node, supplier.operator, "supplier", request.id, code="NotFound", message="no"
                )
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(decide, range(4)))
    assert sum(won) == 1
    assert len(answers(supplier)) == 1


def test_delivered_twice_has_one_effect(waiting: Pair):
    """The buyer takes the answer in, but its 200 is lost: the supplier sends the same event again."""
    supplier, buyer = waiting.supplier, waiting.buyer
    fulfil(supplier.node, supplier.operator, "supplier", request_of(supplier, Direction.INCOMING).id)
    waiting.network.peers.mute.add(buyer.base_url)
    waiting.network.run()
    (event,) = answers(supplier)
    assert (event.state, event.attempts) == ("pending", 1)
    waiting.network.peers.mute.clear()
    waiting.network.clock.advance(timedelta(hours=1))
    waiting.network.run()
    (event,) = answers(supplier)
    assert event.state == "done"
    with buyer.node.store.snapshot() as tx:
        assert len(received_ids(tx, "buyer")) == 1
        verbs = [entry.verb for entry in tx.audit.find("buyer")]
    assert verbs.count("receive") == 2  # the announcement and the answer


def test_requests_of_our_own_are_not_ours_to_answer(waiting: Pair):
    buyer = waiting.buyer
    request = request_of(buyer, Direction.OUTGOING)
    with pytest.raises(NotFound):
        fulfil(buyer.node, buyer.operator, "buyer", request.id)


def test_a_failed_attempt_does_not_hold_up_other_partners(waiting: Pair):
    network, supplier = waiting.network, waiting.supplier
    other = network.tenant(network.node("east"), "other")
    network.supply(supplier, other)
    network.peers.down.add(waiting.buyer.base_url)
    publish(supplier.node, supplier.operator, "supplier", document_of(supplier))
    for item in claim(supplier.node):
        attempt(supplier.node, item)
    network.run()
    with other.node.store.snapshot() as tx:
        assert len(received_ids(tx, "other")) == 1
