"""What every client does around a call: get a token, use it, replace it when it has run out. No I/O here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from uuid import uuid4

from carbonbridge.client.problem import refusal
from carbonbridge.core.assertion import compose_assertion
from carbonbridge.core.connection import check_base_url
from carbonbridge.core.errors import (
    BadInput,
    CredentialsRefused,
    NotAuthenticated,
    PartnerRefused,
    TokenRefused,
)
from carbonbridge.core.exchange import (
    Conversation,
    HttpResponse,
    Token,
    authenticate,
    authenticate_with_assertion,
    authenticate_with_certificate,
    discover_token_endpoint,
)
from carbonbridge.core.keys import SigningKey

T = TypeVar("T")

#: A call, once the base URL and a token are known.
Asking: TypeAlias = Callable[[str, Token], Conversation[T]]

_ORGANISATION = re.compile(r"/o/[^/]+$")


@dataclass(slots=True)
class Login:
    """Who calls where, and the token it has just now.

    Attributes:
        base_url: base URL of the host; a trailing slash is dropped.
        client_secret: None for a client with a key or a certificate.
        auth_base_url: where the token endpoint is found; the base URL unless stated.
        key: signs an assertion for each token (``private_key_jwt``), instead of the secret.
        certified: without key and secret, the certificate of the connection says who calls (``tls_client_auth``).
    """

    base_url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    auth_base_url: str | None = None
    key: SigningKey | None = field(default=None, repr=False)
    certified: bool = False
    _token: Token | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        check_base_url(self.base_url, "baseUrl")
        if self.auth_base_url is not None:
            self.auth_base_url = self.auth_base_url.rstrip("/")
            check_base_url(self.auth_base_url, "authBaseUrl")
        if not self.client_id or not (self.key or self.client_secret or self.certified):
            raise BadInput("client id and client secret must not be empty", field="clientId")
        if self.key and self.client_secret:
            raise BadInput("a client has a key or a secret, not both", field="clientSecret")

    def converse(self, ask: Asking[T]) -> Conversation[T]:
        """Hold one call, with a token from before or a new one.

        Raises:
            NotAuthenticated: no token for these credentials, or the host does not take its own token.
            CarbonBridgeError: what the call itself raises; a refusal as what the host says it is.
        """
        if self._token is not None:
            try:
                return (yield from typed(ask(self.base_url, self._token)))
            except TokenRefused:
                self._token = None
        token = self._token = yield from self._new_token()
        try:
            return (yield from typed(ask(self.base_url, token)))
        except TokenRefused as error:
            self._token = None
            raise NotAuthenticated(
                f"the host takes no notice of the token it gave: {error.message}",
                next_step="Check that the address is exactly the one the credentials were made for.",
            ) from None

    def _new_token(self) -> Conversation[Token]:
        try:
            endpoint = yield from discover_token_endpoint(self.auth_base_url or self.base_url)
            if self.key is not None:
                now, own_id = datetime.now(UTC), str(uuid4())
                assertion = compose_assertion(self.client_id, endpoint, self.key, now, own_id)
                return (yield from authenticate_with_assertion(endpoint, assertion))
            if self.client_secret:
                return (yield from authenticate(endpoint, self.client_id, self.client_secret))
            return (yield from authenticate_with_certificate(endpoint, self.client_id))
        except CredentialsRefused as error:
            said = f" ({error.said})" if error.said else ""
            raise NotAuthenticated(
                f"{self.base_url} does not take this client id and secret{said}",
                next_step="Check them (on the command line CARBONBRIDGE_CLIENT_ID and CARBONBRIDGE_CLIENT_SECRET), "
                "and that they are for this address.",
            ) from None
        except PartnerRefused as error:
            raise NotAuthenticated(
                f"{self.base_url} gives no access token: {error.message}",
                next_step="Check the address, the client id and the client secret, key or certificate.",
            ) from None


def typed(conversation: Conversation[T]) -> Conversation[T]:
    """The same conversation, but a refusal becomes what the host says it is: NotFound, AccessDenied, …"""
    answer: HttpResponse | None = None
    try:
        request = next(conversation)
        while True:
            answer = yield request
            request = conversation.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
    except TokenRefused:
        raise
    except PartnerRefused:
        if answer is None or answer.status < 300:
            raise
        raise refusal(answer.status, answer.body) from None


def is_organisation(base_url: str) -> bool:
    """Whether it is the base URL of an organisation (``https://host/o/name``), not that of the node."""
    return bool(_ORGANISATION.search(base_url))
