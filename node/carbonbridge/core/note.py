"""Signed notes (C2SP signed-note): text, a blank line, and a line for each signature over the text.

Two kinds of key are known: Ed25519 over the text itself (0x01), with which a log signs its checkpoints, and Ed25519
over the text and a time (0x04, C2SP tlog-cosignature), with which a witness confirms that it saw one.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keys import read_public_key, thumbprint

#: A note is small: a checkpoint and its witnesses.
MOST_BYTES = 64 * 1024

_MOST_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]{1,200}")
#: Control characters, which signed-note forbids, and halves of characters, which have no UTF-8 form.
_FOREIGN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class NoteKind(IntEnum):
    """What a key signs: the signature types of signed-note."""

    ED25519 = 1
    COSIGNATURE = 4


class NoteKey(Protocol):
    """An Ed25519 private key, wherever it is kept."""

    @property
    def public_key(self) -> bytes:
        """Its public half, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A public key under a name; the key's id in a note follows from both.

    Attributes:
        name: for a log, its origin.
        public: 32 bytes.
    """

    name: str
    public: bytes
    kind: NoteKind = NoteKind.ED25519

    @classmethod
    def read(cls, text: str) -> NoteVerifier:
        """From ``<name>+<key id in hex>+<base64 of kind and key>`` (signed-note, "vkey").

        Raises:
            BadInput: not one, or of a kind that we do not know.
        """
        name, _, rest = text.partition("+")
        number, _, encoded = rest.partition("+")
        try:
            data = b64decode(encoded, validate=True)
            verifier = cls(name, data[1:], NoteKind(data[0]))
        except (binascii.Error, ValueError, IndexError):
            raise BadInput("is no key of a log that we know", field="key") from None
        if not _NAME.fullmatch(name) or len(verifier.public) != 32 or verifier.id.hex() != number:
            raise BadInput("is no key of a log that we know", field="key")
        return verifier

    @classmethod
    def of_jwk(cls, name: str, jwk: Mapping[str, Any], kind: NoteKind = NoteKind.ED25519) -> NoteVerifier:
        """From a public JSON Web Key.

        Raises:
            BadInput: not an Ed25519 key.
        """
        public = read_public_key(jwk).public_key
        if not isinstance(public, Ed25519PublicKey):
            raise BadInput("is not an Ed25519 key", field="key")
        return cls(name, public.public_bytes_raw(), kind)

    def write(self) -> str:
        """The reverse of :meth:`read`."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.public)}"

    def jwk(self) -> dict[str, Any]:
        """As a public JSON Web Key (RFC 8037)."""
        key = {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(self.public).rstrip(b"=").decode()}
        return {**key, "kid": thumbprint(key), "alg": "EdDSA", "use": "sig"}

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, kind and key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether this is the key's signature over the text."""
        message = text.encode()
        if self.kind is NoteKind.COSIGNATURE:
            if len(signature) != 72:
                return False
            message = _cosigned(text, int.from_bytes(signature[:8], "big"))
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line of a note: whose it is said to be, and the signature.

    Attributes:
        id: of the key.
        data: for a cosignature, eight bytes of seconds since 1970, then 64 of the signature.
    """

    name: str
    id: bytes
    data: bytes

    @property
    def time(self) -> datetime:
        """When a cosignature says that it was made, UTC."""
        return datetime.fromtimestamp(int.from_bytes(self.data[:8], "big"), UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was read, not verified.

    Attributes:
        text: what is signed; ends with a newline.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def read(cls, note: str) -> Note:
        """Take a note apart.

        Raises:
            SignatureInvalid: not one.
        """
        text, blank, lines = note.rpartition("\n\n")
        text += "\n"
        signatures = lines.split("\n")
        if not blank or signatures.pop() or not signatures or len(signatures) > _MOST_SIGNATURES:
            raise SignatureInvalid("this is not a signed note")
        if len(note) > MOST_BYTES or _FOREIGN.search(note):
            raise SignatureInvalid("this is not a signed note")
        return cls(text, tuple(map(_read_line, signatures)))


def sign_note(text: str, name: str, key: NoteKey) -> str:
    """A note with one signature.

    Args:
        text: ends with a newline.
        name: of the key; without blanks and plus signs.

    Raises:
        BadInput: not such a text or name.
    """
    if not text.endswith("\n") or text.endswith("\n\n"):
        raise BadInput("the text of a note ends with one newline")
    return text + "\n" + _line(NoteVerifier(name, key.public_key), key.sign(text.encode()))


def cosign_note(note: str, name: str, key: NoteKey, at: datetime) -> str:
    """The note with a cosignature more (C2SP tlog-cosignature).

    Args:
        note: verified by the caller already.
        at: when the checkpoint was found to be good, aware.

    Raises:
        SignatureInvalid: not a note.
    """
    seconds = int(at.timestamp())
    signature = key.sign(_cosigned(Note.read(note).text, seconds))
    verifier = NoteVerifier(name, key.public_key, NoteKind.COSIGNATURE)
    return note + _line(verifier, seconds.to_bytes(8, "big") + signature)


def verify_note(note: str, verifiers: Iterable[NoteVerifier]) -> str:
    """The text, if every one of the keys has signed it. Signatures of other keys play no part.

    Raises:
        SignatureInvalid: not a note, or one of the signatures is missing or does not hold.
    """
    read = Note.read(note)
    wanted = list(verifiers)
    if not wanted:
        raise SignatureInvalid("nobody's key is known to have signed this")
    for verifier in wanted:
        verified_signature(read, verifier)
    return read.text


def verified_signature(note: Note, verifier: NoteVerifier) -> NoteSignature:
    """The signature of a key.

    Raises:
        SignatureInvalid: there is none, or it does not hold.
    """
    for signature in note.signatures:
        if (signature.name, signature.id) == (verifier.name, verifier.id):
            if verifier.holds(note.text, signature.data):
                return signature
            raise SignatureInvalid(f"the signature of {verifier.name} does not hold over the note")
    raise SignatureInvalid(
        f"the note is not signed with the key of {verifier.name} that is known",
        field="key",
        next_step="Ask whose log it is for its key.",
    )


def _read_line(line: str) -> NoteSignature:
    matched = _LINE.fullmatch(line)
    try:
        data = b64decode(matched[2], validate=True) if matched else b""
    except binascii.Error:
        data = b""
    if matched is None or len(data) < 5 or _base64(data) != matched[2]:
        raise SignatureInvalid("this is not a signed note")
    return NoteSignature(matched[1], data[:4], data[4:])


def _line(verifier: NoteVerifier, signature: bytes) -> str:
    if not _NAME.fullmatch(verifier.name):
        raise BadInput("is no name of a key", field="name")
    return f"— {verifier.name} {_base64(verifier.id + signature)}\n"


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
