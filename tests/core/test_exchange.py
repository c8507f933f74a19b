"""The client's conversations: what goes out, what is made of the answers, whom we trust with our token."""

from __future__ import annotations

import asyncio
import base64
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.core.footprints import FOOTPRINT_ID, footprint_document

from carbonbridge.core import exchange
from carbonbridge.core.criteria import FootprintCriteria, from_query
from carbonbridge.core.errors import (
    CredentialsRefused,
    PartnerRefused,
    PartnerUnreachable,
    SignInRefused,
    TokenRefused,
)
from carbonbridge.core.exchange import HttpRequest, HttpResponse, Token, drive, drive_async

BASE = "https://glass.example/o/glass"
TOKEN = Token("t0ken")


def answer(body=None, status=200, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, headers, data)


class Host:
    """Answers with the given responses in turn and remembers what it was asked."""

    def __init__(self, *responses: HttpResponse) -> None:
        self.responses = list(responses)
        self.asked: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        return self.responses.pop(0)


@pytest.mark.parametrize(
    ("response", "endpoint"),
    [
        (answer({"token_endpoint": "https://login.example/token?x=1"}), "https://login.example/token?x=1"),
        (answer({"issuer": BASE}), f"{BASE}/auth/token"),
        (answer({"code": "NotFound"}, 404), f"{BASE}/auth/token"),
        (answer(b"", 503), f"{BASE}/auth/token"),
        (answer(b"<html>"), f"{BASE}/auth/token"),
        (answer([]), f"{BASE}/auth/token"),
    ],
)
def test_the_token_endpoint(response, endpoint):
    host = Host(response)
    assert drive(exchange.discover_token_endpoint(BASE), host) == endpoint
    assert host.asked[0].url == f"{BASE}/.well-known/openid-configuration"
    assert "Authorization" not in host.asked[0].headers


@pytest.mark.parametrize(
    "endpoint", ["http://login.example/token", "https://u:p@login.example/", "https://[x", "/auth/token", ""]
)
def test_a_token_endpoint_that_would_give_our_secret_away(endpoint):
    with pytest.raises(PartnerRefused):
        drive(exchange.discover_token_endpoint(BASE), Host(answer({"token_endpoint": endpoint})))


def test_credentials_are_form_encoded_before_basic():
    host = Host(answer({"access_token": "a.b-c", "token_type": "bearer", "expires_in": 900}))
    conversation = exchange.authenticate(f"{BASE}/auth/token", "id:1", "s e+c%", {"scope": "a b"})
    assert drive(conversation, host) == Token("a.b-c", 900)
    sent = host.asked[0]
    assert (sent.method, sent.url) == ("POST", f"{BASE}/auth/token")
    assert base64.b64decode(sent.headers["Authorization"].removeprefix("Basic ")) == b"id%3A1:s+e%2Bc%25"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(sent.body.decode()) == [("grant_type", "client_credentials"), ("scope", "a b")]


@pytest.mark.parametrize("expires_in", [None, "900", -1, 0, 900.5, True])
def test_a_lifetime_that_is_none_is_passed_over(expires_in):
    host = Host(answer({"access_token": "a", "expires_in": expires_in}))
    assert drive(exchange.authenticate(BASE, "i", "s"), host) == Token("a", None)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (answer({"error": "invalid_client"}, 401), PartnerRefused),
        (answer({"error": "invalid_request"}, 400), PartnerRefused),
        (answer(b"", 302, location="https://elsewhere.example"), PartnerRefused),
        (answer(b"", 500), PartnerUnreachable),
        (answer(b"", 429), PartnerUnreachable),
        (answer({}), PartnerRefused),
        (answer({"access_token": ""}), PartnerRefused),
        (answer({"access_token": "a\r\nX-Evil: 1"}), PartnerRefused),
        (answer(b"[1,"), PartnerRefused),
    ],
)
def test_no_token(response, error):
    with pytest.raises(error) as refused:
        drive(exchange.authenticate(BASE, "i", "s3cret"), Host(response))
    assert not isinstance(refused.value, TokenRefused)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (answer({"error": "invalid_client"}, 401), ""),
        (answer({"error": "invalid_client"}, 400), ""),
        (answer({"error": "access_denied", "error_description": "no"}, 403), "it answered 403 access_denied"),
        (answer({"code": "BadRequest", "message": "no"}, 400), "it answered 400"),
        (answer(b"<html>", 401), "it answered 401"),
    ],
)
def test_credentials_that_are_refused(response, said):
    with pytest.raises(CredentialsRefused) as refused:
        drive(exchange.authenticate(BASE, "i", "s"), Host(response))
    assert refused.value.said == said


@pytest.mark.parametrize(
    "error", ["invalid_request", "unsupported_grant_type", "invalid_scope", "invalid_target"]
)
def test_a_request_that_is_refused_says_nothing_of_the_credentials(error):
    response = answer({"error": error, "error_description": "cannot\n be read"}, 400)
    with pytest.raises(SignInRefused, match=f"does not take the request: {error}: cannot be read") as refused:
        drive(exchange.authenticate(BASE, "i", "s"), Host(response))
    assert not isinstance(refused.value, CredentialsRefused)


def test_secrets_are_not_shown():
    host = Host(answer({"data": []}))
    drive(exchange.list_footprints(BASE, TOKEN), host)
    assert "t0ken" not in repr(host.asked) + repr(TOKEN)


def test_a_listing_asks_for_what_is_wanted_and_follows_all_pages():
    wanted = FootprintCriteria(product_id=("urn:a#1&b=+/2", "urn:ü"), status=("Active",))
    one, two = footprint_document(), footprint_document(comment="ü")
    host = Host(
        answer({"data": [one]}, link=f'<{BASE}/3/footprints?p=2>; rel="next"'),
        answer({"data": []}, link="<?p=3>; rel=next"),
        answer({"data": [two]}),
    )
    found = drive(exchange.list_footprints(BASE, TOKEN, wanted.pairs(), limit=1), host)
    assert [footprint.document for footprint in found] == [one, two]
    first = urlsplit(host.asked[0].url)
    pairs = parse_qsl(first.query, strict_parsing=True)
    assert (first.path, first.fragment) == ("/o/glass/3/footprints", "")
    assert (from_query(pairs), pairs[-1]) == (wanted, ("limit", "1"))
    assert [request.url for request in host.asked[1:]] == [f"{BASE}/3/footprints?p={page}" for page in (2, 3)]
    assert all(request.headers["Authorization"] == "Bearer t0ken" for request in host.asked)


def test_footprints_come_with_their_exact_bytes():
    data = b'{ "id":"1" , "x": 1.50 }'
    page = answer(b'{"more":[1], "data": [ ' + data + b", " + data + b"]}")
    found = drive(exchange.list_footprints(BASE, TOKEN), Host(page))
    assert [footprint.data for footprint in found] == [data, data]
    one = drive(exchange.get_footprint(BASE, TOKEN, "1"), Host(answer(b'{"data":' + data + b"}")))
    assert one == found[0]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/3/footprints",
        "http://glass.example/o/glass/3/footprints",
        "https://glass.example:8443/o/glass/3/footprints",
        "https://glass.example@evil.example/",
        "https://x@glass.example/o/glass/3/footprints",
        "//evil.example/",
        "https://[",
        "https://glass.example:port/",
    ],
)
def test_our_token_stays_with_the_host_it_is_for(link):
    host = Host(answer({"data": []}, link=f'<{link}>; rel="next"'))
    with pytest.raises(PartnerRefused):
        drive(exchange.list_footprints(BASE, TOKEN), host)
    assert len(host.asked) == 1


def test_the_default_port_is_the_same_host():
    host = Host(answer({"data": []}, link="<https://glass.example:443/x>; rel=next"), answer({"data": []}))
    assert drive(exchange.list_footprints(BASE, TOKEN), host) == []


def test_a_listing_that_goes_round_in_circles_is_left():
    pages = [answer({"data": []}, link=f"<?p={page % 3}>; rel=next") for page in range(10)]
    with pytest.raises(PartnerRefused, match="end"):
        drive(exchange.list_footprints(BASE, TOKEN), Host(*pages))


def test_a_listing_without_end_is_left():
    asked = []

    def endless(request: HttpRequest) -> HttpResponse:
        asked.append(request.url)
        return answer({"data": []}, link=f"<?p={len(asked)}>; rel=next")

    with pytest.raises(PartnerRefused, match="end"):
        drive(exchange.list_footprints(BASE, TOKEN), endless)
    assert len(asked) == exchange.MAX_PAGES


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"data":null}', b'{"data":{}}', b'{"data":[1]}', b'{"data":[NaN]}', b"\xff"]
)
def test_what_is_no_listing(body):
    with pytest.raises(PartnerRefused):
        drive(exchange.list_footprints(BASE, TOKEN), Host(answer(body)))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data":null}', b'{"data":[]}', b'{"data":"x"}'])
def test_what_is_no_footprint(body):
    with pytest.raises(PartnerRefused):
        drive(exchange.get_footprint(BASE, TOKEN, FOOTPRINT_ID), Host(answer(body)))


def test_a_footprint_is_asked_for_by_its_id_alone():
    host = Host(answer({"data": footprint_document()}))
    drive(exchange.get_footprint(BASE, TOKEN, "../x?y#z"), host)
    assert (host.asked[0].method, host.asked[0].url) == ("GET", f"{BASE}/3/footprints/..%2Fx%3Fy%23z")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_event_is_delivered_as_it_is(status):
    host = Host(answer(b"", status))
    assert drive(exchange.send_event(BASE, TOKEN, b'{"id": 1}'), host) is None
    sent = host.asked[0]
    assert (sent.method, sent.url, sent.body) == ("POST", f"{BASE}/3/events", b'{"id": 1}')
    assert sent.headers["Content-Type"].startswith("application/cloudevents+json")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (answer({"code": "BadRequest", "message": "no"}, 400), PartnerRefused),
        (answer({"code": "NotFound", "message": "no"}, 404), PartnerRefused),
        (answer(b"", 301, location="https://elsewhere.example"), PartnerRefused),
        (answer({"code": "NotImplemented"}, 501), PartnerRefused),
        (answer({"code": "TokenExpired"}, 401), TokenRefused),
        (answer(b"gateway", 401), TokenRefused),
        (answer({"code": "AccessDenied"}, 403), PartnerRefused),
        (answer({"code": "TokenExpired"}, 403), TokenRefused),
        (answer(b"", 408), PartnerUnreachable),
        (answer(b"", 429), PartnerUnreachable),
        (answer({"code": "InternalError"}, 500), PartnerUnreachable),
        (answer(b"<html>", 503), PartnerUnreachable),
    ],
)
@pytest.mark.parametrize(
    "conversation",
    [
        lambda: exchange.send_event(BASE, TOKEN, b"{}"),
        lambda: exchange.list_footprints(BASE, TOKEN),
        lambda: exchange.get_footprint(BASE, TOKEN, FOOTPRINT_ID),
    ],
)
def test_error_answers(response, error, conversation):
    with pytest.raises(error) as refused:
        drive(conversation(), Host(response))
    assert type(refused.value) is error
    assert str(response.status) in refused.value.message


def test_what_the_partner_says_is_shown_in_short_and_harmless():
    said = {"code": "Bad\x1b[31mRequest", "message": "because\r\n" + "x" * 5000}
    with pytest.raises(PartnerRefused) as refused:
        drive(exchange.send_event(BASE, TOKEN, b"{}"), Host(answer(said, 400)))
    assert refused.value.message.isprintable()
    assert "because" in refused.value.message
    assert len(refused.value.message) < 400


def test_the_asynchronous_driver_holds_the_same_conversation():
    host = Host(answer({"data": [{"id": "1"}]}, link="<?p=2>; rel=next"), answer({"data": [{"id": "2"}]}))

    async def send(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        return host(request)

    found = asyncio.run(drive_async(exchange.list_footprints(BASE, TOKEN), send))
    assert [footprint.document["id"] for footprint in found] == ["1", "2"]
