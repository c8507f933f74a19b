"""Signing keys: a rotation may be cut off anywhere, and partners go on believing what they should."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.node.app.conftest import Regions
from tests.support import documents
from tests.support.network import ADMINISTRATOR, Network, Tenant

from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotFound, SignatureInvalid
from carbonbridge.core.keyring import KeyRing, OrganisationKeys
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.statement import STATEMENT_TYP, compose, verify
from carbonbridge.node.app.keys import revoke_signing_key, rotate_signing_key
from carbonbridge.node.app.register import register_entry
from carbonbridge.node.app.signing import published_keys
from carbonbridge.node.ports.records import SigningKey

HOUR = timedelta(hours=1)


@pytest.fixture
def tenant(network: Network) -> Tenant:
    return network.tenant(network.node(), "glass")


def say(tenant: Tenant) -> str:
    at = tenant.node.clock.now()
    payload = compose(
        statement_type="note", statement_id="1", iss=tenant.base_url, sub="b", iat=at, body=b"{}"
    )
    return tenant.node.signer.sign(tenant.org, payload, typ=STATEMENT_TYP)


def keys(tenant: Tenant) -> list[SigningKey]:
    with tenant.node.store.snapshot() as tx:
        return tx.parties.keys(tenant.org)


def believed(tenant: Tenant, compact: str) -> bool:
    with tenant.node.store.snapshot() as tx:
        published = read_jwks(published_keys(tx, tenant.org))
    try:
        verify(compact, published)
    except SignatureInvalid as error:
        if error.field == "iat":  # the key is known all the same
            return False
        raise
    return True


def rotate(tenant: Tenant, **more) -> SigningKey:
    return rotate_signing_key(tenant.node, tenant.operator, tenant.org, **more)


def test_what_was_signed_before_stays_good(network: Network, tenant: Tenant):
    before, [old] = say(tenant), keys(tenant)
    network.clock.advance(HOUR)
    new = rotate(tenant)
    network.clock.advance(HOUR)
    after = say(tenant)
    assert believed(tenant, before)
    assert believed(tenant, after)
    assert [key.kid for key in keys(tenant)] == [old.kid, new.kid]
    assert [key.valid_until is None for key in keys(tenant)] == [False, True]
    with tenant.node.store.snapshot() as tx:
        found = tx.registry.at(RegisterKind.ORGANISATION_KEYS, "glass", network.clock.now())
    assert found is not None
    ring = KeyRing.of(OrganisationKeys.read(found.document).keys)
    now = network.clock.now()
    assert [ring.was_good(old.kid, now), ring.was_good(new.kid, now)] == [False, True]
    assert [ring.was_good(old.kid, now - 2 * HOUR), ring.was_good(new.kid, now - 2 * HOUR)] == [True, False]


def test_what_a_stolen_key_signed_is_disowned(network: Network, tenant: Tenant):
    good = say(tenant)
    network.clock.advance(HOUR)
    stolen = network.clock.now()
    forged = say(tenant)
    network.clock.advance(HOUR)
    rotate(tenant, compromised_from=stolen)
    assert (believed(tenant, good), believed(tenant, forged), believed(tenant, say(tenant))) == (
        True,
        False,
        True,
    )


def test_a_key_that_was_rotated_out_can_be_revoked_later_and_earlier_but_not_taken_back(
    network: Network, tenant: Tenant
):
    signed = []
    for _ in range(3):
        signed.append((network.clock.now(), say(tenant)))
        network.clock.advance(HOUR)
    [old] = keys(tenant)
    with pytest.raises(Conflict):
        revoke_signing_key(tenant.node, tenant.operator, "glass", old.kid, network.clock.now())
    rotate(tenant)
    for since, expected in ((2, 2), (1, 1), (2, 1)):
        revoke_signing_key(tenant.node, tenant.operator, "glass", old.kid, signed[since][0])
        assert sum(believed(tenant, compact) for _, compact in signed) == expected
    with pytest.raises(BadInput):
        revoke_signing_key(tenant.node, tenant.operator, "glass", old.kid, network.clock.now() + HOUR)
    with pytest.raises(NotFound):
        revoke_signing_key(tenant.node, tenant.operator, "glass", "x", network.clock.now())


class Cut(Exception):
    pass


@pytest.mark.parametrize("step", ["next_key", "use_next_key", "after"])
def test_a_rotation_that_is_cut_off_leaves_all_verifiable_and_goes_on(
    network: Network, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, step: str
):
    before = say(tenant)
    signer = tenant.node.signer
    name = step if step != "after" else "use_next_key"
    real = getattr(signer, name)

    def cut(org: str) -> None:
        if step != "use_next_key":
            real(org)
        raise Cut

    network.clock.advance(HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(signer, name, cut)
        with pytest.raises(Cut):
            rotate(tenant)
    network.clock.advance(HOUR)
    between = say(tenant)
    assert believed(tenant, before)
    assert believed(tenant, between)
    network.clock.advance(HOUR)
    rotate(tenant)
    assert [believed(tenant, compact) for compact in (before, between, say(tenant))] == [True, True, True]
    assert sum(key.valid_until is None for key in keys(tenant)) == 1


def test_only_operators_rotate(network: Network, tenant: Tenant):
    stranger = network.tenant(tenant.node, "stranger")
    for actor in (ADMINISTRATOR, stranger.operator):
        with pytest.raises(AccessDenied):
            rotate_signing_key(tenant.node, actor, "glass")
    with pytest.raises(BadInput):
        rotate(tenant, compromised_from=network.clock.now() + HOUR)


def test_partners_go_on_believing_after_a_rotation(regions: Regions):
    """The maker and the body rotate between two footprints: both are accepted, by keys that were asked for anew."""
    network, maker, body = regions.network, regions.maker, regions.body
    first = regions.publish(certified=True)
    network.run()
    for one in (maker, body):
        network.clock.advance(HOUR)
        rotate(one)
    network.clock.advance(HOUR)
    # On the body's own node the register of issuers follows; elsewhere its administrator enters the new keys.
    entry = documents.issuer(body)
    with body.node.store.snapshot() as tx:
        here = tx.registers.get(RegisterKind.ISSUER, body.base_url, network.clock.now())
    assert [key["kid"] for key in here["keys"]] == [key.kid for key in keys(body)]
    register_entry(regions.buyer.node, ADMINISTRATOR, RegisterKind.ISSUER, entry | {"keys": here["keys"]})
    second = regions.publish(certified=True)
    network.run()
    for footprint_id in (first, second):
        verdict = regions.verdict(footprint_id)
        found = {check["code"]: check["outcome"] for check in verdict["checks"]}
        assert (verdict["verdict"], found["E-SIG"], found["E-SEAL"]) == ("accepted", "pass", "pass")
    with regions.buyer.node.store.snapshot() as tx:
        pinned = tx.parties.connection("buyer", regions.to_maker).jwks
    assert pinned is not None
    assert ["exp" in key for key in pinned["keys"]] == [True, False]
