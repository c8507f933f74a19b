"""The PACT v3 interface, as a partner meets it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.support.live import LiveNode, Login

Publish = Callable[..., dict[str, Any]]

CLOUDEVENTS = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}


def listed(live: LiveNode, partner: Login, query: str = "") -> list[str]:
    response = live.call(partner, "GET", f"/3/footprints{query}")
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


def next_url(response: Any) -> str | None:
    match = re.fullmatch(r'<([^>]*)>; rel="next"', response.headers.get("Link", ""))
    return match[1] if match else None


def test_list_and_get_serve_the_same_bytes(live: LiveNode, owner: Login, publish: Publish) -> None:
    document = publish(comment="ü 碳 \U0001f33f", somethingUnknown={"kept": ["as", "it", "is"]})
    _, partner = live.partner(owner)
    listing = live.call(partner, "GET", "/3/footprints")
    single = live.call(partner, "GET", f"/3/footprints/{document['id']}")
    assert listing.headers["Content-Type"] == single.headers["Content-Type"] == "application/json"
    assert listing.content == b'{"data":[' + single.content[len(b'{"data":') : -1] + b"]}"
    served = single.json()["data"]
    assert {name: served[name] for name in document} == document
    assert "Link" not in listing.headers


def test_partner_without_a_grant_sees_nothing_anywhere(
    live: LiveNode, owner: Login, publish: Publish
) -> None:
    document = publish()
    _, partner = live.partner(owner, share=False)
    assert listed(live, partner) == []
    response = live.call(partner, "GET", f"/3/footprints/{document['id']}")
    assert (response.status_code, response.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "footprint_id", ["00000000-0000-0000-0000-000000000000", "x", "%00", "a%2Fb", "é", "'"]
)
def test_unknown_footprint(live: LiveNode, owner: Login, footprint_id: str) -> None:
    _, partner = live.partner(owner)
    response = live.call(partner, "GET", f"/3/footprints/{footprint_id}")
    assert (response.status_code, response.json()["code"]) == (404, "NotFound")


def test_pages_cover_everything_once_and_keep_the_filters(
    live: LiveNode, owner: Login, publish: Publish
) -> None:
    mine = [publish(productIds=["urn:pact:x.example:product-id:a+b &c"])["id"] for _ in range(5)]
    publish(productIds=["urn:pact:x.example:product-id:other"])
    _, partner = live.partner(owner)
    url: str | None = f"{owner.base_url}/3/footprints?limit=2&productId=" + quote(
        "urn:pact:X.example:product-id:a+b &c"
    )
    seen, pages = [], 0
    headers = {"Authorization": f"Bearer {live.token(partner)}"}
    while url is not None:
        assert url.startswith(owner.base_url)
        response = live.send("GET", url, headers=headers)
        assert response.content == live.send("GET", url, headers=headers).content
        page = [item["id"] for item in response.json()["data"]]
        assert 1 <= len(page) <= 2
        seen += page
        pages += 1
        url = next_url(response)
    assert (seen, pages) == (mine, 3)


def test_exactly_full_page_has_no_next(live: LiveNode, owner: Login, publish: Publish) -> None:
    publish()
    publish()
    _, partner = live.partner(owner)
    assert next_url(live.call(partner, "GET", "/3/footprints?limit=2")) is None
    assert next_url(live.call(partner, "GET", "/3/footprints?limit=1")) is not None


def test_limits(live: LiveNode, owner: Login, publish: Publish) -> None:
    publish()
    publish()
    _, partner = live.partner(owner)
    nothing = live.call(partner, "GET", "/3/footprints?limit=0")
    assert nothing.content == b'{"data":[]}'
    assert "Link" not in nothing.headers
    assert len(listed(live, partner, "?limit=99999999999999999999")) == 2
    assert len(listed(live, partner, "?limit=")) == 2
    assert len(listed(live, partner, "?LIMIT=1")) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=-1", "limit"),
        ("limit=1.0", "limit"),
        ("limit=x", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=%ff", "cursor"),
        ("validOn=yesterday", "validOn"),
        ("productId=a%00b", "productId"),
        ("x=1&" * 1001, "1000"),
    ],
)
def test_queries_that_are_refused(live: LiveNode, owner: Login, query: str, field: str) -> None:
    _, partner = live.partner(owner)
    response = live.call(partner, "GET", f"/3/footprints?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")
    assert field in response.json()["message"]


def test_filters(live: LiveNode, owner: Login, publish: Publish) -> None:
    one = publish(productIds=["urn:x:one"])["id"]
    two = publish(productIds=["urn:x:two"])["id"]
    _, partner = live.partner(owner)
    assert listed(live, partner, "?productId=URN:X:ONE") == [one]
    assert listed(live, partner, "?productid=urn:x:one&productId=urn:x:two") == [one, two]
    assert listed(live, partner, "?productId=") == [one, two]
    assert listed(live, partner, "?status=Bogus") == []
    assert listed(live, partner, "?geography=XX&classification=urn:bogus:1") == []
    assert listed(live, partner, "?validOn=1900-01-01T00:00:00Z") == []


def test_predecessor_is_deprecated_and_still_served(live: LiveNode, owner: Login, publish: Publish) -> None:
    old = publish()["id"]
    new = publish(precedingPfIds=[old])["id"]
    _, partner = live.partner(owner)
    assert listed(live, partner, "?status=active") == [new]
    assert listed(live, partner, "?status=deprecated") == [old]


def published_event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "org.wbcsd.pact.ProductFootprint.PublishedEvent.3",
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "//partner.example/3/events",
        "time": "2026-05-01T00:00:00Z",
        "data": {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"]},
        **changes,
    }


def test_event_is_taken_with_an_empty_200_and_twice_is_once(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner, baseUrl="https://localhost:1", clientId="c", clientSecret="s")
    event = json.dumps(published_event()).encode()
    for headers in (CLOUDEVENTS, {"Content-Type": "application/json"}, {}):
        response = live.call(partner, "POST", "/3/events", content=event, headers=headers)
        assert (response.status_code, response.content) == (200, b"")
    assert len([item for item in live.ask(owner, "GET", "/outbox") if item["verb"] == "fetch"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[" * 200 + b"]" * 200,
        json.dumps(published_event(data={"pfIds": ["urn:gtin:4712345060507"]})).encode(),
        json.dumps(published_event(type="org.wbcsd.pact.Unknown.3")).encode(),
        json.dumps(published_event(id=None)).encode(),
    ],
)
def test_events_that_are_refused(live: LiveNode, owner: Login, body: bytes) -> None:
    _, partner = live.partner(owner)
    response = live.call(partner, "POST", "/3/events", content=body, headers=CLOUDEVENTS)
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")


def test_events_are_for_partners_only(live: LiveNode, owner: Login) -> None:
    response = live.call(owner, "POST", "/3/events", json=published_event())
    assert (response.status_code, response.json()["code"]) == (403, "AccessDenied")


def test_answer_to_a_question_never_asked(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    event = published_event(
        type="org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3",
        data={"requestEventId": "never/12", "error": {"code": "NotFound", "message": "no"}},
    )
    assert live.call(partner, "POST", "/3/events", json=event).status_code == 400


def test_large_body_stated_or_streamed(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    big = b" " * 70000
    stated = live.call(partner, "POST", "/3/events", content=big)
    streamed = live.call(partner, "POST", "/3/events", content=iter([big[:40000], big[40000:]]))
    for response in (stated, streamed):
        assert (response.status_code, response.json()["code"]) == (413, "BadRequest")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/3/nothing", 404),
        ("PUT", "/3/footprints", 405),
        ("GET", "/3/events", 405),
        ("GET", "/3/footprints/", 404),
    ],
)
def test_no_such_path_or_method(live: LiveNode, owner: Login, method: str, path: str, status: int) -> None:
    response = live.send(method, owner.base_url + path)
    assert response.status_code == status
    assert set(response.json()) == {"code", "message"}


def test_default_organisation_is_served_at_the_root(live: LiveNode, publish: Publish) -> None:
    assert live.send("GET", "/3/footprints").status_code == 404
    default = live.organisation("default", isDefault=True)
    _, partner = live.partner(default)
    at_root = Login(live.url, partner.client_id, partner.client_secret)
    response = live.call(at_root, "GET", "/3/footprints")
    assert response.json() == {"data": []}
    assert live.send("GET", "/3/footprints").status_code == 401
    assert live.send("GET", "/.well-known/jwks.json").status_code == 200
