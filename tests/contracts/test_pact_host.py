"""The host's side of PACT v3 as the official conformance suite asks for it; numbers are the suite's case numbers.

The callbacks of cases 13 and 14.B arrive at a host of the test's own.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from queue import Queue
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from tests.core.footprints import footprint_document
from tests.support.hosts import Answer, Asked, host
from tests.support.live import COMPANY, LiveNode, Login, live_node

from carbonbridge.core.footprint import read_footprint
from carbonbridge.demo.authority import Authority

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("pact-host")

CLOUDEVENTS = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}


class Suite:
    """A partner as the suite is one: credentials, footprints to see, and an address for callbacks."""

    def __init__(self, live: LiveNode, callbacks: str, heard: Queue[Asked]) -> None:
        self.live = live
        self.heard = heard
        self.callbacks = callbacks
        self.owner = owner = live.organisation("tested")
        self.base = owner.base_url
        for number, changes in enumerate(_VARIETY):
            figures = changes.pop("figures", {})
            own = {"id": str(uuid4()), "companyIds": [COMPANY.format(1)], "productIds": [f"urn:x:p{number}"]}
            document = footprint_document(figures, **(own | changes))
            if "geographyRegionOrSubregion" in figures or "geographyCountry" in figures:
                del document["pcf"]["geographyCountrySubdivision"]  # at most one geography
            live.ask(owner, "POST", "/footprints", {"footprint": document}, 201)
        own_client = {"baseUrl": callbacks, "clientId": "ours", "clientSecret": "s"}
        _, self.login = live.partner(owner, **own_client)
        self.data = self.listed()

    def get(self, query: str = "") -> httpx.Response:
        return self.live.call(self.login, "GET", f"/3/footprints{query}")

    def listed(self, **criteria: str | list[str]) -> list[dict[str, Any]]:
        pairs = [
            f"{name}={quote(value)}"
            for name, values in criteria.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        response = self.get("?" + "&".join(pairs) if pairs else "")
        assert response.status_code == 200, response.text
        data: list[dict[str, Any]] = response.json()["data"]
        return data

    def tell(self, kind: str, data: object, event_id: str | None = None) -> httpx.Response:
        event = {
            "type": f"org.wbcsd.pact.ProductFootprint.{kind}Event.3",
            "specversion": "1.0",
            "id": event_id or str(uuid4()),
            "source": f"{self.callbacks}/3/events",
            "time": "2026-05-01T00:00:00.123Z",
            "data": data,
        }
        body = json.dumps(event).encode()
        return self.live.call(self.login, "POST", "/3/events", content=body, headers=CLOUDEVENTS)


_VARIETY: list[dict[str, Any]] = [
    {},
    {"figures": {"geographyCountry": "DE"}},
    {"figures": {"geographyRegionOrSubregion": "Eastern Asia"}},
    {"productClassifications": ["urn:cpc:1", "urn:x:two"], "validityPeriodStart": "2027-01-01T00:00:00Z"},
    {"validityPeriodStart": "2024-01-01T00:00:00Z", "validityPeriodEnd": "2024-12-31T00:00:00Z"},
]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    folder = tmp_path_factory.mktemp("suite")
    authority = Authority.create(folder / "authority")
    heard: Queue[Asked] = Queue()

    def answer(asked: Asked) -> Answer:
        if asked.path == "/auth/token":
            return Answer(body=b'{"access_token":"t","token_type":"bearer"}')
        if asked.method == "POST":
            heard.put(asked)
            return Answer(200)
        return Answer(404)

    with host(authority, folder / "host", answer) as callbacks, live_node(folder / "node", authority) as live:
        yield Suite(live, callbacks.url, heard)


def test_01_02_18_19_authentication(suite: Suite) -> None:
    good = suite.live.token_response(suite.login)
    assert good.status_code == 200
    assert good.json()["token_type"].lower() == "bearer"
    bad = suite.live.token_response(Login(suite.base, "random-id-16char", "random-secret-16"))
    assert bad.status_code in (400, 401)
    assert {"error"} <= bad.json().keys()


def test_18_openid_configuration_and_the_plain_endpoint_are_one(suite: Suite) -> None:
    configuration = suite.live.send("GET", f"{suite.base}/.well-known/openid-configuration").json()
    assert configuration["token_endpoint"] == f"{suite.base}/auth/token"


def test_03_get(suite: Suite) -> None:
    for item in suite.data:
        response = suite.live.call(suite.login, "GET", f"/3/footprints/{item['id']}")
        assert (response.status_code, response.json()["data"]) == (200, item)


def test_04_list_is_complete_and_sound(suite: Suite) -> None:
    assert len(suite.data) == len(_VARIETY)
    for item in suite.data:
        read_footprint(item)
        text = json.dumps(item)
        assert "null" not in text
        numbers = [item["pcf"][name] for name in ("declaredUnitAmount", "fossilGhgEmissions")]
        assert all(isinstance(number, str) for number in numbers)
        assert item["created"].endswith("Z")


@pytest.mark.parametrize(
    ("field", "inner"), [("comment", None), ("pcf.dqi", None), ("pcf.dqi.temporalDQR", "dqi")]
)
def test_04_null_is_never_served(suite: Suite, field: str, inner: str | None) -> None:
    """The suite's schema knows no null; what is signed is not touched, so it is refused at publication."""
    document = footprint_document(id=str(uuid4()), companyIds=[COMPANY.format(1)])
    place = document["pcf"] if field.startswith("pcf.") else document
    if inner is not None:
        place[inner] = place = {"technologicalDQR": "1", "geographicalDQR": "1", "temporalDQR": "1"}
    place[field.rpartition(".")[2]] = None
    response = suite.live.call(suite.owner, "POST", "/api/v1/footprints", json={"footprint": document})
    assert (response.status_code, response.json()["field"]) == (400, field)
    unknown = footprint_document(id=str(uuid4()), companyIds=[COMPANY.format(1)])
    unknown["extensions"] = [{"specVersion": "1.0.0", "dataSchema": "https://x.example", "data": {"x": None}}]
    preview = {"footprint": {**unknown, "status": "Deprecated"}}  # refused for that, and not for the null
    response = suite.live.call(suite.owner, "POST", "/api/v1/footprints", json=preview)
    assert (response.status_code, response.json()["field"]) == (400, "status")


def test_05_pagination(suite: Suite) -> None:
    first = suite.get("?limit=1")
    assert len(first.json()["data"]) == 1
    match = re.fullmatch(r'<([^>]+)>; rel="next"', first.headers["Link"])
    assert match is not None
    assert match[1].startswith(suite.base + "/")
    path = match[1].removeprefix(suite.base)
    for _ in range(2):  # a link may be followed twice
        second = suite.live.call(suite.login, "GET", path)
        assert second.status_code == 200
        assert [item["id"] for item in second.json()["data"]] == [suite.data[1]["id"]]


@pytest.mark.parametrize(
    ("limit", "count", "goes_on"),
    [
        ("1", 1, True),
        ("4", 4, True),
        ("5", 5, False),
        ("6", 5, False),
        ("0", 0, False),
        ("", 5, False),
        ("9" * 30, 5, False),
    ],
)
def test_05_limits(suite: Suite, limit: str, count: int, goes_on: bool) -> None:
    response = suite.get(f"?limit={limit}")
    assert len(response.json()["data"]) == count
    assert ("Link" in response.headers) == goes_on


@pytest.mark.parametrize("limit", ["-1", "x", "1.5", "1e3", "%20-0", "+"])
def test_05_limits_that_are_none(suite: Suite, limit: str) -> None:
    response = suite.get(f"?limit={limit}")
    if limit == "+":  # a blank, which is no limit
        assert response.status_code == 200
    else:
        assert (response.status_code, response.json()["code"]) == (400, "BadRequest")


def test_06_07_16_bad_bearer(suite: Suite) -> None:
    headers = {"Authorization": "Bearer very-invalid-access-token-0123456789abcdef"}
    for method, path in (("GET", ""), ("GET", f"/{suite.data[0]['id']}"), ("POST", "")):
        address = f"{suite.base}/3/" + ("events" if method == "POST" else f"footprints{path}")
        response = suite.live.send(method, address, headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "BadRequest")


def test_08_unknown_id(suite: Suite) -> None:
    response = suite.live.call(suite.login, "GET", "/3/footprints/00000000-0000-0000-0000-000000000000")
    assert (response.status_code, response.json()["code"]) == (404, "NotFound")
    assert response.headers["Content-Type"] == "application/json"


def test_09_10_11_17_plain_http_is_refused(suite: Suite) -> None:
    """Plain HTTP to the very port: no answer that a client could take for one."""
    for line in ("POST /o/tested/auth/token", "GET /o/tested/3/footprints", "POST /o/tested/3/events"):
        request = f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", suite.live.config.port), timeout=5) as plain:
            try:
                plain.sendall(request)
                answer = plain.recv(1000)
            except OSError:
                answer = b""
        assert b"HTTP/" not in answer


def callback(suite: Suite) -> tuple[str, dict[str, Any]]:
    asked = suite.heard.get(timeout=30)
    assert asked.headers["Authorization"] == "Bearer t"
    assert asked.headers["Content-Type"].startswith("application/cloudevents+json")
    return asked.path, json.loads(asked.body)


def test_12_13_request_is_fulfilled(suite: Suite) -> None:
    event_id = f"{uuid4()}/12"
    wanted = suite.data[0]["productIds"]
    response = suite.tell("RequestCreated", {"productId": wanted, "comment": "please"}, event_id)
    assert (response.status_code, response.content) == (200, b"")
    path, event = callback(suite)
    assert (path, event["type"]) == ("/3/events", "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3")
    assert (event["specversion"], event["source"]) == ("1.0", suite.base)
    assert event["data"]["requestEventId"] == event_id
    assert event["data"]["pfs"] == [suite.data[0]]


def test_14_request_is_rejected(suite: Suite) -> None:
    event_id = f"{uuid4()}/14.A"
    response = suite.tell("RequestCreated", {"productId": ["urn:pact:null"]}, event_id)
    assert (response.status_code, response.content) == (200, b"")
    path, event = callback(suite)
    assert (path, event["type"]) == ("/3/events", "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3")
    assert event["data"]["requestEventId"] == event_id
    assert event["data"]["error"]["code"]
    assert event["data"]["error"]["message"]


def test_15_published_with_an_unknown_id(suite: Suite) -> None:
    response = suite.tell("Published", {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"]})
    assert (response.status_code, response.content) == (200, b"")


def test_40_malformed_published(suite: Suite) -> None:
    response = suite.tell("Published", {"pfIds": ["urn:gtin:4712345060507"]})
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")


def test_20_21_23_filters(suite: Suite) -> None:
    first = suite.data[0]
    assert suite.listed(productId=first["productIds"][0]) == [first]
    assert suite.listed(companyId=first["companyIds"][0]) == suite.data
    expected = [
        item for item in suite.data if first["productClassifications"][0] in item["productClassifications"]
    ]
    assert suite.listed(classification=first["productClassifications"][0]) == expected
    assert 0 < len(expected) < len(suite.data)


_PLACES = ("geographyCountry", "geographyRegionOrSubregion", "geographyCountrySubdivision")


@pytest.mark.parametrize("place", ["DE", "Eastern Asia", "CN-JS", "de", "cn-js"])
def test_22_geography(suite: Suite, place: str) -> None:
    found = suite.listed(geography=place)
    assert found
    for item in found:
        assert place.casefold() in {str(item["pcf"].get(name)).casefold() for name in _PLACES}


def test_22_country_is_not_its_subdivisions(suite: Suite) -> None:
    assert suite.listed(geography="CN") == []


def test_22_23_empty_filter_is_no_filter(suite: Suite) -> None:
    for name in ("geography", "classification", "productId", "companyId", "status", "validOn"):
        assert suite.listed(**{name: ""}) == suite.data


def _validity(item: dict[str, Any]) -> tuple[datetime, datetime]:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text)

    end_of_data = at(item["pcf"]["referencePeriodEnd"])
    return (
        at(item["validityPeriodStart"]) if "validityPeriodStart" in item else end_of_data,
        at(item["validityPeriodEnd"])
        if "validityPeriodEnd" in item
        else end_of_data.replace(year=end_of_data.year + 3),
    )


def test_24_25_26_validity(suite: Suite) -> None:
    for item in suite.data:
        start, end = _validity(item)
        text = start.isoformat().replace("+00:00", "Z")
        found = suite.listed(validOn=text)
        assert item in found
        assert all(_validity(each)[0] <= start <= _validity(each)[1] for each in found)
        day = timedelta(days=1)
        later = suite.listed(validAfter=(start - day).isoformat())
        assert item in later
        assert all(_validity(each)[0] > start - day for each in later)
        earlier = suite.listed(validBefore=(end + day).isoformat())
        assert item in earlier
        assert all(_validity(each)[1] < end + day for each in earlier)


def test_24_offset_whose_plus_was_not_encoded(suite: Suite) -> None:
    encoded = suite.get("?validOn=2026-06-01T00:00:00%2B08:00").json()
    assert suite.get("?validOn=2026-06-01T00:00:00+08:00").json() == encoded
    assert encoded["data"]


def test_27_28_status(suite: Suite) -> None:
    assert suite.listed(status="Active") == suite.listed(status="active") == suite.data
    assert suite.listed(status="Active", productId="urn:x:p0") == suite.data[:1]
    assert suite.listed(status="Deprecated") == []


def test_29_alternatives(suite: Suite) -> None:
    assert suite.listed(companyId=["aB3xY9q0", COMPANY.format(1), "zzzzzzzz"]) == suite.data
    assert suite.listed(productId=["urn:x:p0", "urn:x:p1"], status="Active") == suite.data[:2]


@pytest.mark.parametrize(
    "criteria",
    [
        {"productId": "urn:bogus:product"},
        {"companyId": "urn:bogus:company"},
        {"geography": "XX"},
        {"classification": "urn:bogus:classification"},
        {"validOn": "1900-01-01T00:00:00Z"},
        {"validAfter": "2099-01-01T00:00:00Z"},
        {"validBefore": "1900-01-01T00:00:00Z"},
        {"status": "BogusStatusXXXXXXXX"},
        {"productId": "urn:x:p0", "companyId": "urn:bogus:company"},
        {"companyId": ["aaaaaaaa", "bbbbbbbb"]},
    ],
)
def test_30_to_39_nothing_matches(suite: Suite, criteria: dict[str, Any]) -> None:
    """Cases 30 to 39: an empty list, never an error and never null."""
    pairs = "&".join(
        f"{name}={quote(value)}"
        for name, values in criteria.items()
        for value in (values if isinstance(values, list) else [values])
    )
    response = suite.get(f"?{pairs}")
    assert (response.status_code, response.content) == (200, b'{"data":[]}')
    assert "Link" not in response.headers


def test_names_of_parameters_in_any_letter_case_and_unknown_ones(suite: Suite) -> None:
    assert suite.get("?productid=urn:x:p0&x-vendor-y=1&unknown=2").json()["data"] == suite.data[:1]


@pytest.mark.parametrize("when", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z"])
def test_date_that_cannot_be_read(suite: Suite, when: str) -> None:
    response = suite.get(f"?validOn={when}")
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")
    assert "validOn" in response.json()["message"]
