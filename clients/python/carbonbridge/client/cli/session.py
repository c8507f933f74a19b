"""What a verb works with: the settings of this run, the node, files, the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from carbonbridge.client.call import NOT_A_NODE
from carbonbridge.client.cli.failure import RemoteError
from carbonbridge.client.node import NodeClient
from carbonbridge.client.transport import Wire
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, CarbonBridgeError, Misconfigured, PartnerRefused
from carbonbridge.core.keys import SigningKey

T = TypeVar("T")

FROM_ENVIRONMENT = "CARBONBRIDGE_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who calls, and how it proves it."""

    client_id: str
    secret: str | None = field(repr=False)
    key: SigningKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """The settings of this run.

    Attributes:
        node: base URL of the organisation at its node, or of the node for an administrator.
        secret_file: file with the client secret; else the environment has it.
        key_file: file with a private key (JWK) to sign in with, instead of the secret.
        certificate_file, certificate_key: files (PEM) of a client certificate, for hosts with mutual TLS.
        as_json: print what the node said, for programs.
        secret: the client secret, if a person has typed it in.
    """

    node: str | None = None
    client_id: str | None = None
    secret_file: Path | None = None
    key_file: Path | None = None
    certificate_file: Path | None = None
    certificate_key: Path | None = None
    ca_file: Path | None = None
    timeout: float = 60.0
    as_json: bool = False
    secret: str | None = field(default=None, repr=False)

    @property
    def wire(self) -> Wire:
        """How to call."""
        return Wire(self.ca_file, self.timeout, self.certificate_file, self.certificate_key)

    def credentials(self) -> Credentials:
        """Client id, and secret or key; neither where the certificate says who calls.

        Raises:
            Misconfigured: one is missing.
            BadInput: a file cannot be read.
        """
        if not self.client_id:
            raise _missing("client id", "--client-id", "CARBONBRIDGE_CLIENT_ID")
        file = self.secret_file
        if self.key_file is not None:
            if file is not None:
                raise BadInput("give --client-key-file or --client-secret-file, not both")
            return Credentials(self.client_id, None, read_key(self.key_file))
        stated = self.secret or os.environ.get(FROM_ENVIRONMENT, "")
        secret = stated if file is None else read_secret(file)
        if not secret and self.certificate_file is None:
            raise _missing("client secret", "--client-secret-file", FROM_ENVIRONMENT)
        return Credentials(self.client_id, secret or None)

    def ask(self, do: Callable[[NodeClient], T]) -> T:
        """Run calls at the node.

        Raises:
            Misconfigured: a setting is missing.
            RemoteError: what the node, or the way to it, had against it.
        """
        if not self.node:
            raise _missing("node's address", "--node", "CARBONBRIDGE_NODE")
        mine = self.credentials()
        with NodeClient(self.node, mine.client_id, mine.secret, key=mine.key, wire=self.wire) as client:
            return asking(lambda: do(client))


def asking(do: Callable[[], T]) -> T:
    """Mark every error as one from the other side.

    Raises:
        RemoteError: with the error.
    """
    try:
        return do()
    except CarbonBridgeError as error:
        raise RemoteError(error) from None


def understood(read: Callable[[], T]) -> T:
    """Read a part of an answer; one that cannot be read is the other side's fault.

    Raises:
        RemoteError: it cannot be read.
    """
    try:
        return read()
    except BadInput as error:
        raise RemoteError(
            PartnerRefused(f"the answer is not what was expected: {error}", next_step=NOT_A_NODE)
        ) from None


def read_file(path: Path) -> bytes:
    """A file's bytes; ``-`` is standard input.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {(error.strerror or type(error).__name__).lower()}",
            next_step="Check the file's name and its permissions.",
        ) from None


def read_secret(path: Path) -> str:
    """A secret from a file, without the line end that editors add.

    Raises:
        BadInput: it cannot be read, or is no text.
    """
    try:
        return read_file(path).decode().strip()
    except UnicodeDecodeError:
        raise BadInput(f"{path} holds no text") from None


def read_key(path: Path) -> SigningKey:
    """A private key from a file (JWK).

    Raises:
        BadInput: it cannot be read, or holds no private key.
    """
    return in_file(path, lambda: SigningKey.from_jwk(read_object(path)))


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        BadInput: it cannot be read, or holds something else.
    """
    return _object(path, read_file(path))


def read_document(path: Path) -> bytes:
    """A JSON object from a file as the exact text it is: what is to be signed.

    Raises:
        BadInput: it cannot be read, or holds something else.
    """
    data = read_file(path)
    _object(path, data)
    return data


def in_file(path: Path, read: Callable[[], T]) -> T:
    """Read something, naming the file if that fails.

    Raises:
        BadInput: as ``read`` does, with the file's name.
    """
    try:
        return read()
    except BadInput as error:
        if str(path) in error.message:
            raise
        raise type(error)(
            f"{error.message} (in {path})", field=error.field, next_step=error.next_step
        ) from None


def check_new(path: Path | None) -> None:
    """Before the node makes a secret: that the file which is to take it can be made.

    Raises:
        BadInput: it is there already, or its folder is not.
    """
    if path is None:
        return
    if path.exists():
        raise BadInput(f"{path} is there already", next_step="Name a new file.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput(
            f"{path} cannot be written: its folder is not there, or not yours",
            next_step="Make the folder, or name a file elsewhere.",
        )


def write_file(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file, and its folder; a private one is for its owner's eyes alone, and only the file must be new.

    Raises:
        BadInput: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if private else os.O_TRUNC)
    try:
        if not private:
            path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, flags, 0o600 if private else 0o666), "wb") as sink:
            sink.write(data)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {(error.strerror or type(error).__name__).lower()}"
        ) from None


def _missing(what: str, option: str, variable: str) -> Misconfigured:
    return Misconfigured(f"the {what} is missing", next_step=f"Give {option} or set {variable}.")


def _object(path: Path, data: bytes) -> dict[str, Any]:
    document = in_file(path, lambda: read_json(data))
    if not isinstance(document, dict):
        raise BadInput(f"{path} must hold one JSON object")
    return document
