"""The client side of PACT, v3 and v2, without input or output: conversations as generators.

Each conversation yields :class:`HttpRequest`, is sent the :class:`HttpResponse`, and returns its result. The
node's outgoing client and the synchronous and asynchronous SDK drive the same conversations over their own
connections: :func:`drive`, :func:`drive_async`. Whoever drives them guards the addresses, verifies TLS,
follows no redirects and bounds what it reads.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit

from carbonbridge.core.assertion import ASSERTION_TYPE
from carbonbridge.core.document import members, read_json
from carbonbridge.core.errors import (
    BadInput,
    CredentialsRefused,
    PartnerRefused,
    PartnerUnreachable,
    SignInRefused,
    TokenRefused,
)
from carbonbridge.core.events import CLOUDEVENTS_JSON
from carbonbridge.core.link import next_link
from carbonbridge.core.pact_v2.vocabulary import PactVersion

T = TypeVar("T")

#: A page of many footprints may be larger than any document of our own.
MAX_RESPONSE = 32 * 1024 * 1024

#: A listing that goes on longer is a fault of the partner's host.
MAX_PAGES = 1000

#: Answers that may be different later, beside those of 500 and above; and those above that will not.
_TRY_AGAIN = frozenset({408, 425, 429})
_FOR_GOOD = frozenset({501, 505})

#: Errors of a token endpoint that are about the request, not about who makes it (RFC 6749 §5.2, RFC 8707 §2).
_OF_THE_REQUEST = frozenset({"invalid_request", "unsupported_grant_type", "invalid_scope", "invalid_target"})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send as it is. Headers and body may hold secrets and are not shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The response.

    Attributes:
        headers: names in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


Conversation: TypeAlias = Generator[HttpRequest, HttpResponse, T]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of a partner's host.

    Attributes:
        expires_in: seconds it is good for, if the host says so.
    """

    access_token: str = field(repr=False)
    expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteFootprint:
    """A footprint as a partner's host served it; nothing of it has been checked.

    Attributes:
        document: parsed JSON.
        data: its exact bytes in the response.
    """

    document: dict[str, Any] = field(repr=False)
    data: bytes = field(repr=False)


def drive(conversation: Conversation[T], send: Callable[[HttpRequest], HttpResponse]) -> T:
    """Hold a conversation over a synchronous connection."""
    try:
        request = next(conversation)
        while True:
            request = conversation.send(send(request))
    except StopIteration as end:
        result: T = end.value
        return result


async def drive_async(
    conversation: Conversation[T], send: Callable[[HttpRequest], Awaitable[HttpResponse]]
) -> T:
    """Hold a conversation over an asynchronous connection."""
    try:
        request = next(conversation)
        while True:
            request = conversation.send(await send(request))
    except StopIteration as end:
        result: T = end.value
        return result


def discover_token_endpoint(auth_base: str) -> Conversation[str]:
    """Where to get a token: what the OpenID configuration says, else ``{auth_base}/auth/token``.

    Raises:
        PartnerRefused: the configuration names an endpoint without TLS.
    """
    response = yield _get(f"{auth_base}/.well-known/openid-configuration")
    endpoint = None
    if response.status == 200:
        with suppress(PartnerRefused):  # some hosts answer any path with a web page
            endpoint = _object(response).get("token_endpoint")
    if not isinstance(endpoint, str):
        return f"{auth_base}/auth/token"
    if not _is_https(endpoint):
        raise PartnerRefused("the partner's OpenID configuration names a token endpoint that is no https URL")
    return endpoint


def authenticate(
    token_endpoint: str, client_id: str, client_secret: str, extra: Mapping[str, str] | None = None
) -> Conversation[Token]:
    """Get an access token with client credentials (RFC 6749 §4.4, §2.3.1).

    Args:
        extra: more form fields some hosts ask for: ``scope``, ``audience``, ``resource``.

    Raises:
        CredentialsRefused: the credentials do not hold.
        SignInRefused: the request is not to the host's liking, whoever makes it.
        PartnerRefused: the answer is no token.
        PartnerUnreachable: try again later.
    """
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    basic = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    return (yield from _token(token_endpoint, basic, extra or {}))


def authenticate_with_assertion(token_endpoint: str, assertion: str) -> Conversation[Token]:
    """The same with a signed assertion (RFC 7523 §2.2; see :func:`.assertion.compose_assertion`)."""
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return (yield from _token(token_endpoint, {}, form))


def authenticate_with_certificate(token_endpoint: str, client_id: str) -> Conversation[Token]:
    """The same with the client certificate of the connection (RFC 8705 §2); the token is good with it alone."""
    return (yield from _token(token_endpoint, {}, {"client_id": client_id}))


def _token(
    token_endpoint: str, authorization: Mapping[str, str], form: Mapping[str, str]
) -> Conversation[Token]:
    headers = {
        **authorization,
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    body = urlencode({"grant_type": "client_credentials", **form}).encode()
    response = yield HttpRequest("POST", token_endpoint, headers, body)
    if response.status in (400, 401, 403):
        raise _not_signed_in(response)
    _check_status(response)
    answer = _object(response)
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not all("!" <= char <= "~" for char in token):
        raise PartnerRefused("the partner's token endpoint answered without a usable access token")
    return Token(token, seconds if type(seconds) is int and seconds > 0 else None)


def list_footprints(
    base: str,
    token: Token,
    criteria: Sequence[tuple[str, str]] = (),
    limit: int | None = None,
    pact: PactVersion = PactVersion.V3,
) -> Conversation[list[RemoteFootprint]]:
    """ListFootprints, all pages.

    Args:
        base: the partner's base URL.
        criteria: see ``FootprintCriteria.pairs``; in v2, the pair of ``$filter``.
        limit: most footprints a page.

    Raises:
        PartnerRefused: an error answer, no listing, or pages without end or on another host.
        TokenRefused: get a new token and try again.
        PartnerUnreachable: try again later.
    """
    query = [*criteria, *([("limit", str(limit))] if limit is not None else [])]
    url: str | None = f"{base}/{pact}/footprints" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
    seen: set[str] = set()
    found: list[RemoteFootprint] = []
    while url is not None:
        if url in seen or len(seen) >= MAX_PAGES:
            raise PartnerRefused("the partner's listing does not come to an end")
        seen.add(url)
        response = yield _get(url, token)
        found.extend(_page(response))
        url = _next_page(base, url, response)
    return found


def get_footprint(
    base: str, token: Token, footprint_id: str, pact: PactVersion = PactVersion.V3
) -> Conversation[RemoteFootprint]:
    """GetFootprint.

    Raises:
        PartnerRefused: an error answer (there is no such footprint, say), or something that is no footprint.
        TokenRefused: get a new token and try again.
        PartnerUnreachable: try again later.
    """
    response = yield _get(f"{base}/{pact}/footprints/{quote(footprint_id, safe='')}", token)
    return _footprint(_data(response))


def send_event(
    base: str, token: Token, event: bytes, pact: PactVersion = PactVersion.V3
) -> Conversation[None]:
    """Deliver an event (see ``events.compose_event``).

    Raises:
        PartnerRefused: the partner's host does not take the event.
        TokenRefused: get a new token and try again.
        PartnerUnreachable: try again later.
    """
    headers = _headers(token) | {"Content-Type": f"{CLOUDEVENTS_JSON}; charset=utf-8"}
    response = yield HttpRequest("POST", f"{base}/{pact}/events", headers, event)
    _check_status(response)


def _get(url: str, token: Token | None = None) -> HttpRequest:
    return HttpRequest("GET", url, _headers(token))


def _headers(token: Token | None) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token.access_token}"
    return headers


def _page(response: HttpResponse) -> list[RemoteFootprint]:
    data = _data(response)
    if not isinstance(read_json(data, limit=MAX_RESPONSE), list):
        raise PartnerRefused("the partner's listing is no list", field="data")
    return [_footprint(item) for _, item in members(data)]


def _footprint(data: bytes) -> RemoteFootprint:
    document = read_json(data, limit=MAX_RESPONSE)
    if not isinstance(document, dict):
        raise PartnerRefused("what the partner's host served as a footprint is no JSON object", field="data")
    return RemoteFootprint(document, data)


def _data(response: HttpResponse) -> bytes:
    _check_status(response)
    _object(response)
    data = dict(members(response.body)).get("data")
    if data is None:
        raise PartnerRefused("the partner's host answered without data", field="data")
    return data


def _next_page(base: str, url: str, response: HttpResponse) -> str | None:
    target = next_link(response.headers.get("link", ""))
    if target is None:
        return None
    try:
        following = urljoin(url, target)
    except ValueError:
        raise PartnerRefused("the partner's listing goes on at an address that is no URL") from None
    if _origin(following) != _origin(base):
        raise PartnerRefused("the partner's listing goes on at another host; our token stays here")
    return following


def _object(response: HttpResponse) -> dict[str, Any]:
    try:
        document = read_json(response.body, limit=MAX_RESPONSE)
    except BadInput as error:
        raise PartnerRefused(f"the partner's answer cannot be read: {error.message}") from None
    if not isinstance(document, dict):
        raise PartnerRefused("the partner's answer is no JSON object")
    return document


def _check_status(response: HttpResponse) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    code, message = _error(response, "code", "message")
    said = f"the partner's host answered {status}" + (f" {code}" if code else "")
    said += f": {message}" if message else ""
    if status == 401 or (code == "TokenExpired" and status == 403):
        raise TokenRefused(said)
    if status in _TRY_AGAIN or (status >= 500 and status not in _FOR_GOOD):
        raise PartnerUnreachable(said)
    raise PartnerRefused(said)


def _not_signed_in(response: HttpResponse) -> SignInRefused:
    """What a refusing token endpoint means. One that does not say what is wrong means the credentials."""
    error, description = _error(response, "error", "error_description")
    if error == "invalid_client":
        return CredentialsRefused()
    if error in _OF_THE_REQUEST:
        because = f": {description}" if description else ""
        return SignInRefused(
            f"the partner's token endpoint does not take the request: {error}{because}",
            next_step="Check the address of the token endpoint; its operator can tell what it wants.",
        )
    return CredentialsRefused(f"it answered {response.status} {error}".rstrip())


def _error(response: HttpResponse, *names: str) -> tuple[str, str]:
    """Code and message of an error, by these names, as far as the body is one; fit to be shown."""
    try:
        answer = _object(response)
    except PartnerRefused:
        return "", ""
    code, message = ("".join(filter(str.isprintable, str(answer.get(name, "")))) for name in names)
    return code[:40], message[:200]


def _is_https(url: str) -> bool:
    try:
        return _origin(url)[0] == "https"
    except PartnerRefused:
        return False


def _origin(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise PartnerRefused("the partner's host gave an address that is no URL") from None
    if not parts.hostname or "@" in parts.netloc:
        raise PartnerRefused("the partner's host gave an address that is no plain URL")
    return parts.scheme, parts.hostname, port
