"""The rest of the world: time, chance, keys, partners."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from carbonbridge.core.connection import Connection
from carbonbridge.core.pact_v2.vocabulary import PactVersion


class Clock(Protocol):
    """Time and chance, so that tests can hold them still."""

    def now(self) -> datetime:
        """The present instant, UTC, aware."""
        ...

    def new_id(self) -> str:
        """A fresh random UUID (RFC 9562, version 4), as text."""
        ...

    def jitter(self) -> float:
        """A number in [0, 1), for spreading retries."""
        ...


class Signer(Protocol):
    """Holds the private keys of the organisations. May be a process of its own."""

    def create_key(self, org: str) -> dict[str, Any]:
        """Make a signing key for an organisation and return its public JWK (with ``kid``); keeps an existing one."""
        ...

    def next_key(self, org: str) -> dict[str, Any]:
        """Make the key that is to take the present one's place, and return its public JWK; keeps an existing one.

        Nothing is signed with it before :meth:`use_next_key`: it can be published first.

        Raises:
            NotFound: the organisation has no key.
        """
        ...

    def use_next_key(self, org: str) -> None:
        """Sign with the next key from now on, in every process, and destroy the one before; without one, nothing."""
        ...

    def sign(self, org: str, payload: bytes, *, typ: str) -> str:
        """Compact JWS of the payload under the organisation's current key.

        Raises:
            NotFound: the organisation has no key.
        """
        ...


class Vault(Protocol):
    """Secrets: makes and hashes those of our clients, encrypts those we hold at partners and must read again."""

    def new_secret(self) -> str:
        """A fresh secret of 256 bits, URL-safe text."""
        ...

    def hash(self, secret: str) -> str:
        """Slow, salted hash for storage."""
        ...

    def matches(self, secret: str, secret_hash: str) -> bool: ...
    def seal(self, secret: str) -> bytes: ...
    def open(self, sealed: bytes) -> str: ...
    def wrap(self, number: int) -> str:
        """A number as an opaque word that only this vault reads."""
        ...

    def unwrap(self, word: str) -> int:
        """The number in a word; ValueError: it is none of ours."""
        ...


class Peers(Protocol):
    """The only way out: calls to partners, at the address of the registered connection and nowhere else.

    ``pact`` is the version of the protocol to speak: a partner may ask in one while we ask it in another.

    All methods raise PartnerUnreachable (try again later), PartnerRefused (do not), or AddressForbidden.
    """

    def send_event(self, connection: Connection, event: bytes, pact: PactVersion) -> None: ...
    def get_footprint(self, connection: Connection, footprint_id: str, pact: PactVersion) -> bytes:
        """The footprint document (the ``data`` member), UTF-8 JSON."""
        ...

    def list_footprints(
        self, connection: Connection, criteria: list[tuple[str, str]], pact: PactVersion
    ) -> list[bytes]: ...
    def keys(self, connection: Connection) -> dict[str, Any]:
        """The partner's public JWKS; an empty one if its host publishes none."""
        ...
