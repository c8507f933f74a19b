"""Every route that names an object, with an object of another tenant: as if there were none, and nothing changes.

Generated from the routes and their description: a route whose path or body names something that is in no table below
fails the test.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.attacks.bent import sound_bodies
from tests.attacks.test_matrix import NODE, OPEN, TABLE
from tests.attacks.world import World
from tests.core.bills import activity, factors, spec
from tests.core.footprints import footprint_document
from tests.support.live import Login

from carbonbridge.core.document import write_json
from carbonbridge.node.app.received import read_received
from carbonbridge.node.ports.records import Lane, OutboxItem, OutboxState, VerdictRecord

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-foreign")

#: Parts of a path that are no object of a tenant.
_NO_OBJECTS = {"org", "slug", "register"}

#: Members of a body that name an object of a tenant, and what kind it is.
REFERENCES = {
    "connectionId": "connection_id",
    "footprintIds": "footprint_id",
    "itemIds": "item_id",
    "productId": "product_id",
}

#: Members that end like a reference, and where: names elsewhere in the world, or a name given here.
NO_REFERENCES = {
    ("POST /connections", "clientId"),  # our client at the partner's host
    ("PUT /connections/{connection_id}/credentials", "clientId"),
    ("POST /connections", "companyIds"),  # URNs
    ("POST /organisations", "companyIds"),
    ("POST /exports/cbam", "goodId"),  # a good of the dataset beside it
}

#: An id that the caller chooses: the same name may be in use elsewhere.
CHOSEN = {"PUT /products/{product_id}"}


def own(route: str) -> str:
    """A route without the base of the interface."""
    return route.replace("/o/{org}", "").replace("/api/v1", "")


@dataclass
class Holdings:
    """One object of each kind, of one tenant; by the name that a path gives it."""

    ids: dict[str, str]

    @classmethod
    def of(cls, world: World, login: Login, connection: str, partner: Login, company: int) -> Holdings:
        live, org = world.live, login.base_url.rpartition("/")[2]
        document = footprint_document(id=str(uuid4()), companyIds=[f"urn:lei:5299000000000000{company:04d}"])
        live.ask(login, "POST", "/footprints", {"footprint": document}, 201)
        live.ask(login, "PUT", f"/products/{org}-thing", {"spec": spec(activity(), id=f"{org}-thing")})
        calculated = live.ask(login, "POST", f"/products/{org}-thing/calculate")["id"]
        question = world.event({"productId": ["urn:x:nothing"]}, "RequestCreated")
        live.ask(
            login, "POST", "/requests", {"connectionId": connection, "criteria": {"productId": ["urn:x:y"]}}
        )
        assert world.tell(question, partner).status_code == 200
        with live.node.store.transaction() as tx:
            theirs = read_received(org, connection, write_json(footprint_document()), datetime.now(UTC))
            tx.footprints.put_received(theirs)
            verdict = VerdictRecord(
                str(uuid4()), org, connection, theirs.id, "rejected", b"{}", datetime.now(UTC)
            )
            tx.footprints.add_verdict(verdict)
            item = next(item for item in tx.events.outbox(org) if item.state is OutboxState.PENDING)
            tx.events.abandon(item.id, "given up")
        grants = live.ask(login, "GET", "/grants")
        incoming = live.ask(login, "GET", "/requests?direction=incoming")
        clients = {each["clientId"]: each for each in live.ask(login, "GET", "/clients")}
        ids = {
            "connection_id": connection,
            "client_id": partner.client_id,
            "secret_id": clients[partner.client_id]["secrets"][0]["id"],
            "grant_id": next(each["id"] for each in grants if each["connectionId"] == connection),
            "footprint_id": document["id"],
            "verdict_id": verdict.id,
            "request_id": incoming[0]["id"],
            "product_id": f"{org}-thing",
            "calculation_id": calculated,
            "item_id": item.id,
            "kid": live.ask(login, "GET", "/signing-keys")[0]["kid"],
        }
        return cls(ids)


@dataclass
class Ground:
    """Both tenants' holdings, and bodies that are fit but for what they refer to."""

    world: World
    ours: Holdings
    theirs: Holdings

    def call(
        self, route: str, ids: dict[str, str], body: dict[str, Any] | None, login: Login
    ) -> httpx.Response:
        method, _, path = route.partition(" ")
        slug = login.base_url.rpartition("/")[2]
        address = path.format(**{"org": slug, "slug": slug, "register": "schemes"} | ids)
        headers = {"Authorization": f"Bearer {self.world.live.token(login)}"}
        return self.world.live.send(method, address, headers=headers, json=body)

    def body(self, route: str) -> dict[str, Any] | None:
        if route.partition(" ")[0] not in ("POST", "PUT"):
            return None
        event = self.world.event({"pfIds": [str(uuid4())]})
        bodies = sound_bodies(self.ours.ids["connection_id"], self.world.company_ids, event)
        return bodies.get(own(route), {})

    def local_work(self) -> list[OutboxItem]:
        """What the node has still to do by itself; deliveries to nowhere wait for good."""
        with self.world.live.node.store.snapshot() as tx:
            found = [
                *tx.events.outbox("owner", OutboxState.PENDING),
                *tx.events.outbox("other", OutboxState.PENDING),
            ]
        return [item for item in found if item.lane is Lane.LOCAL]

    def snapshot(self) -> dict[str, list[Any]]:
        """All rows there are. What the workers do meanwhile to their own work aside."""
        path = self.world.live.config.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as database:
            tables = [
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            rows = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
            rows["outbox"] = database.execute("SELECT id, state = 'abandoned' FROM outbox").fetchall()
        return rows


@pytest.fixture(scope="module")
def ground(world: World) -> Ground:
    live = world.live
    live.ask(live.administrator, "POST", "/registers/factor-sets", factors().document() | {"id": "test"})
    made = Ground(
        world,
        Holdings.of(world, world.owner, world.connection, world.partner, 1),
        Holdings.of(world, world.other, world.foreign_connection, world.stranger, 2),
    )
    pause, give_up = Event(), monotonic() + 60
    while any(made.local_work()):
        assert monotonic() < give_up, "the node does not come to rest"
        pause.wait(0.02)
    return made


def objects_in(route: str) -> list[str]:
    """The objects that a path names."""
    return [name for name in re.findall(r"\{(\w+)\}", route) if name not in _NO_OBJECTS]


PATHS = sorted(route for route, who in TABLE.items() if who != OPEN and objects_in(route))


def test_every_object_in_a_path_is_known(ground: Ground) -> None:
    named = {name for route in TABLE for name in objects_in(route)}
    assert named == ground.theirs.ids.keys()


def bodies_described(world: World) -> dict[str, list[str]]:
    """By route: the members of its body, as OpenAPI describes them."""
    document = world.live.send("GET", "/openapi.json").json()
    found = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            found[f"{method.upper()} {path}"] = list(schema.get("properties", {}))
    return found


def test_every_reference_in_a_body_is_known(world: World) -> None:
    known = set(NO_REFERENCES)
    for route, members in bodies_described(world).items():
        for member in members:
            if re.search(r"(Id|Ids)$", member) and member not in REFERENCES:
                assert (own(route), member) in known, f"{route}: is {member} an object of a tenant?"
                known.discard((own(route), member))
    assert known == set(), "there is no such member any more"


def told(response: httpx.Response, *names: str) -> tuple[int, str]:
    """What an answer tells, without the ids that the caller gave and the number of the call."""
    text = response.text
    for name in (*names, response.headers.get("X-Correlation-Id", "")):
        text = text.replace(name, "…") if name else text
    return response.status_code, text


@pytest.mark.parametrize("route", PATHS)
def test_object_of_another_tenant_in_the_path(ground: Ground, route: str) -> None:
    if own(route) in CHOSEN:
        return
    if "/o/{org}" not in route and TABLE[route] != NODE:
        return  # no default organisation here: these are served under /o/{org}
    callers = [ground.world.owner]
    if TABLE[route] == "read":
        callers.append(ground.world.partner)
    if TABLE[route] == NODE:
        callers = [ground.world.live.administrator]
    body, before = ground.body(route), ground.snapshot()
    for login in callers:
        for name in objects_in(route):
            foreign, unknown = ground.theirs.ids[name], str(uuid4())
            options = {"slug": "owner"} if TABLE[route] == NODE else {}
            answers = [
                ground.call(route, {**ground.ours.ids, **options, name: own_id}, body, login)
                for own_id in (foreign, unknown)
            ]
            assert [answer.status_code for answer in answers] == [404, 404], answers[0].text
            assert told(answers[0], foreign) == told(answers[1], unknown)
    assert ground.snapshot() == before


def test_object_of_another_tenant_in_the_body(ground: Ground) -> None:
    before, refusals = ground.snapshot(), {}
    for route, members in bodies_described(ground.world).items():
        login = ground.world.live.administrator if TABLE[route] == NODE else ground.world.owner
        for member in members:
            if member not in REFERENCES:
                continue
            foreign, unknown = ground.theirs.ids[REFERENCES[member]], str(uuid4())
            answers = []
            for value in (foreign, unknown):
                body = {**(ground.body(route) or {}), member: [value] if member.endswith("s") else value}
                if member == "itemIds":
                    del body["connectionId"]
                answers.append(ground.call(route, {**ground.ours.ids, "slug": "owner"}, body, login))
            assert told(answers[0], foreign) == told(answers[1], unknown)
            refusals[own(route), member] = answers[0].status_code
    assert ground.snapshot() == before
    expected = dict.fromkeys(refusals, 404)
    # Here the request is the object; what is wrong is a member of the body, which the answer names.
    expected["POST /requests/{request_id}/fulfil", "footprintIds"] = 400
    assert refusals == expected
    assert len(refusals) >= 9
