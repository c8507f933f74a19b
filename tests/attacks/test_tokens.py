"""Forged, borrowed and stale access tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.attacks.world import World
from tests.support.live import Login

from carbonbridge.core.document import write_json
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.keys.signer import load_or_create_key

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-tokens")

Forge = Callable[[World, dict[str, Any], dict[str, Any]], str]


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims."""
    header, claims, _ = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    return json.loads(header), json.loads(claims)


def _node_key(world: World) -> SigningKey:
    return load_or_create_key(world.live.config.data_dir / "keys" / "token.jwk")


def _unsigned(alg: str) -> Forge:
    return lambda world, header, claims: f"{_part({**header, 'alg': alg})}.{_part(claims)}."


def _hmac(world: World, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The public key taken for a shared secret."""
    signed = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
    secret = write_json(_node_key(world).public_jwk())
    mac = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _own_key(world: World, header: dict[str, Any], claims: dict[str, Any]) -> str:
    return sign(write_json(claims), SigningKey.generate(), "at+jwt")


def _embedded_key(world: World, header: dict[str, Any], claims: dict[str, Any]) -> str:
    key = SigningKey.generate()
    _, payload, signature = sign(write_json(claims), key, "at+jwt").split(".")
    return f"{_part({**header, 'jwk': key.public_jwk()})}.{payload}.{signature}"


def _foreign_signature(world: World, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The signature of another, sound token."""
    signature = world.tokens[world.partner].rpartition(".")[2]
    return f"{_part(header)}.{_part(claims)}.{signature}"


def _statement(world: World, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """What a tenant signed as a statement, passed off as an access token."""
    return world.live.node.signer.sign("owner", write_json(claims), typ="at+jwt")


def _typ(typ: str) -> Forge:
    return lambda world, header, claims: sign(write_json(claims), _node_key(world), typ)


FORGERIES: dict[str, Forge] = {
    **{f"unsigned {alg}": _unsigned(alg) for alg in ("none", "None", "NONE", "", "EdDSA")},
    "public key as a shared secret": _hmac,
    "own key": _own_key,
    "embedded key": _embedded_key,
    "signature of another token": _foreign_signature,
    "key of a tenant": _statement,
    "type of a statement": _typ("statement+jws"),
    "type of a plain JWT": _typ("JWT"),
    "critical header": lambda world, header, claims: (
        f"{_part({**header, 'crit': ['x'], 'x': 1})}.{_part(claims)}.AAAA"
    ),
    "key id as a path": lambda world, header, claims: (
        f"{_part({**header, 'kid': '../token.jwk'})}.{_part(claims)}.AAAA"
    ),
    "no key id": lambda world, header, claims: (
        f"{_part({'alg': 'EdDSA', 'typ': 'at+jwt'})}.{_part(claims)}.AAAA"
    ),
    "header is a list": lambda world, header, claims: f"{_part([])}.{_part(claims)}.AAAA",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_token(world: World, forge: Forge) -> None:
    header, claims = _parts(world.tokens[world.owner])
    token = forge(world, header, {**claims, "exp": claims["exp"] + 10**6})
    _refused(world, token)


@pytest.mark.parametrize(
    "text", [".", "..", "...", "a.b", "a.b.c.d", "é.é.é", "x" * 60_000, "null", "e30.e30.e30", "%00"]
)
def test_what_is_no_token(world: World, text: str) -> None:
    _refused(world, text)


def _refused(world: World, token: str, path: str = "/o/owner/api/v1/clients") -> None:
    for address in (path, "/o/owner/3/footprints"):
        response = world.live.send(
            "GET", address, headers={"Authorization": b"Bearer " + token.encode("latin-1")}
        )
        assert response.status_code == 401
        assert not any(secret in response.text for secret in world.secrets())
        if "/3/" in address:
            assert response.json()["code"] == "BadRequest"


def test_claims_cannot_be_bent_after_signing(world: World) -> None:
    """Each claim changed, the signature kept."""
    header, claims = _parts(world.tokens[world.partner])
    for name, value in {
        "role": "operator",
        "sub": world.owner.client_id,
        "exp": 2**40,
        "aud": world.live.url,
    }.items():
        _refused(world, _foreign_signature(world, header, {**claims, name: value}))


def _issue(world: World, login: Login, audience: str, age: timedelta = timedelta()) -> str:
    """A token as the node itself signs it, for any audience, at any time."""
    with world.live.node.store.snapshot() as tx:
        client = tx.parties.client(login.client_id)
    tokens = AccessTokens(_node_key(world), world.live.url)
    return tokens.issue(client, audience, datetime.now(UTC) - age, str(uuid4()))


def test_what_a_token_is_good_for_hangs_on_the_client_and_not_on_the_audience(world: World) -> None:
    """Even with a token for the right audience, a client works in its own organisation and role alone."""
    for login in (world.other, world.stranger, world.live.administrator, world.revoked):
        _refused(world, _issue(world, login, world.owner.base_url))
    header = {"Authorization": f"Bearer {_issue(world, world.owner, world.live.url)}"}
    assert world.live.send("GET", "/api/v1/organisations", headers=header).status_code == 401


@pytest.mark.parametrize("audience", ["", "/", "/o/OWNER", "/o/owner/", "/o/owner/x", "/o/own"])
def test_audience_must_be_exact(world: World, audience: str) -> None:
    _refused(world, _issue(world, world.owner, world.live.url + audience))


def test_expired_to_the_second(world: World) -> None:
    old = _issue(world, world.partner, world.owner.base_url, timedelta(minutes=15))
    response = world.live.send("GET", "/o/owner/3/footprints", headers={"Authorization": f"Bearer {old}"})
    assert (response.status_code, response.json()["code"]) == (401, "TokenExpired")
    young = _issue(world, world.partner, world.owner.base_url, timedelta(minutes=14))
    response = world.live.send("GET", "/o/owner/3/footprints", headers={"Authorization": f"Bearer {young}"})
    assert response.status_code == 200


def test_operator_makes_no_operators_and_no_administrators(world: World) -> None:
    for role in ("operator", "administrator"):
        assert world.live.call(world.owner, "POST", "/api/v1/clients", json={"role": role}).status_code == 403
    foreign = {"connectionId": world.foreign_connection}
    assert world.live.call(world.owner, "POST", "/api/v1/clients", json=foreign).status_code == 404
    made = world.live.call(
        world.live.administrator,
        "POST",
        "/api/v1/organisations/owner/clients",
        json={"role": "administrator"},
    )
    assert made.status_code == 400


def test_tenant_reaches_nothing_of_another_by_its_id(world: World) -> None:
    """Ids of the second tenant's things, asked for with the first tenant's own rights."""
    live, connection = world.live, world.foreign_connection
    grant = live.ask(world.other, "GET", "/grants")[0]["id"]
    attempts: list[tuple[str, str, object]] = [
        ("DELETE", f"/clients/{world.stranger.client_id}", None),
        ("DELETE", f"/clients/{world.other.client_id}", None),
        ("DELETE", f"/clients/{live.administrator.client_id}", None),
        ("DELETE", f"/grants/{grant}", None),
        ("GET", f"/connections/{connection}/preview", None),
        ("PUT", f"/connections/{connection}/state", {"state": "revoked"}),
        ("PUT", f"/connections/{connection}/credentials", {"clientId": "c", "clientSecret": "s"}),
        ("POST", "/grants", {"connectionId": connection, "scope": "all"}),
        ("POST", "/requests", {"connectionId": connection, "criteria": {"productId": ["urn:x:y"]}}),
        ("POST", "/fetches", {"connectionId": connection}),
    ]
    before = [
        live.ask(world.other, "GET", f"/{path}") for path in ("audit", "grants", "clients", "connections")
    ]
    for method, path, body in attempts:
        response = live.call(world.owner, method, f"/api/v1{path}", json=body)
        assert response.status_code == 404, f"{method} {path}: {response.text}"
    after = [
        live.ask(world.other, "GET", f"/{path}") for path in ("audit", "grants", "clients", "connections")
    ]
    assert after == before


CREDENTIALS = [
    b":",
    b"a:",
    b"no colon",
    b"\0:x",
    b"%00:x",
    b"a" * 5000 + b":x",
    "é:ü".encode(),
    b"\xff:\xff",
    b"\xed\xa0\x80:x",
    b"../owner:x",
    b"' OR '1'='1:x",
]


@pytest.mark.parametrize("credentials", CREDENTIALS, ids=[str(number) for number in range(len(CREDENTIALS))])
@pytest.mark.parametrize("base", ["", "/o/owner", "/o/nobody", "/o/%00"])
def test_token_endpoint_answers_in_oauths_form(world: World, base: str, credentials: bytes) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(credentials).decode()}
    response = world.live.send(
        "POST", f"{base}/auth/token", headers=headers, data={"grant_type": "client_credentials"}
    )
    assert response.status_code in (400, 401)
    assert response.json()["error"] in ("invalid_client", "invalid_request")


def test_secret_must_be_whole(world: World) -> None:
    login = world.owner
    for secret in ("", login.client_secret[:-1], login.client_secret + "x", login.client_secret.upper()):
        broken = Login(login.base_url, login.client_id, secret)
        assert world.live.token_response(broken).status_code == 401
