"""Certification: issued by a body, bound to a digest, verified on publication."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import documents
from tests.support.documents import certificate_fields, document_of, footprint_of
from tests.support.network import ADMINISTRATOR, Network, Tenant

from carbonbridge.core.certified import vouchers_of
from carbonbridge.core.credential import read_certificate
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import AccessDenied, BadInput, NotFound, SignatureInvalid
from carbonbridge.core.footprint import footprint_digest
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.app.certify import certify, decide
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.register import register_entry


@pytest.fixture
def parties(network: Network) -> tuple[Tenant, Tenant]:
    """A maker and the certification body of its region, on one node."""
    node = network.node()
    register_entry(node, ADMINISTRATOR, RegisterKind.SCHEME, documents.scheme("js-cfp"))
    body = network.tenant(node, "body", scheme="js-cfp", certification_body=True)
    register_entry(node, ADMINISTRATOR, RegisterKind.ISSUER, documents.issuer(body))
    return network.tenant(node, "maker", scheme="js-cfp"), body


def certified(by: Tenant, document: bytes, /, **changes: Any) -> str:
    return certify(by.node, by.operator, by.org, document, certificate_fields(**changes))


def test_a_certificate_travels_with_the_footprint(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    document = footprint_of(maker, value="12.5")
    compact = certified(body, write_json(document))
    footprint_id = publish(maker.node, maker.operator, "maker", write_json(document), certificate=compact)
    with maker.node.store.snapshot() as tx:
        served = read_json(tx.footprints.get("maker", footprint_id).document)
    vouchers = vouchers_of(served)
    assert vouchers is not None
    certificate = read_certificate(vouchers.certificate)
    assert certificate.footprint_digest == footprint_digest(served)
    assert (certificate.body.id, certificate.scheme) == (body.base_url, "js-cfp")
    assert (str(certificate.cfp.value), certificate.cfp.per.unit) == ("12.5", "kilogram")
    assert certificate.body.approval_no == "A-1"


def test_the_body_keeps_what_it_issued(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    compact = certified(body, document_of(maker))
    with body.node.store.snapshot() as tx:
        (entry,) = [entry for entry in tx.audit.find("body") if entry.verb == "certify"]
        record = tx.footprints.statement("body", entry.detail["statement"])
    assert (record.compact, record.type) == (compact, "certificate")


def test_a_certificate_of_another_footprint_is_refused(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    compact = certified(body, document_of(maker))
    with pytest.raises(BadInput) as caught:
        publish(maker.node, maker.operator, "maker", document_of(maker), certificate=compact)
    assert caught.value.field == "certificate"


def test_an_altered_certificate_is_refused(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    document = document_of(maker)
    head, payload, signature = certified(body, document).split(".")
    _, other, _ = certified(body, document, number="C-2").split(".")
    assert payload != other
    with pytest.raises(SignatureInvalid):
        publish(maker.node, maker.operator, "maker", document, certificate=f"{head}.{other}.{signature}")


def test_an_unregistered_body_counts_for_nothing(network: Network):
    node = network.node()
    register_entry(node, ADMINISTRATOR, RegisterKind.SCHEME, documents.scheme("js-cfp"))
    body = network.tenant(node, "body", scheme="js-cfp", certification_body=True)
    maker = network.tenant(node, "maker")
    document = document_of(maker)
    with pytest.raises(BadInput) as caught:
        publish(node, maker.operator, "maker", document, certificate=certified(body, document))
    assert "registered" in caught.value.message


def test_nobody_certifies_what_is_their_own(parties: tuple[Tenant, Tenant]):
    _, body = parties
    with pytest.raises(BadInput) as caught:
        certified(body, document_of(body))
    assert caught.value.field == "companyIds"


def test_only_certification_bodies_certify(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    with pytest.raises(AccessDenied):
        certify(maker.node, maker.operator, "maker", document_of(body), certificate_fields())
    with pytest.raises(AccessDenied):
        certify(maker.node, maker.operator, "body", document_of(maker), certificate_fields())
    with pytest.raises(AccessDenied):
        decide(maker.node, maker.operator, "maker", "c-1", certify=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"footprintDigest": "sha256:" + "0" * 64}, "footprintDigest"),
        ({"scheme": "gba-cfp"}, "scheme"),
        ({"number": ""}, "number"),
        ({"validTo": "soon"}, "validTo"),
        ({"cfp": 5}, "cfp"),
    ],
)
def test_what_a_body_may_not_state(parties: tuple[Tenant, Tenant], changes: dict[str, Any], field: str):
    maker, body = parties
    with pytest.raises(BadInput) as caught:
        certified(body, document_of(maker), **changes)
    assert caught.value.field == field


def test_a_body_cannot_sign_as_another(parties: tuple[Tenant, Tenant]):
    maker, body = parties
    stated = {"id": "https://other.example", "name": "Other"}
    certificate = read_certificate(certified(body, document_of(maker), body=stated))
    assert (certificate.body.id, certificate.body.name) == (body.base_url, "Body")


def test_there_is_nothing_to_decide_without_an_application(parties: tuple[Tenant, Tenant]):
    _, body = parties
    with pytest.raises(NotFound):
        decide(body.node, body.operator, "body", "c-1", certify=False, reason="no")
