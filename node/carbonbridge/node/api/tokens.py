"""Access tokens: JWTs (RFC 9068) that live for 15 minutes, signed with a key of the node's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput, NotAuthenticated, SignatureInvalid, TokenExpired
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import read_payload, sign, verify_signature
from carbonbridge.node.ports.records import Client

LIFETIME = timedelta(minutes=15)

#: RFC 9068 §2.1: nothing else that the node signs can pass for an access token.
_TYP = "at+jwt"


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Issues and reads access tokens.

    Attributes:
        issuer: the node's public URL.
    """

    key: SigningKey = field(repr=False)
    issuer: str

    def issue(self, client: Client, audience: str, now: datetime, token_id: str) -> str:
        """A token for a client.

        Args:
            audience: the base URL of the one interface at which the token is good.
            token_id: unique; ``jti``.
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
        }
        present = {name: value for name, value in claims.items() if value is not None}
        return sign(write_json(present), self.key, _TYP)

    def client_id(self, token: str, audience: str, now: datetime) -> str:
        """The client that a token was issued to; whether that client is still good is another question.

        Raises:
            NotAuthenticated: forged, malformed, or for another audience.
            TokenExpired: good once.
        """
        try:
            claims = read_json(verify_signature(token, {self.key.kid: self.key.public_jwk()}, _TYP))
        except (SignatureInvalid, BadInput):
            raise NotAuthenticated("the access token is not one of this node", next_step=_SIGN_IN) from None
        if (claims["iss"], claims["aud"]) != (self.issuer, audience):
            raise NotAuthenticated("the access token is for another interface", next_step=_SIGN_IN)
        if now.timestamp() >= claims["exp"]:
            raise TokenExpired("the access token has expired", next_step=_SIGN_IN)
        return str(claims["client_id"])

    def expires_at(self, token: str) -> datetime:
        """When a token expires that was verified."""
        return datetime.fromtimestamp(read_json(read_payload(token, _TYP))["exp"], UTC)


_SIGN_IN = "Get a new token at the token endpoint."
