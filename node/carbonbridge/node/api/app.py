"""The HTTP application of a node."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI, Path
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from carbonbridge.node.api import health, pact_v2, pact_v3, problems, wellknown
from carbonbridge.node.api.edge import LimitedBody, Observed, SecureOnly
from carbonbridge.node.api.limits import Limits
from carbonbridge.node.api.operator import (
    administrators,
    books,
    certificates,
    clients,
    connections,
    exports,
    findings,
    footprints,
    grants,
    keys,
    organisations,
    products,
    registers,
    requests,
    rotation,
)
from carbonbridge.node.api.reads import HotReads
from carbonbridge.node.api.swift import Swift
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.config import Config

_OPERATOR = (
    clients,
    rotation,
    connections,
    grants,
    footprints,
    findings,
    requests,
    products,
    certificates,
    exports,
    books,
    keys,
    registers,
)


def build_app(node: Node, tokens: AccessTokens, config: Config, stop: Callable[[], None]) -> ASGIApp:
    """Wire the routes and what stands around them.

    Args:
        stop: called when the store has failed: the node must end.
    """
    app = FastAPI(
        title="CarbonBridge node",
        version=version("carbonbridge"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.node = node
    app.state.tokens = tokens
    app.state.stop = stop
    app.state.pulls = CapacityLimiter(requests.MOST_PULLS)
    app.state.metrics_open = config.metrics_open
    app.state.limits = limits = Limits.of(config)
    app.state.client_certificates = config.client_ca_file is not None
    problems.install(app)
    tenant, root = APIRouter(prefix="/o/{org}", dependencies=[Depends(_named)]), APIRouter()
    for router in (organisations.router, administrators.router, registers.node_router):
        _describe_bodies(router)
    for router in (wellknown.router, pact_v3.router, pact_v2.router):
        tenant.include_router(router)
        # The default organisation is served at the root as well: the same, so it is described once.
        root.include_router(router, include_in_schema=False)
    for module in _OPERATOR:
        _describe_bodies(module.router)
        tenant.include_router(module.router, prefix="/api/v1")
    for router in (
        tenant,
        root,
        organisations.router,
        administrators.router,
        registers.node_router,
        health.router,
    ):
        app.include_router(router)
    edge: ASGIApp = LimitedBody(app, config.max_body_bytes)
    hot = HotReads(edge, app, node, tokens, stop, limits.clients)
    if not config.trusted_proxies:
        return Swift(Observed(hot), hot, None)
    secure = SecureOnly(hot, config.trusted_proxies)
    return Swift(Observed(secure), hot, secure.is_secure)


async def _named(org: Annotated[str, Path(description="Slug of the organisation.")]) -> None:
    """Tells OpenAPI of the part of the path that all these routes have; it is read in :mod:`.call`."""


def _describe_bodies(router: APIRouter) -> None:
    """Bodies are read by our own dependencies; tell OpenAPI what they are."""
    for route in router.routes:
        if not isinstance(route, APIRoute):
            continue
        for dependency in route.dependant.dependencies:
            schema = getattr(dependency.call, "schema", None)
            if schema is not None:
                content = {"application/json": {"schema": schema()}}
                route.openapi_extra = {"requestBody": {"content": content, "required": True}}
