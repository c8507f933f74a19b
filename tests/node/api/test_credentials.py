"""Rotation and signed assertions over the wire, with the SDK as the client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.live import LiveNode, Login

from carbonbridge.client import NodeClient, PactClient, Wire
from carbonbridge.core.assertion import ASSERTION_TYPE, compose_assertion
from carbonbridge.core.errors import NotAuthenticated
from carbonbridge.core.instant import format_instant
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.ports.records import Client, Role


def wire(live: LiveNode) -> Wire:
    return Wire(live.authority.ca_file)


def signs_in(live: LiveNode, login: Login) -> bool:
    return live.token_response(login).status_code == 200


def test_a_partner_changes_over_without_a_gap(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    rotated = live.ask(owner, "POST", f"/clients/{partner.client_id}/secrets", {}, 201)
    changed = replace(partner, client_secret=rotated["clientSecret"])
    assert signs_in(live, partner)
    assert signs_in(live, changed)
    again = live.call(owner, "POST", f"/api/v1/clients/{partner.client_id}/secrets", json={})
    assert (again.status_code, again.json()["code"]) == (409, "Conflict")
    [old, new] = next(
        item["secrets"]
        for item in live.ask(owner, "GET", "/clients")
        if item["clientId"] == partner.client_id
    )
    assert old["expiresAt"] == rotated["oldUntil"]
    assert new["id"] == rotated["secretId"]
    live.ask(owner, "DELETE", f"/clients/{partner.client_id}/secrets/{old['id']}", status=204)
    assert not signs_in(live, partner)
    assert signs_in(live, changed)


def test_a_leaked_secret_ends_at_once(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    now = format_instant(datetime.now(UTC))
    path = f"/clients/{partner.client_id}/secrets"
    rotated = live.ask(owner, "POST", path, {"oldUntil": now, "expiresAt": "2099-01-01T00:00:00Z"}, 201)
    assert not signs_in(live, partner)
    assert rotated["expiresAt"] == "2099-01-01T00:00:00Z"
    assert signs_in(live, replace(partner, client_secret=rotated["clientSecret"]))
    refused = live.call(owner, "POST", f"/api/v1{path}", json={"expiresAt": now})
    assert (refused.status_code, refused.json()["field"]) == (400, "expiresAt")


def test_administrators_rotate_operators_and_themselves(live: LiveNode, owner: Login) -> None:
    slug = owner.base_url.rpartition("/")[2]
    administrator = live.administrator
    with NodeClient(live.url, administrator.client_id, administrator.client_secret, wire=wire(live)) as node:
        made = node.rotate_secret(owner.client_id, slug)
        assert signs_in(live, replace(owner, client_secret=made["clientSecret"]))
        node.revoke_secret(owner.client_id, made["secretId"], slug)
        assert [item["clientId"] for item in node.clients(slug)] == [owner.client_id]
        [me] = node.clients()
        assert (me["role"], me["method"]) == ("administrator", "client_secret_basic")
        mine = node.rotate_secret(administrator.client_id)
        assert signs_in(live, replace(administrator, client_secret=mine["clientSecret"]))
        node.revoke_secret(administrator.client_id, mine["secretId"])
    assert signs_in(live, administrator)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_a_key_instead_of_a_secret(live: LiveNode, owner: Login, algorithm: Any) -> None:
    key = SigningKey.generate(algorithm)
    _, partner = live.partner(owner, proof={"jwks": jwks([key.public_jwk()])})
    assert partner.client_secret == ""
    with PactClient(owner.base_url, partner.client_id, key=key, wire=wire(live)) as host:
        assert host.footprints() == []
    with (
        PactClient(owner.base_url, partner.client_id, key=SigningKey.generate(), wire=wire(live)) as host,
        pytest.raises(NotAuthenticated),
    ):
        host.footprints()
    [shown] = [item for item in live.ask(owner, "GET", "/clients") if item["clientId"] == partner.client_id]
    assert (shown["method"], shown["keyIds"]) == ("private_key_jwt", [key.kid])


def test_keys_are_rotated_through_a_set_of_both(live: LiveNode, owner: Login) -> None:
    old, new = SigningKey.generate(), SigningKey.generate("ES256")
    _, partner = live.partner(owner, proof={"jwks": jwks([old.public_jwk()])})
    endpoint = f"{owner.base_url}/auth/token"
    path = f"/clients/{partner.client_id}/keys"

    def good() -> list[bool]:
        return [assert_with(live, endpoint, partner.client_id, key).status_code == 200 for key in (old, new)]

    assert good() == [True, False]
    live.ask(owner, "PUT", path, {"jwks": jwks([old.public_jwk(), new.public_jwk()])})
    assert good() == [True, True]
    live.ask(owner, "PUT", path, {"jwks": jwks([new.public_jwk()])})
    assert good() == [False, True]


def assert_with(
    live: LiveNode, endpoint: str, login: str, key: SigningKey, audience: str | None = None, **form: str
) -> httpx.Response:
    assertion = compose_assertion(login, audience or endpoint, key, datetime.now(UTC), str(uuid4()))
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    return live.send("POST", endpoint, data=fields | form)


def test_the_audience_is_the_endpoint_that_is_called_or_its_issuer(live: LiveNode, owner: Login) -> None:
    key = SigningKey.generate()
    _, partner = live.partner(owner, proof={"jwks": jwks([key.public_jwk()])})
    endpoint = f"{owner.base_url}/auth/token"
    statuses = [
        assert_with(live, endpoint, partner.client_id, key, audience).status_code
        for audience in (endpoint, owner.base_url, live.url, f"{live.url}/auth/token", "https://a.example")
    ]
    assert statuses == [200, 200, 401, 401, 401]
    assert assert_with(live, endpoint, partner.client_id, key, client_id=partner.client_id).status_code == 200
    assert assert_with(live, endpoint, partner.client_id, key, client_id="other").status_code == 401


def test_the_configuration_names_the_methods(live: LiveNode, owner: Login) -> None:
    configuration = live.send("GET", f"{owner.base_url}/.well-known/openid-configuration").json()
    assert configuration["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "private_key_jwt",
    ]
    assert configuration["token_endpoint_auth_signing_alg_values_supported"] == ["EdDSA", "ES256"]
    assert "tls_client_certificate_bound_access_tokens" not in configuration


def test_tokens_may_be_signed_with_p256_too() -> None:
    """What the node signs with is what lies in its key file."""
    tokens = AccessTokens(SigningKey.generate("ES256"), "https://node.example")
    now = datetime.now(UTC)
    token = tokens.issue(Client("c", Role.OPERATOR, now, org="o"), "a", now, "j")
    assert tokens.client_id(token, "a", now + timedelta(minutes=14)) == "c"
