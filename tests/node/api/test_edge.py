"""Around the calls: correlation, HTTPS behind a proxy, health, metrics, failures inside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp
from structlog.testing import capture_logs
from tests.support.live import LiveNode, Login
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carbonbridge.core.errors import StorageFailed
from carbonbridge.core.keys import SigningKey
from carbonbridge.node.api.app import build_app
from carbonbridge.node.api.edge import SecureOnly
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node


def get(
    app: ASGIApp, path: str, caller: str = "127.0.0.1", headers: list[tuple[str, str]] | None = None
) -> httpx.Response:
    """One call into the application, from an address of the test's choice."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(caller, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://node.example") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_correlation_id_is_made_or_taken_over(live: LiveNode) -> None:
    assert (
        live.send("GET", "/healthz", headers={"X-Correlation-Id": "mine-1"}).headers["X-Correlation-Id"]
        == "mine-1"
    )
    made = {
        live.send("GET", "/healthz", headers={"X-Correlation-Id": bad}).headers["X-Correlation-Id"]
        for bad in ("", "a b", "x" * 65)
    }
    assert len(made) == 3
    assert made.isdisjoint({"", "a b", "x" * 65})


def test_a_failure_before_a_call_is_read_is_logged_as_ours(
    live: LiveNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise KeyError("inside")

    monkeypatch.setattr(HttpToolsProtocol, "on_headers_complete", broken)
    with capture_logs() as logged:
        live.send("GET", "/healthz")
    [failed] = [line for line in logged if line["event"] == "a call failed before it was read"]
    assert isinstance(failed["exc_info"], KeyError)


def test_health_and_metrics_need_no_token(live: LiveNode) -> None:
    assert live.send("GET", "/healthz").json() == {"status": "ready"}
    text = live.send("GET", "/metrics").text
    assert 'carbonbridge_http_requests_total{method="GET",route="/healthz",status="200"}' in text


def test_metrics_count_routes_not_paths(live: LiveNode, owner: Login) -> None:
    live.send("GET", f"{owner.base_url}/3/footprints/some-secret-id")
    live.send("GET", "/wp-admin/setup.php")
    text = live.send("GET", "/metrics").text
    assert "some-secret-id" not in text
    assert "wp-admin" not in text
    assert 'route="/3/footprints/{footprint_id}"' in text


def test_metrics_are_for_this_machine(live: LiveNode) -> None:
    app = live.running.app
    assert get(app, "/metrics").status_code == 200
    assert get(app, "/metrics", caller="192.0.2.7").status_code == 404
    assert get(app, "/metrics", headers=[("X-Forwarded-For", "192.0.2.7")]).status_code == 404


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.mark.parametrize(
    ("caller", "protocols", "status"),
    [
        ("10.0.0.1", ["https"], 200),
        ("10.0.0.1", ["HTTPS"], 200),
        ("10.0.0.1", ["http, https"], 200),
        ("10.0.0.1", [], 403),
        ("10.0.0.1", ["http"], 403),
        ("10.0.0.1", ["https, http"], 403),
        ("10.0.0.1", ["https", "http"], 403),
        ("10.0.0.2", ["https"], 403),
        ("fd00::1", ["https"], 200),
    ],
)
def test_behind_a_proxy_only_https_from_the_proxy_counts(
    caller: str, protocols: list[str], status: int
) -> None:
    app = SecureOnly(_hello, (ip_network("10.0.0.1/32"), ip_network("fd00::/8")))
    headers = [("X-Forwarded-Proto", protocol) for protocol in protocols]
    assert get(app, "/3/footprints", caller, headers).status_code == status
    assert get(app, "/healthz", caller).status_code == 200


class _Broken:
    """A store that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        raise self._error
        yield

    transaction = snapshot


def broken(node: Node, error: Exception, live: LiveNode) -> tuple[ASGIApp, list[str]]:
    stopped: list[str] = []
    tokens = AccessTokens(SigningKey.generate(), live.url)
    failing = replace(node, store=_Broken(error))
    return build_app(failing, tokens, live.config, lambda: stopped.append("stopped")), stopped


def test_storage_failure_answers_503_and_stops_the_node(live: LiveNode) -> None:
    app, stopped = broken(live.node, StorageFailed("disk /secret/path says EIO"), live)
    response = get(app, "/healthz")
    assert response.status_code == 503
    assert "secret" not in response.text
    assert stopped == ["stopped"]


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/healthz"])
def test_unforeseen_failure_tells_nothing_but_a_number(live: LiveNode, path: str) -> None:
    app, stopped = broken(live.node, KeyError("inner detail"), live)
    response = get(app, path)
    assert response.status_code == 500
    assert response.json()["code"] == "InternalError"
    assert "inner detail" not in response.text
    assert response.headers["X-Correlation-Id"] in response.json()["message"]
    assert stopped == []
