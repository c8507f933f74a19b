"""Every route with every caller: a route that is not in the table below fails the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp
from tests.attacks.world import World
from tests.support.live import Login

from carbonbridge.node.api.edge import LimitedBody, Observed
from carbonbridge.node.api.reads import HotReads
from carbonbridge.node.api.swift import Swift

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-matrix")

#: Who may call: anybody; partners and operators of the tenant; its partners; its operators; administrators.
OPEN, READ, EVENTS, OPERATOR, NODE = "open", "read", "events", "operator", "node"

_OWN = "/o/{org}/api/v1"

TABLE: dict[str, str] = {
    "GET /healthz": OPEN,
    "GET /openapi.json": OPEN,
    "GET /metrics": OPEN,
    **{
        f"{route}": OPEN
        for base in ("", "/o/{org}")
        for route in (
            f"GET {base}/.well-known/openid-configuration",
            f"GET {base}/.well-known/jwks.json",
            f"POST {base}/auth/token",
        )
    },
    **{
        f"GET {base}/{pact}/footprints{rest}": READ
        for base, pact, rest in product(("", "/o/{org}"), ("2", "3"), ("", "/{footprint_id}"))
    },
    **{f"POST {base}/{pact}/events": EVENTS for base, pact in product(("", "/o/{org}"), ("2", "3"))},
    **dict.fromkeys(
        (
            "GET /api/v1/organisations",
            "POST /api/v1/organisations",
            "GET /api/v1/organisations/{slug}/clients",
            "POST /api/v1/organisations/{slug}/clients",
            "DELETE /api/v1/organisations/{slug}/clients/{client_id}",
            "GET /api/v1/clients",
            *(
                f"{method} /api/v1{base}/clients/{{client_id}}/{rest}"
                for base in ("", "/organisations/{slug}")
                for method, rest in (
                    ("POST", "secrets"),
                    ("DELETE", "secrets/{secret_id}"),
                    ("PUT", "keys"),
                )
            ),
            "GET /api/v1/registers/{register}",
            "GET /api/v1/registers/{register}/entry",
            "GET /api/v1/registers/{register}/history",
            "POST /api/v1/registers/{register}",
        ),
        NODE,
    ),
    **{
        f"{method} {_OWN}/{path}": OPERATOR
        for method, path in (
            ("GET", "clients"),
            ("POST", "clients"),
            ("DELETE", "clients/{client_id}"),
            ("POST", "clients/{client_id}/secrets"),
            ("DELETE", "clients/{client_id}/secrets/{secret_id}"),
            ("PUT", "clients/{client_id}/keys"),
            ("GET", "registers/{register}"),
            ("GET", "registers/{register}/entry"),
            ("GET", "registers/{register}/history"),
            ("POST", "registers/{register}"),
            ("GET", "signing-keys"),
            ("POST", "signing-keys"),
            ("POST", "signing-keys/{kid}/revocation"),
            ("GET", "connections"),
            ("POST", "connections"),
            ("PUT", "connections/{connection_id}/state"),
            ("PUT", "connections/{connection_id}/pact"),
            ("PUT", "connections/{connection_id}/credentials"),
            ("POST", "connections/{connection_id}/key"),
            ("GET", "connections/{connection_id}/preview"),
            ("GET", "grants"),
            ("POST", "grants"),
            ("DELETE", "grants/{grant_id}"),
            ("GET", "footprints"),
            ("POST", "footprints"),
            ("GET", "footprints/{footprint_id}"),
            ("GET", "footprints/{footprint_id}/loss-report"),
            ("GET", "received"),
            ("GET", "received/{connection_id}/{footprint_id}/loss-report"),
            ("GET", "footprints/{footprint_id}/findings"),
            ("POST", "lint"),
            ("GET", "received/{connection_id}/{footprint_id}/findings"),
            ("GET", "verdicts"),
            ("GET", "verdicts/{verdict_id}"),
            ("GET", "requests"),
            ("POST", "requests"),
            ("POST", "requests/{request_id}/fulfil"),
            ("POST", "requests/{request_id}/reject"),
            ("POST", "fetches"),
            ("GET", "products"),
            ("GET", "products/{product_id}"),
            ("PUT", "products/{product_id}"),
            ("GET", "products/{product_id}/lineage"),
            ("POST", "products/{product_id}/calculate"),
            ("GET", "calculations"),
            ("GET", "calculations/{calculation_id}"),
            ("POST", "calculations/{calculation_id}/publish"),
            ("POST", "calculations/{calculation_id}/apply"),
            ("POST", "certificates"),
            ("GET", "applications"),
            ("POST", "applications/{calculation_id}/decision"),
            ("POST", "exports/battery"),
            ("POST", "exports/cbam"),
            ("GET", "outbox"),
            ("POST", "outbox/{item_id}/redeliver"),
            ("POST", "outbox/redeliveries"),
            ("GET", "audit"),
        )
    },
}

#: Status that everybody but the rightful callers gets at the interface of the first tenant, and at the node's own.
#: 401: the token is for another audience, or its client is gone. 403: known here, and not allowed to do this.
AT_TENANT = {
    "administrator": {READ: 401, EVENTS: 401, OPERATOR: 401},
    "other": {READ: 401, EVENTS: 401, OPERATOR: 401},
    "stranger": {READ: 401, EVENTS: 401, OPERATOR: 401},
    "revoked": {READ: 401, EVENTS: 401, OPERATOR: 401},
    "suspended": {READ: 403, EVENTS: 403, OPERATOR: 403},
    "partner": {OPERATOR: 403},
    "owner": {EVENTS: 403},
}


def _application(app: ASGIApp) -> FastAPI:
    while isinstance(app, Swift | Observed | HotReads | LimitedBody):
        app = app._app
    assert isinstance(app, FastAPI)
    return app


def _routes(app: FastAPI) -> Iterator[str]:
    """Mounted applications and web sockets would be rows without a method: they are in no table."""
    for context in iter_route_contexts(app.routes):
        for method in (context.methods or {"ANY"}) - {"HEAD"}:
            yield f"{method} {context.path}"


def test_every_route_is_in_the_table(world: World) -> None:
    assert set(_routes(_application(world.live.running.app))) == TABLE.keys()


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(world: World) -> Iterator[None]:
    before = world.books()
    yield
    assert world.books() == before


@pytest.fixture(scope="module")
def callers(world: World) -> dict[str, Login]:
    names = ("owner", "other", "partner", "stranger", "revoked", "suspended")
    return {"administrator": world.live.administrator, **{name: getattr(world, name) for name in names}}


def _call(world: World, route: str, token: str | None, body: bytes = b"{") -> int:
    """Call a route with a body that nobody may get as far as having read."""
    method, _, path = route.partition(" ")
    address = re.sub(r"\{\w+\}", "x", path.replace("{org}", "owner").replace("{register}", "schemes"))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    response = world.live.send(method, address, headers=headers, content=body)
    if response.status_code in (401, 403):
        assert not any(secret in response.text for secret in world.secrets())
        assert response.json()["code"] in ("BadRequest", "NotAuthenticated", "AccessDenied")
    return response.status_code


GUARDED = sorted(route for route, who in TABLE.items() if who != OPEN)


@pytest.mark.parametrize("route", GUARDED)
def test_nobody_gets_in_who_must_not(world: World, callers: dict[str, Login], route: str) -> None:
    who = TABLE[route]
    at_root = "/o/{org}" not in route
    for token in (None, "garbage", "a.b.c"):
        # Without a default organisation, PACT's paths at the root do not exist.
        assert _call(world, route, token) == (404 if at_root and who != NODE else 401)
    for name, login in callers.items():
        status = _call(world, route, world.tokens[login])
        if who == NODE:
            assert (status == 401) == (name != "administrator"), name
        elif at_root:
            assert status == 404, name
        elif (refusal := AT_TENANT[name].get(who)) is not None:
            assert status == refusal, name
        else:
            assert status not in (401, 403, 500), name


OPEN_ROUTES = sorted(route for route, who in TABLE.items() if who == OPEN)


@pytest.mark.parametrize("route", OPEN_ROUTES)
def test_open_routes_tell_no_secret(world: World, route: str) -> None:
    method, _, path = route.partition(" ")
    response = world.live.send(method, path.replace("{org}", "owner"))
    assert response.status_code in (200, 400, 401, 404)
    assert not any(secret in response.text for secret in world.secrets())
    assert '"d"' not in response.text  # the private part of a key


def test_methods_that_no_route_has(world: World) -> None:
    for method in ("PATCH", "TRACE", "OPTIONS", "HEAD", "DELETE"):
        for path in ("/3/footprints", "/api/v1/connections"):
            response = world.live.call(world.owner, method, path)
            assert response.status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/o/OWNER/3/footprints",
        "/o/owner%00/3/footprints",
        "/o/owner;x/3/footprints",
        "/o/owner%20/3/footprints",
        "/o/%ff/3/footprints",
        "/o/other%2F..%2Fowner/3/footprints",
        "/o/other/../owner/3/footprints",
        "//o/owner/3/footprints",
        "/o//owner/3/footprints",
        "/o/owner/3/../3/footprints",
        "/o/owner%2F3%2Ffootprints%2F..",
    ],
)
def test_no_other_spelling_of_a_tenant_leads_in(world: World, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    token = world.tokens[world.partner]
    answer = world.raw(f"{head}Authorization: Bearer {token}\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 40[014] ", answer), answer[:100]


@pytest.mark.parametrize(
    "host", ["[", "evil.example/api/v1", "evil.example?", "evil.example#", "", "a b", "x:y"]
)
def test_host_header_changes_nothing(world: World, host: str) -> None:
    token = world.tokens[world.partner]
    head = f"GET /o/owner/3/footprints?limit=0 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    assert world.raw(f"{head}Authorization: Bearer {token}\r\n\r\n".encode()).startswith(b"HTTP/1.1 200 ")
    refusal = world.raw(f"{head}\r\n".encode())
    assert refusal.startswith(b"HTTP/1.1 401 ")
    assert b"content-type: application/json\r\n" in refusal
    assert b"evil" not in refusal
