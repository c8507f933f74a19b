"""The organisations' signing keys, one JWK file each (RFC 7517, RFC 8037)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput, Misconfigured, NotFound
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign
from carbonbridge.node.keys.files import create_secret_file, read_secret_file, replace_secret_file, stamp_of


def load_key(path: Path) -> SigningKey | None:
    """The private key of a file; None where there is no file.

    Raises:
        Misconfigured: the file holds no private key, or is open to others.
        StorageFailed: the disk refused.
    """
    data = read_secret_file(path)
    return None if data is None else _read(data, path)


def load_or_create_key(path: Path) -> SigningKey:
    """The private key of a file, which is made with a fresh Ed25519 key where there is none.

    Raises:
        Misconfigured: the file holds no private key, or is open to others.
        StorageFailed: the disk refused.
    """
    key = load_key(path)
    if key is not None:
        return key
    return _read(create_secret_file(path, write_json(SigningKey.generate().private_jwk())), path)


def _read(data: bytes, path: Path) -> SigningKey:
    try:
        document = read_json(data)
        if not isinstance(document, dict):
            raise BadInput("is no JSON object")
        return SigningKey.from_jwk(document)
    except BadInput as error:
        raise Misconfigured(
            f"the key file {path} holds no usable private key ({error.message})",
            next_step="Put the file back from a backup.",
        ) from None


class FileSigner:
    """Signs with keys that lie in a folder, ``<slug>.jwk``, mode 0600.

    Args:
        folder: made when the first key is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, tuple[tuple[int, int] | None, SigningKey]] = {}

    def create_key(self, org: str) -> dict[str, Any]:
        """Make a signing key for an organisation and return its public JWK; an existing key stays.

        Raises:
            Misconfigured: the file holds no private key, or is open to others.
            StorageFailed: the disk refused.
        """
        return load_or_create_key(self._path(org)).public_jwk()

    def next_key(self, org: str) -> dict[str, Any]:
        """See the port; ``<slug>.next.jwk``.

        Raises:
            NotFound: the organisation has no key.
            Misconfigured: the file holds no private key, or is open to others.
            StorageFailed: the disk refused.
        """
        self._key(org)
        return load_or_create_key(self._path(org, ".next")).public_jwk()

    def use_next_key(self, org: str) -> None:
        """See the port: one rename, which either happens or does not.

        Raises:
            StorageFailed: the disk refused.
        """
        replace_secret_file(self._path(org, ".next"), self._path(org))

    def sign(self, org: str, payload: bytes, *, typ: str) -> str:
        """Compact JWS of the payload.

        Raises:
            NotFound: the organisation has no key.
            Misconfigured: the file holds no private key, or is open to others.
            StorageFailed: the disk refused.
        """
        return sign(payload, self._key(org), typ)

    def _key(self, org: str) -> SigningKey:
        """The key, read anew when its file is another one: some other process may have rotated it."""
        path = self._path(org)
        stamp = stamp_of(path)
        known = self._keys.get(org)
        if known is not None and known[0] == stamp:
            return known[1]
        key = load_key(path)
        if key is None:
            raise NotFound("the organisation has no signing key", next_step="Register the organisation.")
        self._keys[org] = stamp, key
        return key

    def _path(self, org: str, which: str = "") -> Path:
        if not org or Path(org).name != org or org.startswith("."):
            raise NotFound("there is no such organisation")
        return self._folder / f"{org}{which}.jwk"
