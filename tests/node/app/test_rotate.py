"""Rotation: old and new side by side for a while, never three, and gone when they should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.support.network import ADMINISTRATOR, Network, Tenant

from carbonbridge.core.assertion import compose_assertion
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotAuthenticated, NotFound
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.node.app.authenticate import candidate, has_certificate, has_key, has_secret
from carbonbridge.node.app.enrol import Enrolled, enrol_client, revoke_client
from carbonbridge.node.app.rotate import revoke_secret, rotate_keys, rotate_secret
from carbonbridge.node.ports.records import AuthMethod, Role

DAY = timedelta(days=1)
THUMBPRINT = "A" * 43


@pytest.fixture
def alpha(network: Network) -> Tenant:
    return network.tenant(network.node(), "alpha")


@pytest.fixture
def operator(alpha: Tenant) -> Enrolled:
    return enrol_client(alpha.node, ADMINISTRATOR, "alpha", Role.OPERATOR)


def opens(alpha: Tenant, client_id: str, secret: str) -> bool:
    return has_secret(alpha.node, candidate(alpha.node, client_id, "alpha"), secret)


def test_the_old_secret_stays_good_for_a_day(network: Network, alpha: Tenant, operator: Enrolled) -> None:
    begun = network.clock.now()
    new = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    assert new.old_until is not None
    assert begun < new.old_until - DAY < network.clock.now()
    assert new.secret not in repr(new)
    for secret in (operator.secret, new.secret):
        assert opens(alpha, operator.client_id, secret)
    network.clock.advance(DAY - timedelta(seconds=1))
    assert opens(alpha, operator.client_id, operator.secret)
    network.clock.advance(timedelta(seconds=1))
    assert not opens(alpha, operator.client_id, operator.secret)
    assert opens(alpha, operator.client_id, new.secret)


def test_at_most_two_are_good_at_once(network: Network, alpha: Tenant, operator: Enrolled) -> None:
    rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    with pytest.raises(Conflict):
        rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    assert opens(alpha, operator.client_id, operator.secret), "a second rotation shuts nobody out"
    network.clock.advance(DAY)
    rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    with alpha.node.store.snapshot() as tx:
        assert len(tx.parties.secrets("alpha", operator.client_id)) == 2


def test_the_end_of_the_old_secret_can_be_said(network: Network, alpha: Tenant, operator: Enrolled) -> None:
    now = network.clock.now()
    with pytest.raises(BadInput) as caught:
        rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id, old_until=now + 91 * DAY)
    assert caught.value.field == "oldUntil"
    new = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id, old_until=now - DAY)
    assert new.old_until is not None
    assert now < new.old_until < network.clock.now()
    assert not opens(alpha, operator.client_id, operator.secret)
    assert opens(alpha, operator.client_id, new.secret)


def test_a_secret_ends_of_itself_and_never_later_than_said(network: Network, alpha: Tenant) -> None:
    now = network.clock.now()
    made = enrol_client(
        alpha.node, ADMINISTRATOR, "alpha", Role.OPERATOR, secret_expires_at=now + timedelta(hours=1)
    )
    new = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", made.client_id, expires_at=now + 2 * DAY)
    assert new.old_until == now + timedelta(hours=1), "rotation prolongs nothing"
    network.clock.advance(timedelta(hours=1))
    assert not opens(alpha, made.client_id, made.secret)
    network.clock.advance(2 * DAY)
    assert not opens(alpha, made.client_id, new.secret)
    again = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", made.client_id)
    assert again.old_until is None
    assert opens(alpha, made.client_id, again.secret)
    for name in ("expires_at", "secret_expires_at"):
        with pytest.raises(BadInput):
            enrol_client(alpha.node, ADMINISTRATOR, "alpha", Role.OPERATOR, **{name: network.clock.now()})


def test_one_secret_is_revoked_at_once(alpha: Tenant, operator: Enrolled) -> None:
    new = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    revoke_secret(alpha.node, alpha.operator, "alpha", operator.client_id, new.record.id)
    assert not opens(alpha, operator.client_id, new.secret)
    assert opens(alpha, operator.client_id, operator.secret)
    for client_id, secret_id in ((operator.client_id, new.record.id), ("nobody", "x")):
        with pytest.raises(NotFound):
            revoke_secret(alpha.node, alpha.operator, "alpha", client_id, secret_id)


def test_who_rotates_whose(network: Network, alpha: Tenant, operator: Enrolled) -> None:
    beta = network.tenant(alpha.node, "beta")
    to_beta, _ = network.connect(alpha, beta)
    partner = enrol_client(alpha.node, alpha.operator, "alpha", Role.PARTNER, connection_id=to_beta)
    assert rotate_secret(alpha.node, alpha.operator, "alpha", partner.client_id).secret
    stranger = replace(alpha.operator, role=Role.PARTNER, connection_id=to_beta)
    for actor, org, client_id, refusal in (
        (alpha.operator, "alpha", operator.client_id, AccessDenied),
        (ADMINISTRATOR, "alpha", partner.client_id, AccessDenied),
        (beta.operator, "alpha", partner.client_id, AccessDenied),
        (stranger, "alpha", partner.client_id, AccessDenied),
        (beta.operator, "beta", partner.client_id, NotFound),
        (alpha.operator, None, partner.client_id, AccessDenied),
        (ADMINISTRATOR, None, operator.client_id, NotFound),
        (ADMINISTRATOR, "alpha", "nobody", NotFound),
    ):
        with pytest.raises(refusal):
            rotate_secret(alpha.node, actor, org, client_id)
        with pytest.raises(refusal):
            rotate_keys(alpha.node, actor, org, client_id, certificate=THUMBPRINT)
    for actor in (beta.operator, stranger):
        with pytest.raises(AccessDenied):
            revoke_secret(alpha.node, actor, "alpha", partner.client_id, "x")


def test_nothing_new_for_who_is_out(alpha: Tenant, operator: Enrolled) -> None:
    revoke_client(alpha.node, alpha.operator, "alpha", operator.client_id)
    with pytest.raises(Conflict):
        rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    with pytest.raises(Conflict):
        rotate_keys(alpha.node, ADMINISTRATOR, "alpha", operator.client_id, certificate=THUMBPRINT)


def test_the_trail_tells_of_it_and_of_no_secret(alpha: Tenant, operator: Enrolled) -> None:
    new = rotate_secret(alpha.node, ADMINISTRATOR, "alpha", operator.client_id)
    revoke_secret(alpha.node, alpha.operator, "alpha", operator.client_id, new.record.id)
    with alpha.node.store.snapshot() as tx:
        trail = [entry for entry in tx.audit.find("alpha") if entry.subject == operator.client_id]
    assert [entry.verb for entry in trail] == ["enrol", "rotate", "revoke"]
    assert trail[1].detail == trail[2].detail == {"secret": new.record.id}
    assert not any(secret in repr(trail) for secret in (operator.secret, new.secret, new.record.hash))


def test_a_key_takes_the_place_of_the_secret(network: Network, alpha: Tenant, operator: Enrolled) -> None:
    key, client_id, node = SigningKey.generate("ES256"), operator.client_id, alpha.node
    rotate_keys(node, ADMINISTRATOR, "alpha", client_id, jwks=jwks([key.public_jwk()]))
    assert not opens(alpha, client_id, operator.secret)
    found = candidate(node, client_id, "alpha")
    assert found.client.auth_method is AuthMethod.KEY
    endpoint = "https://node.example/auth/token"
    assertion = compose_assertion(client_id, endpoint, key, network.clock.now(), "id")
    has_key(node, found, assertion, (endpoint,))
    with pytest.raises(NotAuthenticated) as caught:
        has_key(node, found, assertion, (endpoint,))
    assert caught.value.field == "jti"
    other = compose_assertion(client_id, endpoint, SigningKey.generate(), network.clock.now(), "id-2")
    with pytest.raises(NotAuthenticated):
        has_key(node, found, other, (endpoint,))
    with pytest.raises(Conflict):
        rotate_secret(node, ADMINISTRATOR, "alpha", client_id)
    rotate_keys(node, ADMINISTRATOR, "alpha", client_id, certificate="AB:" * 31 + "AB")
    found = candidate(node, client_id, "alpha")
    assert found.client.certificate == "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
    assert has_certificate(found, found.client.certificate)
    assert not has_certificate(found, THUMBPRINT)
    with pytest.raises(NotAuthenticated):
        has_key(
            node, found, compose_assertion(client_id, endpoint, key, network.clock.now(), "3"), (endpoint,)
        )


RSA = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"}


@pytest.mark.parametrize(
    ("proof", "field"),
    [
        ({"jwks": {}}, "jwks.keys"),
        ({"jwks": {"keys": []}}, "jwks.keys"),
        ({"jwks": {"keys": [RSA]}}, "jwks.keys"),
        ({"jwks": jwks([SigningKey.generate().public_jwk(), RSA])}, "jwks.keys"),
        ({"jwks": jwks([SigningKey.generate().public_jwk() for _ in range(11)])}, "jwks.keys"),
        ({"jwks": jwks([SigningKey.generate().private_jwk()])}, "jwks"),
        ({"jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}}, "jwks"),
        ({"certificate": ""}, "certificate"),
        ({"certificate": "A" * 44}, "certificate"),
        ({"certificate": "zz" * 32}, "certificate"),
        ({"jwks": jwks([SigningKey.generate().public_jwk()]), "certificate": THUMBPRINT}, "jwks"),
        ({"certificate": THUMBPRINT, "secret_expires_at": "later"}, "secretExpiresAt"),
    ],
)
def test_keys_that_are_none(
    network: Network, alpha: Tenant, operator: Enrolled, proof: dict[str, object], field: str
) -> None:
    if "secret_expires_at" in proof:
        proof = proof | {"secret_expires_at": network.clock.now() + DAY}
    with pytest.raises(BadInput) as caught:
        enrol_client(alpha.node, ADMINISTRATOR, "alpha", Role.OPERATOR, **proof)
    assert caught.value.field == field
    if "secret_expires_at" not in proof:
        with pytest.raises(BadInput):
            rotate_keys(alpha.node, ADMINISTRATOR, "alpha", operator.client_id, **proof)
