"""Organisations, registers and clients: who may make them, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.support import documents
from tests.support.network import ADMINISTRATOR, Network

from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotFound
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.statement import STATEMENT_TYP, compose, verify
from carbonbridge.node.app.enrol import bootstrap, enrol_client, revoke_client
from carbonbridge.node.app.register import register_entry, register_organisation
from carbonbridge.node.ports.records import Role


def test_an_organisation_signs_with_a_key_of_its_own(network: Network):
    tenant = network.tenant(network.node(), "alpha")
    with tenant.node.store.snapshot() as tx:
        keys = {key.kid: key.public_jwk for key in tx.parties.keys("alpha")}
    at = network.clock.now()
    payload = compose(statement_type="note", statement_id="1", iss="a", sub="b", iat=at, body=b"{}")
    compact = tenant.node.signer.sign("alpha", payload, typ=STATEMENT_TYP)
    assert verify(compact, read_jwks({"keys": list(keys.values())})).body == b"{}"


def test_only_administrators_register(network: Network):
    tenant = network.tenant(network.node(), "alpha")
    with pytest.raises(AccessDenied):
        register_organisation(
            tenant.node, tenant.operator, slug="beta", name="Beta", company_ids=["urn:lei:1"]
        )
    with pytest.raises(AccessDenied):
        register_entry(tenant.node, tenant.operator, RegisterKind.SCHEME, documents.scheme("s"))


def test_a_node_has_one_default_organisation(network: Network):
    node = network.node()

    def register(slug: str) -> None:
        register_organisation(
            node, ADMINISTRATOR, slug=slug, name=slug, company_ids=["urn:lei:1"], is_default=True
        )

    register("alpha")
    with pytest.raises(Conflict) as caught:
        register("beta")
    assert caught.value.field == "isDefault"
    with node.store.snapshot() as tx:
        assert [organisation.slug for organisation in tx.parties.organisations()] == ["alpha"]


def test_a_taken_slug_keeps_its_key(network: Network):
    tenant = network.tenant(network.node(), "alpha")
    with pytest.raises(Conflict):
        network.tenant(tenant.node, "alpha")
    with tenant.node.store.snapshot() as tx:
        assert len(tx.parties.keys("alpha")) == 1


@pytest.mark.parametrize(
    ("kind", "document", "field"),
    [
        (RegisterKind.SCHEME, {"id": "s"}, "schemeClass"),
        (RegisterKind.AGREEMENT, documents.agreement("a", "b") | {"status": "maybe"}, "status"),
        (RegisterKind.ISSUER, {"id": "i", "name": "I", "keys": [{"kty": "oct"}]}, "keys.0"),
        (RegisterKind.FACTOR_SET, {"id": "", "factors": []}, "id"),
        (RegisterKind.FACTOR_SET, {"factors": [{"id": "f"}]}, "factors.0.name"),
    ],
)
def test_a_bad_entry_is_refused_by_field(
    network: Network, kind: RegisterKind, document: dict[str, Any], field: str
):
    node = network.node()
    with pytest.raises(BadInput) as caught:
        register_entry(node, ADMINISTRATOR, kind, document)
    assert caught.value.field == field
    with node.store.snapshot() as tx:
        assert tx.registers.find(kind) == []


def test_a_new_version_of_an_agreement_takes_the_place_of_the_old(network: Network):
    node = network.node()
    old = documents.agreement("a", "b")
    for version in (old, old | {"version": "2", "status": "terminated"}):
        register_entry(node, ADMINISTRATOR, RegisterKind.AGREEMENT, version)
    with node.store.snapshot() as tx:
        assert [entry["version"] for entry in tx.registers.find(RegisterKind.AGREEMENT)] == ["2"]


def test_the_first_administrator_is_made_once(network: Network):
    node = network.node()
    first = bootstrap(node)
    with node.store.snapshot() as tx:
        client = tx.parties.client(first.client_id)
        [secret] = tx.parties.secrets(None, first.client_id)
    assert client.role is Role.ADMINISTRATOR
    assert node.vault.matches(first.secret, secret.hash)
    assert first.secret not in repr(first) + repr(client) + repr(secret)
    assert secret.hash not in repr(secret)
    with pytest.raises(Conflict):
        bootstrap(node)


def test_who_enrols_whom(network: Network):
    node = network.node()
    alpha, beta = network.tenant(node, "alpha"), network.tenant(node, "beta")
    to_beta, to_alpha = network.connect(alpha, beta)
    enrol_client(node, ADMINISTRATOR, "alpha", Role.OPERATOR)
    with pytest.raises(AccessDenied):
        enrol_client(node, alpha.operator, "alpha", Role.OPERATOR)
    with pytest.raises(AccessDenied):
        enrol_client(node, beta.operator, "alpha", Role.PARTNER, connection_id=to_beta)
    with pytest.raises(NotFound):
        enrol_client(node, alpha.operator, "alpha", Role.PARTNER, connection_id=to_alpha)
    with pytest.raises(BadInput):
        enrol_client(node, alpha.operator, "alpha", Role.PARTNER)
    past = network.clock.now() - timedelta(days=1)
    with pytest.raises(BadInput):
        enrol_client(node, ADMINISTRATOR, "alpha", Role.OPERATOR, expires_at=past)


def test_a_revoked_client_stays_in_the_books(network: Network):
    tenant = network.tenant(network.node(), "alpha")
    made = enrol_client(tenant.node, ADMINISTRATOR, "alpha", Role.OPERATOR)
    stranger = replace(tenant.operator, org="beta")
    with pytest.raises(AccessDenied):
        revoke_client(tenant.node, stranger, "alpha", made.client_id)
    revoke_client(tenant.node, tenant.operator, "alpha", made.client_id)
    with tenant.node.store.snapshot() as tx:
        assert tx.parties.client(made.client_id).revoked_at is not None
        trail = [(entry.verb, entry.subject) for entry in tx.audit.find("alpha")]
    assert ("revoke", made.client_id) in trail


def test_the_audit_trail_holds_no_secret(network: Network):
    node = network.node()
    tenant = network.tenant(node, "alpha")
    made = enrol_client(node, ADMINISTRATOR, "alpha", Role.OPERATOR)
    with node.store.snapshot() as tx:
        trail = repr(tx.audit.find("alpha"))
    assert made.client_id in trail
    assert made.secret not in trail
    assert tenant.org in trail
