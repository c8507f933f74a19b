"""Keys as JWK: what is written can be read, and nothing private gets out."""

from __future__ import annotations

import pytest

from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import SigningKey, jwks, read_jwks, read_public_key, thumbprint

#: RFC 8037 appendix A: the key and its thumbprint.
RFC8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_a_key_comes_back_as_it_was(algorithm):
    key = SigningKey.generate(algorithm)
    again = SigningKey.from_jwk(key.private_jwk())
    assert (again.kid, again.algorithm) == (key.kid, algorithm)
    assert again.private_jwk() == key.private_jwk()
    assert thumbprint(key.public_jwk()) == key.kid == key.public_jwk()["kid"]


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_the_public_half_and_the_repr_hold_no_secret(algorithm):
    key = SigningKey.generate(algorithm)
    assert "d" not in key.public_jwk()
    assert str(key.private_jwk()["d"]) not in repr(key)


def test_the_name_is_the_rfc_7638_thumbprint():
    assert SigningKey.from_jwk(RFC8037).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": RFC8037["x"]},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
        {"kty": ["OKP"]},
        RFC8037,
    ],
)
def test_other_broken_and_private_keys_are_no_public_keys(jwk):
    with pytest.raises(BadInput):
        read_public_key(jwk)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_halves_of_two_keys_are_no_key(algorithm):
    one, two = SigningKey.generate(algorithm), SigningKey.generate(algorithm)
    with pytest.raises(BadInput):
        SigningKey.from_jwk({**one.private_jwk(), "x": two.public_jwk()["x"]})
    with pytest.raises(BadInput, match="not a private key"):
        SigningKey.from_jwk(one.public_jwk())


def test_a_key_set_passes_over_kinds_it_does_not_know():
    key = SigningKey.generate()
    document = jwks([{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, key.public_jwk()])
    assert read_jwks(document) == {key.kid: key.public_jwk()}


def test_a_key_without_a_name_is_known_by_its_thumbprint():
    key = SigningKey.generate()
    nameless = {name: value for name, value in key.public_jwk().items() if name != "kid"}
    assert list(read_jwks({"keys": [nameless]})) == [key.kid]


def test_a_key_set_that_leaks_or_confuses_is_refused():
    one, two = SigningKey.generate(), SigningKey.generate()
    for keys in ([one.private_jwk()], [one.public_jwk(), {**two.public_jwk(), "kid": one.kid}], ["x"], None):
        with pytest.raises(BadInput) as caught:
            read_jwks({"keys": keys})
        assert one.private_jwk()["d"] not in str(caught.value)
