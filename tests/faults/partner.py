"""A partner that is not ours: a host that takes our events and serves footprints, and senders of events to us."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.support.hosts import Answer, Asked
from tests.support.live import LiveNode, Login

from carbonbridge.core.document import write_json


class PartnerHost:
    """What the partner's host answers.

    Attributes:
        footprints: by id.
        events: what it was sent, in order.
    """

    def __init__(self) -> None:
        self.footprints: dict[str, bytes] = {}
        self.events: list[dict[str, Any]] = []

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("/auth/token"):
            return Answer(200, b'{"access_token":"t","token_type":"bearer","expires_in":900}')
        if asked.path.endswith("/3/events"):
            self.events.append(json.loads(asked.body))
            return Answer()
        document = self.footprints.get(asked.path.rpartition("/")[2])
        if document is None:
            return Answer(404, b'{"code":"NotFound","message":"nothing here"}')
        return Answer(200, b'{"data":' + document + b"}")


def event(kind: str, event_id: str, data: dict[str, Any]) -> bytes:
    """An event as the partner writes it."""
    return write_json(
        {
            "type": f"org.wbcsd.pact.ProductFootprint.{kind}.3",
            "specversion": "1.0",
            "id": event_id,
            "source": "//partner.example/3/events",
            "time": "2026-05-01T00:00:00Z",
            "data": data,
        }
    )


def deliver(live: LiveNode, partner: Login, events: Sequence[bytes]) -> list[int]:
    """Send events one after the other; returns the status of each."""
    return [live.call(partner, "POST", "/3/events", content=body).status_code for body in events]


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do things in threads that begin at the same moment; returns what each returned."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        start.wait(30)
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(run, action) for action in actions]]
