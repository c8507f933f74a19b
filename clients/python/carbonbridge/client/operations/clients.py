"""OAuth clients and what they authenticate with."""

from __future__ import annotations

from urllib.parse import quote

from carbonbridge.client.call import Call, Object, an_object, nothing, objects, operation, without_none


class Clients:
    """Who may call, and how it proves who it is.

    Where a method takes an organisation, an administrator names it; without one, the clients are those of the
    address that is called: a partner's for an operator, the administrators for an administrator.
    """

    @operation
    def enrol_operator(
        self,
        organisation: str,
        expires_at: str | None = None,
        *,
        secret_expires_at: str | None = None,
        jwks: Object | None = None,
        certificate: str | None = None,
    ) -> Call[Object]:
        """Make an operator of an organisation (administrator); ``clientSecret`` is shown this once.

        Args:
            organisation: its slug.
            expires_at: end of the client, RFC 3339.
            secret_expires_at: end of its secret alone.
            jwks: public keys (JWK Set), instead of a secret.
            certificate: SHA-256 thumbprint of a certificate, instead of a secret.
        """
        body = without_none(
            role="operator",
            expiresAt=expires_at,
            secretExpiresAt=secret_expires_at,
            jwks=jwks,
            certificate=certificate,
        )
        return Call("POST", _path(organisation), an_object, body, at_root=True)

    @operation
    def enrol_partner(
        self,
        connection_id: str,
        expires_at: str | None = None,
        *,
        secret_expires_at: str | None = None,
        jwks: Object | None = None,
        certificate: str | None = None,
    ) -> Call[Object]:
        """Make the credentials of one partner; otherwise see :meth:`enrol_operator`."""
        body = without_none(
            role="partner",
            connectionId=connection_id,
            expiresAt=expires_at,
            secretExpiresAt=secret_expires_at,
            jwks=jwks,
            certificate=certificate,
        )
        return Call("POST", "clients", an_object, body)

    @operation
    def clients(self, organisation: str | None = None) -> Call[list[Object]]:
        """The OAuth clients, without secrets."""
        return Call("GET", _path(organisation), objects, at_root=organisation is not None)

    @operation
    def revoke_client(self, client_id: str, organisation: str | None = None) -> Call[None]:
        """End a client's access at once."""
        path = _path(organisation, client_id)
        return Call("DELETE", path, nothing, at_root=organisation is not None)

    @operation
    def rotate_secret(
        self,
        client_id: str,
        organisation: str | None = None,
        *,
        old_until: str | None = None,
        expires_at: str | None = None,
    ) -> Call[Object]:
        """Make a new secret for a client; ``clientSecret`` is shown this once.

        Args:
            client_id: the client.
            organisation: see :class:`Clients`.
            old_until: when the old secret ends, RFC 3339; in 24 hours unless stated.
            expires_at: when the new one ends.
        """
        body = without_none(oldUntil=old_until, expiresAt=expires_at)
        path = _path(organisation, client_id, "secrets")
        return Call("POST", path, an_object, body, at_root=organisation is not None)

    @operation
    def rotate_keys(
        self,
        client_id: str,
        organisation: str | None = None,
        *,
        jwks: Object | None = None,
        certificate: str | None = None,
    ) -> Call[Object]:
        """Put new public keys, or a new certificate, in the place of what the client has, at once."""
        body = without_none(jwks=jwks, certificate=certificate)
        path = _path(organisation, client_id, "keys")
        return Call("PUT", path, an_object, body, at_root=organisation is not None)

    @operation
    def revoke_secret(self, client_id: str, secret_id: str, organisation: str | None = None) -> Call[None]:
        """End one secret of a client at once."""
        path = _path(organisation, client_id, "secrets", secret_id)
        return Call("DELETE", path, nothing, at_root=organisation is not None)


def _path(organisation: str | None, *rest: str) -> str:
    start = () if organisation is None else ("organisations", organisation)
    return "/".join(quote(part, safe="") for part in (*start, "clients", *rest))
