"""From a partner's PublishedEvent to the products that rest on it; and what of it could not be had."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from tests.core.bills import activity, spec, supplier_line
from tests.core.footprints import footprint_document
from tests.faults.partner import PartnerHost, deliver, event
from tests.support.hosts import Host, host
from tests.support.live import LiveNode, Login, live_node

from carbonbridge.core.document import write_json
from carbonbridge.demo.authority import Authority

PATIENCE = 60.0
GLASS = "urn:pact:glass.example:product-id:G-32"


@dataclass
class Desk:
    """A buyer whose product needs glass, and the glass maker's host."""

    live: LiveNode
    buyer: Login
    maker: Login
    connection: str
    remote: PartnerHost
    served: Host

    def announce(self, *footprint_ids: str, **changes: Any) -> None:
        made = json.loads(event("PublishedEvent", str(uuid4()), {"pfIds": list(footprint_ids)}))
        assert deliver(self.live, self.maker, [write_json(made | changes)]) == [200]

    def serve(self) -> str:
        document = footprint_document(id=str(uuid4()), productIds=[GLASS])
        self.remote.footprints[document["id"]] = write_json(document)
        footprint_id: str = document["id"]
        return footprint_id

    def received(self) -> set[str]:
        return {item["id"] for item in self.live.ask(self.buyer, "GET", "/received")}

    def fetches(self, state: str) -> list[dict[str, Any]]:
        found = self.live.ask(self.buyer, "GET", f"/outbox?state={state}")
        return [item for item in found if item["verb"] == "fetch"]

    def rest(self) -> None:
        until(lambda: not self.live.ask(self.buyer, "GET", "/outbox?state=pending"))

    def stale(self) -> bool:
        stale: bool = self.live.ask(self.buyer, "GET", "/products/thing")["stale"]
        return stale

    def freshen(self) -> None:
        """As after a calculation."""
        with self.live.node.store.transaction() as tx:
            tx.products.put(replace(tx.products.get("buyer", "thing"), stale=False))


def until(what: Callable[[], object]) -> None:
    pause, give_up = Event(), monotonic() + PATIENCE
    while not what():
        assert monotonic() < give_up
        pause.wait(0.02)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("announcements")
    authority, remote = Authority.create(folder / "authority"), PartnerHost()
    with host(authority, folder / "host", remote) as served, live_node(folder / "node", authority) as live:
        buyer = live.organisation("buyer")
        settings = {"baseUrl": f"{served.url}/glass", "clientId": "c", "clientSecret": "s"}
        connection, maker = live.partner(buyer, **settings)
        bill = spec(supplier_line(productId=GLASS, unit="m2"), activity())
        live.ask(buyer, "PUT", "/products/thing", {"spec": bill, "recalculate": False})
        yield Desk(live, buyer, maker, connection, remote, served)


def test_one_bad_id_among_several_is_given_up_alone(desk: Desk) -> None:
    desk.freshen()
    first, missing, last = desk.serve(), str(uuid4()), desk.serve()
    desk.announce(first, missing, last)
    desk.rest()
    assert {first, last} <= desk.received()
    assert missing not in desk.received()
    assert desk.stale()  # recognition told the product that rests on it
    [letter] = desk.fetches("abandoned")
    assert letter["payload"]["footprintIds"] == [missing]
    assert (letter["partner"], letter["connectionId"]) == ("Partner", desk.connection)
    asked = [item.path for item in desk.served.asked]
    assert [asked.count(f"/glass/3/footprints/{each}") for each in (first, missing, last)] == [1, 2, 1]
    # The partner mends it, and a person tries again.
    desk.freshen()
    document = footprint_document(id=missing, productIds=[GLASS])
    desk.remote.footprints[missing] = write_json(document)
    path = "/outbox/redeliveries"
    again = desk.live.ask(desk.buyer, "POST", path, {"connectionId": desk.connection})
    assert again == {"itemIds": [letter["id"]]}
    desk.rest()
    assert missing in desk.received()
    assert desk.stale()
    assert desk.fetches("abandoned") == []
    desk.live.ask(desk.buyer, "POST", path, {"itemIds": [letter["id"]]}, 404)


@pytest.mark.parametrize(
    "body", [{}, {"itemIds": ["x"], "connectionId": "y"}, {"itemIds": "x"}, {"itemIds": [1]}, {"all": True}]
)
def test_a_redelivery_says_what(desk: Desk, body: dict[str, Any]) -> None:
    problem = desk.live.ask(desk.buyer, "POST", "/outbox/redeliveries", body, 400)
    assert problem["field"].split(".")[0] in {"itemIds", "all"}


@pytest.mark.parametrize(
    "source",
    [
        "https://127.0.0.1:{port}/3/events",
        "https://localhost:{port}",
        "//localhost:{port}",
        "//localhost:{port}/o/buyer/3/events",
        "localhost:{port}",
        "localhost:{port}/3/events",
        "/3/events",
        "glass",
        "urn:glass",
        "https://user@localhost:{port}?x#y",
    ],
)
def test_source_with_or_without_scheme_and_path_never_says_where(desk: Desk, source: str) -> None:
    """The footprint comes from the registered host; nobody so much as connects to the place that is named."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        announced = desk.serve()
        desk.announce(announced, source=source.format(port=canary.getsockname()[1]))
        desk.rest()
        assert announced in desk.received()
        with pytest.raises(BlockingIOError):
            canary.accept()
