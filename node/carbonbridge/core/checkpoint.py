"""Checkpoints: what a log says it is at one moment (C2SP tlog-checkpoint), and proofs that lead to one."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carbonbridge.core.commitment import commit
from carbonbridge.core.errors import BadInput, ProofInvalid
from carbonbridge.core.merkle import HASH_BYTES, MOST_LEAVES, leaf_hash, verify_inclusion
from carbonbridge.core.note import Note, NoteKey, NoteVerifier, sign_note, verify_note

_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[^\s+]{1,200}")
_MEMBERS = frozenset({"digest", "salt", "index", "size", "hashes", "checkpoint"})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one moment.

    Attributes:
        origin: the log's name, which is also the name of its key: an address without its scheme.
        size: leaves.
        root: of the tree.
    """

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """From the text of a note; lines behind the third are extensions, and play no part.

        Raises:
            BadInput: not a checkpoint.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not _SIZE.fullmatch(lines[1]) or not _ORIGIN.fullmatch(lines[0]):
            raise BadInput("is no checkpoint of a log", field="checkpoint")
        size, root = int(lines[1]), _standard(lines[2], "checkpoint")
        if len(root) != HASH_BYTES or size >= MOST_LEAVES:
            raise BadInput("is no checkpoint of a log", field="checkpoint")
        return cls(lines[0], size, root)

    def text(self) -> str:
        """Origin, size and root, a line each."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    def sign(self, key: NoteKey) -> str:
        """The note that a log publishes.

        Raises:
            BadInput: the origin is no name of a key.
        """
        return sign_note(self.text(), self.origin, key)


def read_unverified(note: str) -> Checkpoint:
    """The checkpoint that a note says it is. Nothing in it may be believed.

    Raises:
        SignatureInvalid: not a note.
        BadInput: not a checkpoint.
    """
    return Checkpoint.read(Note.read(note).text)


def verify_checkpoint(note: str, log_key: NoteVerifier) -> Checkpoint:
    """The checkpoint of the log with this key.

    Raises:
        SignatureInvalid: that log has not signed it.
        BadInput: what is signed is no checkpoint of it.
    """
    checkpoint = Checkpoint.read(verify_note(note, [log_key]))
    if checkpoint.origin != log_key.name:
        raise BadInput("is of another log", field="checkpoint")
    return checkpoint


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A proof that a statement is in a log.

    Attributes:
        digest: the statement's name.
        salt: what its commitment was made with: who has it can show that the leaf is this statement's.
        index: of the leaf.
        size: of the tree.
        hashes: from the leaf to the root (RFC 9162 §2.1.3).
        checkpoint: the signed note with the root.
    """

    digest: str
    salt: bytes = field(repr=False)
    index: int
    size: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Inclusion:
        """From JSON.

        Raises:
            BadInput: not a proof; names the field.
        """
        if unknown := document.keys() - _MEMBERS:
            raise BadInput("is no member of a proof", field=min(unknown)[:80])
        for name in ("digest", "salt", "checkpoint"):
            if not isinstance(document.get(name), str):
                raise BadInput("must be text", field=name)
        for name in ("index", "size"):
            if type(document.get(name)) is not int:
                raise BadInput("must be a whole number", field=name)
        hashes = document.get("hashes")
        if not isinstance(hashes, list) or not all(isinstance(each, str) for each in hashes):
            raise BadInput("must be a list of texts", field="hashes")
        return cls(
            digest=document["digest"],
            salt=_salt(document["salt"]),
            index=document["index"],
            size=document["size"],
            hashes=tuple(_standard(each, "hashes") for each in hashes),
            checkpoint=document["checkpoint"],
        )

    def document(self) -> dict[str, Any]:
        """As JSON: the salt in base64url, the hashes in base64."""
        return {
            "digest": self.digest,
            "salt": urlsafe_b64encode(self.salt).rstrip(b"=").decode("ascii"),
            "index": self.index,
            "size": self.size,
            "hashes": [_base64(each) for each in self.hashes],
            "checkpoint": self.checkpoint,
        }

    def verify(self, log_key: NoteVerifier) -> Checkpoint:
        """The checkpoint that it leads to.

        Args:
            log_key: the key that the log is known by; its name is the log's origin.

        Raises:
            SignatureInvalid: the log has not signed the checkpoint.
            ProofInvalid: the statement is not proved to be in it.
            BadInput: the checkpoint, the salt or the digest is none.
        """
        checkpoint = verify_checkpoint(self.checkpoint, log_key)
        if checkpoint.size != self.size:
            raise ProofInvalid("the checkpoint is of a tree of another size", field="size")
        leaf = leaf_hash(commit(self.salt, self.digest))
        verify_inclusion(self.index, self.size, leaf, self.hashes, checkpoint.root)
        return checkpoint


def _salt(text: str) -> bytes:
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        data = b""
    if urlsafe_b64encode(data).rstrip(b"=") != text.encode("utf-8", "replace"):
        raise BadInput("is not base64url", field="salt")
    return data


def _standard(text: str, name: str) -> bytes:
    """Base64 in the one way there is to write it: else a byte more could be anything."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if _base64(data) != text:
        raise BadInput("is not base64", field=name)
    return data


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
