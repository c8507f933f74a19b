"""Dead partners delay nobody: while more of them hang than there are threads, everybody else is served."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from tests.core.footprints import footprint_document
from tests.faults.partner import PartnerHost, deliver, event
from tests.faults.silent import SilentHost, silent_host
from tests.support.hosts import Host, host
from tests.support.live import COMPANY, LiveNode, Login, live_node

from carbonbridge.core.document import write_json
from carbonbridge.demo.authority import Authority

#: Far beyond what anything here takes. The silent hang for longer, so whoever waits for one of them fails.
PATIENCE = 60.0
_SILENCE = 4 * PATIENCE

#: Threads for local work, and for partners that have not failed.
WORKERS, FRESH = 2, 32
SILENT = 24


@dataclass
class Scene:
    """A node between silent partners and one that answers."""

    live: LiveNode
    owner: Login
    silent: SilentHost
    remote: PartnerHost
    served: Host
    healthy: Login
    connections: list[str]

    def publish(self) -> str:
        document = footprint_document(id=str(uuid4()), companyIds=[COMPANY.format(1)])
        made: str = self.live.ask(self.owner, "POST", "/footprints", {"footprint": document}, 201)["id"]
        return made

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.remote.events if item["type"].split(".")[-2] == kind]

    def work(self) -> dict[str, list[dict[str, Any]]]:
        """Pending work, by connection."""
        found: dict[str, list[dict[str, Any]]] = {}
        for item in self.live.ask(self.owner, "GET", "/outbox?state=pending"):
            found.setdefault(item["payload"].get("connectionId", ""), []).append(item)
        return found


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    authority = Authority.create(tmp_path / "authority")
    remote = PartnerHost()
    with (
        silent_host() as silent,
        host(authority, tmp_path / "host", remote) as served,
        live_node(tmp_path / "node", authority, WORKERS=str(WORKERS), CALLS=str(2 * FRESH)) as live,
    ):
        live.running._client._steps = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE)
        live.running._client._call_seconds = _SILENCE
        owner = live.organisation("owner")
        credentials = {"clientId": "c", "clientSecret": "s"}
        dead = [live.partner(owner, baseUrl=f"{silent.url}/{n}", **credentials)[0] for n in range(SILENT)]
        # Last in every order there is: work for it stands behind the work for all others.
        _, healthy = live.partner(owner, baseUrl=f"{served.url}/healthy", **credentials)
        live.token(owner), live.token(healthy)
        try:
            yield Scene(live, owner, silent, remote, served, healthy, dead)
        finally:
            silent.hang_up()


def until(what: Any) -> None:
    pause, give_up = Event(), monotonic() + PATIENCE
    while not what():
        assert monotonic() < give_up
        pause.wait(0.02)


def test_silent_partners_delay_nobody(scene: Scene) -> None:
    """More of them than workers; each hangs at its first call, and goes on hanging until the very end."""
    scene.publish()
    assert scene.silent.await_callers(SILENT, PATIENCE)
    # Deliveries: what was published with the silent ones in front, and what is published while they hang.
    second = scene.publish()
    until(lambda: {pf for item in scene.told("PublishedEvent") for pf in item["data"]["pfIds"]} >= {second})
    # Local work: a question is answered by policy, a footprint that was announced is fetched and recognised.
    product_ids = footprint_document()["productIds"]
    announced = footprint_document(id=str(uuid4()))
    scene.remote.footprints[announced["id"]] = write_json(announced)
    events = [
        event("RequestCreatedEvent", "question", {"productId": product_ids}),
        event("PublishedEvent", "news", {"pfIds": [announced["id"]]}),
    ]
    assert deliver(scene.live, scene.healthy, events) == [200, 200]
    until(lambda: scene.told("RequestFulfilledEvent"))
    until(lambda: not scene.work().keys() - set(scene.connections))
    received = scene.live.ask(scene.owner, "GET", "/received")
    assert announced["id"] in {item["id"] for item in received}
    # And all that time the silent ones hung: nobody gave one of them up.
    assert len(scene.silent.callers) == SILENT
    waiting = scene.work()
    assert waiting.keys() == set(scene.connections)
    assert {item["attempts"] for items in waiting.values() for item in items} == {0}


def test_fetches_by_hand_from_silent_partners_leave_the_node_free(scene: Scene) -> None:
    """Many more than the node has threads for answering calls."""
    fetches = [
        partial(
            scene.live.call,
            scene.owner,
            "POST",
            "/api/v1/fetches",
            json={"connectionId": scene.connections[n % SILENT]},
            timeout=_SILENCE,
        )
        for n in range(60)
    ]
    with ThreadPoolExecutor(len(fetches)) as pool:
        answers = [pool.submit(fetch) for fetch in fetches]
        assert scene.silent.await_callers(16, PATIENCE)
        assert scene.live.call(scene.healthy, "GET", "/3/footprints").status_code == 200
        assert scene.live.ask(scene.owner, "GET", "/connections")
        assert not any(answer.done() for answer in answers)
        scene.silent.hang_up()
        assert {answer.result(PATIENCE).status_code for answer in answers} == {502}
