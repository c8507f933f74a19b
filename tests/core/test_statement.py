"""Statements: exact bytes in, exact bytes out, and no signature but a good one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.document import digest, read_json
from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.seal import compose_seal, sealed_digest
from carbonbridge.core.signature import verify_signature
from carbonbridge.core.statement import STATEMENT_TYP, compose, read_unverified, sign, verify

IAT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
KEY = SigningKey.generate()
EC_KEY = SigningKey.generate("ES256")
KEYS = {key.kid: key.public_jwk() for key in (KEY, EC_KEY)}
DIGEST = "sha256:" + "a" * 64


def payload(body: bytes = b"{}", **changes: object) -> bytes:
    given_ = {
        "statement_type": "footprint",
        "statement_id": "1",
        "iss": "https://a.example/o/a",
        "sub": "f",
        "iat": IAT,
    }
    return compose(**{**given_, **changes}, body=body)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_header(compact: str, **changes: object) -> str:
    head, body, signature = compact.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    header = {name: value for name, value in {**header, **changes}.items() if value is not None}
    return ".".join([b64(json.dumps(header).encode()), body, signature])


@pytest.mark.parametrize("key", [KEY, EC_KEY], ids=["EdDSA", "ES256"])
def test_a_statement_comes_back_whole(key):
    compact = sign(payload(b'{"pcf": 1.50}'), key, STATEMENT_TYP)
    statement = verify(compact, KEYS)
    assert (statement.id, statement.type, statement.sub, statement.iat) == ("1", "footprint", "f", IAT)
    assert statement.body == b'{"pcf": 1.50}'
    assert statement.digest == digest(compact.encode())
    assert read_unverified(compact) == statement


def test_the_header_says_three_things_and_the_time_ends_in_z():
    head = sign(payload(), KEY, STATEMENT_TYP).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert header == {"alg": "EdDSA", "kid": KEY.kid, "typ": "statement+jws"}
    assert read_json(payload())["iat"] == "2026-03-01T08:30:00Z"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    value=st.dictionaries(st.text(), JSON, max_size=4),
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_the_body_keeps_every_byte(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    body = text.encode("utf-8", "surrogatepass") if ascii_only else text.encode("utf-8", "replace")
    assert read_unverified(sign(payload(body), KEY, STATEMENT_TYP)).body == body


def test_members_in_another_order_and_spelling_give_the_same_body():
    rest = b'"sub":"f","iss":"i","id":"1","t\\u0079pe":"x","iat":"2026-03-01T08:30:00Z"'
    text = b' { "body" : {"a":"}\\"{"} , ' + rest + b" } "
    assert read_unverified(sign(text, KEY, STATEMENT_TYP)).body == b'{"a":"}\\"{"}'


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b'{}},"x":{', b'{"a":1}{', b'{"a":1,"a":2}', b"\xff"])
def test_what_is_not_one_object_is_no_body(body):
    with pytest.raises(BadInput):
        payload(body)


@pytest.mark.parametrize(
    "changes", [{"iss": ""}, {"sub": " "}, {"statement_type": ""}, {"iat": IAT.replace(tzinfo=None)}]
)
def test_a_statement_says_who_what_and_when(changes):
    with pytest.raises(BadInput):
        payload(**changes)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b'{"id":"1","type":"t","iss":"i","sub":"s","iat":"2026-03-01","body":{}}',
        b'{"id":"1","type":"t","iss":"i","sub":"s","iat":"2026-03-01T00:00:00Z","body":[]}',
        b'{"id":1,"type":"t","iss":"i","sub":"s","iat":"2026-03-01T00:00:00Z","body":{}}',
        b'{"id":"1","type":"t","iss":"i","sub":"s","iat":"2026-03-01T00:00:00Z","body":{},"exp":1}',
        b'{"id":"1","type":"t","iss":"i","iss":"j","sub":"s","iat":"2026-03-01T00:00:00Z","body":{}}',
    ],
)
def test_a_good_signature_over_something_else_is_no_statement(text):
    with pytest.raises(BadInput):
        verify(sign(text, KEY, STATEMENT_TYP), KEYS)


COMPACT = sign(payload(), KEY, STATEMENT_TYP)
HMAC = with_header(COMPACT, alg="HS256")


@pytest.mark.parametrize(
    "compact",
    [
        with_header(COMPACT, alg="none"),
        with_header(COMPACT, alg="none").rsplit(".", 1)[0] + ".",
        HMAC,
        with_header(COMPACT, alg="ES256"),
        with_header(COMPACT, alg="EdDSA", kid=EC_KEY.kid),
        with_header(COMPACT, alg=None),
        with_header(COMPACT, kid=None),
        with_header(COMPACT, kid="unknown"),
        with_header(COMPACT, kid=["x"]),
        with_header(COMPACT, typ=None),
        with_header(COMPACT, typ="vc+jwt"),
        with_header(COMPACT, typ="JWT"),
        with_header(COMPACT, crit=["exp"], exp=1),
        with_header(COMPACT, crit=["b64"], b64=False),
        with_header(COMPACT, b64=False),
        with_header(COMPACT, jwk=KEY.public_jwk()),
        with_header(COMPACT, jku="https://evil.example/jwks"),
        with_header(COMPACT, note="x"),
        b64(b'["alg"]') + "." + COMPACT.split(".", 1)[1],
        b64(b'"alg"') + "." + COMPACT.split(".", 1)[1],
        b64(b"[" * 300) + "." + COMPACT.split(".", 1)[1],
        COMPACT + ".",
        COMPACT + "=",
        COMPACT[:-4],
        COMPACT[:-1],
        COMPACT.replace(".", ".é", 1),
        " " + COMPACT,
        "",
        "..",
    ],
)
def test_no_other_signature_is_accepted(compact):
    with pytest.raises(SignatureInvalid):
        verify(compact, KEYS)


def test_a_public_key_is_no_hmac_secret():
    head, body, _ = HMAC.split(".")
    forged = f"{head}.{body}." + b64(b"x" * 32)
    with pytest.raises(SignatureInvalid, match="not a signature we accept"):
        verify(forged, KEYS)


@given(position=st.integers(0, 10_000), character=st.sampled_from("AQZaz09-_"))
def test_any_changed_character_breaks_it(position, character):
    at = position % len(COMPACT)
    changed = COMPACT[:at] + character + COMPACT[at + 1 :]
    if changed == COMPACT:
        return
    with pytest.raises(SignatureInvalid):
        verify(changed, KEYS)


def test_the_fully_specified_name_of_rfc_9864_is_read_too():
    head = {"alg": "Ed25519", "kid": KEY.kid, "typ": STATEMENT_TYP}
    signing_input = f"{b64(json.dumps(head).encode())}.{b64(payload())}"
    signature = KEY.key.private_key.sign(signing_input.encode())
    assert verify_signature(f"{signing_input}.{b64(signature)}", KEYS, STATEMENT_TYP) == payload()


def test_a_footprint_larger_than_the_library_default_still_fits():
    body = json.dumps({"x": "y" * 1_000_000}).encode()
    assert verify(sign(payload(body), KEY, STATEMENT_TYP), KEYS).body == body


def test_a_seal_is_over_a_digest():
    sealed = compose_seal(
        seal_id="s", iss="https://a.example", footprint_id="f", iat=IAT, footprint_digest=DIGEST
    )
    statement = verify(sign(sealed, KEY, STATEMENT_TYP), KEYS)
    assert (statement.type, statement.sub, sealed_digest(statement)) == ("seal", "f", DIGEST)


def test_another_statement_or_another_word_is_no_seal():
    with pytest.raises(BadInput, match="not a seal"):
        sealed_digest(read_unverified(COMPACT))
    for wrong in ("sha256:abc", "md5:" + "a" * 64, DIGEST.upper(), DIGEST + "\n"):
        with pytest.raises(BadInput):
            compose_seal(seal_id="s", iss="i", footprint_id="f", iat=IAT, footprint_digest=wrong)
    wrong_body = sign(payload(b'{"footprintDigest":7}', statement_type="seal"), KEY, STATEMENT_TYP)
    with pytest.raises(BadInput, match=r"body\.footprintDigest"):
        sealed_digest(read_unverified(wrong_body))
