"""Access tokens that nobody was given: each case is what an attacker would send instead."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.attacks.world import World

from carbonbridge.core.document import write_json
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign
from carbonbridge.node.keys.signer import load_or_create_key

Json = dict[str, Any]

#: Order of the group of Ed25519 (RFC 8032 §5.1): S + L is a second form of the same signature.
_L = 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True)
class Case:
    """What a forger works with.

    Attributes:
        token: sound, of the first tenant's operator.
        header, claims: its parts.
        key: the node's own, which no forger has: what it signs here shows that a check does not rest on the signature.
    """

    world: World
    token: str
    header: Json
    claims: Json
    key: SigningKey

    def own(self, typ: str = "at+jwt", **claims: Any) -> str:
        """Signed by the node with other claims; ``...`` leaves one out."""
        return self.raw(self.header | {"typ": typ}, write_json(_changed(self.claims, claims)))

    def head(self, **header: Any) -> str:
        """Signed by the node with another header; ``...`` leaves a field out."""
        return self.raw(_changed(self.header, header), write_json(self.claims))

    def raw(self, header: Json, payload: bytes) -> str:
        """Exactly this, signed by the node."""
        signed = f"{part(header)}.{text(payload)}"
        return f"{signed}.{text(self.key.key.raw_value.sign(signed.encode()))}"

    def kept(self, header: Json | None = None, **claims: Any) -> str:
        """Another header or other claims under the signature of the sound token."""
        signature = self.token.rpartition(".")[2]
        return f"{part(header or self.header)}.{part(_changed(self.claims, claims))}.{signature}"

    def foreign(self, key: SigningKey | None = None, **header: Any) -> str:
        """Signed with a key of the forger's, under a header of its choice."""
        key = key or SigningKey.generate()
        signed = f"{part(self.header | header)}.{part(self.claims)}"
        return f"{signed}.{text(key.key.raw_value.sign(signed.encode()))}"

    def hmac(self, alg: str, secret: bytes) -> str:
        """The public key taken for a shared secret."""
        signed = f"{part(self.header | {'alg': alg})}.{part(self.claims)}"
        return f"{signed}.{text(hmac.digest(secret, signed.encode(), f'sha{alg[2:]}'))}"


Forge = Callable[[Case], str]


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def part(value: object) -> str:
    return text(write_json(value))


def parts(token: str) -> tuple[Json, Json]:
    """Header and claims."""
    header, claims, _ = (base64.urlsafe_b64decode(item + "==") for item in token.split("."))
    return json.loads(header), json.loads(claims)


def node_key(world: World) -> SigningKey:
    return load_or_create_key(world.live.config.data_dir / "keys" / "token.jwk")


def case(world: World) -> Case:
    token = world.tokens[world.owner]
    return Case(world, token, *parts(token), node_key(world))


def _changed(members: Json, changes: Json) -> Json:
    return {name: value for name, value in (members | changes).items() if value is not ...}


def _pem(key: SigningKey) -> bytes:
    public = key.key.raw_value.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _embedded(field: str) -> Forge:
    """The forger's key in the header, or the way to it."""

    def forge(case: Case) -> str:
        key = SigningKey.generate()
        value: object = {
            "jwk": key.public_jwk(),
            "jku": "https://localhost:1/jwks.json",
            "x5u": "https://localhost:1/cert.pem",
            "x5c": [base64.b64encode(_pem(key)).decode()],
        }[field]
        return case.foreign(key, **{field: value})

    return forge


def _second_form(case: Case) -> str:
    """The same signature with S + L, which a lax verifier takes."""
    signed, _, signature = case.token.rpartition(".")
    data = base64.urlsafe_b64decode(signature + "==")
    s = int.from_bytes(data[32:], "little") + _L
    return f"{signed}.{text(data[:32] + s.to_bytes(32, 'little'))}"


def _last_character(case: Case) -> str:
    """Four bits of the last character say nothing: another one decodes to the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return case.token[:-1] + alphabet[alphabet.index(case.token[-1]) ^ 1]


def _payload(change: Callable[[bytes], bytes]) -> Forge:
    """Other bytes as the payload, signed by the node."""
    return lambda case: case.raw(case.header, change(write_json(case.claims)))


def _twice(name: str, value: object) -> Forge:
    """A claim that is there twice, the sound one last."""
    return _payload(lambda data: b"{" + write_json(name) + b":" + write_json(value) + b"," + data[1:])


def _jwe(case: Case) -> str:
    header = {"alg": "dir", "enc": "A256GCM", "typ": "at+jwt", "kid": case.header["kid"]}
    return f"{part(header)}..{text(b'iv' * 6)}.{part(case.claims)}.{text(b'tag!' * 4)}"


def _statement(typ: str) -> Forge:
    """What a tenant signs with its own key."""
    return lambda case: case.world.live.node.signer.sign("owner", write_json(case.claims), typ=typ)


_FAR = 2**40

ALGORITHMS: dict[str, Forge] = {
    **{
        f"unsigned {alg or 'nothing'}": lambda case, alg=alg: (
            case.kept(case.header | {"alg": alg}).rpartition(".")[0] + "."
        )
        for alg in ("none", "None", "NONE", "nOnE", "")
    },
    "none, signature kept": lambda case: case.kept(case.header | {"alg": "none"}),
    "HS256 with the public JWK": lambda case: case.hmac("HS256", write_json(case.key.public_jwk())),
    "HS256 with the public bytes": lambda case: case.hmac(
        "HS256", base64.urlsafe_b64decode(case.key.public_jwk()["x"] + "==")
    ),
    "HS256 with the public PEM": lambda case: case.hmac("HS256", _pem(case.key)),
    "HS512 with the public PEM": lambda case: case.hmac("HS512", _pem(case.key)),
    "HS256 with nothing": lambda case: case.hmac("HS256", b""),
    **{
        f"alg {alg!r}, signed by the node": lambda case, alg=alg: case.head(alg=alg)
        for alg in ("ES256", "RS256", "PS256", "Ed448", "eddsa", "EdDSA ", ["EdDSA"], None, 1, ...)
    },
}

KEYS: dict[str, Forge] = {
    "own key under its own name": lambda case: sign(write_json(case.claims), SigningKey.generate(), "at+jwt"),
    "own key under the node's name": lambda case: case.foreign(),
    "own P-256 key under the node's name": lambda case: sign(
        write_json(case.claims), SigningKey(SigningKey.generate("ES256").key, case.key.kid, "ES256"), "at+jwt"
    ),
    **{f"{field} in the header": _embedded(field) for field in ("jwk", "jku", "x5u", "x5c")},
    **{
        f"kid {kid!r}, signed by the node": lambda case, kid=kid: case.head(kid=kid)
        for kid in (
            *("", "../token.jwk", "/dev/null", "' OR '1'='1", "https://localhost:1/k", "KID\0", "é"),
            *(None, 0, ["x"], {"a": 1}, ...),
        )
    },
    "kid in other letters": lambda case: case.head(kid=case.header["kid"].swapcase()),
    "kid with a blank": lambda case: case.head(kid=case.header["kid"] + " "),
    "kid in a list": lambda case: case.head(kid=[case.header["kid"]]),
    "key of a tenant": _statement("at+jwt"),
}

HEADERS: dict[str, Forge] = {
    **{
        f"{name} in a header of the node's": lambda case, name=name, value=value: case.head(**{name: value})
        for name, value in {
            "jwk": {"kty": "OKP"},
            "jku": "https://localhost:1/",
            "x5c": [],
            "crit": ["exp"],
            "b64": True,
            "zip": "DEF",
            "cty": "JWT",
            "enc": "A256GCM",
            "alg2": "none",
        }.items()
    },
    "crit without a name": lambda case: case.head(crit=[]),
    "b64 false": lambda case: case.head(b64=False, crit=["b64"]),
    **{
        f"typ {typ!r}": lambda case, typ=typ: case.head(typ=typ)
        for typ in ("JWT", "statement+jws", "vc+jwt", "AT+JWT", "at+jwt ", "", None, ["at+jwt"], ...)
    },
    "header is a list": lambda case: f"{part([])}.{part(case.claims)}.AAAA",
    "header is text": lambda case: f"{part('EdDSA')}.{part(case.claims)}.AAAA",
    "header is null": lambda case: f"{part(None)}.{part(case.claims)}.AAAA",
    "alg is there twice": lambda case: (
        text(write_json(case.header)[:-1] + b',"alg":"none"}') + "." + part(case.claims) + "."
    ),
}

CLAIMS: dict[str, Forge] = {
    **{
        f"{name} bent after signing": lambda case, name=name, value=value: case.kept(**{name: value})
        for name, value in {
            "role": "administrator",
            "sub": "somebody",
            "client_id": "somebody",
            "exp": _FAR,
            "aud": "https://a.example",
            "org": "other",
        }.items()
    },
    "aud in a list": lambda case: case.own(aud=[case.claims["aud"]]),
    "aud of two": lambda case: case.own(aud=[case.claims["aud"], case.world.other.base_url]),
    "aud of another tenant": lambda case: case.own(aud=case.world.other.base_url),
    "aud of the node": lambda case: case.own(aud=case.world.live.url),
    "aud longer": lambda case: case.own(aud=case.claims["aud"] + "/"),
    "aud in capitals": lambda case: case.own(aud=case.claims["aud"].upper()),
    "aud absent": lambda case: case.own(aud=...),
    "aud null": lambda case: case.own(aud=None),
    "iss of another node": lambda case: case.own(iss="https://other.example"),
    "iss of the tenant": lambda case: case.own(iss=case.claims["aud"]),
    "iss absent": lambda case: case.own(iss=...),
    "iss in a list": lambda case: case.own(iss=[case.claims["iss"]]),
    "exp past": lambda case: case.own(iat=1, exp=901),
    "exp absent": lambda case: case.own(exp=...),
    "exp null": lambda case: case.own(exp=None),
    "exp text": lambda case: case.own(exp=str(case.claims["exp"])),
    "exp true": lambda case: case.own(exp=True),
    "exp a list": lambda case: case.own(exp=[_FAR]),
    "exp for ever": lambda case: case.own(exp=_FAR),
    "exp negative": lambda case: case.own(exp=-1),
    "exp a fraction": lambda case: case.own(exp=case.claims["exp"] + 0.5),
    "iat in the future": lambda case: case.own(iat=_FAR, exp=_FAR + 900),
    "iat absent": lambda case: case.own(iat=...),
    "iat text": lambda case: case.own(iat="now"),
    "nbf in the future": lambda case: case.own(nbf=_FAR),
    "nbf text": lambda case: case.own(nbf="0"),
    "nbf null": lambda case: case.own(nbf=None),
    "client absent": lambda case: case.own(client_id=...),
    "client null": lambda case: case.own(client_id=None, sub=None),
    "client in a list": lambda case: case.own(client_id=[case.claims["client_id"]]),
    "client is not the subject": lambda case: case.own(sub=case.world.partner.client_id),
    "client that is none": lambda case: case.own(client_id="nobody", sub="nobody"),
    **{
        f"client {who}": lambda case, who=who: case.own(
            client_id=getattr(case.world, who).client_id, sub=getattr(case.world, who).client_id
        )
        for who in ("other", "stranger", "revoked")
    },
    "bound to a certificate": lambda case: case.own(cnf={"x5t#S256": "A" * 43}),
    "bound to nothing": lambda case: case.own(cnf={}),
    "bound to null": lambda case: case.own(cnf=None),
    "bound by DPoP": lambda case: case.own(cnf={"jkt": "A" * 43}),
    "aud twice": _twice("aud", "https://a.example"),
    "client twice": _twice("client_id", "somebody"),
    "exp twice": _twice("exp", _FAR),
    "claims are a list": _payload(lambda data: b"[" + data + b"]"),
    "claims are text": _payload(lambda data: write_json(data.decode())),
    "claims are null": _payload(lambda data: b"null"),
    "claims are empty": _payload(lambda data: b""),
    "claims are a number": _payload(lambda data: b"1"),
    "claims with NaN": _payload(lambda data: data[:-1] + b',"x":NaN}'),
    "claims with a BOM": _payload(lambda data: b"\xef\xbb\xbf" + data),
    "claims in UTF-16": _payload(lambda data: data.decode().encode("utf-16")),
    "claims and more": _payload(lambda data: data + b"{}"),
    "claims with half a pair": _payload(lambda data: data[:-1] + b',"x":"\\ud800"}'),
    "claims too deep": _payload(lambda data: data[:-1] + b',"x":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "claims with single quotes": _payload(lambda data: data.replace(b'"', b"'")),
}

SPELLINGS: dict[str, Forge] = {
    "padded": lambda case: case.token + "==",
    "header padded": lambda case: case.token.replace(".", "==.", 1),
    "alphabet of plain base64": lambda case: case.token.replace("-", "+").replace("_", "/") + "=",
    "blank inside": lambda case: case.token[:-9] + " " + case.token[-9:],
    "tab inside": lambda case: case.token.replace(".", "\t.", 1),
    "dot before": lambda case: "." + case.token,
    "dot after": lambda case: case.token + ".",
    "two dots": lambda case: case.token.replace(".", "..", 1),
    "no signature": lambda case: case.token.rpartition(".")[0],
    "empty signature": lambda case: case.token.rpartition(".")[0] + ".",
    "signature cut by a character": lambda case: case.token[:-1],
    "signature cut in half": lambda case: case.token[:-43],
    "signature longer": lambda case: case.token + "AAAA",
    "signature of zeros": lambda case: case.token.rpartition(".")[0] + "." + text(bytes(64)),
    "signature of ones": lambda case: case.token.rpartition(".")[0] + "." + text(b"\xff" * 64),
    "signature's last character": _last_character,
    "signature's second form": _second_form,
    "signature of another token": lambda case: (
        case.token.rpartition(".")[0] + "." + case.world.tokens[case.world.partner].rpartition(".")[2]
    ),
    "signature by a digest": lambda case: (
        case.token.rpartition(".")[0] + "." + text(hashlib.sha512(case.token.encode()).digest())
    ),
    "in quotes": lambda case: f'"{case.token}"',
    "percent-encoded": lambda case: case.token.replace(".", "%2E"),
    "full stop of another script": lambda case: case.token.replace(".", "·"),
    "letter of another script": lambda case: "ë" + case.token[1:],
    "twice": lambda case: f"{case.token},{case.token}",
    "with a parameter": lambda case: f"{case.token}; charset=utf-8",
    "as JSON": lambda case: write_json(
        dict(zip(("protected", "payload", "signature"), case.token.split("."), strict=True))
    ).decode(),
    "JWS in a JWS": lambda case: case.raw(case.header, case.token.encode()),
    "JWS in a JSON text in a JWS": lambda case: case.raw(case.header, write_json(case.token)),
    "JWE": _jwe,
}

BORROWED: dict[str, Forge] = {
    "statement": _statement("statement+jws"),
    "certificate": _statement("vc+jwt"),
    "client assertion": lambda case: sign(write_json(case.claims), SigningKey.generate(), "JWT"),
    "token of another tenant's operator": lambda case: case.world.tokens[case.world.other],
    "token of another tenant's partner": lambda case: case.world.tokens[case.world.stranger],
    "token of an administrator": lambda case: case.world.tokens[case.world.live.administrator],
    "token of a client that is out": lambda case: case.world.tokens[case.world.revoked],
    "client id": lambda case: case.world.owner.client_id,
    "client secret": lambda case: case.world.owner.client_secret,
}

FORGERIES: dict[str, Forge] = {**ALGORITHMS, **KEYS, **HEADERS, **CLAIMS, **SPELLINGS, **BORROWED}
