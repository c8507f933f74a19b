"""Events from partners: each has its effect once, and answers count only where a question was asked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import footprint_of, product_id, received_ids
from tests.support.network import Network, Tenant, outbox, partner

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import AccessDenied, BadInput, CarbonBridgeError, Conflict
from carbonbridge.core.events import compose_event
from carbonbridge.core.organisation import AnswerPolicy
from carbonbridge.core.request import Direction, FootprintRequest, RequestState
from carbonbridge.core.vocabulary import EventType, FootprintStatus
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.connect import connect, set_connection_state
from carbonbridge.node.app.receive import receive
from carbonbridge.node.ports.records import OutboxVerb


def event(network: Network, kind: EventType, data: dict[str, Any], event_id: str = "e-1") -> bytes:
    source = "https://elsewhere.example"
    return compose_event(kind, event_id=event_id, source=source, time=network.clock.now(), data=data)


def asked(pair: Pair) -> FootprintRequest:
    """A request that the supplier has not heard of yet."""
    criteria = FootprintCriteria(product_id=(product_id("supplier"),))
    return ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, criteria)


def fulfilment(pair: Pair, request_event_id: str, event_id: str = "e-1", **changes: Any) -> bytes:
    footprint = footprint_of(pair.supplier, **changes)
    data = {"requestEventId": request_event_id, "pfs": [footprint]}
    return event(pair.network, EventType.REQUEST_FULFILLED, data, event_id)


def state_of(tenant: Tenant, request_id: str) -> RequestState:
    with tenant.node.store.snapshot() as tx:
        return tx.requests.get(tenant.org, request_id).state


def received(tenant: Tenant) -> set[str]:
    with tenant.node.store.snapshot() as tx:
        return received_ids(tx, tenant.org)


def from_supplier(pair: Pair, body: bytes) -> None:
    receive(pair.buyer.node, partner(pair.buyer, pair.to_supplier), "buyer", body)


def test_a_fulfilment_closes_the_request_and_keeps_the_bytes(pair: Pair):
    request = asked(pair)
    footprint = footprint_of(pair.supplier)
    written = write_json(footprint).replace(b'"status":"Active"', b'"status"  :\t"Active"')
    body = fulfilment(pair, request.id, id=footprint["id"])
    body = body[: body.index(b'[{"id"') + 1] + written + b"]}}"
    from_supplier(pair, body)
    with pair.buyer.node.store.snapshot() as tx:
        kept = tx.footprints.received("buyer", pair.to_supplier, footprint["id"])
        closed = tx.requests.get("buyer", request.id)
    assert kept.document == written
    assert (closed.state, closed.answer) == (RequestState.FULFILLED, {"footprintIds": [footprint["id"]]})
    verbs = [item.verb for item in outbox(pair.buyer)]
    assert verbs.count(OutboxVerb.RECOGNISE) == 1


def test_the_same_event_again_has_no_effect(pair: Pair):
    body = fulfilment(pair, asked(pair).id)
    from_supplier(pair, body)
    before = (received(pair.buyer), len(outbox(pair.buyer)))
    from_supplier(pair, body)
    assert (received(pair.buyer), len(outbox(pair.buyer))) == before


def test_a_second_answer_is_a_conflict(pair: Pair):
    request = asked(pair)
    from_supplier(pair, fulfilment(pair, request.id))
    before = received(pair.buyer)
    with pytest.raises(Conflict):
        from_supplier(pair, fulfilment(pair, request.id, "e-2", value="99"))
    error = {"code": "NotFound", "message": "no"}
    refusal = {"requestEventId": request.id, "error": error}
    with pytest.raises(Conflict):
        from_supplier(pair, event(pair.network, EventType.REQUEST_REJECTED, refusal, "e-3"))
    assert received(pair.buyer) == before
    assert state_of(pair.buyer, request.id) is RequestState.FULFILLED


def test_a_rejection_closes_the_request(pair: Pair):
    request = asked(pair)
    error = {"code": "NotFound", "message": "no such product"}
    refusal = {"requestEventId": request.id, "error": error}
    from_supplier(pair, event(pair.network, EventType.REQUEST_REJECTED, refusal))
    with pair.buyer.node.store.snapshot() as tx:
        closed = tx.requests.get("buyer", request.id)
    assert (closed.state, closed.answer) == (RequestState.REJECTED, error)


def test_an_answer_from_the_wrong_partner_is_refused(pair: Pair):
    stranger = pair.network.tenant(pair.network.node("east"), "stranger")
    to_stranger, _ = pair.network.connect(pair.buyer, stranger)
    request = asked(pair)
    with pytest.raises(BadInput) as caught:
        receive(
            pair.buyer.node,
            partner(pair.buyer, to_stranger),
            "buyer",
            fulfilment(pair, request.id),
        )
    assert caught.value.field == "data.requestEventId"
    assert received(pair.buyer) == set()
    assert state_of(pair.buyer, request.id) is RequestState.OPEN


def test_an_answer_to_nothing_is_refused_and_can_be_sent_again(pair: Pair):
    with pytest.raises(BadInput):
        from_supplier(pair, fulfilment(pair, "never-asked"))
    assert received(pair.buyer) == set()
    request = asked(pair)
    from_supplier(pair, fulfilment(pair, request.id))  # the id e-1 was not taken by what was refused
    assert len(received(pair.buyer)) == 1


def test_one_damaged_footprint_refuses_the_whole_answer(pair: Pair):
    request = asked(pair)
    bad = footprint_of(pair.supplier)
    bad["pcf"]["fossilGhgEmissions"] = "-1"
    data = {"requestEventId": request.id, "pfs": [footprint_of(pair.supplier), bad]}
    with pytest.raises(BadInput) as caught:
        from_supplier(pair, event(pair.network, EventType.REQUEST_FULFILLED, data))
    assert caught.value.field == "data.pfs.1.pcf.fossilGhgEmissions"
    assert received(pair.buyer) == set()
    assert state_of(pair.buyer, request.id) is RequestState.OPEN


def test_a_question_is_kept_once_and_answered_by_policy(pair: Pair):
    data = {"productId": [product_id("supplier")], "status": ["Active", "Deprecated"], "comment": "please"}
    body = event(pair.network, EventType.REQUEST_CREATED, data, "6ba7b810/12")
    for _ in range(2):
        receive(pair.supplier.node, partner(pair.supplier, pair.to_buyer), "supplier", body)
    with pair.supplier.node.store.snapshot() as tx:
        (request,) = tx.requests.find("supplier", Direction.INCOMING)
    assert (request.event_id, request.comment, request.state) == (
        "6ba7b810/12",
        "please",
        RequestState.OPEN,
    )
    assert request.criteria["status"] == ["Active", "Deprecated"]
    assert [item.verb for item in outbox(pair.supplier)] == [OutboxVerb.ANSWER]


def test_a_manual_organisation_decides_itself(network: Network):
    maker = network.tenant(network.node("maker"), "maker", answer_policy=AnswerPolicy.MANUAL)
    to_buyer, _ = network.connect(maker, network.tenant(network.node("buyer"), "buyer"))
    body = event(network, EventType.REQUEST_CREATED, {"productId": ["urn:x:1"]})
    receive(maker.node, partner(maker, to_buyer), "maker", body)
    assert outbox(maker) == []


def test_who_cannot_be_answered_cannot_ask(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    pulling = connect(maker.node, maker.operator, "maker", name="Importer", company_ids=["urn:lei:1"])
    body = event(network, EventType.REQUEST_CREATED, {"productId": ["urn:x:1"]})
    with pytest.raises(BadInput):
        receive(maker.node, partner(maker, pulling.id), "maker", body)
    with maker.node.store.snapshot() as tx:
        assert tx.requests.find("maker") == []


def test_an_announcement_is_fetched_later(pair: Pair):
    ids = ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]
    from_supplier(pair, event(pair.network, EventType.PUBLISHED, {"pfIds": ids}))
    (item,) = outbox(pair.buyer)
    assert (item.verb, item.payload["footprintIds"]) == (OutboxVerb.FETCH, ids)


def test_a_suspended_connection_delivers_nothing(pair: Pair):
    request = asked(pair)
    buyer = pair.buyer
    set_connection_state(buyer.node, buyer.operator, "buyer", pair.to_supplier, ConnectionState.SUSPENDED)
    with pytest.raises(AccessDenied):
        from_supplier(pair, fulfilment(pair, request.id))
    assert received(buyer) == set()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type":"x"}', b"\xff", b'{"a":NaN}', b"[" * 100_000])
def test_nonsense_is_refused(pair: Pair, body: bytes):
    with pytest.raises(CarbonBridgeError):
        from_supplier(pair, body)
    assert outbox(pair.buyer) == []


def test_a_late_copy_does_not_revive_a_deprecated_footprint(pair: Pair):
    first, second = asked(pair), asked(pair)
    footprint = footprint_of(pair.supplier)
    for request, status in ((first, "Deprecated"), (second, "Active")):
        data = {"requestEventId": request.id, "pfs": [footprint | {"status": status}]}
        from_supplier(pair, event(pair.network, EventType.REQUEST_FULFILLED, data, request.id))
    with pair.buyer.node.store.snapshot() as tx:
        kept = tx.footprints.received("buyer", pair.to_supplier, footprint["id"])
    assert kept.facts.status is FootprintStatus.DEPRECATED
    assert state_of(pair.buyer, second.id) is RequestState.FULFILLED
