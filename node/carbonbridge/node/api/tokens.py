"""Access tokens: JWTs (RFC 9068) that live for 15 minutes, signed with a key of the node's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput, NotAuthenticated, SignatureInvalid, TokenExpired
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import read_payload, read_signed_json, sign, verify_signature
from carbonbridge.node.ports.records import Client

LIFETIME = timedelta(minutes=15)

#: RFC 9068 §2.1: nothing else that the node signs can pass for an access token.
_TYP = "at+jwt"

#: Member of ``cnf`` (RFC 8705 §3.1).
_THUMBPRINT = "x5t#S256"

_LEEWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Issues and reads access tokens.

    Attributes:
        issuer: the node's public URL.
    """

    key: SigningKey = field(repr=False)
    issuer: str

    def issue(
        self, client: Client, audience: str, now: datetime, token_id: str, certificate: str | None = None
    ) -> str:
        """A token for a client.

        Args:
            audience: the base URL of the one interface at which the token is good.
            token_id: unique; ``jti``.
            certificate: thumbprint of the client certificate without which it is worth nothing (RFC 8705 §3.1).
        """
        issued = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": client.client_id,
            "client_id": client.client_id,
            "role": client.role.value,
            "org": client.org,
            "connection_id": client.connection_id,
            "iat": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
            "jti": token_id,
            "cnf": None if certificate is None else {_THUMBPRINT: certificate},
        }
        present = {name: value for name, value in claims.items() if value is not None}
        return sign(write_json(present), self.key, _TYP)

    def client_id(self, token: str, audience: str, now: datetime, certificate: str | None = None) -> str:
        """The client that a token was issued to; whether that client is still good is another question.

        Args:
            certificate: thumbprint of the client certificate on this connection, if there is one.

        Raises:
            NotAuthenticated: forged, malformed, for another audience, or bound to another certificate.
            TokenExpired: good once.
        """
        try:
            claims = read_signed_json(verify_signature(token, {self.key.kid: self.key.public_jwk()}, _TYP))
        except (SignatureInvalid, BadInput):
            raise NotAuthenticated("the access token is not one of this node", next_step=_SIGN_IN) from None
        if (claims.get("iss"), claims.get("aud")) != (self.issuer, audience):
            raise NotAuthenticated("the access token is for another interface", next_step=_SIGN_IN)
        client_id = claims.get("client_id")
        if not isinstance(client_id, str) or client_id != claims.get("sub"):
            raise NotAuthenticated("the access token names no client", next_step=_SIGN_IN)
        _check_times(claims, now.timestamp())
        if "cnf" in claims and (certificate is None or claims["cnf"] != {_THUMBPRINT: certificate}):
            raise NotAuthenticated(
                "the access token is bound to another client certificate",
                next_step="Call with the certificate with which you got it.",
            )
        return client_id

    def expires_at(self, token: str) -> datetime:
        """When a token expires that was verified."""
        return datetime.fromtimestamp(read_signed_json(read_payload(token, _TYP))["exp"], UTC)


def _check_times(claims: dict[str, Any], now: float) -> None:
    """``exp`` and ``iat``, which every token of ours has; none of ours has ``nbf``, but it is heeded."""
    begin, end = claims.get("iat"), claims.get("exp")
    if type(begin) is not int or type(end) is not int or end - begin > LIFETIME.total_seconds():
        raise NotAuthenticated("the access token has no sound lifetime", next_step=_SIGN_IN)
    not_before = claims.get("nbf", begin)
    # The processes of one node may stand on machines whose clocks differ a little.
    if type(not_before) is not int or max(begin, not_before) > now + _LEEWAY_SECONDS:
        raise NotAuthenticated("the access token is not good yet", next_step=_SIGN_IN)
    if now >= end:
        raise TokenExpired("the access token has expired", next_step=_SIGN_IN)


_SIGN_IN = "Get a new token at the token endpoint."
