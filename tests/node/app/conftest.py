"""A supplier and a buyer on nodes of their own, connected both ways; and the same across regions, with a body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support import documents
from tests.support.documents import certificate_fields, footprint_of
from tests.support.network import ADMINISTRATOR, Network, Tenant

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.app.certify import certify
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.register import register_entry
from carbonbridge.node.ports.records import ReceivedFootprint


@dataclass
class Pair:
    """A supplier that shares everything with a buyer.

    Attributes:
        to_buyer: the supplier's connection.
        to_supplier: the buyer's connection.
    """

    network: Network
    supplier: Tenant
    buyer: Tenant
    to_buyer: str
    to_supplier: str


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
def network(tmp_path: Path) -> Iterator[Network]:
    with closing(Network(tmp_path)) as made:
        yield made


@pytest.fixture
def pair(network: Network) -> Pair:
    supplier = network.tenant(network.node("north"), "supplier")
    buyer = network.tenant(network.node("south"), "buyer")
    return Pair(network, supplier, buyer, *network.supply(supplier, buyer))


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
