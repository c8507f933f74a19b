"""Forged client assertions, and sound ones used where or when they must not be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.attacks.forgeries import part, text
from tests.attacks.world import World
from tests.support.live import Login

from carbonbridge.core.assertion import ASSERTION_TYPE
from carbonbridge.core.document import write_json
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.core.signature import sign

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-assertions")


class Signing:
    """A partner with a key, and what it may sign."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = SigningKey.generate()
        proof = {"jwks": jwks([self.key.public_jwk()])}
        self.connection, self.login = world.live.partner(world.owner, proof=proof)
        _, self.twin = world.live.partner(world.owner, proof=proof)
        _, self.stranger = world.live.partner(world.other, proof=proof)
        self.endpoint = f"{world.owner.base_url}/auth/token"

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(datetime.now(UTC).timestamp())
        sound = {
            "iss": self.login.client_id,
            "sub": self.login.client_id,
            "aud": self.endpoint,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in (sound | changes).items() if value is not ...}

    def sign(self, key: SigningKey | None = None, typ: str = "JWT", **changes: Any) -> str:
        return sign(write_json(self.claims(**changes)), key or self.key, typ)

    def head(self, **header: Any) -> str:
        """Signed by the partner under another header."""
        sound = {"alg": "EdDSA", "kid": self.key.kid, "typ": "JWT"}
        named = {name: value for name, value in (sound | header).items() if value is not ...}
        signed = f"{part(named)}.{part(self.claims())}"
        return f"{signed}.{text(self.key.key.raw_value.sign(signed.encode()))}"

    def ask(self, assertion: str, endpoint: str | None = None, **form: Any) -> httpx.Response:
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            **form,
        }
        data = {name: value for name, value in fields.items() if value is not None}
        return self.world.live.send("POST", endpoint or self.endpoint, data=data)


@pytest.fixture(scope="module")
def signing(world: World) -> Signing:
    return Signing(world)


def test_a_sound_one_opens_the_door_once(signing: Signing) -> None:
    assertion = signing.sign()
    assert [signing.ask(assertion).status_code for _ in range(3)] == [200, 401, 401]
    assert signing.ask(signing.head()).status_code == 200


def test_a_race_with_one_assertion_has_one_winner(signing: Signing) -> None:
    assertion = signing.sign()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: signing.ask(assertion).status_code, range(8)))
    assert sorted(statuses) == [200, *[401] * 7]


Forge = Callable[[Signing], str]

FORGERIES: dict[str, Forge] = {
    "another key": lambda s: s.sign(SigningKey.generate()),
    "another key under the client's name": lambda s: s.sign(
        SigningKey(SigningKey.generate().key, s.key.kid, "EdDSA")
    ),
    "P-256 under the name of Ed25519": lambda s: s.sign(
        SigningKey(SigningKey.generate("ES256").key, s.key.kid, "ES256")
    ),
    "unsigned": lambda s: f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(s.claims())}.",
    "unsigned with kid": lambda s: (
        f"{part({'alg': 'none', 'kid': s.key.kid, 'typ': 'JWT'})}.{part(s.claims())}."
    ),
    **{
        f"{name} = {value!r} in the header": lambda s, name=name, value=value: s.head(**{name: value})
        for name, value in (
            ("alg", "HS256"),
            ("alg", "RS256"),
            ("alg", ...),
            ("kid", ...),
            ("kid", ""),
            ("kid", "x"),
            ("typ", ...),
            ("typ", "at+jwt"),
            ("typ", "statement+jws"),
            ("jwk", {"kty": "OKP"}),
            ("jku", "https://localhost:1/"),
            ("crit", ["x"]),
            ("b64", False),
        )
    },
    "for another client with the same key": lambda s: s.sign(sub=s.twin.client_id),
    "by another client with the same key": lambda s: s.sign(iss=s.twin.client_id),
    "for another tenant's client": lambda s: s.sign(iss=s.stranger.client_id, sub=s.stranger.client_id),
    "for an operator": lambda s: s.sign(iss=s.world.owner.client_id, sub=s.world.owner.client_id),
    "for an administrator": lambda s: s.sign(
        iss=s.world.live.administrator.client_id, sub=s.world.live.administrator.client_id
    ),
    "for nobody": lambda s: s.sign(iss="nobody", sub="nobody"),
    "for a list": lambda s: s.sign(sub=[s.login.client_id]),
    "to another tenant": lambda s: s.sign(aud=f"{s.world.other.base_url}/auth/token"),
    "to the node": lambda s: s.sign(aud=s.world.live.url),
    "to two": lambda s: s.sign(aud=[s.endpoint, "https://a.example"]),
    "to nobody": lambda s: s.sign(aud=...),
    "past": lambda s: s.sign(exp=1),
    "for ever": lambda s: s.sign(exp=2**40),
    "without end": lambda s: s.sign(exp=...),
    "of the future": lambda s: s.sign(iat=2**40),
    "not yet": lambda s: s.sign(nbf=2**40),
    "without id": lambda s: s.sign(jti=...),
    "with an empty id": lambda s: s.sign(jti=""),
    "access token": lambda s: s.world.tokens[s.world.partner],
    "statement": lambda s: s.world.live.node.signer.sign("owner", write_json(s.claims()), typ="JWT"),
    "cut": lambda s: s.sign()[:-1],
    "longer": lambda s: s.sign() + "AAAA",
    "padded": lambda s: s.sign() + "==",
    "too long": lambda s: s.sign(x="x" * 9000),
    "no token": lambda s: "x",
    "nothing": lambda s: "",
    "not ASCII": lambda s: "é.é.é",
    "sub twice": lambda s: sign(
        write_json(s.claims(sub=s.twin.client_id))[:-1] + b',"sub":' + write_json(s.login.client_id) + b"}",
        s.key,
        "JWT",
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_assertion(signing: Signing, forge: Forge) -> None:
    response = signing.ask(forge(signing))
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert not any(secret in response.text for secret in signing.world.secrets())


def test_an_odd_id_is_as_good_as_any(signing: Signing) -> None:
    """It is the client's own; the database gets a digest of it."""
    for jti in ("\0", "x" * 255, "' OR 1=1", "é"):
        assertion = signing.sign(jti=jti)
        assert [signing.ask(assertion).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    "form",
    [
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion_type": [ASSERTION_TYPE, ASSERTION_TYPE]},
        {"client_id": "other"},
        {"client_assertion": None},
        {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
    ],
)
def test_a_sound_one_in_an_unsound_form(signing: Signing, form: dict[str, Any]) -> None:
    response = signing.ask(signing.sign(), **form)
    assert response.status_code in (400, 401)
    assert response.json()["error"] in ("invalid_client", "invalid_request", "unsupported_grant_type")


def test_two_ways_at_once_are_none(signing: Signing) -> None:
    basic = (signing.world.partner.client_id, signing.world.partner.client_secret)
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    both = signing.world.live.send(
        "POST", signing.endpoint, auth=basic, data={**form, "client_assertion": signing.sign()}
    )
    twice = signing.world.live.send(
        "POST", signing.endpoint, data={**form, "client_assertion": [signing.sign(), signing.sign()]}
    )
    for response in (both, twice):
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_client_with_a_key_has_no_secret(signing: Signing) -> None:
    for secret in ("", "x", signing.key.kid, write_json(signing.key.public_jwk()).decode()):
        login = Login(signing.world.owner.base_url, signing.login.client_id, secret)
        assert signing.world.live.token_response(login).status_code == 401


def test_at_another_tenants_endpoint_it_is_worth_nothing(signing: Signing) -> None:
    there = f"{signing.world.other.base_url}/auth/token"
    for audience in (signing.endpoint, there):
        assert signing.ask(signing.sign(aud=audience), there).status_code == 401


def test_a_client_that_is_out_stays_out(signing: Signing) -> None:
    live, owner, twin = signing.world.live, signing.world.owner, signing.twin.client_id
    assert signing.ask(signing.sign(iss=twin, sub=twin)).status_code == 200
    live.ask(owner, "DELETE", f"/clients/{twin}")
    assert signing.ask(signing.sign(iss=twin, sub=twin)).status_code == 401
    live.ask(owner, "PUT", f"/connections/{signing.connection}/state", {"state": "suspended"})
    assert signing.ask(signing.sign()).status_code == 401
    live.ask(owner, "PUT", f"/connections/{signing.connection}/state", {"state": "active"})
    assert signing.ask(signing.sign()).status_code == 200
