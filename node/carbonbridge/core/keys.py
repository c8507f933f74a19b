"""Signing keys as JSON Web Keys (RFC 7517): Ed25519 (RFC 8037) and P-256 (RFC 7518).

A key's name (``kid``) is its RFC 7638 thumbprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from carbonbridge.core.errors import BadInput

Algorithm = Literal["EdDSA", "ES256"]
Key = OKPKey | ECKey

#: kid → public JWK: the keys somebody is known to sign with.
PublicKeys = Mapping[str, Mapping[str, Any]]

#: kty → (curve, algorithm, public members)
_KINDS: dict[str, tuple[str, Algorithm, tuple[str, ...]]] = {
    "OKP": ("Ed25519", "EdDSA", ("kty", "crv", "x")),
    "EC": ("P-256", "ES256", ("kty", "crv", "x", "y")),
}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key."""

    key: Key = field(repr=False)
    kid: str
    algorithm: Algorithm

    @classmethod
    def generate(cls, algorithm: Algorithm = "EdDSA") -> SigningKey:
        """A fresh key from the operating system's randomness."""
        key = OKPKey.generate_key("Ed25519") if algorithm == "EdDSA" else ECKey.generate_key("P-256")
        return cls(key, key.thumbprint(), algorithm)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> SigningKey:
        """Read a private JWK.

        Raises:
            BadInput: another kind of key, a broken one, or a public one.
        """
        if not isinstance(jwk.get("d"), str):
            raise BadInput("is not a private key", field="d")
        key, algorithm = _read(jwk, ("d",))
        return cls(key, key.thumbprint(), algorithm)

    def private_jwk(self) -> dict[str, Any]:
        """The whole key, for the key store only."""
        return {**self.key.as_dict(private=True), **self._labels()}

    def public_jwk(self) -> dict[str, Any]:
        """What partners may know."""
        return {**self.key.as_dict(private=False), **self._labels()}

    def _labels(self) -> dict[str, str]:
        return {"kid": self.kid, "alg": self.algorithm, "use": "sig"}


def read_public_key(jwk: Mapping[str, Any]) -> Key:
    """Read a public JWK; its own ``kid``, ``alg`` and ``use`` play no part.

    Raises:
        BadInput: another kind of key, a broken one, or a private one.
    """
    if "d" in jwk or "k" in jwk:
        raise BadInput(
            "holds a private key",
            next_step="Publish the public half only, and replace this key: it is no longer secret.",
        )
    return _read(jwk, ())[0]


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The RFC 7638 name of a public key.

    Raises:
        BadInput: see :func:`read_public_key`.
    """
    return read_public_key(jwk).thumbprint()


def jwks(keys: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A JWK Set of public keys, in the order given."""
    return {"keys": [dict(key) for key in keys]}


def read_jwks(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The usable keys of a JWK Set, by ``kid`` (by thumbprint where it has none).

    Keys of kinds that we do not know are passed over, as RFC 7517 §5 asks.

    Raises:
        BadInput: not a JWK Set, a private or broken key, or one ``kid`` for two keys.
    """
    members = document.get("keys")
    if not isinstance(members, list):
        raise BadInput("a JWK Set has a list of keys", field="keys")
    found: dict[str, dict[str, Any]] = {}
    for index, jwk in enumerate(members):
        if not isinstance(jwk, dict):
            raise BadInput("a key is an object", field=f"keys.{index}")
        if (kind := _KINDS.get(str(jwk.get("kty")))) is None or jwk.get("crv") != kind[0]:
            continue
        name = thumbprint(jwk)
        kid = jwk.get("kid") or name
        if not isinstance(kid, str) or kid in found:
            raise BadInput("a kid names one key", field=f"keys.{index}.kid")
        found[kid] = jwk
    return found


def _read(jwk: Mapping[str, Any], secret: tuple[str, ...]) -> tuple[Key, Algorithm]:
    kind = _KINDS.get(str(jwk.get("kty")))
    if kind is None or jwk.get("crv") != kind[0]:
        raise BadInput("is neither an Ed25519 (OKP) nor a P-256 (EC) key", field="kty")
    _, algorithm, members = kind
    material: dict[str, str | list[str]] = {}
    for name in (*members, *secret):
        value = jwk.get(name)
        if not isinstance(value, str):
            raise BadInput("must be text", field=name)
        material[name] = value
    try:
        key = OKPKey.import_key(material) if algorithm == "EdDSA" else ECKey.import_key(material)
        if isinstance(key, OKPKey):
            key = OKPKey.import_key(key.raw_value)  # its public half now follows from the private one
    except (JoseError, ValueError):
        raise BadInput("the key material is broken") from None
    if key.as_dict()["x"] != material["x"]:
        raise BadInput("the private and the public half do not belong together", field="x")
    return key, algorithm
