"""Calls to partners: PACT v3 conversations over the guarded client, with a token of each partner's host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from carbonbridge.core.connection import Connection
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, PartnerRefused, PartnerUnreachable, TokenRefused
from carbonbridge.core.exchange import (
    Conversation,
    HttpRequest,
    Token,
    authenticate,
    discover_token_endpoint,
    drive,
    get_footprint,
    list_footprints,
    send_event,
)
from carbonbridge.core.keys import jwks, read_jwks
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.peers.client import GuardedClient
from carbonbridge.node.ports.world import Vault

T = TypeVar("T")

#: Footprints a page when we list at a partner's host.
PAGE = 100
#: How long a token is used whose host does not say, and how much earlier than its end any is given up.
_DEFAULT_SECONDS, _MARGIN_SECONDS = 300, 30


@dataclass(frozen=True, slots=True)
class _Held:
    """A token, for as long as it is good and the connection is as it was."""

    token: Token = field(repr=False)
    connection: Connection
    until: float


class HttpPeers:
    """The ``Peers`` port over HTTPS. Safe for many threads.

    Args:
        vault: opens our secrets at the partners.
    """

    def __init__(self, client: GuardedClient, vault: Vault) -> None:
        self._client = client
        self._vault = vault
        self._tokens: dict[str, _Held] = {}
        self._lock = Lock()

    def send_event(self, connection: Connection, event: bytes, pact: PactVersion = PactVersion.V3) -> None:
        """POST an event to the partner."""
        self._with_token(connection, lambda base, token: send_event(base, token, event, pact))

    def get_footprint(
        self, connection: Connection, footprint_id: str, pact: PactVersion = PactVersion.V3
    ) -> bytes:
        """The bytes of a footprint of the partner."""
        return self._with_token(
            connection, lambda base, token: get_footprint(base, token, footprint_id, pact)
        ).data

    def list_footprints(
        self,
        connection: Connection,
        criteria: Sequence[tuple[str, str]],
        pact: PactVersion = PactVersion.V3,
    ) -> list[bytes]:
        """The bytes of every footprint of the partner that matches and that it lets us see."""
        found = self._with_token(
            connection, lambda base, token: list_footprints(base, token, criteria, limit=PAGE, pact=pact)
        )
        return [footprint.data for footprint in found]

    def keys(self, connection: Connection) -> dict[str, Any]:
        """The partner's public JWKS (RFC 7517 §5); an empty one if its host publishes none."""
        url = f"{_base_url(connection)}/.well-known/jwks.json"
        response = self._client.send(HttpRequest("GET", url, {"Accept": "application/json"}))
        if response.status in (404, 410):
            return jwks([])
        if response.status >= 500 or response.status == 429:
            raise PartnerUnreachable(f"the partner's host answered {response.status} for its keys")
        try:
            document = read_json(response.body)
            if response.status != 200 or not isinstance(document, dict):
                raise BadInput(f"status {response.status}")
            return jwks(read_jwks(document).values())
        except BadInput as error:
            raise PartnerRefused(f"the partner's keys cannot be used: {error}") from None

    def _with_token(self, connection: Connection, talk: Callable[[str, Token], Conversation[T]]) -> T:
        """Hold a conversation; when the token is refused, once more with a new one."""
        base = _base_url(connection)
        held = self._held(connection)
        if held is not None:
            try:
                return drive(talk(base, held), self._client.send)
            except TokenRefused:
                self._forget(connection)
        return drive(talk(base, self._sign_in(connection)), self._client.send)

    def _held(self, connection: Connection) -> Token | None:
        with self._lock:
            held = self._tokens.get(connection.id)
        if held is None or held.connection != connection or monotonic() >= held.until:
            return None
        return held.token

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._tokens.pop(connection.id, None)

    def _sign_in(self, connection: Connection) -> Token:
        if connection.client_id is None or connection.sealed_secret is None:
            raise PartnerRefused(
                "the connection holds no credentials for the partner's host",
                next_step="Ask the partner for a client id and secret and store them with the connection.",
            )
        auth_base = connection.auth_base_url or _base_url(connection)
        endpoint = drive(discover_token_endpoint(auth_base), self._client.send)
        secret = self._vault.open(connection.sealed_secret)
        token = drive(authenticate(endpoint, connection.client_id, secret), self._client.send)
        seconds = token.expires_in if token.expires_in is not None else _DEFAULT_SECONDS
        with self._lock:
            self._tokens[connection.id] = _Held(token, connection, monotonic() + seconds - _MARGIN_SECONDS)
        return token


def _base_url(connection: Connection) -> str:
    if connection.base_url is None:
        raise PartnerRefused("the partner has no address: it only pulls")
    return connection.base_url
