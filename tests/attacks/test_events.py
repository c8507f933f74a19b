"""Hostile events: forged answers, replays, sources that point inwards, floods."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.attacks.inner import PAYLOADS
from tests.attacks.world import World
from tests.support.live import Login

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-events")

Footprint = Callable[..., dict[str, Any]]


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A port that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def untouched(canary: socket.socket) -> bool:
    try:
        canary.accept()
    except BlockingIOError:
        return True
    return False


def ask(world: World, owner: Login, connection: str) -> str:
    """Ask a partner; the id of the open request, which is the id of its event too."""
    criteria = {"productId": ["urn:x:wanted"]}
    asked = world.live.ask(
        owner, "POST", "/requests", {"connectionId": connection, "criteria": criteria}, 201
    )
    request_id: str = asked["eventId"]
    return request_id


def request_of(world: World, event_id: str, owner: Login | None = None) -> dict[str, Any]:
    [found] = [
        item
        for item in world.live.ask(owner or world.owner, "GET", "/requests?direction=outgoing")
        if item["eventId"] == event_id
    ]
    return dict(found)


def received(world: World, owner: Login | None = None) -> set[str]:
    return {item["footprint"]["id"] for item in world.live.ask(owner or world.owner, "GET", "/received")}


def fulfilled(world: World, event_id: object, *pfs: object, **changes: Any) -> dict[str, Any]:
    return world.event({"requestEventId": event_id, "pfs": list(pfs)}, "RequestFulfilled", **changes)


def rejected(world: World, event_id: object, **changes: Any) -> dict[str, Any]:
    error = {"code": "NotFound", "message": "no"}
    return world.event({"requestEventId": event_id, "error": error}, "RequestRejected", **changes)


def refused(response: httpx.Response, field: str | None = None) -> bool:
    fits = response.status_code == 400 and response.json()["code"] == "BadRequest"
    return fits and (field is None or response.json()["message"].startswith(field))


def test_answer_to_no_request_of_ours(world: World, footprint: Footprint) -> None:
    open_elsewhere = ask(world, world.other, world.foreign_connection)
    _, second = world.connect(world.owner)
    open_with_another = ask(world, world.owner, world.connection)
    incoming = world.event({"productId": ["urn:x:nothing"]}, "RequestCreated")
    assert world.tell(incoming).status_code == 200
    attempts: list[tuple[Login, object]] = [
        (world.partner, "never-asked"),
        (world.partner, open_elsewhere),  # of another tenant
        (second, open_with_another),  # of another partner
        (world.partner, incoming["id"]),  # of the partner's own asking
        (world.partner, open_with_another.upper()),
        (world.partner, open_with_another + " "),
        (world.partner, "%"),
    ]
    before = received(world)
    for login, event_id in attempts:
        for event in (fulfilled(world, event_id, footprint()), rejected(world, event_id)):
            assert refused(world.tell(event, login), "data.requestEventId"), event_id
    for bad in (None, 1, "", " ", [open_with_another], {"$ne": ""}, "a\0b", "x" * 1500):
        assert refused(world.tell(fulfilled(world, bad, footprint()))), bad
    assert received(world) == before
    assert request_of(world, open_with_another)["state"] in ("open", "undeliverable")
    assert request_of(world, open_elsewhere, world.other)["state"] in ("open", "undeliverable")


def test_only_the_first_answer_counts(world: World, footprint: Footprint) -> None:
    event_id, document = ask(world, world.owner, world.connection), footprint()
    first = fulfilled(world, event_id, document)
    assert world.tell(first).status_code == 200
    assert world.tell(first).status_code == 200  # the same delivery again
    late = footprint()
    for event in (fulfilled(world, event_id, late), rejected(world, event_id), {**first, "id": str(uuid4())}):
        assert refused(world.tell(event))
    # The identity of the first, the content of another.
    assert world.tell({**fulfilled(world, event_id, late), "id": first["id"]}).status_code == 200
    assert request_of(world, event_id)["state"] == "fulfilled"
    assert document["id"] in received(world)
    assert late["id"] not in received(world)


def test_one_damaged_footprint_spoils_the_answer_and_the_request_stays_open(
    world: World, footprint: Footprint
) -> None:
    event_id, good, bad = ask(world, world.owner, world.connection), footprint(), footprint()
    bad["pcf"]["fossilGhgEmissions"] = "-1"
    event = fulfilled(world, event_id, good, bad)
    assert refused(world.tell(event), "data.pfs.1.pcf.fossilGhgEmissions")
    assert request_of(world, event_id)["state"] in ("open", "undeliverable")
    assert good["id"] not in received(world)
    # What was refused is not remembered as taken.
    event["data"]["pfs"] = [good]
    assert world.tell(event).status_code == 200
    assert good["id"] in received(world)


def test_received_footprint_is_never_served(world: World, footprint: Footprint) -> None:
    """Whatever a partner sends, even in our own name, it does not stand among our footprints."""
    event_id = ask(world, world.owner, world.connection)
    forged = footprint(companyIds=world.company_ids)
    assert world.tell(fulfilled(world, event_id, forged)).status_code == 200
    for login in (world.partner, world.owner):
        assert world.live.call(login, "GET", f"/3/footprints/{forged['id']}").status_code == 404
        assert forged["id"] not in world.live.call(login, "GET", "/3/footprints").text
    assert world.live.call(world.owner, "GET", f"/api/v1/footprints/{forged['id']}").status_code == 404


def test_partner_overwrites_nothing_of_another_partner(world: World, footprint: Footprint) -> None:
    second_connection, second = world.connect(world.owner)
    document = footprint()
    assert (
        world.tell(fulfilled(world, ask(world, world.owner, world.connection), document)).status_code == 200
    )
    theirs = {**document, "comment": "taken over"}
    event = fulfilled(world, ask(world, world.owner, second_connection), theirs)
    assert world.tell(event, second).status_code == 200
    kept = [
        item
        for item in world.live.ask(world.owner, "GET", "/received")
        if item["footprint"]["id"] == document["id"]
    ]
    assert {item["connectionId"]: item["footprint"].get("comment") for item in kept} == {
        world.connection: None,
        second_connection: "taken over",
    }


SOURCES = [
    "https://127.0.0.1:{port}",
    "//localhost:{port}/3/events",
    "http://[::ffff:127.0.0.1]:{port}/",
    "https://localhost:{port}/o/owner",
    "file:///etc/passwd",
    "gopher://localhost:{port}/_x",
    "https://169.254.169.254/latest/meta-data",
    "javascript:alert(1)",
    "localhost:{port}",
]


def test_source_leads_nowhere(world: World, canary: socket.socket) -> None:
    """We answer at the registered address alone: all that goes out goes to the connection of the sender."""
    before = {item["id"] for item in world.live.ask(world.owner, "GET", "/outbox")}
    for source in SOURCES:
        place = source.format(port=canary.getsockname()[1])
        created = world.event({"productId": ["urn:x:nothing"]}, "RequestCreated", source=place)
        assert world.tell(created).status_code == 200
        published = world.event({"pfIds": [str(uuid4())]}, source=place)
        assert world.tell(published).status_code == 200
    work = [item for item in world.live.ask(world.owner, "GET", "/outbox") if item["id"] not in before]
    assert len(work) >= 2 * len(SOURCES)
    assert {item["payload"].get("connectionId", world.connection) for item in work} == {world.connection}
    assert "169.254" not in str(work)
    assert untouched(canary)


def test_no_disguise_in_the_source_leads_anywhere(world: World, canary: socket.socket) -> None:
    """The source is told apart, and that is all that is done with it."""
    taken = 0
    for payload in PAYLOADS:
        source = payload.replace("{port}", str(canary.getsockname()[1]))
        status = world.tell(world.event({"pfIds": [str(uuid4())]}, source=source)).status_code
        assert status in (200, 400), source
        taken += status == 200
    assert taken >= 200
    work = world.live.ask(world.owner, "GET", "/outbox")
    assert "127.0.0.1" not in str(work)
    assert "metadata" not in str(work)
    assert untouched(canary)


def test_same_id_from_other_sources_and_partners_is_another_event(world: World) -> None:
    _, second = world.connect(world.owner)
    event = world.event({"pfIds": [str(uuid4())]})
    before = len(world.live.ask(world.owner, "GET", "/outbox"))
    for login, source in ((world.partner, "a"), (world.partner, "b"), (second, "a"), (world.partner, "a")):
        assert world.tell({**event, "source": source}, login).status_code == 200
    assert len(world.live.ask(world.owner, "GET", "/outbox")) == before + 3


def test_flood_of_announced_ids(world: World) -> None:
    """As many as a body holds: taken or refused at once, and the node goes on answering."""
    event = world.event({"pfIds": [str(uuid4()) for _ in range(25_000)]})
    response = world.tell(event)
    assert response.status_code in (200, 400, 413)
    assert response.elapsed.total_seconds() < 10
    too_many = world.event({"pfIds": [str(uuid4()) for _ in range(100_000)]})
    assert world.tell(too_many).status_code == 413
    assert world.live.send("GET", "/healthz").status_code == 200
    assert world.live.call(world.partner, "GET", "/3/footprints").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "org.wbcsd.pact.ProductFootprint.PublishedEvent.2"}, "type"),
        ({"type": ["x"]}, "type"),
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": 1.0}, "specversion"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"source": None}, "source"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-05-01T00:00:00"}, "time"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        ({"data": {"pfIds": []}}, "data.pfIds"),
        ({"data": {"pfIds": "x"}}, "data.pfIds"),
        ({"data": {"pfIds": [None]}}, "data.pfIds.0"),
        ({"data": {"pfIds": ["../../x"]}}, "data.pfIds.0"),
        ({"data": {"pfIds": ["3a6c14a7-4deb-498a-b5ea-16ce2535b576\n"]}}, "data.pfIds.0"),
    ],
)
def test_bad_envelope_names_the_field(world: World, change: dict[str, object], field: str) -> None:
    event = world.event({"pfIds": [str(uuid4())]}) | change
    assert refused(world.tell(event), field), world.tell(event).text


@pytest.mark.parametrize("name", ["productId", "companyId", "geography", "classification", "validOn"])
@pytest.mark.parametrize("value", [1, {}, [1], [["x"]], True])
def test_bad_criteria_name_the_field(world: World, name: str, value: object) -> None:
    event = world.event({name: value}, "RequestCreated")
    assert refused(world.tell(event), f"data.{name}")
