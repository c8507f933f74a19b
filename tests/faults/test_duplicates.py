"""Events that come twice, late, out of order and from two senders at once; decisions that race each other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import count
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.core.footprints import footprint_document
from tests.faults.partner import PartnerHost, at_once, deliver, event
from tests.faults.size import sized
from tests.support.databases import Server
from tests.support.hosts import Host, host
from tests.support.live import LiveNode, Login, live_node

from carbonbridge.core.document import write_json
from carbonbridge.demo.authority import Authority

PATIENCE = 60.0

ROUNDS = sized(2, 40)
RACES = sized(5, 100)

PRODUCT_IDS = ["urn:gtin:4712345060507"]

_slugs = (f"org-{number}" for number in count(1))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[LiveNode]:
    folder = tmp_path_factory.mktemp("live")
    if request.param == "sqlite":
        with live_node(folder, authority) as running:
            yield running
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as url, live_node(folder, authority, DATABASE_URL=url) as running:
        yield running


@pytest.fixture(scope="module")
def remote() -> PartnerHost:
    return PartnerHost()


@pytest.fixture(scope="module")
def served(
    authority: Authority, remote: PartnerHost, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    with host(authority, tmp_path_factory.mktemp("host"), remote) as running:
        yield running


class Desk:
    """An organisation with one partner, who has two senders."""

    def __init__(self, live: LiveNode, served: Host, policy: str = "automatic") -> None:
        self.live = live
        self.slug = next(_slugs)
        self.operator = live.organisation(self.slug, answerPolicy=policy)
        self.company_ids = next(
            item["companyIds"]
            for item in live.ask(live.administrator, "GET", "/organisations")
            if item["slug"] == self.slug
        )
        settings = {"baseUrl": f"{served.url}/{self.slug}", "clientId": "c", "clientSecret": "s"}
        self.connection, sender = live.partner(self.operator, **settings)
        made = live.ask(self.operator, "POST", "/clients", {"connectionId": self.connection})
        self.senders = (sender, Login(sender.base_url, made["clientId"], made["clientSecret"]))
        for login in (self.operator, *self.senders):
            live.token(login)

    def ask(self) -> str:
        """Ask the partner for something; returns the request's id."""
        body = {"connectionId": self.connection, "criteria": {"productId": PRODUCT_IDS}}
        request: str = self.live.ask(self.operator, "POST", "/requests", body, 201)["id"]
        return request

    def footprint(self) -> dict[str, Any]:
        """One of its own, not yet published."""
        return footprint_document(id=str(uuid4()), companyIds=self.company_ids, productIds=PRODUCT_IDS)

    def publication(self, document: dict[str, Any]) -> httpx.Response:
        """Try to publish."""
        return self.live.call(self.operator, "POST", "/api/v1/footprints", json={"footprint": document})

    def rest(self) -> None:
        """Wait until nothing is left to do."""
        pause, give_up = Event(), monotonic() + PATIENCE
        while self.live.ask(self.operator, "GET", "/outbox?state=pending"):
            assert monotonic() < give_up, "the node does not come to rest"
            pause.wait(0.02)

    def state(self, names: dict[str, str]) -> dict[str, Any]:
        """What can be seen of it in the end, without what differs between any two organisations.

        Args:
            names: of the requests it made.
        """
        get = partial(self.live.ask, self.operator, "GET")
        requests = get("/requests")
        names = {item["id"]: item["eventId"] for item in requests} | names
        return {
            "requests": {
                names[item["id"]]: (item["direction"], item["state"], item["answer"]) for item in requests
            },
            "received": {item["id"]: item["footprint"] for item in get("/received")},
            # How often a footprint is looked at depends on what came first: an old version, or the last.
            "work": Counter(
                (item["verb"], item["state"]) for item in get("/outbox") if item["verb"] != "recognise"
            ),
            "audit": Counter(
                (item["verb"], names.get(item["subject"], item["subject"]))
                for item in get("/audit?limit=1000")
                if item["verb"] in {"receive", "answer", "ask"}
            ),
        }

    def answers(self, remote: PartnerHost) -> Counter[tuple[str, str]]:
        """The answers that the partner was sent: (event of the question, type)."""
        return Counter(
            (item["data"]["requestEventId"], item["type"].split(".")[-2])
            for item in remote.events
            if item["source"] == self.operator.base_url and "requestEventId" in item["data"]
        )


class Story:
    """Events in all four types, told to any organisation; the partner's ids are the same each time."""

    def __init__(self, lot: random.Random, remote: PartnerHost) -> None:
        self.lot = lot
        self.kinds = [lot.choice(("yes", "no")) for _ in range(6)]
        self.footprints = [self._footprint() for _ in range(4)]
        for document in self.footprints:
            remote.footprints[document["id"]] = write_json(document | {"status": "Deprecated"})

    def _id(self) -> str:
        return str(UUID(int=self.lot.getrandbits(128), version=4))

    def _footprint(self) -> dict[str, Any]:
        return footprint_document(id=self._id())

    def begin(self, desk: Desk) -> tuple[dict[str, str], list[bytes]]:
        """The organisation asks; returns its requests' names, and what the partner has to say, in order."""
        names = {desk.ask(): f"request {number}" for number in range(len(self.kinds))}
        lot = random.Random(1)
        events = []
        for (request, name), kind in zip(names.items(), self.kinds, strict=True):
            told: dict[str, Any] = {"requestEventId": request}
            if kind == "yes":
                told["pfs"] = lot.sample(self.footprints, 2)
                events.append(event("RequestFulfilledEvent", f"answer to {name}", told))
            else:
                told["error"] = {"code": "NotFound", "message": name}
                events.append(event("RequestRejectedEvent", f"answer to {name}", told))
        for number, document in enumerate(self.footprints):
            events.append(event("PublishedEvent", f"news {number}", {"pfIds": [document["id"]]}))
        for number in range(4):
            criteria = {"productId": [f"urn:gtin:{number}"]}
            events.append(event("RequestCreatedEvent", f"question/{number}", criteria))
        return names, events


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_twice_late_and_from_two_senders_is_as_once_and_in_order(
    live: LiveNode, remote: PartnerHost, served: Host, seed: int
) -> None:
    lot = random.Random(seed)
    story = Story(lot, remote)
    orderly, haunted = Desk(live, served), Desk(live, served)
    names, events = story.begin(orderly)
    assert set(deliver(live, orderly.senders[0], events)) == {200}
    orderly.rest()
    others, events = story.begin(haunted)
    copies = [body for body in events for _ in range(lot.randint(2, 4))]
    lot.shuffle(copies)
    half = len(copies) // 2
    batches = (copies[:half], copies[half:])
    sent = at_once(
        *(partial(deliver, live, *pair) for pair in zip(haunted.senders, batches, strict=True)),
    )
    late = deliver(live, haunted.senders[0], lot.sample(events, 5))
    assert {status for statuses in (*sent, late) for status in statuses} == {200}
    haunted.rest()
    assert haunted.state(others) == orderly.state(names)
    refused = "RequestRejectedEvent"  # there is nothing of the kind
    assert haunted.answers(remote) == {(f"question/{number}", refused): 1 for number in range(4)}


@pytest.mark.soak
def test_two_operators_answer_at_once(live: LiveNode, remote: PartnerHost, served: Host) -> None:
    """Exactly one wins, and the partner hears of that one alone."""
    desk = Desk(live, served, policy="manual")
    assert desk.publication(desk.footprint()).status_code == 201
    winners = {}
    for number in range(RACES):
        question = event("RequestCreatedEvent", f"race {number}", {"productId": PRODUCT_IDS})
        assert deliver(live, desk.senders[0], [question]) == [200]
        (request,) = live.ask(desk.operator, "GET", "/requests?state=open")
        path = f"/api/v1/requests/{request['id']}"
        fulfilled, rejected = at_once(
            partial(live.call, desk.operator, "POST", f"{path}/fulfil", json={}),
            partial(live.call, desk.operator, "POST", f"{path}/reject", json={"message": "no"}),
        )
        assert sorted((fulfilled.status_code, rejected.status_code)) == [200, 409]
        (won, lost) = (fulfilled, rejected) if fulfilled.status_code == 200 else (rejected, fulfilled)
        assert lost.json()["code"] == "Conflict"
        told = "RequestFulfilledEvent" if won is fulfilled else "RequestRejectedEvent"
        winners[f"race {number}", told] = 1
        (kept,) = (
            item for item in live.ask(desk.operator, "GET", "/requests") if item["id"] == request["id"]
        )
        assert kept == won.json()
    desk.rest()
    assert desk.answers(remote) == winners


@pytest.mark.soak
def test_the_partner_answers_twice_at_once(live: LiveNode, served: Host) -> None:
    """The first answer counts, the other is refused; the same answer twice is one."""
    desk = Desk(live, served)
    for number in range(RACES):
        request = desk.ask()
        error = {"code": "NotFound", "message": "no"}
        yes = event(
            "RequestFulfilledEvent", f"yes {number}", {"requestEventId": request, "pfs": [desk.footprint()]}
        )
        no = event("RequestRejectedEvent", f"no {number}", {"requestEventId": request, "error": error})
        senders = (*desk.senders, *desk.senders)
        statuses = at_once(
            *(partial(deliver, live, *pair) for pair in zip(senders, ([yes], [no], [no], [yes]), strict=True))
        )
        accepted = [status for (status,) in statuses]
        assert sorted(accepted) == [200, 200, 400, 400]
        assert accepted in ([200, 400, 400, 200], [400, 200, 200, 400])
        (kept,) = (item for item in live.ask(desk.operator, "GET", "/requests") if item["id"] == request)
        assert kept["state"] == ("fulfilled" if accepted[0] == 200 else "rejected")
        received = len(live.ask(desk.operator, "GET", "/received"))
    desk.rest()
    states = Counter(item["state"] for item in live.ask(desk.operator, "GET", "/requests"))
    assert states.total() == RACES
    assert received == states["fulfilled"]


@pytest.mark.soak
def test_one_footprint_is_published_by_many_at_once(
    live: LiveNode, remote: PartnerHost, served: Host
) -> None:
    """The same one is published once; of different ones with one id, the first."""
    desk = Desk(live, served)
    announced = set()
    for _ in range(RACES):
        document = desk.footprint()
        published = at_once(*[partial(desk.publication, document)] * 4)
        assert {response.status_code for response in published} == {201}
        assert len({response.text for response in published}) == 1
        one = desk.footprint()
        other = one | {"productDescription": "another"}
        statuses = [
            r.status_code for r in at_once(*(partial(desk.publication, item) for item in (one, other)))
        ]
        assert sorted(statuses) == [201, 409]
        announced |= {document["id"], one["id"]}
    desk.rest()
    entries = live.ask(desk.operator, "GET", "/audit?limit=1000")
    assert Counter(item["subject"] for item in entries if item["verb"] == "publish") == dict.fromkeys(
        announced, 1
    )
    news = [item for item in remote.events if item["source"] == desk.operator.base_url]
    assert Counter(pf for item in news for pf in item["data"]["pfIds"]) == dict.fromkeys(announced, 1)
