"""A correction ripples down the chain: as fast as the policies, and the certification bodies, let it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from tests.support import documents
from tests.support.documents import bill, certificate_fields, product_id
from tests.support.network import ADMINISTRATOR, Network, Tenant, outbox

from carbonbridge.core.certified import vouchers_of
from carbonbridge.core.credential import read_certificate
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, Conflict
from carbonbridge.core.footprint import footprint_digest
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app.apply import apply
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.calculate import calculate
from carbonbridge.node.app.certify import decide
from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish_calculation
from carbonbridge.node.app.register import register_entry
from carbonbridge.node.ports.records import (
    CalculationRecord,
    CalculationState,
    OutboxState,
    ProductRecord,
    Publication,
)


@dataclass
class Chain:
    """Polysilicon → wafer → cell, with a certification body beside the wafer maker.

    Each kilogram holds two kilograms of what comes before it, and three kilowatt hours at 0.5 kgCO2e.
    """

    network: Network
    poly: Tenant
    wafer: Tenant
    cell: Tenant
    body: Tenant

    def settle(self, policy: Publication) -> None:
        """Everybody has calculated and published; the wafer under the policy."""
        body = "body" if policy is Publication.CERTIFIED else None
        self.put(self.poly, Publication.AUTOMATIC)
        self.put(self.wafer, policy, "poly", body=body)
        self.put(self.cell, Publication.AUTOMATIC, "wafer")
        calculate(self.poly.node, self.poly.operator, "poly", "thing")
        self.network.run()
        self.let_wafer_pass(policy)

    def put(self, maker: Tenant, policy: Publication, *suppliers: str, body: str | None = None) -> None:
        put_product(
            maker.node,
            maker.operator,
            maker.org,
            bill(maker, *suppliers),
            publication=policy,
            certification_body=body,
        )

    def correct_poly(self) -> None:
        """Ten kilowatt hours instead of three."""
        poly = self.poly
        put_product(
            poly.node, poly.operator, "poly", bill(poly, power="10"), publication=Publication.AUTOMATIC
        )
        calculate(poly.node, poly.operator, "poly", "thing")
        self.network.run()

    def let_wafer_pass(self, policy: Publication) -> None:
        """What people have to do under the policy before the wafer goes out."""
        latest = self.latest(self.wafer)
        if policy is Publication.MANUAL:
            publish_calculation(self.wafer.node, self.wafer.operator, "wafer", latest.id)
        elif policy is Publication.CERTIFIED:
            fields = certificate_fields()
            decide(self.body.node, self.body.operator, "body", latest.id, certify=True, fields=fields)
        self.network.run()

    def latest(self, maker: Tenant) -> CalculationRecord:
        with maker.node.store.snapshot() as tx:
            return max(tx.products.calculations(maker.org), key=lambda made: made.created_at)

    def product(self, maker: Tenant) -> ProductRecord:
        with maker.node.store.snapshot() as tx:
            return tx.products.get(maker.org, "thing")

    def in_force(self, maker: Tenant) -> dict:
        footprint_id = self.product(maker).footprint_id
        assert footprint_id is not None
        with maker.node.store.snapshot() as tx:
            kept = tx.footprints.get(maker.org, footprint_id)
        assert kept.facts.status is FootprintStatus.ACTIVE
        return read_json(kept.document)

    def value(self, maker: Tenant) -> Decimal:
        return Decimal(self.in_force(maker)["pcf"]["pcfExcludingBiogenicUptake"])


@pytest.fixture
def chain(network: Network) -> Chain:
    first, second, third = (network.node(name) for name in ("first", "second", "third"))
    body = network.tenant(second, "body", scheme="js-cfp", certification_body=True)
    for node in (first, second, third):
        register_entry(node, ADMINISTRATOR, RegisterKind.SCHEME, documents.scheme("js-cfp"))
        register_entry(node, ADMINISTRATOR, RegisterKind.ISSUER, documents.issuer(body))
    poly = network.tenant(first, "poly", scheme="js-cfp")
    wafer = network.tenant(second, "wafer", scheme="js-cfp")
    cell = network.tenant(third, "cell", scheme="js-cfp")
    network.supply(poly, wafer)
    network.supply(wafer, cell)
    return Chain(network, poly, wafer, cell, body)


@pytest.mark.parametrize("policy", list(Publication))
def test_a_correction_reaches_the_end_of_the_chain(chain: Chain, policy: Publication):
    chain.settle(policy)
    before = [chain.value(maker) for maker in (chain.poly, chain.wafer, chain.cell)]
    assert before == [Decimal("1.5"), Decimal("4.5"), Decimal("10.5")]
    old = chain.in_force(chain.cell)["id"]

    chain.correct_poly()
    if policy is not Publication.AUTOMATIC:
        # Until people have decided, the old wafer stands, and so does the cell made of it.
        assert [chain.value(maker) for maker in (chain.wafer, chain.cell)] == before[1:]
        chain.let_wafer_pass(policy)

    assert [chain.value(maker) for maker in (chain.poly, chain.wafer, chain.cell)] == [
        Decimal("5"),
        Decimal("11.5"),
        Decimal("24.5"),
    ]
    assert chain.in_force(chain.cell)["precedingPfIds"] == [old]
    with chain.cell.node.store.snapshot() as tx:
        assert tx.footprints.get("cell", old).facts.status is FootprintStatus.DEPRECATED
    for maker in (chain.poly, chain.wafer, chain.cell):
        assert outbox(maker, OutboxState.PENDING) == outbox(maker, OutboxState.ABANDONED) == []
        assert not chain.product(maker).stale


def test_certified_wafers_are_recognised_downstream(chain: Chain):
    chain.settle(Publication.CERTIFIED)
    footprint = chain.in_force(chain.wafer)
    vouchers = vouchers_of(footprint)
    assert vouchers is not None
    assert vouchers.certificate is not None
    assert read_certificate(vouchers.certificate).footprint_digest == footprint_digest(footprint)
    (supplied, _) = chain.latest(chain.cell).lineage["children"]
    assert (supplied["footprintId"], supplied["verdict"]) == (footprint["id"], "accepted")


def test_what_is_promised_as_certified_does_not_go_out_bare(chain: Chain):
    chain.put(chain.wafer, Publication.CERTIFIED, body="body")
    made = calculate(chain.wafer.node, chain.wafer.operator, "wafer", "thing")
    assert (made.state, made.body_org) == (CalculationState.SUBMITTED, "body")
    with pytest.raises(Conflict):
        publish_calculation(chain.wafer.node, chain.wafer.operator, "wafer", made.id)


def test_a_declined_application_can_be_made_again(chain: Chain):
    wafer, body = chain.wafer, chain.body
    chain.put(wafer, Publication.CERTIFIED, body="body")
    made = calculate(wafer.node, wafer.operator, "wafer", "thing")
    with pytest.raises(BadInput):
        decide(body.node, body.operator, "body", made.id, certify=False)
    decide(body.node, body.operator, "body", made.id, certify=False, reason="meter readings are missing")
    declined = chain.latest(wafer)
    assert (declined.state, declined.reason) == (CalculationState.DECLINED, "meter readings are missing")
    assert calculate(wafer.node, wafer.operator, "wafer", "thing") == declined
    again = apply(wafer.node, wafer.operator, "wafer", made.id)
    assert (again.state, again.reason) == (CalculationState.SUBMITTED, None)
    decide(body.node, body.operator, "body", made.id, certify=True, fields=certificate_fields())
    assert chain.in_force(wafer)["id"] == made.id


def test_an_application_that_was_overtaken_cannot_be_decided(chain: Chain):
    chain.settle(Publication.CERTIFIED)
    chain.correct_poly()
    overtaken = chain.latest(chain.wafer)
    poly = chain.poly
    put_product(poly.node, poly.operator, "poly", bill(poly, power="20"), publication=Publication.AUTOMATIC)
    calculate(poly.node, poly.operator, "poly", "thing")
    chain.network.run()
    assert chain.latest(chain.wafer).id != overtaken.id
    with chain.body.node.store.snapshot() as tx:
        waiting = tx.products.submitted_to("body", CalculationState.SUBMITTED)
    assert [made.id for made in waiting] == [chain.latest(chain.wafer).id]


def test_a_bad_certificate_field_publishes_nothing(chain: Chain):
    wafer, body = chain.wafer, chain.body
    chain.put(wafer, Publication.CERTIFIED, body="body")
    made = calculate(wafer.node, wafer.operator, "wafer", "thing")
    with pytest.raises(BadInput):
        decide(body.node, body.operator, "body", made.id, certify=True, fields={"number": "C-1"})
    assert chain.latest(wafer).state is CalculationState.SUBMITTED
    assert chain.product(wafer).footprint_id is None


def test_a_buyer_that_asks_gets_the_recalculated_footprint(chain: Chain):
    chain.settle(Publication.AUTOMATIC)
    chain.correct_poly()
    with chain.cell.node.store.snapshot() as tx:
        (connection,) = tx.parties.connections("cell")
    criteria = FootprintCriteria(product_id=(product_id("wafer"),))
    request = ask(chain.cell.node, chain.cell.operator, "cell", connection.id, criteria)
    chain.network.run()
    with chain.cell.node.store.snapshot() as tx:
        answer = tx.requests.get("cell", request.id).answer
    assert answer == {"footprintIds": [chain.in_force(chain.wafer)["id"]]}
