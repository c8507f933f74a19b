"""The token endpoint: OAuth 2.0 client credentials (RFC 6749 §4.4), Authlib's server behind a small adapter.

PACT v3 asks for exactly this: POST, HTTP Basic, ``grant_type=client_credentials``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    OAuth2Error,
    OAuth2Payload,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from starlette.requests import Request
from starlette.responses import Response

from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.node.api.bearer import good_client, is_connected
from carbonbridge.node.api.tokens import LIFETIME, AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import Client
from carbonbridge.node.ports.world import Vault
from carbonbridge.node.telemetry import logger

_MOST_FIELDS = 20

log = logger(__name__)


def grant_token(node: Node, tokens: AccessTokens, org: str | None, request: Request, body: bytes) -> Response:
    """Answer a token request.

    Args:
        org: the organisation at whose address the endpoint was called; None at the node's root.
        body: the form as it came.
    """
    server = _Server(node, tokens, org)
    try:
        adapted = _TokenRequest(node, request, body)
        response: Response = server.create_token_response(adapted)
    except (
        ValueError,
        BadInput,
    ):  # bytes that are no text, characters that no OAuth error or client id may have
        response = server.handle_error_response(None, InvalidRequestError("The request cannot be read."))
    return response


class _Form(OAuth2Payload):
    """The form fields; a field given twice counts by its first value, and Authlib sees the others."""

    def __init__(self, body: bytes) -> None:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._all[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._all.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._all


class _TokenRequest(OAuth2Request):
    """Starlette's request as Authlib reads it; behind a proxy, the address is the public one."""

    def __init__(self, node: Node, request: Request, body: bytes) -> None:
        super().__init__(request.method, node.public_url + request.url.path, headers=request.headers)
        self.payload = _Form(body)


class _Caller(ClientMixin):
    """One of our clients as Authlib sees it."""

    def __init__(self, record: Client, vault: Vault) -> None:
        self.record = record
        self._vault = vault

    def check_client_secret(self, client_secret: str) -> bool:
        return self._vault.matches(client_secret, self.record.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str:
        return ""


class _Server(AuthorizationServer):
    """Made for one request, so that nothing is shared between threads."""

    def __init__(self, node: Node, tokens: AccessTokens, org: str | None) -> None:
        super().__init__()
        self._node = node
        self._tokens = tokens
        self._org = org
        self.register_grant(ClientCredentialsGrant)
        self.register_token_generator("default", self._token)

    def query_client(self, client_id: str) -> _Caller | None:
        """A client that may have a token here: at the root, an administrator or one of the default organisation."""
        with self._node.store.snapshot() as tx:
            client = good_client(tx, client_id, self._node.clock.now())
            if client is None or not is_connected(tx, client):
                return None
            if client.org != self._org:
                try:
                    default = tx.parties.default_organisation().slug
                except NotFound:
                    return None
                if self._org is not None or client.org != default:
                    return None
        return _Caller(client, self._node.vault)

    def save_token(self, token: object, request: object) -> None:
        """Tokens are signed, not stored."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: _TokenRequest) -> _TokenRequest:
        """It was adapted already."""
        return request

    def handle_response(
        self, status: int, body: dict[str, Any] | list[tuple[str, str]], headers: list[tuple[str, str]]
    ) -> Response:
        """Authlib's answer as Starlette's."""
        return Response(write_json(dict(body)), status, dict(headers), "application/json")

    def handle_error_response(self, request: object, error: OAuth2Error) -> Response:
        log.info("no token granted", org=self._org, reason=error.error)
        response: Response = super().handle_error_response(request, error)
        return response

    def _token(self, *, client: _Caller, **_: object) -> dict[str, Any]:
        node, record = self._node, client.record
        audience = node.public_url if record.org is None else node.base_url(record.org)
        now = node.clock.now()
        log.info("token granted", org=record.org, client_id=record.client_id, role=record.role.value)
        return {
            "access_token": self._tokens.issue(record, audience, now, node.clock.new_id()),
            "token_type": "bearer",
            "expires_in": int(LIFETIME.total_seconds()),
        }
