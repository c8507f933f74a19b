"""Organisations, clients, connections, grants."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from carbonbridge.client.call import Call, Object, an_object, nothing, objects, operation, without_none
from carbonbridge.client.operations.clients import Clients


class Parties(Clients):
    """Who takes part, and who may see what."""

    @operation
    def register_organisation(self, organisation: Object) -> Call[Object]:
        """Add a tenant (administrator).

        Args:
            organisation: ``slug``, ``name``, ``companyIds`` and, where wanted, ``jurisdiction``, ``scheme``,
                ``kind``, ``answerPolicy``, ``isDefault``.
        """
        return Call("POST", "organisations", an_object, organisation, at_root=True)

    @operation
    def organisations(self) -> Call[list[Object]]:
        """The tenants of the node (administrator)."""
        return Call("GET", "organisations", objects, at_root=True)

    @operation
    def connect(
        self,
        name: str,
        company_ids: list[str],
        *,
        base_url: str | None = None,
        auth_base_url: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        notify: bool = True,
        pact: Literal["2", "3"] | None = None,
    ) -> Call[Object]:
        """Add a partner.

        Args:
            name: what you call it.
            company_ids: its URNs.
            base_url: its PACT base URL; None for a partner that only pulls.
            auth_base_url: where its token endpoint is found, if elsewhere.
            client_id: your client id there.
            client_secret: your secret there; the node keeps it encrypted.
            notify: tell it of new footprints.
            pact: the version of PACT that it speaks; 3 unless stated.
        """
        body = without_none(
            name=name,
            companyIds=company_ids,
            baseUrl=base_url,
            authBaseUrl=auth_base_url,
            clientId=client_id,
            clientSecret=client_secret,
            notify=notify,
            pact=pact,
        )
        return Call("POST", "connections", an_object, body)

    @operation
    def connections(self) -> Call[list[Object]]:
        """The partners of the organisation."""
        return Call("GET", "connections", objects)

    @operation
    def set_credentials(
        self, connection_id: str, client_id: str, client_secret: str | None = None
    ) -> Call[Object]:
        """Keep the credentials that a partner made for us; the node keeps the secret encrypted.

        Without a secret, the node signs in with the key of :meth:`make_connection_key`.
        """
        path = f"connections/{quote(connection_id, safe='')}/credentials"
        body = without_none(clientId=client_id, clientSecret=client_secret)
        return Call("PUT", path, an_object, body)

    @operation
    def make_connection_key(self, connection_id: str) -> Call[Object]:
        """Make a key to sign in with at the partner's host; returns its public half (JWK Set), for the partner."""
        return Call("POST", f"connections/{quote(connection_id, safe='')}/key", an_object)

    @operation
    def set_pact(self, connection_id: str, pact: Literal["2", "3"]) -> Call[Object]:
        """Speak another version of PACT with a partner from now on."""
        return Call("PUT", f"connections/{quote(connection_id, safe='')}/pact", an_object, {"pact": pact})

    @operation
    def set_connection_state(
        self, connection_id: str, state: Literal["active", "suspended", "revoked"]
    ) -> Call[Object]:
        """Suspend, resume or, for good, revoke a connection."""
        return Call("PUT", f"connections/{quote(connection_id, safe='')}/state", an_object, {"state": state})

    @operation
    def share(
        self,
        connection_id: str,
        scope: Literal["product", "classification", "all"],
        value: str | None = None,
        valid_from: str | None = None,
        valid_until: str | None = None,
    ) -> Call[Object]:
        """Let a partner see footprints.

        Args:
            connection_id: the partner.
            scope: by product id, by classification, or all.
            value: the product id or classification.
            valid_from: RFC 3339; now unless stated.
            valid_until: RFC 3339, exclusive.
        """
        body = without_none(
            connectionId=connection_id, scope=scope, value=value, validFrom=valid_from, validUntil=valid_until
        )
        return Call("POST", "grants", an_object, body)

    @operation
    def grants(self) -> Call[list[Object]]:
        """What is shared with whom."""
        return Call("GET", "grants", objects)

    @operation
    def unshare(self, grant_id: str) -> Call[None]:
        """Take a grant back."""
        return Call("DELETE", f"grants/{quote(grant_id, safe='')}", nothing)

    @operation
    def preview(self, connection_id: str) -> Call[list[Object]]:
        """The footprints a partner sees today."""
        return Call("GET", f"connections/{quote(connection_id, safe='')}/preview", objects)
