"""Publishing: exact bytes, one transaction, corrections, and who is told."""

from __future__ import annotations

import pytest
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, footprint_of, product_id
from tests.support.network import Network, Tenant, outbox

from carbonbridge.core.certified import vouchers_of
from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict
from carbonbridge.core.footprint import footprint_digest
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.seal import sealed_digest
from carbonbridge.core.statement import read_unverified, verify
from carbonbridge.core.vocabulary import EventType, FootprintStatus
from carbonbridge.node.app.connect import connect, set_connection_state
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.read import list_footprints
from carbonbridge.node.app.share import share, unshare
from carbonbridge.node.ports.records import OutboxVerb


@pytest.fixture
def maker(network: Network) -> Tenant:
    return network.tenant(network.node(), "maker")


def published(tenant: Tenant, document: bytes) -> str:
    return publish(tenant.node, tenant.operator, tenant.org, document)


def announcements(tenant: Tenant) -> list[tuple[str, list[str]]]:
    """(connection, footprint ids) of every PublishedEvent on its way."""
    return [
        (item.payload["connectionId"], read_json(item.body)["data"]["pfIds"])
        for item in outbox(tenant)
        if item.verb is OutboxVerb.DELIVER and item.payload["eventType"] == EventType.PUBLISHED
    ]


def test_what_is_served_is_what_was_signed(maker: Tenant):
    document = footprint_of(maker, somethingNew={"kept": [1, "two", None]})
    footprint_id = published(maker, write_json(document))
    with maker.node.store.snapshot() as tx:
        kept = tx.footprints.get(maker.org, footprint_id)
        record = tx.footprints.statement(maker.org, kept.statement_digest)
        keys = read_jwks({"keys": [key.public_jwk for key in tx.parties.keys(maker.org)]})
    statement = verify(record.compact, keys)
    assert statement.body == kept.document
    assert statement.digest == kept.statement_digest
    assert (statement.iss, statement.sub) == (maker.base_url, footprint_id)
    served = read_json(kept.document)
    vouchers = vouchers_of(served)
    assert vouchers is not None
    assert (
        sealed_digest(verify(vouchers.seal, keys)) == footprint_digest(served) == footprint_digest(document)
    )
    assert served["somethingNew"] == {"kept": [1, "two", None]}


def test_the_same_document_again_has_no_effect(pair: Pair):
    document = document_of(pair.supplier)
    assert published(pair.supplier, document) == published(pair.supplier, document)
    assert len(announcements(pair.supplier)) == 1
    with pair.supplier.node.store.snapshot() as tx:
        verbs = [entry.verb for entry in tx.audit.find("supplier")]
    assert verbs.count("publish") == 1


def test_a_published_footprint_never_changes(maker: Tenant):
    first = footprint_of(maker)
    published(maker, write_json(first))
    changed = first | {"comment": "but really"}
    with pytest.raises(Conflict) as caught:
        published(maker, write_json(changed))
    assert caught.value.field == "id"
    with maker.node.store.snapshot() as tx:
        assert "comment" not in read_json(tx.footprints.get(maker.org, first["id"]).document)


def test_a_correction_deprecates_the_old_and_names_both(pair: Pair):
    old = published(pair.supplier, document_of(pair.supplier))
    new = published(pair.supplier, document_of(pair.supplier, value="11", preceding=[old]))
    with pair.supplier.node.store.snapshot() as tx:
        before, after = tx.footprints.get("supplier", old), tx.footprints.get("supplier", new)
    assert before.facts.status is FootprintStatus.DEPRECATED
    assert read_json(before.document)["status"] == "Deprecated"
    assert after.facts.status is FootprintStatus.ACTIVE
    assert announcements(pair.supplier) == [(pair.to_buyer, [old]), (pair.to_buyer, [new, old])]
    assert sealed_digest_of(before.document) == footprint_digest(read_json(before.document))


def sealed_digest_of(document: bytes) -> str:
    vouchers = vouchers_of(read_json(document))
    assert vouchers is not None
    return sealed_digest(read_unverified(vouchers.seal))


def test_partners_are_told_of_what_they_may_see_and_of_nothing_else(network: Network):
    maker = network.tenant(network.node("maker"), "maker")
    buyers = {name: network.tenant(network.node(name), name) for name in ("old", "new", "both", "none")}
    connections = {name: network.connect(maker, buyer)[0] for name, buyer in buyers.items()}
    grants = {("old", "thing"), ("new", "thing-2"), ("both", "thing"), ("both", "thing-2"), ("none", "other")}
    for name, product in grants:
        share(
            maker.node,
            maker.operator,
            maker.org,
            connections[name],
            scope=GrantScope.PRODUCT,
            value=product_id("maker", product).upper().replace("URN", "urn"),
        )
    old = published(maker, document_of(maker))
    new = published(maker, document_of(maker, product="thing-2", preceding=[old]))
    told = announcements(maker)
    assert sorted(told[:2]) == sorted([(connections["old"], [old]), (connections["both"], [old])])
    assert sorted(told[2:]) == sorted(
        [(connections["old"], [old]), (connections["new"], [new]), (connections["both"], [new, old])]
    )


@pytest.mark.parametrize("silenced", ["no notification", "suspended", "only pulls", "grant taken back"])
def test_who_is_not_told(network: Network, silenced: str):
    maker = network.tenant(network.node(), "maker")
    connection = connect(
        maker.node,
        maker.operator,
        maker.org,
        name="Buyer",
        company_ids=["urn:lei:1"],
        base_url=None if silenced == "only pulls" else "https://buyer.example",
        notify=silenced != "no notification",
    )
    grant = share(maker.node, maker.operator, maker.org, connection.id, scope=GrantScope.ALL)
    if silenced == "suspended":
        state = ConnectionState.SUSPENDED
        set_connection_state(maker.node, maker.operator, maker.org, connection.id, state)
    if silenced == "grant taken back":
        unshare(maker.node, maker.operator, maker.org, grant.id)
    published(maker, document_of(maker))
    assert announcements(maker) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"companyIds": ["urn:pact:other.example:company-id:1"]}, "companyIds"),
        ({"preceding": ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]}, "precedingPfIds.0"),
        ({"status": "Deprecated"}, "status"),
        ({"value": "abc"}, "pcf.pcfExcludingBiogenicUptake"),
        ({"productIds": []}, "productIds"),
    ],
)
def test_bad_footprints_are_refused_and_nothing_is_kept(maker: Tenant, changes: dict, field: str):
    with pytest.raises(BadInput) as caught:
        published(maker, document_of(maker, **changes))
    assert caught.value.field == field
    criteria = FootprintCriteria()
    assert list_footprints(maker.node, maker.operator, maker.org, criteria, limit=10) == []


def test_a_footprint_that_was_published_elsewhere_is_not_sealed_twice(maker: Tenant):
    footprint_id = published(maker, document_of(maker))
    with maker.node.store.snapshot() as tx:
        served = tx.footprints.get(maker.org, footprint_id).document
    with pytest.raises(BadInput) as caught:
        published(maker, served)
    assert caught.value.field == "extensions"


def test_one_tenant_cannot_publish_for_another(network: Network):
    node = network.node()
    alpha, beta = network.tenant(node, "alpha"), network.tenant(node, "beta")
    with pytest.raises(AccessDenied):
        publish(node, alpha.operator, "beta", document_of(beta))
    with pytest.raises(BadInput):
        publish(node, beta.operator, "beta", document_of(alpha))
