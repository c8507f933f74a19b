"""A plain PACT v3 client, for any host that speaks the protocol."""

from __future__ import annotations

from carbonbridge.client.call import operation
from carbonbridge.client.conversation import Asking
from carbonbridge.client.runner import AsyncHostClient, HostClient, identify
from carbonbridge.client.transport import Wire
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.exchange import (
    RemoteFootprint,
    get_footprint,
    list_footprints,
    send_event,
)
from carbonbridge.core.keys import SigningKey


class Pact:
    """The four actions of PACT v3.0; Authenticate goes by itself."""

    @operation
    def footprints(
        self, criteria: FootprintCriteria | None = None, page_size: int | None = None
    ) -> Asking[list[RemoteFootprint]]:
        """ListFootprints, all pages.

        Args:
            criteria: which; all that the host shows, unless stated.
            page_size: most footprints a page (``limit``).

        Raises:
            PartnerRefused: the host's answer is no listing.
            PartnerUnreachable: try again later.
            CarbonBridgeError: what the host says is wrong: BadInput, AccessDenied …
        """
        pairs = criteria.pairs() if criteria else []
        return lambda base, token: list_footprints(base, token, pairs, page_size)

    @operation
    def footprint(self, footprint_id: str) -> Asking[RemoteFootprint]:
        """GetFootprint.

        Raises:
            NotFound: there is none, or none that this client may see.
        """
        return lambda base, token: get_footprint(base, token, footprint_id)

    @operation
    def send_event(self, event: bytes) -> Asking[None]:
        """Deliver an event (see ``core.events.compose_event``); returns when the host has taken it."""
        return lambda base, token: send_event(base, token, event)


class PactClient(Pact, HostClient):
    """Waits for each answer.

    Args:
        base_url: the host's PACT base URL (https).
        client_id: your client id there.
        client_secret: your secret there.
        auth_base_url: where the token endpoint is found, if elsewhere.
        key: your private key, instead of the secret, if the host knows its public half (``private_key_jwt``).
        wire: CA file, time limit, client certificate.

    Raises:
        BadInput: an address is not an https base URL, or the CA file cannot be used.

    Example:
        >>> with PactClient("https://pact.example/o/glass", "id", "secret") as host:  # doctest: +SKIP
        ...     for footprint in host.footprints():
        ...         print(footprint.document["productNameCompany"])
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        auth_base_url: str | None = None,
        key: SigningKey | None = None,
        wire: Wire | None = None,
    ) -> None:
        super().__init__(*identify(base_url, client_id, client_secret, auth_base_url, key, wire))


class AsyncPactClient(Pact, AsyncHostClient):
    """The same on an event loop: every method is awaitable; see :class:`PactClient`."""

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        auth_base_url: str | None = None,
        key: SigningKey | None = None,
        wire: Wire | None = None,
    ) -> None:
        super().__init__(*identify(base_url, client_id, client_secret, auth_base_url, key, wire))
