"""Secrets: of our clients as slow hashes, of ours at partners encrypted with a key outside the store."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from carbonbridge.core.errors import Misconfigured
from carbonbridge.node.keys.files import create_secret_file, read_secret_file

#: scrypt (RFC 7914): 16 MiB and some 40 ms a guess.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_SCHEME = f"scrypt:{_COST}:{_BLOCK}:{_PARALLEL}"


class FileVault:
    """A vault whose encryption key is a file (Fernet: AES-128-CBC with HMAC-SHA256).

    Args:
        path: the key file; made, with mode 0600, where there is none.

    Raises:
        Misconfigured: the file holds no such key, or is open to others.
        StorageFailed: the disk refused.
    """

    def __init__(self, path: Path) -> None:
        data = read_secret_file(path)
        if data is None:
            data = create_secret_file(path, Fernet.generate_key())
        try:
            self._fernet = Fernet(data)
            # A key of its own for words, which follows from the file's.
            self._quick = AESGCM(HKDF(SHA256(), 32, None, b"carbonbridge words").derive(data))
        except ValueError:
            raise Misconfigured(
                f"the key file {path} holds no key", next_step="Put the file back from a backup."
            ) from None

    def new_secret(self) -> str:
        """A fresh secret of 256 bits, URL-safe text."""
        return secrets.token_urlsafe(32)

    def hash(self, secret: str) -> str:
        """``scrypt:<n>:<r>:<p>:<salt>:<hash>``, salted anew each time."""
        salt = secrets.token_bytes(16)
        return f"{_SCHEME}:{_text(salt)}:{_text(_scrypt(secret, salt))}"

    def matches(self, secret: str, secret_hash: str) -> bool:
        """Whether the hash is of this secret; compares in constant time."""
        scheme, *parts = secret_hash.rsplit(":", 2)
        if scheme != _SCHEME:
            return False
        try:
            salt, expected = map(urlsafe_b64decode, parts)
        except binascii.Error:
            return False
        return hmac.compare_digest(_scrypt(secret, salt), expected)

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret that must be read again."""
        return self._fernet.encrypt(secret.encode())

    def wrap(self, number: int) -> str:
        """A number as an opaque word for an address (AES-256-GCM, base64url); takes microseconds."""
        nonce = secrets.token_bytes(12)
        return _text(nonce + self._quick.encrypt(nonce, number.to_bytes(8, "big"), None)).rstrip("=")

    def unwrap(self, word: str) -> int:
        """The number in a word.

        Raises:
            ValueError: the word is none of this vault's.
        """
        data = urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
        try:
            return int.from_bytes(self._quick.decrypt(data[:12], data[12:], None), "big")
        except InvalidTag:
            raise ValueError("not a word of this vault") from None

    def open(self, sealed: bytes) -> str:
        """Decrypt it.

        Raises:
            Misconfigured: it was encrypted with another key, or altered.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise Misconfigured(
                "a stored secret cannot be decrypted with this node's key",
                next_step="Put back the key file that belongs to this store, or enter the credentials anew.",
            ) from None


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
