"""The token endpoint: OAuth 2.0 client credentials (RFC 6749 §4.4), Authlib's server behind a small adapter.

PACT v3 asks for exactly this: POST, HTTP Basic, ``grant_type=client_credentials``. Stronger than Basic, and each client
has exactly one way: an assertion signed with its key (RFC 7523), or its certificate (RFC 8705).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    OAuth2Error,
    OAuth2Payload,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.requests import Request
from starlette.responses import Response

from carbonbridge.core.assertion import ASSERTION_TYPE, claimed_client
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput, NotAuthenticated
from carbonbridge.node.api.head import certificate_of
from carbonbridge.node.api.tokens import LIFETIME, AccessTokens
from carbonbridge.node.app.authenticate import Candidate, candidate, has_certificate, has_key, has_secret
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import AuthMethod
from carbonbridge.node.telemetry import logger

_MOST_FIELDS = 20

#: Parameters of ours that count once (RFC 6749 §3.2).
_SINGLE = ("grant_type", "client_id", "client_assertion", "client_assertion_type")

_UNREADABLE = "The request cannot be read."

#: What Authlib hands to a way of authentication: :meth:`_Server.query_client`.
Query: TypeAlias = "Callable[[str], _Caller | _Nobody]"

log = logger(__name__)


def grant_token(node: Node, tokens: AccessTokens, org: str | None, request: Request, body: bytes) -> Response:
    """Answer a token request.

    Args:
        org: the organisation at whose address the endpoint was called; None at the node's root.
        body: the form as it came.
    """
    server = _Server(node, tokens, org, certificate_of(request.scope))
    try:
        adapted = _TokenRequest.read(node, request, body)
        adapted.check()
        response: Response = server.create_token_response(adapted)
    except OAuth2Error as error:
        response = server.handle_error_response(None, error)
    except BadInput as error:  # characters that no client id may have
        log.info("token request not understood", org=org, reason=error.message)
        response = server.handle_error_response(None, InvalidRequestError(_UNREADABLE))
    return response


class _Grant(ClientCredentialsGrant):
    """The grant, with all the ways in which our clients authenticate."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = [method.value for method in AuthMethod]


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
        self.authorizations = len(request.headers.getlist("authorization"))
        # Read only to see that it can be read: Authlib does so again, and has no error for bytes that are no text.
        extract_basic_authorization(request.headers)

    @classmethod
    def read(cls, node: Node, request: Request, body: bytes) -> _TokenRequest:
        """Read a request. Only here is a :class:`ValueError` the caller's; a later one is the node's own failure.

        Raises:
            InvalidRequestError: form or credentials are no text, or there are too many fields.
        """
        try:
            return cls(node, request, body)
        except ValueError as error:
            # Its text would quote the credentials.
            log.info("token request not understood", reason=type(error).__name__)
            raise InvalidRequestError(_UNREADABLE) from None

    def check(self) -> None:
        """One way to authenticate and no more (RFC 6749 §2.3), told once (§3.2).

        Raises:
            InvalidRequestError
        """
        times = {name: len(values) for name, values in self.payload.datalist.items()}
        if times.get("client_assertion", 0) + self.authorizations > 1:
            raise InvalidRequestError("There is more than one way to authenticate in the request.")
        if any(times.get(name, 0) > 1 for name in _SINGLE):
            raise InvalidRequestError("A parameter is in the request more than once.")


class _Caller(ClientMixin):
    """One of our clients as Authlib sees it."""

    def __init__(self, node: Node, found: Candidate) -> None:
        self.found = found
        self._node = node

    def check_client_secret(self, client_secret: str) -> bool:
        return has_secret(self._node, self.found, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.found.client.auth_method.value

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str:
        return ""


class _Nobody(ClientMixin):
    """A client that there is not: whoever tries one out is told what a wrong secret is told, as late."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def check_client_secret(self, client_secret: str) -> bool:
        return has_secret(self._node, None, client_secret)


class _Server(AuthorizationServer):
    """Made for one request, so that nothing is shared between threads."""

    def __init__(self, node: Node, tokens: AccessTokens, org: str | None, certificate: str | None) -> None:
        super().__init__()
        self._node = node
        self._tokens = tokens
        self._org = org
        self._certificate = certificate
        self._asked: Mapping[str, object] = {"why": "it does not say who calls in any of our ways"}
        self.register_grant(_Grant)
        self.register_token_generator("default", self._token)
        self.register_client_auth_method(AuthMethod.KEY.value, self._with_key)
        self.register_client_auth_method(AuthMethod.CERTIFICATE.value, self._with_certificate)

    def query_client(self, client_id: str) -> _Caller | _Nobody:
        """A client that may have a token here, or nobody."""
        try:
            found = candidate(self._node, client_id, self._org)
        except NotAuthenticated as error:
            self._asked = {"why": error.message}
            return _Nobody(self._node)
        client = found.client
        self._asked = {
            "why": "it does not prove to be this client",
            "client_id": client.client_id,
            "method": client.auth_method.value,
            "good": len(found.secrets),
        }
        return _Caller(self._node, found)

    def _with_key(self, query_client: Query, request: _TokenRequest) -> _Caller | None:
        """``private_key_jwt``."""
        form = request.payload.data
        if form.get("client_assertion_type") != ASSERTION_TYPE or request.authorizations:
            return None
        assertion = form.get("client_assertion", "")
        base = self._node.public_url if self._org is None else self._node.base_url(self._org)
        try:
            client_id = claimed_client(assertion)
            if form.get("client_id", client_id) != client_id:
                raise NotAuthenticated("is not that of the assertion", field="client_id")
            caller = query_client(client_id)
            if isinstance(caller, _Nobody):
                return None
            has_key(self._node, caller.found, assertion, (base, f"{base}/auth/token"))
        except NotAuthenticated as error:
            # Text of the caller's own; Authlib refuses to send some characters of it.
            log.info("assertion refused", org=self._org, reason=error.message, claim=error.field)
            return None
        return caller

    def _with_certificate(self, query_client: Query, request: _TokenRequest) -> _Caller | None:
        """``tls_client_auth``."""
        form, certificate = request.payload.data, self._certificate
        client_id = form.get("client_id")
        if not client_id or certificate is None or request.authorizations or "client_assertion" in form:
            return None
        caller = query_client(client_id)
        known = isinstance(caller, _Caller) and has_certificate(caller.found, certificate)
        return caller if known else None

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
        # Which of the two it was, an unknown client or a wrong secret, only the log is told.
        why = self._asked if error.error == InvalidClientError.error else {"why": error.description}
        log.info("no token granted", org=self._org, reason=error.error, **why)
        response: Response = super().handle_error_response(request, error)
        return response

    def _token(self, *, client: _Caller, **_: object) -> dict[str, Any]:
        """Bound to the certificate of the connection it is asked for on, if there is one (RFC 8705 §3)."""
        node, record = self._node, client.found.client
        audience = node.public_url if record.org is None else node.base_url(record.org)
        now = node.clock.now()
        log.info("token granted", org=record.org, client_id=record.client_id, role=record.role.value)
        token = self._tokens.issue(record, audience, now, node.clock.new_id(), self._certificate)
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": int(LIFETIME.total_seconds()),
        }
