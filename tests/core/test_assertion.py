"""Client assertions: what holds, and everything that does not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.assertion import LEEWAY, claimed_client, compose_assertion, verify_assertion
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import NotAuthenticated
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign

KEY = SigningKey.generate()
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
ENDPOINT, ISSUER = "https://node.example/o/x/auth/token", "https://node.example/o/x"
CLAIMS = {"iss": "c", "sub": "c", "aud": ENDPOINT, "iat": SECOND, "exp": SECOND + 60, "jti": "1"}


def verify(compact: str, at: datetime = NOW) -> Any:
    return verify_assertion(compact, "c", {KEY.kid: KEY.public_jwk()}, (ENDPOINT, ISSUER), at)


def signed(typ: str = "JWT", **claims: Any) -> str:
    present = {name: value for name, value in (CLAIMS | claims).items() if value is not ...}
    return sign(write_json(present), KEY, typ)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_what_is_composed_holds_for_a_minute(algorithm: Any) -> None:
    key = SigningKey.generate(algorithm)
    compact = compose_assertion("c", ENDPOINT, key, NOW, "id-1")
    assert claimed_client(compact) == "c"
    keys = {key.kid: key.public_jwk()}
    for at in (NOW, NOW + timedelta(seconds=60)):
        held = verify_assertion(compact, "c", keys, (ENDPOINT,), at)
        assert (held.client_id, held.jti) == ("c", "id-1")
        assert held.forget_at == NOW + timedelta(seconds=60) + LEEWAY
    with pytest.raises(NotAuthenticated) as caught:
        verify_assertion(compact, "c", keys, (ENDPOINT,), held.forget_at)
    assert caught.value.field == "exp"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ISSUER},
        {"aud": [ENDPOINT]},
        {"iat": ...},
        {"nbf": SECOND},
        {"exp": SECOND + 300},
        {"jti": "x" * 255},
        {"typ": "client-authentication+jwt"},
        {"more": {"of": "the client's own"}},
    ],
)
def test_what_else_holds(changes: dict[str, Any]) -> None:
    assert verify(signed(**changes)).client_id == "c"


REFUSED: dict[str, dict[str, Any]] = {
    "iss": {"iss": "other"},
    "iss absent": {"iss": ...},
    "iss a list": {"iss": ["c"]},
    "sub": {"sub": "other"},
    "sub absent": {"sub": ...},
    "sub null": {"sub": None},
    "aud": {"aud": "https://other.example"},
    "aud absent": {"aud": ...},
    "aud of two": {"aud": [ENDPOINT, ISSUER]},
    "aud with another": {"aud": [ENDPOINT, "https://other.example"]},
    "aud empty": {"aud": []},
    "aud nested": {"aud": [[ENDPOINT]]},
    "aud longer": {"aud": ENDPOINT + "/"},
    "exp past": {"exp": SECOND - 31},
    "exp absent": {"exp": ...},
    "exp too far": {"exp": SECOND + 400},
    "exp for ever": {"exp": 10**400},
    "exp a text": {"exp": str(SECOND + 60)},
    "exp true": {"exp": True},
    "exp null": {"exp": None},
    "iat in the future": {"iat": SECOND + 120},
    "iat after exp": {"iat": SECOND + 20, "exp": SECOND + 10},
    "iat a text": {"iat": "now"},
    "nbf in the future": {"nbf": SECOND + 120},
    "nbf null": {"nbf": None},
    "jti absent": {"jti": ...},
    "jti empty": {"jti": ""},
    "jti a number": {"jti": 1},
    "jti long": {"jti": "x" * 256},
    "typ of an access token": {"typ": "at+jwt"},
    "typ of a statement": {"typ": "statement+jws"},
    "typ of a certificate": {"typ": "vc+jwt"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_what_does_not_hold(changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated):
        verify(signed(**changes))


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_the_key_is_the_clients_own() -> None:
    other = SigningKey.generate()
    header, payload, signature = signed().split(".")
    foreign = sign(write_json(CLAIMS), other, "JWT")
    _, _, foreign_signature = foreign.split(".")
    named = {"alg": "EdDSA", "kid": KEY.kid, "typ": "JWT"}
    for compact in (
        foreign,
        f"{header}.{payload}.{foreign_signature}",
        f"{header}.{payload}.",
        f"{part(named | {'alg': 'none'})}.{payload}.",
        f"{part(named | {'alg': 'ES256'})}.{payload}.{signature}",
        f"{part(named | {'jwk': other.public_jwk()})}.{payload}.{foreign_signature}",
        f"{part({'alg': 'EdDSA', 'typ': 'JWT'})}.{payload}.{signature}",
        f"{header}.{part(CLAIMS | {'sub': 'd'})}.{signature}",
        "x" * 9000,
        "",
    ):
        with pytest.raises(NotAuthenticated):
            verify(compact)


def test_a_claim_that_is_there_twice_is_refused() -> None:
    twice = write_json(CLAIMS)[:-1] + b',"sub":"c"}'
    with pytest.raises(NotAuthenticated):
        verify(sign(twice, KEY, "JWT"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from([*sorted(CLAIMS), "nbf"]), value=JSON)
def test_any_other_value_of_a_claim_is_refused_or_as_good(name: str, value: Any) -> None:
    """Whatever the client signs, there is one kind of refusal, and never another error."""
    try:
        compact = signed(**{name: value})
    except UnicodeEncodeError:  # half a surrogate pair is no JSON of ours
        return
    try:
        held = verify(compact)
    except NotAuthenticated:
        return
    assert held.client_id == "c"
    assert held.forget_at > NOW


@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    for look in (claimed_client, verify):
        with pytest.raises(NotAuthenticated):
            look(text)
