"""What an endpoint is given: who calls about which organisation, and the body, strictly read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request

from carbonbridge.core.document import members, read_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.bearer import actor_of, identify, sole_authorization
from carbonbridge.node.api.head import certificate_of
from carbonbridge.node.api.limits import Limits
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Actor, Node

M = TypeVar("M", bound=StrictRecord)

#: An escaped NUL in JSON, which PostgreSQL's text cannot hold.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call.

    Attributes:
        org: slug of the organisation it is about.
    """

    node: Node
    org: str
    actor: Actor


def node_of(request: Request) -> Node:
    """The node behind the application."""
    return cast(Node, request.app.state.node)


def tokens_of(request: Request) -> AccessTokens:
    """The node's access tokens."""
    return cast(AccessTokens, request.app.state.tokens)


def limits_of(request: Request) -> Limits:
    """How often callers may call the node."""
    return cast(Limits, request.app.state.limits)


def tenant(request: Request) -> str | None:
    """The organisation that the path names; None at the node's root."""
    return request.path_params.get("org")


def base_url(request: Request) -> str:
    """The public base URL at which the caller found this interface."""
    node, org = node_of(request), tenant(request)
    return node.public_url if org is None else node.base_url(org)


def _organisation_call(request: Request) -> Call:
    """A call to an organisation's interface, which for the default organisation is the node's root too."""
    node, org = node_of(request), tenant(request)
    if org is None:
        with node.store.snapshot() as tx:
            org = tx.parties.default_organisation().slug
    return Call(node, org, _actor(request, org))


def _node_call(request: Request) -> Call:
    """A call to the node's own interface, which only administrators may use."""
    actor = _actor(request, None)
    actor.must_administer()
    return Call(node_of(request), "", actor)


def _operator_call(request: Request) -> Call:
    """A call of an operator of the very organisation."""
    call = _organisation_call(request)
    call.actor.must_operate(call.org)
    return call


def _actor(request: Request, org: str | None) -> Actor:
    caller = identify(
        node_of(request),
        tokens_of(request),
        sole_authorization(request.headers.getlist("authorization")),
        org,
        certificate=certificate_of(request.scope),
        limit=limits_of(request).clients,
    )
    return actor_of(caller.client)


OrganisationCall = Annotated[Call, Depends(_organisation_call)]
OperatorCall = Annotated[Call, Depends(_operator_call)]
AdministratorCall = Annotated[Call, Depends(_node_call)]


async def _raw(request: Request) -> bytes:
    return await request.body()


async def _json_object(request: Request) -> dict[str, Any]:
    """Any JSON object, whatever media type the caller says it is.

    Raises:
        BadInput: not one.
    """
    body = await request.body()
    document = read_json(body, limit=len(body))
    if not isinstance(document, dict):
        raise BadInput("the body must be a JSON object")
    if _NUL.search(body):
        raise BadInput("the body holds a NUL character")
    return document


vars(_json_object)["schema"] = lambda: {"type": "object"}

Raw = Annotated[bytes, Depends(_raw)]
JsonObject = Annotated[dict[str, Any], Depends(_json_object)]


def body_of(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """Reads the body as a model; an empty body is an empty object. For ``Depends``.

    Unknown members are refused, errors name the field.
    """

    async def read(request: Request) -> M:
        return model.read(await _json_object(request) if await request.body() else {})

    vars(read)["schema"] = model.model_json_schema  # for the OpenAPI description
    return read


def member_bytes(body: bytes, name: str) -> bytes:
    """The exact bytes of one member of a body that was read already.

    Raises:
        BadInput: it is missing.
    """
    found = dict(members(body)).get(name)
    if found is None:
        raise BadInput("is needed", field=name)
    return found
