"""List, Get, answers and announcements show a partner one and the same set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, product_id, received_ids
from tests.support.network import Network, Tenant, partner

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.errors import AccessDenied, BadInput, NotFound
from carbonbridge.core.organisation import AnswerPolicy
from carbonbridge.core.request import Direction, RequestState
from carbonbridge.node.app.answer import fulfil
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.connect import set_connection_state
from carbonbridge.node.app.fetch import pull
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.read import get_footprint, list_footprints
from carbonbridge.node.app.share import preview, share, unshare


def seen_in_list(tenant: Tenant, connection_id: str) -> set[str]:
    actor = partner(tenant, connection_id)
    found = list_footprints(tenant.node, actor, tenant.org, FootprintCriteria(), limit=100)
    return {footprint.id for footprint in found}


def seen_by_get(tenant: Tenant, connection_id: str, footprint_ids: list[str]) -> set[str]:
    found = set()
    for footprint_id in footprint_ids:
        try:
            get_footprint(tenant.node, partner(tenant, connection_id), tenant.org, footprint_id)
        except NotFound:
            continue
        found.add(footprint_id)
    return found


def test_every_way_in_shows_the_same_set(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    buyer = network.tenant(network.node("buyer"), "buyer")
    to_buyer, to_maker = network.connect(maker, buyer)
    grant = share(
        maker.node,
        maker.operator,
        "maker",
        to_buyer,
        scope=GrantScope.PRODUCT,
        value=product_id("maker", "open"),
    )
    products = ["open", "secret", "open"]
    ids = [
        publish(maker.node, maker.operator, "maker", document_of(maker, product=product))
        for product in products
    ]
    expected = {ids[0], ids[2]}
    assert seen_in_list(maker, to_buyer) == expected
    assert seen_by_get(maker, to_buyer, ids) == expected
    assert {item.id for item in preview(maker.node, maker.operator, "maker", to_buyer)} == expected

    network.run()
    with buyer.node.store.snapshot() as tx:
        assert received_ids(tx, "buyer") == expected  # announced, then fetched
    criteria = FootprintCriteria(company_id=("urn:pact:maker.example:company-id:1",))
    request = ask(buyer.node, buyer.operator, "buyer", to_maker, criteria)
    network.run()
    with buyer.node.store.snapshot() as tx:
        answer = tx.requests.get("buyer", request.id).answer
    assert answer is not None
    assert set(answer["footprintIds"]) == expected
    pulled = pull(buyer.node, buyer.operator, "buyer", to_maker, FootprintCriteria())
    assert set(pulled) == expected

    unshare(maker.node, maker.operator, "maker", grant.id)
    assert seen_in_list(maker, to_buyer) == seen_by_get(maker, to_buyer, ids) == set()


def test_a_person_cannot_answer_with_what_is_not_shared(network: Network):
    maker = network.tenant(network.node("maker"), "maker", answer_policy=AnswerPolicy.MANUAL)
    buyer = network.tenant(network.node("buyer"), "buyer")
    _, to_maker = network.connect(maker, buyer)
    footprint_id = publish(maker.node, maker.operator, "maker", document_of(maker))
    criteria = FootprintCriteria(product_id=(product_id("maker"),))
    ask(buyer.node, buyer.operator, "buyer", to_maker, criteria)
    network.run()
    with maker.node.store.snapshot() as tx:
        (request,) = tx.requests.find("maker", Direction.INCOMING)
    with pytest.raises(BadInput) as caught:
        fulfil(maker.node, maker.operator, "maker", request.id, [footprint_id])
    assert caught.value.field == "footprintIds.0"
    with pytest.raises(BadInput):
        fulfil(maker.node, maker.operator, "maker", request.id)
    with maker.node.store.snapshot() as tx:
        assert tx.requests.get("maker", request.id).state is RequestState.OPEN


def test_a_suspended_partner_is_shut_out_everywhere(pair: Pair):
    footprint_id = publish(pair.supplier.node, pair.supplier.operator, "supplier", document_of(pair.supplier))
    node, operator = pair.supplier.node, pair.supplier.operator
    set_connection_state(node, operator, "supplier", pair.to_buyer, ConnectionState.SUSPENDED)
    with pytest.raises(AccessDenied):
        seen_in_list(pair.supplier, pair.to_buyer)
    with pytest.raises(AccessDenied):
        get_footprint(node, partner(pair.supplier, pair.to_buyer), "supplier", footprint_id)
    set_connection_state(node, operator, "supplier", pair.to_buyer, ConnectionState.ACTIVE)
    assert seen_in_list(pair.supplier, pair.to_buyer) == {footprint_id}


def test_a_grant_has_a_beginning_and_an_end(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    buyer = network.tenant(network.node("buyer"), "buyer")
    to_buyer, _ = network.connect(maker, buyer)
    footprint_id = publish(maker.node, maker.operator, "maker", document_of(maker))
    tomorrow = network.clock.now() + timedelta(days=1)
    share(
        maker.node,
        maker.operator,
        "maker",
        to_buyer,
        scope=GrantScope.ALL,
        valid_from=tomorrow,
        valid_until=tomorrow + timedelta(days=1),
    )
    seen = []
    for _ in range(3):
        seen.append(seen_in_list(maker, to_buyer))
        network.clock.advance(timedelta(days=1, minutes=1))
    assert seen == [set(), {footprint_id}, set()]


def test_absent_and_undisclosed_look_the_same(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    buyer = network.tenant(network.node("buyer"), "buyer")
    to_buyer, _ = network.connect(maker, buyer)
    hidden = publish(maker.node, maker.operator, "maker", document_of(maker))
    told = []
    for footprint_id in (hidden, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"):
        with pytest.raises(NotFound) as caught:
            get_footprint(maker.node, partner(maker, to_buyer), "maker", footprint_id)
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_a_client_of_one_organisation_is_nobody_at_another(pair: Pair):
    actor = replace(partner(pair.supplier, pair.to_buyer), org="buyer")
    with pytest.raises(AccessDenied):
        list_footprints(pair.supplier.node, actor, "supplier", FootprintCriteria(), limit=1)


def test_received_footprints_are_never_served(network: Network):
    """The buyer passes on nothing of what it received, to nobody, not even to its own operators' listing."""
    first = network.tenant(network.node("first"), "first")
    middle = network.tenant(network.node("middle"), "middle")
    last = network.tenant(network.node("last"), "last")
    network.supply(first, middle)
    to_last, to_middle = network.supply(middle, last)
    footprint_id = publish(first.node, first.operator, "first", document_of(first))
    network.run()
    with middle.node.store.snapshot() as tx:
        assert received_ids(tx, "middle") == {footprint_id}
    assert seen_in_list(middle, to_last) == set()
    assert seen_by_get(middle, to_last, [footprint_id]) == set()
    assert pull(last.node, last.operator, "last", to_middle, FootprintCriteria()) == []
    own = list_footprints(middle.node, middle.operator, "middle", FootprintCriteria(), limit=10)
    assert own == []
    criteria = FootprintCriteria(product_id=(product_id("first"),))
    request = ask(last.node, last.operator, "last", to_middle, criteria)
    network.run()
    with last.node.store.snapshot() as tx:
        assert tx.requests.get("last", request.id).state == "rejected"
