"""Recognition: pinned keys, a verdict that is kept, and the products that are told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tests.support import documents
from tests.support.documents import bill, certificate_fields, footprint_of
from tests.support.network import ADMINISTRATOR, Network, Tenant, attempt, claim, outbox

from carbonbridge.core.document import read_json, write_json
from carbonbridge.node.app.certify import certify
from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.register import register_entry
from carbonbridge.node.ports.records import Lane, OutboxState, OutboxVerb, ReceivedFootprint, RegisterKind


@dataclass
class Regions:
    """A maker and a body in one region, a buyer in another, and the registers on both nodes."""

    network: Network
    maker: Tenant
    body: Tenant
    buyer: Tenant
    to_maker: str

    def publish(self, *, certified: bool) -> str:
        document = write_json(footprint_of(self.maker))
        certificate = None
        if certified:
            node, operator = self.body.node, self.body.operator
            certificate = certify(node, operator, "body", document, certificate_fields())
        maker = self.maker
        return publish(maker.node, maker.operator, "maker", document, certificate=certificate)

    def received(self, footprint_id: str) -> ReceivedFootprint:
        with self.buyer.node.store.snapshot() as tx:
            return tx.footprints.received("buyer", self.to_maker, footprint_id)

    def verdict(self, footprint_id: str) -> dict:
        received = self.received(footprint_id)
        assert received.verdict_id is not None
        with self.buyer.node.store.snapshot() as tx:
            return read_json(tx.footprints.verdict("buyer", received.verdict_id).document)


@pytest.fixture
def regions(network: Network) -> Regions:
    here, there = network.node("here"), network.node("there")
    maker = network.tenant(here, "maker", scheme="js-cfp")
    for node in (here, there):
        for scheme in ("js-cfp", "gba-cfp"):
            register_entry(node, ADMINISTRATOR, RegisterKind.SCHEME, documents.scheme(scheme))
        agreement = documents.agreement("js-cfp", "gba-cfp")
        register_entry(node, ADMINISTRATOR, RegisterKind.AGREEMENT, agreement)
    body = network.tenant(here, "body", scheme="js-cfp", certification_body=True)
    for node in (here, there):
        register_entry(node, ADMINISTRATOR, RegisterKind.ISSUER, documents.issuer(body))
    buyer = network.tenant(there, "buyer", scheme="gba-cfp")
    _, to_maker = network.supply(maker, buyer)
    return Regions(network, maker, body, buyer, to_maker)


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
