"""Tokens: who gets one, what it is good for, and when it stops being good."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.support.live import LiveNode, Login

from carbonbridge.core.errors import NotAuthenticated, TokenExpired
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign
from carbonbridge.node.api.tokens import LIFETIME, AccessTokens
from carbonbridge.node.keys.signer import load_or_create_key
from carbonbridge.node.main import SystemClock
from carbonbridge.node.ports.records import Client, Role


def test_token_answer(live: LiveNode, owner: Login) -> None:
    response = live.token_response(owner)
    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert response.headers["Cache-Control"] == "no-store"


def test_optional_form_fields_are_taken(live: LiveNode, owner: Login) -> None:
    form = {"grant_type": "client_credentials", "scope": "any", "audience": "x", "resource": "y"}
    auth = (owner.client_id, owner.client_secret)
    assert live.send("POST", f"{owner.base_url}/auth/token", auth=auth, data=form).status_code == 200


def test_wrong_secret_and_unknown_client_look_alike(
    live: LiveNode, owner: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses: list[bytes] = []
    slow = hashlib.scrypt
    monkeypatch.setattr(
        hashlib, "scrypt", lambda secret, **how: guesses.append(secret) or slow(secret, **how)
    )
    wrong = live.token_response(replace(owner, client_secret="no"))
    unknown = live.token_response(replace(owner, client_id="no", client_secret="no"))
    assert wrong.json() == unknown.json()
    assert guesses == [b"no", b"no"]  # the slow part of a guess, once for either
    for response in (wrong, unknown):
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_client"
        assert response.headers["WWW-Authenticate"].startswith("Basic")


def test_why_there_is_no_token_is_told_to_the_log_alone(live: LiveNode, owner: Login) -> None:
    tried = [
        replace(owner, client_secret="geheim"),
        replace(owner, client_id="nobody"),
        replace(live.administrator, base_url=owner.base_url),
    ]
    with capture_logs() as logged:
        answers = [live.token_response(login) for login in tried]
        answers.append(live.send("POST", f"{owner.base_url}/auth/token", data={"grant_type": "password"}))
    told = [line for line in logged if line["event"] == "no token granted"]
    assert [(line["reason"], line["why"]) for line in told] == [
        ("invalid_client", "it does not prove to be this client"),
        ("invalid_client", "there is no such client, or it is revoked or expired"),
        ("invalid_client", "the client belongs to another address"),
        ("unsupported_grant_type", ""),
    ]
    wrong = told[0]
    assert (wrong["client_id"], wrong["method"], wrong["good"]) == (
        owner.client_id,
        "client_secret_basic",
        1,
    )
    assert not any(line["why"] in answer.text for line, answer in zip(told[:3], answers, strict=False))
    assert "geheim" not in str(logged)


def test_a_failure_inside_is_not_the_callers(
    live: LiveNode, owner: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(secret: bytes, **_: object) -> bytes:
        raise ValueError("memory limit exceeded")  # as OpenSSL's is told

    monkeypatch.setattr(hashlib, "scrypt", out_of_memory)
    with capture_logs() as logged:
        # After a failure like this uvicorn hangs up; nobody else is to come upon that connection.
        response = live.token_response(owner, headers={"Connection": "close"})
    assert response.status_code == 500
    assert response.headers["X-Correlation-Id"] in response.json()["message"]
    [failed] = [line for line in logged if line["event"] == "an endpoint failed"]
    assert isinstance(failed["exc_info"], ValueError)


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({}, "grant_type=client_credentials", 401),
        ({"Authorization": "Basic"}, "grant_type=client_credentials", 401),
        ({"Authorization": "Basic !!!"}, "grant_type=client_credentials", 401),
        ({"Authorization": "Bearer x"}, "grant_type=client_credentials", 401),
        (
            {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
            "grant_type=client_credentials",
            400,
        ),
        ({}, "grant_type=password", 400),
        ({}, 'grant_type=a"b\\c%ff%00é', 400),
        ({}, "grant_type=client_credentials&grant_type=x", 400),
        ({}, "", 400),
        ({}, "a=b&" * 50, 400),
        ({}, b"\xff\xfe", 400),
    ],
)
def test_malformed_token_requests(
    live: LiveNode, owner: Login, headers: dict[str, str], form: str | bytes, status: int
) -> None:
    content = form if isinstance(form, bytes) else form.encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    response = live.send("POST", f"{owner.base_url}/auth/token", headers=sent, content=content)
    assert response.status_code == status, response.text
    assert "error" in response.json()


def test_client_of_another_organisation_gets_nothing_here(live: LiveNode, owner: Login) -> None:
    other = live.organisation("oauth-other")
    assert live.token_response(replace(other, base_url=owner.base_url)).status_code == 401
    assert live.token_response(replace(owner, base_url=live.url)).status_code == 401
    assert live.token_response(replace(live.administrator, base_url=owner.base_url)).status_code == 401
    assert live.token_response(replace(owner, base_url=live.base_url("nobody"))).status_code == 401


def test_token_is_good_at_its_own_audience_only(live: LiveNode, owner: Login) -> None:
    other = live.organisation("oauth-audience")
    for path in ("/3/footprints", "/api/v1/products"):
        headers = {"Authorization": f"Bearer {live.token(owner)}"}
        assert live.send("GET", owner.base_url + path, headers=headers).status_code == 200
        assert live.send("GET", other.base_url + path, headers=headers).status_code == 401
    assert live.send("GET", "/api/v1/organisations", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Basic YTpi", "Bearer very-invalid-access-token", "Bearer a.b.c"],
)
@pytest.mark.parametrize(
    "method_path", [("GET", "/3/footprints"), ("GET", "/3/footprints/x"), ("POST", "/3/events")]
)
def test_bad_bearer(live: LiveNode, owner: Login, header: str | None, method_path: tuple[str, str]) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = live.send(method_path[0], owner.base_url + method_path[1], headers=headers)
    assert response.status_code == 401
    assert response.json()["code"] == "BadRequest"
    assert response.json()["message"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_revoked_client_is_out_at_once(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    assert live.call(partner, "GET", "/3/footprints").status_code == 200
    live.ask(owner, "DELETE", f"/clients/{partner.client_id}")
    assert live.call(partner, "GET", "/3/footprints").status_code == 401
    assert live.token_response(partner).status_code == 401


def test_suspended_connection_is_out_at_once_and_back_again(live: LiveNode, owner: Login) -> None:
    connection, partner = live.partner(owner)
    live.token(partner)
    live.ask(owner, "PUT", f"/connections/{connection}/state", {"state": "suspended"})
    refused = live.call(partner, "GET", "/3/footprints")
    assert (refused.status_code, refused.json()["code"]) == (403, "AccessDenied")
    assert live.token_response(partner).status_code == 401
    live.ask(owner, "PUT", f"/connections/{connection}/state", {"state": "active"})
    assert live.call(partner, "GET", "/3/footprints").status_code == 200


def test_expired_token_says_so(live: LiveNode, owner: Login) -> None:
    tokens = AccessTokens(load_or_create_key(live.config.data_dir / "keys" / "token.jwk"), live.url)
    with live.node.store.snapshot() as tx:
        client = tx.parties.client(owner.client_id)
    past = SystemClock().now() - timedelta(minutes=20)
    headers = {"Authorization": f"Bearer {tokens.issue(client, owner.base_url, past, 'x')}"}
    response = live.send("GET", f"{owner.base_url}/3/footprints", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "TokenExpired")


def test_token_lives_fifteen_minutes_to_the_second() -> None:
    key = SigningKey.generate()
    tokens = AccessTokens(key, "https://node.example")
    now = SystemClock().now().replace(microsecond=0)
    token = tokens.issue(Client("c", Role.OPERATOR, now, org="o"), "https://node.example/o/o", now, "j")
    last = now + LIFETIME - timedelta(microseconds=1)
    assert tokens.client_id(token, "https://node.example/o/o", last) == "c"
    with pytest.raises(TokenExpired):
        tokens.client_id(token, "https://node.example/o/o", now + LIFETIME)


def test_what_else_the_node_signs_is_no_token() -> None:
    key = SigningKey.generate()
    tokens = AccessTokens(key, "https://node.example")
    now = SystemClock().now()
    issued = int(now.timestamp())
    claims = {"iss": "https://node.example", "aud": "a", "iat": issued, "exp": issued + 900}
    claims |= {"client_id": "c", "sub": "c"}
    assert tokens.client_id(sign(json.dumps(claims).encode(), key, "at+jwt"), "a", now) == "c"
    for other, typ in ((key, "statement+jws"), (SigningKey.generate(), "at+jwt")):
        with pytest.raises(NotAuthenticated):
            tokens.client_id(sign(json.dumps(claims).encode(), other, typ), "a", now)


def test_openid_configuration_leads_to_the_token(live: LiveNode, owner: Login) -> None:
    for base in (owner.base_url, live.url):
        configuration = live.send("GET", f"{base}/.well-known/openid-configuration").json()
        assert configuration["issuer"] == base
        assert configuration["token_endpoint"] == f"{base}/auth/token"
    assert live.send("GET", live.base_url("nobody") + "/.well-known/openid-configuration").status_code == 404


def test_public_keys_of_the_organisation(live: LiveNode, owner: Login) -> None:
    [key] = live.send("GET", f"{owner.base_url}/.well-known/jwks.json").json()["keys"]
    assert "d" not in key
    org = owner.base_url.rpartition("/")[2]
    compact = live.node.signer.sign(org, b"x", typ="statement+jws")
    header = json.loads(base64.urlsafe_b64decode(compact.split(".")[0] + "=="))
    assert header["kid"] == key["kid"]
    assert live.send("GET", live.base_url("nobody") + "/.well-known/jwks.json").status_code == 404
