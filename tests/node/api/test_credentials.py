"""Rotation and signed assertions over the wire, with the SDK as the client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from authlib.oauth2.rfc7523 import PrivateKeyJWT
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


def test_our_node_signs_in_with_a_key_at_a_partners(live: LiveNode, owner: Login) -> None:
    """Two organisations; the buyer changes over from a secret to a key without a gap."""
    supplier = live.organisation("key-supplier")
    _, ours = live.partner(supplier)
    body = {
        "name": "Supplier",
        "companyIds": ["urn:lei:S"],
        "baseUrl": supplier.base_url,
        "clientId": ours.client_id,
        "clientSecret": ours.client_secret,
    }
    connection = live.ask(owner, "POST", "/connections", body)["id"]

    def fetches() -> int:
        return live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": connection}).status_code

    assert fetches() == 200
    early = live.call(
        owner, "PUT", f"/api/v1/connections/{connection}/credentials", json={"clientId": ours.client_id}
    )
    assert (early.status_code, early.json()["field"]) == (409, "clientSecret")
    public = live.ask(owner, "POST", f"/connections/{connection}/key", status=201)
    assert "d" not in public["keys"][0]
    assert fetches() == 200, "the key is not used before the partner knows it"
    live.ask(supplier, "PUT", f"/clients/{ours.client_id}/keys", {"jwks": public})
    changed = live.ask(owner, "PUT", f"/connections/{connection}/credentials", {"clientId": ours.client_id})
    assert changed["method"] == "private_key_jwt"
    assert fetches() == 200
    [own] = live.send("GET", f"{owner.base_url}/.well-known/jwks.json").json()["keys"]
    assert own["kid"] != public["keys"][0]["kid"], "not the key of the organisation's statements"


def test_what_another_library_signs_is_taken(live: LiveNode, owner: Login) -> None:
    """Authlib's client, told of the key's name and of an end within five minutes."""
    key = SigningKey.generate()
    _, partner = live.partner(owner, proof={"jwks": jwks([key.public_jwk()])})
    endpoint = f"{owner.base_url}/auth/token"
    method = PrivateKeyJWT(
        endpoint,
        claims={"exp": int(datetime.now(UTC).timestamp()) + 120},
        headers={"alg": "Ed25519", "kid": key.kid},
        alg="Ed25519",
    )
    identity = SimpleNamespace(client_id=partner.client_id, client_secret=key.key)
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    response = live.send("POST", endpoint, data={**form, "client_assertion": method.sign(identity, endpoint)})
    assert response.status_code == 200
