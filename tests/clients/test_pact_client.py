"""The plain PACT client against a host, blocking and awaiting."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime

import pytest
from tests.clients.host import Said, said
from tests.core.footprints import FOOTPRINT_ID, footprint_document

from carbonbridge.client import AsyncPactClient, PactClient
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import (
    AccessDenied,
    BadInput,
    NotAuthenticated,
    NotFound,
    PartnerRefused,
    PartnerUnreachable,
)

ONE = f"/3/footprints/{FOOTPRINT_ID}"


def blocking(host, method, *arguments, secret="s"):
    with PactClient(host.url, "id", secret, wire=host.wire) as client:
        return getattr(client, method)(*arguments)


def awaiting(host, method, *arguments, secret="s"):
    async def call():
        async with AsyncPactClient(host.url, "id", secret, wire=host.wire) as client:
            return await getattr(client, method)(*arguments)

    return asyncio.run(call())


@pytest.fixture(params=[blocking, awaiting])
def call(request, host):
    return lambda *arguments, **options: request.param(host, *arguments, **options)


def test_one_footprint_with_its_exact_bytes(host, call):
    host.answers["GET", ONE] = Said(200, b'{"data": {"id" : "x",  "more":1.10}}')
    found = call("footprint", FOOTPRINT_ID)
    assert found.data == b'{"id" : "x",  "more":1.10}'
    assert found.document["id"] == "x"


def test_all_pages_and_the_criteria(host, call):
    def page(asked):
        if "page=2" in asked.path:
            return said({"data": [footprint_document(id="b")]})
        return said(
            {"data": [footprint_document(id="a")]}, Link=f'<{host.url}/3/footprints?page=2>; rel="next"'
        )

    host.answers["GET", "/3/footprints"] = page
    wanted = FootprintCriteria(product_id=("urn:a/b c",), valid_on=datetime(2026, 1, 1, tzinfo=UTC))
    found = call("footprints", wanted, 1)
    assert [item.document["id"] for item in found] == ["a", "b"]
    first = host.calls()[0]
    assert first == "GET /3/footprints?productId=urn%3Aa%2Fb%20c&validOn=2026-01-01T00%3A00%3A00Z&limit=1"


def test_an_event_goes_out_as_it_is(host, call):
    host.answers["POST", "/3/events"] = Said(200)
    assert call("send_event", b'{"any" : 1}') is None
    assert host.asked[-1].body == b'{"any" : 1}'
    assert host.asked[-1].headers["content-type"].startswith("application/cloudevents+json")


def test_credentials_are_form_encoded_before_they_are_basic(host, call):
    host.answers["GET", ONE] = said({"data": {}})
    call("footprint", FOOTPRINT_ID, secret="ü:%")
    [token] = [one for one in host.asked if one.path == "/auth/token"]
    assert base64.b64decode(token.headers["authorization"].removeprefix("Basic ")) == b"id:%C3%BC%3A%25"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "NotFound", NotFound),
        (403, "AccessDenied", AccessDenied),
        (400, "BadRequest", BadInput),
        (500, "InternalError", PartnerUnreachable),
        (302, None, PartnerRefused),
    ],
)
def test_what_the_host_says_is_wrong(host, call, status, code, kind):
    host.answers["GET", ONE] = said({"code": code, "message": "because"}, status)
    with pytest.raises(kind, match="because") as caught:
        call("footprint", FOOTPRINT_ID)
    assert type(caught.value) is kind


def test_an_answer_that_is_no_footprint(host, call):
    host.answers["GET", ONE] = Said(200, b"<html>")
    with pytest.raises(PartnerRefused, match="cannot be read"):
        call("footprint", FOOTPRINT_ID)


def test_credentials_that_do_not_hold(host, call):
    host.answers["POST", "/auth/token"] = said({"error": "invalid_client"}, 401)
    with pytest.raises(NotAuthenticated, match="does not take this client id and secret") as caught:
        call("footprint", FOOTPRINT_ID, secret="geheim")
    assert "geheim" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said({"error": "access_denied"}, 403), r"secret \(it answered 403 access_denied\)\."),
        (said({"error": "invalid_request"}, 400), "gives no access token: .* the request: invalid_request"),
    ],
)
def test_no_token_for_another_reason_is_told_as_such(host, call, answer, told):
    host.answers["POST", "/auth/token"] = answer
    with pytest.raises(NotAuthenticated, match=told):
        call("footprint", FOOTPRINT_ID)


def test_a_token_serves_until_it_runs_out_and_then_a_new_one_does(host):
    good = {"Bearer token-1"}
    host.answers["GET", ONE] = lambda asked: (
        said({"data": {}}) if asked.headers["authorization"] in good else said({"code": "TokenExpired"}, 401)
    )
    with PactClient(host.url, "id", "s", wire=host.wire) as client:
        client.footprint(FOOTPRINT_ID)
        client.footprint(FOOTPRINT_ID)
        assert host.tokens == 1
        good.clear()
        good.add("Bearer token-2")
        client.footprint(FOOTPRINT_ID)
        assert host.tokens == 2
        good.clear()
        with pytest.raises(NotAuthenticated, match="the token it gave"):
            client.footprint(FOOTPRINT_ID)
        assert host.tokens == 3


@pytest.mark.parametrize("url", ["http://a", "https://", "https://u:p@a", "https://a?b", "nothing"])
def test_a_base_url_that_is_none(url):
    with pytest.raises(BadInput):
        PactClient(url, "id", "s")


def test_secrets_are_not_shown():
    with PactClient("https://a.example", "id", "geheim") as client:
        assert "geheim" not in repr(client.login)
