"""Borrowed and stale access tokens, and what the token endpoint is told; forged ones are next door."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.attacks.forgeries import node_key
from tests.attacks.world import World
from tests.support.live import Login

from carbonbridge.node.api.tokens import AccessTokens

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-tokens")


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


def _issue(world: World, login: Login, audience: str, age: timedelta = timedelta()) -> str:
    """A token as the node itself signs it, for any audience, at any time."""
    with world.live.node.store.snapshot() as tx:
        client = tx.parties.client(login.client_id)
    tokens = AccessTokens(node_key(world), world.live.url)
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
        ("POST", f"/connections/{connection}/key", None),
        ("POST", f"/clients/{world.stranger.client_id}/secrets", {}),
        ("DELETE", f"/clients/{world.stranger.client_id}/secrets/x", None),
        ("PUT", f"/clients/{world.stranger.client_id}/keys", {"certificate": "A" * 43}),
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
