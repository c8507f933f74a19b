"""Connections: what an organisation knows of a partner, and the only place that says where the partner is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from carbonbridge.core.errors import BadInput
from carbonbridge.core.organisation import check_company_ids
from carbonbridge.core.pact_v2.vocabulary import PactVersion


class ConnectionState(StrEnum):
    """Life of a connection."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  #: nothing is accepted, sent or shown; may become active again
    REVOKED = "revoked"  #: for good


@dataclass(frozen=True, slots=True)
class Connection:
    """A partner of one organisation.

    Attributes:
        org: slug of the organisation that owns the connection.
        company_ids: the partner's URNs.
        base_url: the partner's PACT base URL, None for a partner that only pulls.
        auth_base_url: where the partner's token endpoint is found; the base URL unless stated (PACT v3,
            ``$auth-base-url$``).
        client_id: our client id at the partner.
        sealed_secret: our client secret at the partner, encrypted by the node's vault.
        jwks: the partner's public signing keys (RFC 7517), pinned when the connection was made, refreshed for an
            unknown key id.
        notify: send it PublishedEvents.
        pact: major version of the protocol in which we ask and fetch, and announce footprints.
    """

    id: str
    org: str
    name: str
    company_ids: tuple[str, ...]
    created_at: datetime
    base_url: str | None = None
    auth_base_url: str | None = None
    client_id: str | None = None
    sealed_secret: bytes | None = field(default=None, repr=False)
    jwks: dict[str, Any] | None = field(default=None, repr=False)
    notify: bool = True
    state: ConnectionState = ConnectionState.ACTIVE
    pact: PactVersion = PactVersion.V3

    def __post_init__(self) -> None:
        check_company_ids(self.company_ids)
        if self.base_url is not None:
            check_base_url(self.base_url, "baseUrl")
        if self.auth_base_url is not None:
            check_base_url(self.auth_base_url, "authBaseUrl")


def check_base_url(url: str, name: str) -> None:
    """A PACT base URL: https, a host, no user info, query or fragment, no trailing slash.

    Raises:
        BadInput: naming what is wrong.
    """
    try:
        parts = urlsplit(url)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        raise BadInput("is not a URL", field=name) from None
    if parts.scheme != "https" or not parts.hostname or not port_is_sane:
        raise BadInput(
            "must be an https URL with a host", field=name, next_step="PACT is served over HTTPS only."
        )
    if "@" in parts.netloc or "?" in url or "#" in url or url.endswith("/") or any(c.isspace() for c in url):
        raise BadInput("must have no user info, query, fragment, blank or trailing slash", field=name)
