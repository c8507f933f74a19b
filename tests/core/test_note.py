"""Signed notes: the published example, and what is no note."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.note import (
    Note,
    NoteKind,
    NoteVerifier,
    cosign_note,
    sign_note,
    verified_signature,
    verify_note,
)

# The example of Go's package golang.org/x/mod/sumdb/note, in which the format was first written down.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

T = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Key:
    """A key in memory."""

    def __init__(self, seed: int = 0) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


LOG, WITNESS, STRANGER = Key(1), Key(2), Key(3)
LOG_KEY = NoteVerifier("node.example/log", LOG.public_key)
WITNESS_KEY = NoteVerifier("witness.example", WITNESS.public_key, NoteKind.COSIGNATURE)
NOTE = sign_note("text\n", "node.example/log", LOG)


def test_the_published_example() -> None:
    key = NoteVerifier.read(GO_KEY)
    assert key.write() == GO_KEY
    assert verify_note(GO_NOTE, [key]) == GO_TEXT


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])), st.integers(0, 3))
def test_what_is_signed_is_read(line: str, number: int) -> None:
    text = line + "\n" + "more\n" * number
    note = sign_note(text, "node.example/log", LOG)
    if text.endswith("\n\n"):
        return
    assert verify_note(note, [LOG_KEY]) == text


def test_cosignatures() -> None:
    both = cosign_note(NOTE, "witness.example", WITNESS, T)
    assert both.startswith(NOTE)
    assert verify_note(both, [LOG_KEY, WITNESS_KEY]) == "text\n"
    signature = verified_signature(Note.read(both), WITNESS_KEY)
    assert signature.time == T
    # Another time is another message.
    moved = bytearray(signature.id + signature.data)
    moved[11] ^= 1
    line = f"— witness.example {b64encode(bytes(moved)).decode()}\n"
    with pytest.raises(SignatureInvalid, match="does not hold"):
        verify_note(NOTE + line, [WITNESS_KEY])
    # A signature for one purpose does not serve another.
    plain = NoteVerifier("witness.example", WITNESS.public_key)
    with pytest.raises(SignatureInvalid, match="not signed with the key"):
        verify_note(both, [plain])
    assert not WITNESS_KEY.holds("text\n", WITNESS.sign(b"text\n"))


def test_strangers_signatures_play_no_part_and_are_not_enough() -> None:
    stranger = NoteVerifier("stranger.example", STRANGER.public_key)
    line = sign_note("text\n", "stranger.example", STRANGER).rpartition("\n\n")[2]
    assert verify_note(NOTE + line, [LOG_KEY]) == "text\n"
    assert verify_note(NOTE + line, [LOG_KEY, stranger]) == "text\n"
    with pytest.raises(SignatureInvalid, match="not signed with the key"):
        verify_note(NOTE, [LOG_KEY, stranger])
    with pytest.raises(SignatureInvalid, match="nobody"):
        verify_note(NOTE, [])
    same_name = NoteVerifier("node.example/log", STRANGER.public_key)
    with pytest.raises(SignatureInvalid, match="not signed with the key"):
        verify_note(NOTE, [same_name])


@pytest.mark.parametrize("place", range(len(NOTE)))
def test_no_character_may_be_another(place: int) -> None:
    forged = NOTE[:place] + ("!" if NOTE[place] != "!" else "?") + NOTE[place + 1 :]
    with pytest.raises(SignatureInvalid):
        verify_note(forged, [LOG_KEY])


@pytest.mark.parametrize(
    "note",
    [
        *(
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            "text\n\n— a AAAA\n",
            "text\n\n- a AAAAAAAA\n",
        ),
        *(NOTE[:-1], NOTE + "\n", NOTE + "more\n", NOTE.replace("\n", "\r\n"), "\0" + NOTE, "\ud800" + NOTE),
        *(NOTE.replace("— ", "—  "), NOTE + NOTE.rpartition("\n\n")[2] * 100, "x" * 70_000 + NOTE),
    ],
)
def test_what_is_no_note(note: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify_note(note, [LOG_KEY])


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b", GO_KEY[:-4], GO_KEY.replace("c7", "c8"), GO_KEY.replace("Peter", "Paul"), "a+00000000+"],
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(BadInput):
        NoteVerifier.read(text)


def test_a_jwk_may_be_the_key() -> None:
    jwk = SigningKey.generate().public_jwk()
    assert NoteVerifier.read(NoteVerifier.of_jwk("a", jwk).write()) == NoteVerifier.of_jwk("a", jwk)
    with pytest.raises(BadInput, match="Ed25519"):
        NoteVerifier.of_jwk("a", SigningKey.generate("ES256").public_jwk())


@pytest.mark.parametrize(
    ("text", "name"), [("text", "a"), ("text\n\n", "a"), ("text\n", "a b"), ("text\n", "")]
)
def test_what_cannot_be_signed(text: str, name: str) -> None:
    with pytest.raises(BadInput):
        sign_note(text, name, LOG)
