"""Recognition: pinned keys, a verdict that is kept, and the products that are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.node.app.conftest import Regions
from tests.support import documents
from tests.support.documents import bill
from tests.support.network import Network, attempt, claim, outbox

from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish
from carbonbridge.node.ports.records import Lane, OutboxState, OutboxVerb


def test_a_certified_footprint_is_accepted_across_regions(regions: Regions):
    footprint_id = regions.publish(certified=True)
    regions.network.run()
    verdict = regions.verdict(footprint_id)
    found = {check["code"]: check["outcome"] for check in verdict["checks"]}
    assert (verdict["verdict"], found["E-SIG"], found["E-SEAL"], found["E-HASH"]) == (
        "accepted",
        "pass",
        "pass",
        "pass",
    )
    assert (verdict["fromScheme"], verdict["toScheme"]) == ("js-cfp", "gba-cfp")


def test_an_uncertified_footprint_is_rejected_and_says_so(regions: Regions):
    footprint_id = regions.publish(certified=False)
    regions.network.run()
    verdict = regions.verdict(footprint_id)
    found = {check["code"]: check["outcome"] for check in verdict["checks"]}
    assert (verdict["verdict"], found["E-FIELD"], found["E-SEAL"]) == ("rejected", "fail", "pass")


def test_the_partners_keys_are_pinned_once(regions: Regions):
    regions.publish(certified=False)
    regions.network.run()
    regions.publish(certified=False)
    regions.network.run()
    assert regions.network.peers.calls.count("keys") == 1
    with regions.buyer.node.store.snapshot() as tx:
        pinned = tx.parties.connection("buyer", regions.to_maker).jwks
    with regions.maker.node.store.snapshot() as tx:
        own = [key.kid for key in tx.parties.keys("maker")]
    assert pinned is not None
    assert [key["kid"] for key in pinned["keys"]] == own


def test_recognition_waits_for_the_partners_keys(regions: Regions):
    footprint_id = regions.publish(certified=True)
    regions.network.run(regions.maker.node)
    network = regions.network
    (fetch,) = claim(regions.buyer.node)
    attempt(regions.buyer.node, fetch)
    network.peers.down.add(regions.maker.base_url)
    network.run()
    assert regions.received(footprint_id).verdict_id is None
    network.peers.down.clear()
    network.clock.advance(timedelta(minutes=1))
    network.run()
    assert regions.verdict(footprint_id)["verdict"] == "accepted"


def test_recognition_itself_calls_nobody(regions: Regions):
    """It must not wait for a silent partner: to ask for keys is work of its own, among the work that goes out."""
    regions.publish(certified=True)
    regions.network.run(regions.maker.node)
    node = regions.buyer.node
    for expected in (OutboxVerb.FETCH, OutboxVerb.RECOGNISE, OutboxVerb.REFRESH):
        assert regions.network.peers.calls.count("keys") == 0
        (item,) = claim(node)
        assert (item.verb, item.lane is Lane.LOCAL) == (expected, expected is OutboxVerb.RECOGNISE)
        attempt(node, item)
    assert regions.network.peers.calls.count("keys") == 1


def test_products_that_need_it_are_told(regions: Regions):
    buyer = regions.buyer
    put_product(buyer.node, buyer.operator, "buyer", bill(buyer, "maker"), recalculate=False)
    put_product(buyer.node, buyer.operator, "buyer", bill(buyer, "other", product="unrelated"))
    with buyer.node.store.transaction() as tx:
        for product in tx.products.find("buyer"):
            tx.products.put(replace(product, stale=False))
    regions.publish(certified=False)
    regions.network.run()
    with buyer.node.store.snapshot() as tx:
        stale = {product.id: product.stale for product in tx.products.find("buyer")}
    assert stale == {"thing": True, "unrelated": False}
    assert not [item for item in outbox(buyer) if item.verb is OutboxVerb.CALCULATE]


def test_an_organisation_without_a_scheme_gives_no_verdict(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    buyer = network.tenant(network.node("buyer"), "buyer")
    network.supply(maker, buyer)
    publish(maker.node, maker.operator, "maker", documents.document_of(maker))
    network.run()
    with buyer.node.store.snapshot() as tx:
        (received,) = tx.footprints.received_all("buyer")
        assert tx.footprints.verdicts("buyer") == []
    assert received.verdict_id is None
    assert outbox(buyer, OutboxState.ABANDONED) == []
