"""One call of the operator's API as a value, and the descriptor that makes it a method of either colour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload
from urllib.parse import quote, urlencode

from carbonbridge.client.conversation import Asking, is_organisation
from carbonbridge.client.problem import refusal
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import AccessDenied, BadInput, PartnerRefused, TokenRefused
from carbonbridge.core.exchange import MAX_PAGES, MAX_RESPONSE, Conversation, HttpRequest, HttpResponse, Token
from carbonbridge.core.link import next_link

T = TypeVar("T")
P = ParamSpec("P")

#: A JSON object as the node sent it.
Object = dict[str, Any]

#: What to do about an answer that no node gives.
NOT_A_NODE = "Check that the address is that of a CarbonBridge node of this version."


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call; an :data:`.Asking`.

    Attributes:
        path: below ``/api/v1/``, percent-encoded.
        read: makes the result of the parsed answer.
        body: JSON object to send; members that are :class:`bytes` are JSON text and go out as they are.
        query: not yet percent-encoded.
        at_root: an interface of the node, not of one organisation.
    """

    method: str
    path: str
    read: Callable[[object], T]
    body: Object | None = None
    query: tuple[tuple[str, str], ...] = ()
    at_root: bool = False

    def __call__(self, base_url: str, token: Token) -> Conversation[T]:
        """Hold the call; a listing is followed to its last page.

        Raises:
            AccessDenied: an administrator's call at the address of an organisation.
            TokenRefused: the token has run out.
            CarbonBridgeError: what the node says is wrong.
        """
        if self.at_root and is_organisation(base_url):
            raise AccessDenied(
                "only an administrator of the node may do this",
                next_step="Use the node's own address (https://host) and an administrator's credentials.",
            )
        query = f"?{urlencode(self.query, quote_via=quote)}" if self.query else ""
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token.access_token}"}
        body = b""
        if self.body is not None:
            headers["Content-Type"] = "application/json"
            body = _written(self.body)
        answer = yield HttpRequest(self.method, f"{base_url}/api/v1/{self.path}{query}", headers, body)
        found = _parsed(answer)
        pages = 1
        while isinstance(found, list) and (following := next_link(answer.headers.get("link", ""))):
            if not following.startswith(f"{base_url}/api/v1/{self.path}?") or pages >= MAX_PAGES:
                raise PartnerRefused("the listing goes on elsewhere or without end", next_step=NOT_A_NODE)
            answer = yield HttpRequest("GET", following, headers)
            found = [*found, *objects(_parsed(answer))]
            pages += 1
        return self.read(found)


class Operation(Generic[P, T]):
    """Turns a method that *describes* a call into one that makes it.

    The method waits on a client that has a blocking ``run``, and is awaitable on one whose ``run`` is.
    """

    def __init__(self, describe: Callable[Concatenate[Any, P], Asking[T]]) -> None:
        self.describe = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: Runs, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: RunsAsync, owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, client: None, owner: type) -> Operation[P, T]: ...

    def __get__(self, client: Runs | RunsAsync | None, owner: type) -> object:
        if client is None:
            return self

        def method(*args: P.args, **kwargs: P.kwargs) -> object:
            return client.run(self.describe(client, *args, **kwargs))

        method.__doc__ = self.__doc__
        return method


#: As a decorator.
operation = Operation


class Runs:
    """Makes calls and waits for each."""

    def run(self, ask: Asking[T]) -> T:
        """Make one call."""
        raise NotImplementedError


class RunsAsync:
    """Makes calls on an event loop."""

    async def run(self, ask: Asking[T]) -> T:
        """Make one call."""
        raise NotImplementedError


def without_none(**members: object) -> Object:
    """A JSON object without the members that are None."""
    return {name: value for name, value in members.items() if value is not None}


def an_object(answer: object) -> Object:
    """Read an answer that is an object.

    Raises:
        PartnerRefused: it is not.
    """
    if not isinstance(answer, dict):
        raise PartnerRefused("the answer is not the JSON object that was expected", next_step=NOT_A_NODE)
    return cast(Object, answer)


def objects(answer: object) -> list[Object]:
    """Read an answer that is a list of objects.

    Raises:
        PartnerRefused: it is not.
    """
    if not isinstance(answer, list):
        raise PartnerRefused("the answer is not the JSON list that was expected", next_step=NOT_A_NODE)
    return [an_object(item) for item in answer]


def nothing(answer: object) -> None:
    """Read an answer of which only the status matters."""


def _written(body: Object) -> bytes:
    members = (
        write_json(name) + b":" + (value if isinstance(value, bytes) else write_json(value))
        for name, value in body.items()
    )
    return b"{" + b",".join(members) + b"}"


def _parsed(answer: HttpResponse) -> object:
    if answer.status == 401:
        raise TokenRefused(refusal(answer.status, answer.body).message)
    if not 200 <= answer.status < 300:
        raise refusal(answer.status, answer.body)
    if not answer.body:
        return None
    try:
        return cast(object, read_json(answer.body, limit=MAX_RESPONSE))
    except BadInput as error:
        raise PartnerRefused(f"the answer cannot be read: {error.message}", next_step=NOT_A_NODE) from None
