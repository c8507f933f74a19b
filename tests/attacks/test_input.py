"""Bodies that are no JSON, too large, of the wrong shape: refused, the field named, nothing kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.attacks.world import World

from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.footprint import ProductFootprint, read_footprint
from carbonbridge.core.vocabulary import EventType
from carbonbridge.node.api import head

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-input")

Footprint = Callable[..., dict[str, Any]]

BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "cut off": b'{"footprint":{',
    "list": b"[]",
    "text": b'"x"',
    "null": b"null",
    "not UTF-8": b'{"footprint":"\xff"}',
    "UTF-16": '{"footprint":{}}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"footprint":{}}',
    "NaN": b'{"footprint":{"x":NaN}}',
    "infinity": b'{"footprint":{"x":-Infinity}}',
    "beyond double": b'{"footprint":{"x":1e999}}',
    "exponent of dozens of digits": b'{"footprint":{"x":1e' + b"9" * 60 + b"}}",
    "integer of thousands of digits": b'{"footprint":{"x":' + b"9" * 10_000 + b"}}",
    "duplicate name": b'{"footprint":{"id":"a","id":"b"}}',
    "duplicate name, escaped": b'{"footprint":{"id":"a","\\u0069d":"b"}}',
    "deep list": b'{"footprint":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep object": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "unclosed": b"[" * 100_000,
    "NUL": b'{"footprint":{"companyName":"\\u0000"}}',
    "half a surrogate": b'{"footprint":{"companyName":"\\ud800"}}',
    "control character": b'{"footprint":"\x01"}',
    "trailing comma": b'{"footprint":{},}',
    "comment": b'{"footprint":{}/**/}',
    "two documents": b"{}{}",
    "form": b"footprint=x",
    "XML": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
}

#: Where partners speak; everything else is the owner's.
EVENTS = ("/2/events", "/3/events")

PATHS = [
    *EVENTS,
    "/api/v1/footprints",
    "/api/v1/connections",
    "/api/v1/certificates",
    "/api/v1/exports/cbam",
]


@pytest.fixture(scope="module", autouse=True)
def nothing_is_kept(world: World) -> Iterator[None]:
    """What an attack leaves behind is found here, whichever it was. Tests that publish say so in PUBLISHED."""
    before = world.books()
    yield
    audit, footprints, *rest = world.books()
    assert rest == before[2:]
    assert {item["id"] for item in footprints} == PUBLISHED
    assert len([line for line in audit if line["verb"] == "publish"]) == len(PUBLISHED)


PUBLISHED: set[str] = set()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_body(world: World, path: str, body: bytes) -> None:
    login = world.partner if path in EVENTS else world.owner
    response = world.live.call(login, "POST", path, content=body)
    assert response.status_code == 400, response.text
    assert response.json()["code"] == "BadRequest"
    assert len(response.text) < 6000


def test_duplicate_among_very_many_names_is_found_at_once(world: World) -> None:
    names = ",".join(f'"{number:x}":1' for number in range(90_000))
    body = f'{{{names},"{89_999:x}":1}}'.encode()
    response = world.live.call(world.partner, "POST", "/3/events", content=body)
    assert (response.status_code, response.elapsed.total_seconds() < 10) == (400, True)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ";;", ""]
)
def test_media_type_opens_no_other_reader(world: World, kind: str) -> None:
    for body in (b"<x/>", b"a=b", b'{"companyIds":[]}'):
        response = world.live.call(
            world.owner, "POST", "/api/v1/connections", content=body, headers={"Content-Type": kind}
        )
        assert response.status_code == 400


def test_caller_who_hangs_up_in_its_body_is_no_failure(world: World) -> None:
    """Else anybody could fill the log; that it does not is checked when the node ends."""
    headers = "Host: localhost\r\nContent-Length: 100\r\n"
    for path, token in (("/auth/token", ""), ("/o/owner/3/events", world.tokens[world.partner])):
        world.hang_up(f"POST {path} HTTP/1.1\r\n{headers}Authorization: Bearer {token}\r\n\r\nx".encode())


LARGE = 1048576 + 1


@pytest.mark.parametrize("path", [*EVENTS, "/api/v1/footprints", "/auth/token"])
@pytest.mark.parametrize("streamed", [False, True])
def test_large_body(world: World, path: str, streamed: bool) -> None:
    login = world.partner if path in EVENTS else world.owner
    body = b"a" * LARGE
    content = iter([body[:500_000], body[500_000:]]) if streamed else body
    assert world.live.call(login, "POST", path, content=content).status_code == 413


@pytest.mark.parametrize(
    "header",
    [
        "Content-Length: -1",
        "Content-Length: 1x",
        "Content-Length: \xb2",
        "Content-Length: 99999999999999999999999999",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip",
        "X: a\r\n folded: b",
        "X : a",
        "X: a\0b",
    ],
)
def test_ambiguous_framing_is_refused(world: World, header: str) -> None:
    """What two parsers may read differently smuggles requests past a proxy."""
    request = f"POST /o/owner/3/events HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n0\r\n\r\n"
    answer = world.raw(request.encode("latin-1"))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 401 ", b"HTTP/1.1 413 "))
    assert answer.count(b"HTTP/1.1 ") == 1
    if not header.startswith("X"):  # about a length: not even read
        assert not answer.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("begun", ["GET /", "GET / HTTP/1.1\r\nX: ", "GET / HTTP/1.1\r\n"])
def test_head_without_end_is_broken_off(world: World, begun: str) -> None:
    """Nobody needs a token to send one, so it must not fill the memory."""
    line = b"X-Y: z\r\n" if begun.endswith("\n") else b"a" * 8
    answer = world.raw(begun.encode() + line * 500_000)
    assert not answer or answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: lo"])
def test_head_that_does_not_come_is_not_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(head, "HEAD_SECONDS", 0.1)
    assert world.raw(begun) == b""


def _paths(value: object, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _paths(item, *path, name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, *path, index)


def _full() -> dict[str, Any]:
    """Fields that the small document of the tests leaves out."""
    return {
        "precedingPfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576"],
        "validityPeriodStart": "2026-01-01T00:00:00Z",
        "validityPeriodEnd": "2028-01-01T00:00:00Z",
        "comment": "c",
        "extensions": [{"specVersion": "2.0.0", "dataSchema": "https://x.example/s.json", "data": {}}],
        "pcf": {
            "boundaryProcessesDescription": "b",
            "biogenicCarbonContent": "0",
            "recycledCarbonContent": "0",
            "landUseChangeGhgEmissions": "0",
            "landCarbonLeakage": "0",
            "landManagementFossilGhgEmissions": "0",
            "landManagementBiogenicCO2Emissions": "0",
            "landManagementBiogenicCO2Removals": "0",
            "biogenicCO2Uptake": "0",
            "biogenicNonCO2Emissions": "0",
            "landAreaOccupation": "0",
            "aircraftGhgEmissions": "0",
            "packagingEmissionsIncluded": True,
            "packagingGhgEmissions": "0",
            "packagingBiogenicCarbonContent": "0",
            "outboundLogisticsGhgEmissions": "0",
            "ccsTechnologicalCO2CaptureIncluded": False,
            "ccsTechnologicalCO2Capture": "0",
            "technologicalCO2CaptureOrigin": "o",
            "technologicalCO2Removals": "0",
            "ccuCarbonContent": "0",
            "ccuCalculationApproach": "Cut-off",
            "ccuCreditCertification": "https://x.example",
            "productOrSectorSpecificRules": [{"operator": "PEF", "ruleNames": ["r"]}],
            "exemptedEmissionsDescription": "e",
            "allocationRulesDescription": "a",
            "secondaryEmissionFactorSources": [{"name": "n", "version": "1"}],
            "primaryDataShare": "50",
            "dqi": {"technologicalDQR": "1", "geographicalDQR": "1", "temporalDQR": "1"},
            "verification": {
                "coverage": "product level",
                "providerName": "p",
                "completedAt": "2026-01-01T00:00:00Z",
                "standardName": "s",
                "comments": "c",
            },
        },
    }


def whole(footprint: dict[str, Any]) -> dict[str, Any]:
    """The document with every field of PACT v3.0."""
    more = _full()
    return {**footprint, **more, "pcf": footprint["pcf"] | more["pcf"]}


def test_the_document_that_is_broken_below_is_whole(footprint: Footprint) -> None:
    document = whole(footprint())
    read_footprint(document)
    assert ProductFootprint.model_fields.keys() == document.keys()
    left_out = CarbonFootprint.model_fields.keys() - document["pcf"].keys()
    assert left_out == {"geographyRegionOrSubregion", "geographyCountry"}  # at most one geography


#: Wrong wherever it stands, but in free data and as an item's own replacement where noted in ``is_fine``.
GARBAGE = st.one_of(
    st.integers(),
    st.floats(-1e300, 1e300),
    st.booleans(),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just(""),
    st.just(" "),
    st.sampled_from(
        ["-1e31", "1e400", "NaN", "Infinity", "0x10", "1,5", "１", "2026-13-01T00:00:00Z", "../..", "'"]
    ),
    st.text(alphabet="\u202e\ufeff\U0001f4a3\t\n'\"\\<", min_size=1, max_size=5),
    st.sampled_from([["x"] * 3, {"x": {"y": [1]}}]),
)

#: Free text, where any text will do; free data, where any object will.
_FREE_TEXT = frozenset(
    {
        "productDescription",
        "comment",
        "companyName",
        "productNameCompany",
        "boundaryProcessesDescription",
        "providerName",
        "standardName",
        "comments",
        "technologicalCO2CaptureOrigin",
        "exemptedEmissionsDescription",
        "allocationRulesDescription",
        "specVersion",
        "version",
        "ccuCreditCertification",
        "dataSchema",
        "name",
        "crossSectoralStandards",
        "ruleNames",
        "documentation",
    }
)
_LISTS_MAY_BE_EMPTY = frozenset({"extensions"})


def _may_be_fine(path: tuple[str | int, ...], garbage: object) -> bool:
    name = next(str(step) for step in reversed(path) if isinstance(step, str))
    if isinstance(garbage, str):
        return name in _FREE_TEXT
    if isinstance(garbage, bool):
        return name.endswith("Included")
    return (garbage == [] and name in _LISTS_MAY_BE_EMPTY) or (
        isinstance(garbage, dict) and path[-1] in ("data", "verification")
    )


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_garbage_in_any_field_of_a_footprint(world: World, footprint: Footprint, data: st.DataObject) -> None:
    document = whole(footprint())
    path = data.draw(st.sampled_from(sorted(_paths(document), key=str)))
    garbage = data.draw(GARBAGE.filter(lambda value: not _may_be_fine(path, value)))
    broken: Any = deepcopy(document)
    inner = broken
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = garbage
    response = world.live.call(world.owner, "POST", "/api/v1/footprints", json={"footprint": broken})
    assert response.status_code == 400, f"{path} {garbage!r}: {response.text}"
    problem = response.json()
    steps = problem["field"].removeprefix("footprint.").split(".")
    assert steps[0] == path[0], f"{path} {garbage!r}: {problem}"
    assert len(response.text) < 2000


def test_units_signs_and_sizes(world: World, footprint: Footprint) -> None:
    cases = [
        ("declaredUnitOfMeasurement", "stone"),
        ("declaredUnitOfMeasurement", "Kilogram"),
        ("declaredUnitAmount", "0"),
        ("declaredUnitAmount", "-1"),
        ("fossilGhgEmissions", "-0.1"),
        ("fossilGhgEmissions", "1" * 65),
        ("fossilGhgEmissions", "1e31"),
        ("fossilGhgEmissions", 9.1),
        ("biogenicCO2Uptake", "0.1"),
        ("pcfIncludingBiogenicUptake", "1e-400"),
        ("exemptedEmissionsPercent", "-5"),
        ("geographyCountrySubdivision", "CN-JS\n"),
        ("referencePeriodEnd", "9999-12-31T23:59:59-23:59"),
        ("referencePeriodEnd", "2026-02-30T00:00:00Z"),
        ("referencePeriodEnd", "2026-01-01T00:00:00"),
    ]
    for name, value in cases:
        document = footprint()
        document["pcf"][name] = value
        response = world.live.call(world.owner, "POST", "/api/v1/footprints", json={"footprint": document})
        assert (response.status_code, response.json().get("field")) == (400, f"pcf.{name}"), (
            f"{name} {value!r}"
        )


@pytest.mark.parametrize("field", ["productIds", "companyIds", "productClassifications"])
def test_name_that_no_index_holds(world: World, footprint: Footprint, field: str) -> None:
    document = footprint()
    document[field] = [*document[field], "urn:x:" + "y" * 2000]
    response = world.live.call(world.owner, "POST", "/api/v1/footprints", json={"footprint": document})
    assert response.status_code == 400
    assert response.json()["field"].startswith(field)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "A",
        "a/b",
        "..",
        ".",
        "a%2fb",
        "-a",
        "a-",
        "a b",
        "a\n",
        "é",
        "x" * 41,
        "a.b",
        "\u202ea",
        None,
        1,
        [],
    ],
)
def test_slug_is_no_path(world: World, slug: object) -> None:
    body = {"slug": slug, "name": "N", "companyIds": ["urn:x:y"]}
    response = world.live.call(world.live.administrator, "POST", "/api/v1/organisations", json=body)
    assert (response.status_code, response.json()["field"]) == (400, "slug")
    keys = world.live.config.data_dir / "keys" / "organisations"
    assert {file.name for file in keys.iterdir()} == {"owner.jwk", "other.jwk"}


@pytest.mark.parametrize(
    "name",
    [
        "%00",
        "..",
        "..%2F..%2Fkeys%2Ftoken.jwk",
        "%2e%2e%2f",
        "'%20OR%201=1--",
        "x" * 3000,
        "%F0%9F%92%A3",
        "%ff",
    ],
)
def test_ids_in_addresses(world: World, name: str) -> None:
    for method, path in (
        ("GET", "footprints/{}"),
        ("GET", "verdicts/{}"),
        ("GET", "products/{}"),
        ("GET", "products/{}/lineage"),
        ("GET", "calculations/{}"),
        ("GET", "connections/{}/preview"),
        ("DELETE", "clients/{}"),
        ("DELETE", "grants/{}"),
        ("POST", "outbox/{}/redeliver"),
        ("POST", "requests/{}/fulfil"),
        ("POST", "calculations/{}/publish"),
    ):
        response = world.live.call(world.owner, method, f"/api/v1/{path.format(name)}")
        assert response.status_code in (400, 404, 405), f"{method} {path}: {response.text}"
    for pact in "23":
        response = world.live.call(world.partner, "GET", f"/{pact}/footprints/{name}")
        assert response.status_code in (400, 404)
        assert len(response.text) < 500


@pytest.mark.parametrize(
    "text",
    [
        "%00",
        "created%20ge%20%00",
        "%27",
        "productIds%2Fany(x:(x%20eq%20%27%27%27))",
        "productIds%2Fany(x:(x%20eq%20%27%F0%9F%92%A3%27))",
        "productIds%2Fany(x:(x%20eq%20%27" + "x" * 3000 + "%27))",
        "(" * 3000,
        "created%20ge%20%272026-01-01T00:00:00Z%27%20and%20" * 60,
        "%ff%fe",
        "1%20eq%201",
        "created%20ge%20%279999-12-31T23:59:59-23:59%27",
    ],
)
def test_filters(world: World, text: str) -> None:
    response = world.live.call(world.partner, "GET", f"/2/footprints?$filter={text}")
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert response.json() == {"data": []}
    assert len(response.text) < 600


def test_two_publish_one_id_at_once(world: World, footprint: Footprint) -> None:
    """The same document: both are told yes, one footprint. Different ones: one is told no."""
    threads = 8
    for same in (True, False):
        first = footprint()
        PUBLISHED.add(first["id"])
        barrier = threading.Barrier(threads)

        def publish(
            number: int, first: dict[str, Any] = first, same: bool = same, barrier: Any = barrier
        ) -> int:
            document = first if same else {**first, "comment": str(number)}
            barrier.wait()
            return world.live.call(
                world.owner, "POST", "/api/v1/footprints", json={"footprint": document}
            ).status_code

        with ThreadPoolExecutor(threads) as pool:
            statuses = sorted(pool.map(publish, range(threads)))
        assert statuses == ([201] * threads if same else [201] + [409] * (threads - 1))
    events = [
        item["queue"]
        for item in world.live.ask(world.owner, "GET", "/outbox")
        if item["payload"].get("eventType") == EventType.PUBLISHED
    ]
    assert events.count(world.connection) == len(PUBLISHED)


def test_answers_and_books_quote_no_footprint(world: World, footprint: Footprint) -> None:
    marker = "VERY-PRIVATE-RECIPE"
    document = footprint(comment=marker, productDescription=marker)
    document["pcf"]["fossilGhgEmissions"] = "-1"
    response = world.live.call(world.owner, "POST", "/api/v1/footprints", json={"footprint": document})
    assert marker not in response.text
    assert marker not in json.dumps(world.live.ask(world.owner, "GET", "/audit?limit=1000"))
