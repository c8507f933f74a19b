"""The host's side of PACT v2.0 to v2.3 as the official conformance suite asks for it; numbers are its case numbers.

The callbacks of cases 13 and 14.B arrive at a host of the test's own. One document has to serve all four minor
versions, so that every footprint is held against each of their schemas.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from queue import Queue
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from tests.core.footprints import footprint_document
from tests.core.footprints_v2 import footprint_v2
from tests.support.hosts import Answer, Asked, host
from tests.support.live import COMPANY, LiveNode, Login, live_node
from tests.support.schema_v2 import validator

from carbonbridge.demo.authority import Authority

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("pact-v2-host")

CLOUDEVENTS = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
PUBLISHED = "ProductFootprint.Published"
CREATED, FULFILLED, REJECTED = (
    f"ProductFootprintRequest.{name}" for name in ("Created", "Fulfilled", "Rejected")
)

_RATINGS = dict.fromkeys(("technologicalDQR", "geographicalDQR", "temporalDQR"), "2")

#: Figures and changes of v3 footprints; then of v2 footprints.
_V3: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"declaredUnitOfMeasurement": "piece", "recycledCarbonContent": "1"}, {"comment": "by the piece"}),
    (
        {
            "primaryDataShare": "56.12",
            "dqi": dict.fromkeys(("technologicalDQR", "geographicalDQR", "temporalDQR"), "2"),
        },
        {},
    ),
    (
        {
            "landUseChangeGhgEmissions": "1",
            "biogenicCO2Uptake": "-2",
            "landManagementBiogenicCO2Removals": "-1",
        },
        {},
    ),
    (
        {
            "crossSectoralStandards": ["ISO14040-44", "PAS2050", "PACT-3.0"],
            "ipccCharacterizationFactors": ["AR5", "AR6"],
            "declaredUnitAmount": "7",
            "verification": {"providerName": "Auditor", "coverage": "PCF program"},
        },
        {"productClassifications": ["urn:x:two", "urn:cpc:1"], "validityPeriodStart": "2027-01-01T00:00:00Z"},
    ),
]
_V2: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"geographyCountry": "FR"}, {"version": 3, "updated": "2026-03-01T00:00:00Z", "specVersion": "2.2.0"}),
]


class Suite:
    """A partner as the suite is one: credentials, footprints to see, and an address for callbacks."""

    def __init__(self, live: LiveNode, callbacks: str, heard: Queue[Asked]) -> None:
        self.live = live
        self.heard = heard
        self.callbacks = callbacks
        self.owner = owner = live.organisation("tested")
        self.base = owner.base_url
        self.originals = []
        for number, (figures, changes) in enumerate(_V3):
            self._publish(footprint_document(figures, **(self._own(number) | changes)))
        for number, (figures, changes) in enumerate(_V2, len(_V3)):
            self.originals.append(self._publish(footprint_v2(figures, **(self._own(number) | changes))))
        hours = {"declaredUnitOfMeasurement": "hour"}  # which v2 cannot tell
        self.untold = self._publish(footprint_document(hours, **self._own(99)))
        own_client = {"baseUrl": callbacks, "clientId": "ours", "clientSecret": "s"}
        _, self.login = live.partner(owner, **own_client)
        self.data = self.listed()

    def get(self, path: str = "") -> httpx.Response:
        return self.live.call(self.login, "GET", f"/2/footprints{path}")

    def listed(self, text: str = "") -> list[dict[str, Any]]:
        response = self.get(f"?$filter={quote(text)}" if text else "")
        assert response.status_code == 200, response.text
        data: list[dict[str, Any]] = response.json()["data"]
        return data

    def tell(self, kind: str, data: object, event_id: str | None = None) -> httpx.Response:
        event = {
            "type": f"org.wbcsd.pathfinder.{kind}.v1",
            "specversion": "1.0",
            "id": event_id or str(uuid4()),
            "source": self.callbacks,
            "time": "2026-05-01T00:00:00.123Z",
            "data": data,
        }
        body = json.dumps(event).encode()
        return self.live.call(self.login, "POST", "/2/events", content=body, headers=CLOUDEVENTS)

    def _own(self, number: int) -> dict[str, Any]:
        created = f"2026-02-0{number % 9 + 1}T08:00:00Z"
        return {
            "id": str(uuid4()),
            "companyIds": [COMPANY.format(1)],
            "productIds": [f"urn:x:p{number}"],
            "created": created,
        }

    def _publish(self, document: dict[str, Any]) -> dict[str, Any]:
        self.live.ask(self.owner, "POST", "/footprints", {"footprint": document}, 201)
        return document


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    folder = tmp_path_factory.mktemp("suite")
    authority = Authority.create(folder / "authority")
    heard: Queue[Asked] = Queue()

    def answer(asked: Asked) -> Answer:
        if asked.path == "/auth/token":
            return Answer(body=b'{"access_token":"t"}')
        if asked.method == "POST":
            heard.put(asked)
            return Answer(200)
        return Answer(404)

    with host(authority, folder / "host", answer) as callbacks, live_node(folder / "node", authority) as live:
        yield Suite(live, callbacks.url, heard)


def test_01_02_18_19_authentication(suite: Suite) -> None:
    assert suite.live.token_response(suite.login).status_code == 200
    bad = suite.live.token_response(Login(suite.base, "random-id-16char", "random-secret-16"))
    assert bad.status_code in (400, 401)
    configuration = suite.live.send("GET", f"{suite.base}/.well-known/openid-configuration").json()
    assert configuration["token_endpoint"] == f"{suite.base}/auth/token"


@pytest.mark.parametrize("minor", range(4))
def test_03_04_every_footprint_satisfies_every_minor_version(suite: Suite, minor: int) -> None:
    assert len(suite.data) == len(_V3) + len(_V2)
    for item in suite.data:
        validator(minor).validate(item)
        response = suite.get(f"/{item['id']}")
        assert (response.status_code, response.json()["data"]) == (200, item)
        assert suite.get(f"/{item['id'].upper()}").json()["data"] == item
    assert b"null" not in suite.get().content


def test_03_the_original_is_served_byte_for_byte(suite: Suite) -> None:
    for original in suite.originals:
        body = suite.get(f"/{original['id']}").content
        assert (
            body
            == b'{"data":' + json.dumps(original, separators=(",", ":"), ensure_ascii=False).encode() + b"}"
        )


def test_04_what_v2_cannot_tell_is_not_listed(suite: Suite) -> None:
    assert suite.untold["id"] not in {item["id"] for item in suite.data}
    response = suite.get(f"/{suite.untold['id']}")
    assert (response.status_code, response.json()["code"]) == (404, "NoSuchFootprint")
    report = suite.live.ask(suite.owner, "GET", f"/footprints/{suite.untold['id']}/loss-report")
    assert (report["expressible"], report["reason"]["field"]) == (False, "pcf.declaredUnitOfMeasurement")


def test_05_pagination(suite: Suite) -> None:
    path, seen = "/2/footprints?limit=1", []
    for _ in suite.data:
        response = suite.live.call(suite.login, "GET", path)
        again = suite.live.call(suite.login, "GET", path)
        assert response.json() == again.json()
        assert len(response.json()["data"]) == 1
        seen += response.json()["data"]
        match = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers.get("Link", ""))
        if match is None:
            break
        assert match[1].startswith(suite.base + "/2/")
        path = match[1].removeprefix(suite.base)
    assert seen == suite.data


@pytest.mark.parametrize(("limit", "count", "goes_on"), [("2", 2, True), ("7", 7, False), ("0", 0, False)])
def test_05_limits(suite: Suite, limit: str, count: int, goes_on: bool) -> None:
    response = suite.get(f"?limit={limit}")
    assert len(response.json()["data"]) == count
    assert ("Link" in response.headers) == goes_on


def test_05_the_link_keeps_the_filter(suite: Suite) -> None:
    text = quote("created ge '2026-02-03T00:00:00Z'")
    first = suite.get(f"?$filter={text}&limit=2")
    path = first.headers["Link"].split(">")[0].removeprefix(f"<{suite.base}")
    second = suite.live.call(suite.login, "GET", path).json()["data"]
    assert first.json()["data"] + second == suite.data[2:6]


def test_06_07_16_bad_bearer(suite: Suite) -> None:
    headers = {"Authorization": "Bearer very-invalid-access-token-0123456789abcdef"}
    for method, path in (
        ("GET", "footprints"),
        ("GET", f"footprints/{suite.data[0]['id']}"),
        ("POST", "events"),
    ):
        response = suite.live.send(method, f"{suite.base}/2/{path}", headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "BadRequest")


@pytest.mark.parametrize(
    "unknown", ["random-string-as-id-0123456789abcdef", "00000000-0000-0000-0000-000000000000"]
)
def test_08_unknown_id(suite: Suite, unknown: str) -> None:
    response = suite.get(f"/{unknown}")
    assert (response.status_code, response.json()["code"]) == (404, "NoSuchFootprint")
    assert response.headers["Content-Type"] == "application/json"


def test_09_10_11_17_plain_http_is_refused(suite: Suite) -> None:
    for line in ("POST /o/tested/auth/token", "GET /o/tested/2/footprints", "POST /o/tested/2/events"):
        request = f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", suite.live.config.port), timeout=5) as plain:
            try:
                plain.sendall(request)
                answer = plain.recv(1000)
            except OSError:
                answer = b""
        assert b"HTTP/" not in answer


def callback(suite: Suite) -> dict[str, Any]:
    asked = suite.heard.get(timeout=30)
    assert asked.path == "/2/events"
    assert asked.headers["Authorization"] == "Bearer t"
    assert asked.headers["Content-Type"].startswith("application/cloudevents+json")
    event: dict[str, Any] = json.loads(asked.body)
    assert (event["specversion"], event["source"]) == ("1.0", suite.base)
    return event


@pytest.mark.parametrize("index", [0, -1])
def test_12_13_request_is_fulfilled(suite: Suite, index: int) -> None:
    wanted, event_id = suite.data[index], f"{uuid4()}-12"
    fragment = {"productIds": wanted["productIds"]}
    response = suite.tell(CREATED, {"pf": fragment, "comment": "Please send PCF data."}, event_id)
    assert (response.status_code, response.content) == (200, b"")
    event = callback(suite)
    assert event["type"] == f"org.wbcsd.pathfinder.{FULFILLED}.v1"
    assert event["data"] == {"requestEventId": event_id, "pfs": [wanted]}


@pytest.mark.parametrize(
    "fragment",
    [
        {"productCategoryCpc": "1"},
        {"productClassifications": ["urn:x:two"]},
        {"companyIds": [COMPANY.format(1)], "pcf": {"geographyCountry": "FR"}},
    ],
)
def test_12_13_other_examples(suite: Suite, fragment: dict[str, Any]) -> None:
    assert suite.tell(CREATED, {"pf": fragment}).status_code == 200
    (found,) = callback(suite)["data"]["pfs"]
    assert found in suite.data


@pytest.mark.parametrize("product", ["urn:pact:null", "urn:x:p99"])
def test_14_request_is_rejected(suite: Suite, product: str) -> None:
    """The second is a footprint that v2 cannot tell."""
    event_id = f"{uuid4()}-14.A"
    response = suite.tell(CREATED, {"pf": {"productIds": [product]}}, event_id)
    assert (response.status_code, response.content) == (200, b"")
    event = callback(suite)
    assert event["type"] == f"org.wbcsd.pathfinder.{REJECTED}.v1"
    assert event["data"]["requestEventId"] == event_id
    assert event["data"]["error"]["code"] == "NotFound"
    assert event["data"]["error"]["message"]


def test_12_the_same_again_is_answered_once(suite: Suite) -> None:
    event_id = f"{uuid4()}-12"
    for _ in range(3):
        assert suite.tell(CREATED, {"pf": {"productIds": ["urn:x:p0"]}}, event_id).status_code == 200
    assert callback(suite)["data"]["requestEventId"] == event_id
    assert suite.tell(CREATED, {"pf": {"productIds": ["urn:pact:null"]}}, "last").status_code == 200
    assert callback(suite)["data"]["requestEventId"] == "last"


def test_15_published_with_an_unknown_id(suite: Suite) -> None:
    response = suite.tell(PUBLISHED, {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"]})
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (PUBLISHED, {"pfIds": ["urn:gtin:4712345060507"]}),
        (PUBLISHED, {}),
        (CREATED, {"productIds": ["urn:x:p0"]}),
        (CREATED, {"pf": {"productIds": "urn:x:p0"}}),
        (FULFILLED, {"requestEventId": "unheard-of", "pfs": []}),
        ("Other", {}),
    ],
)
def test_21_malformed_events(suite: Suite, kind: str, data: dict[str, Any]) -> None:
    response = suite.tell(kind, data)
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")


def test_20_filter_by_creation(suite: Suite) -> None:
    created = suite.data[2]["created"]
    found = suite.listed(f"created ge '{created}'")
    assert found == [item for item in suite.data if item["created"] >= created]
    assert 0 < len(found) < len(suite.data)
    assert suite.get(f"?$filter=created%20ge%20'{created}'").json()["data"] == found


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("productIds/any(x:(x eq 'urn:x:p1'))", [1]),
        (f"companyIds/any(x:(x eq '{COMPANY.format(1)}')) and productCategoryCpc eq '1'", [4]),
        ("productCategoryCpc eq '37191'", [5, 6]),
        ("pcf/geographyCountry eq 'FR'", [6]),
        ("pcf/geographyCountry eq 'CN'", []),
        ("updated ge '2026-01-01T00:00:00Z'", [6]),
        ("pcf/referencePeriodStart lt '2025-01-01T00:00:00Z'", []),
        ("created le '2026-02-02T08:00:00Z' and created gt '2026-02-01T08:00:00Z'", [1]),
        ("", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_20_other_filters(suite: Suite, text: str, indexes: list[int]) -> None:
    assert suite.listed(text) == [suite.data[index] for index in indexes]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("created ge", "BadRequest"),
        ("created ge 'yesterday'", "BadRequest"),
        ("created ge '2026-02-01T08:00:00Z' or created lt '2026-02-01T08:00:00Z'", "NotImplemented"),
        ("startswith(productNameCompany,'x')", "NotImplemented"),
    ],
)
def test_20_filters_that_are_not_offered(suite: Suite, text: str, code: str) -> None:
    response = suite.get(f"?$filter={quote(text)}")
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_loss_report_of_each(suite: Suite) -> None:
    for item in suite.data:
        report = suite.live.ask(suite.owner, "GET", f"/footprints/{item['id']}/loss-report")
        assert report["expressible"]
        for loss in report["losses"]:
            assert loss["why"].keys() == {"en", "zh"}
