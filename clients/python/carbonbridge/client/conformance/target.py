"""Whom a conformance run is about: the host under test, and our own address for its callbacks."""

from __future__ import annotations

import base64
import secrets
import string
from dataclasses import dataclass, field
from urllib.parse import urlencode

from carbonbridge.client.conformance.version import PactVersion
from carbonbridge.core.connection import check_base_url

_ALPHABET = string.ascii_letters + string.digits

#: What the official suite asks of a host that calls it back; hosts know them from there.
CALLBACK_ID, CALLBACK_SECRET = "test_client_id", "test_client_secret"


@dataclass(frozen=True, slots=True)
class Target:
    """The host under test and the credentials it has made for us.

    Attributes:
        base_url: PACT base URL; a trailing slash is dropped.
        auth_base_url: where the token endpoint is found; the base URL unless stated.
        form: more fields of the token request: ``scope``, ``audience``, ``resource``.

    Raises:
        BadInput: an address is no https base URL.
    """

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    pact: PactVersion = PactVersion.V3_0
    auth_base_url: str | None = None
    form: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        check_base_url(self.base_url, "baseUrl")
        if self.auth_base_url is not None:
            object.__setattr__(self, "auth_base_url", self.auth_base_url.rstrip("/"))
            check_base_url(self.auth_base_url, "authBaseUrl")

    @property
    def token_body(self) -> bytes:
        """The form of the token request."""
        return urlencode([("grant_type", "client_credentials"), *self.form]).encode()

    def token_headers(self, client_id: str | None = None, client_secret: str | None = None) -> dict[str, str]:
        """Headers of the token request: HTTP Basic as the official suite writes it, not percent-encoded."""
        pair = f"{client_id or self.client_id}:{client_secret or self.client_secret}"
        return {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        }


def without_tls(url: str) -> str:
    """The same address over plain HTTP, the port included."""
    return url.replace("https", "http", 1)


def random_text(length: int) -> str:
    """Letters and digits that nobody has seen before."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
