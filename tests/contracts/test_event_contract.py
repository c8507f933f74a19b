"""Message pacts of the four events: what a receiver of ours reads, and what our sender writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pact import Pact, Verifier, match
from tests.core.footprints import FOOTPRINT_ID, footprint_document
from tests.support.pact_address import message_port

from carbonbridge.core.document import write_json
from carbonbridge.core.events import CLOUDEVENTS_JSON, compose_event, fulfilled_data, parse_event
from carbonbridge.core.vocabulary import EventType

#: Beside the other contract: pact is loaded once.
pytestmark = pytest.mark.xdist_group("pact-contract")

CONSUMER, PROVIDER = "event-receiver", "event-sender"
_URN = match.regex("urn:gtin:4712345060507", regex="^(?i)urn:.+")
_PRODUCTS = match.each_like(_URN, min=1)

#: What a receiver needs in the data of each event.
DATA: dict[EventType, dict[str, Any]] = {
    EventType.REQUEST_CREATED: {"productId": _PRODUCTS, "comment": match.like("please")},
    EventType.REQUEST_FULFILLED: {
        "requestEventId": match.like("4"),
        "pfs": match.each_like(footprint_document(), min=1),
    },
    EventType.REQUEST_REJECTED: {
        "requestEventId": match.like("4"),
        "error": {"code": match.like("NotFound"), "message": match.like("none of ours")},
    },
    EventType.PUBLISHED: {"pfIds": match.each_like(match.uuid(FOOTPRINT_ID), min=1)},
}

#: What our sender puts into them.
SENT: dict[EventType, dict[str, Any] | bytes] = {
    EventType.REQUEST_CREATED: {"productId": ["urn:x:1", "urn:x:2"], "comment": "for the 2026 report"},
    EventType.REQUEST_FULFILLED: fulfilled_data("7", [write_json(footprint_document()) for _ in range(2)]),
    EventType.REQUEST_REJECTED: {
        "requestEventId": "7",
        "error": {"code": "AccessDenied", "message": "we do not share it"},
    },
    EventType.PUBLISHED: {"pfIds": [FOOTPRINT_ID, "7a1c0d5e-0000-4000-8000-000000000000"]},
}


def declared() -> Pact:
    """The contract."""
    pact = Pact(CONSUMER, PROVIDER).with_specification("V4")
    for kind, data in DATA.items():
        event = {
            "type": kind.value,
            "specversion": "1.0",
            "id": match.like("1"),
            "source": match.like("https://supplier.example"),
            "time": match.regex("2026-03-01T08:00:00Z", regex=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"),
            "data": data,
        }
        (
            pact.upon_receiving(kind.name, "Async")
            .with_body(event, CLOUDEVENTS_JSON)
            .with_metadata(contentType=CLOUDEVENTS_JSON)
        )
    return pact


def verify(pact: Pact, folder: Path, produce: Callable[[EventType], bytes]) -> dict[str, Any]:
    """Hold the messages of a sender against the contract; what pact found."""
    pact.write_file(folder)

    messages = {kind.name: lambda kind=kind: produce(kind) for kind in EventType}
    with message_port(messages, CLOUDEVENTS_JSON) as port:
        verifier = Verifier(PROVIDER).add_transport(protocol="message", port=port, path="/")
        verifier.add_source(folder).set_coloured_output(enabled=False)
        with suppress(RuntimeError):  # it says no more than that something failed; the results say what
            verifier.verify()
        return verifier.results


def composed(kind: EventType) -> bytes:
    time = datetime(2026, 5, 1, 12, tzinfo=UTC)
    return compose_event(
        kind, event_id="9", source="https://node.example/o/glass", time=time, data=SENT[kind]
    )


def test_a_receiver_reads_what_the_contract_declares() -> None:
    seen = []

    def receive(body: str | bytes | None, metadata: dict[str, object]) -> None:
        assert metadata["contentType"] == CLOUDEVENTS_JSON
        assert body is not None
        event = parse_event(body if isinstance(body, bytes) else body.encode())
        seen.append(event.type)

    declared().verify(receive, "Async")
    assert set(seen) == set(EventType)


def test_the_sender_writes_what_the_contract_declares(tmp_path: Path) -> None:
    results = verify(declared(), tmp_path, composed)
    assert results["errors"] == []
    assert results["result"] is True
    assert all(kind.name in "".join(results["output"]) for kind in EventType)


@pytest.mark.parametrize("name", ["id", "source", "time", "specversion", "data"])
def test_a_sender_that_leaves_something_out_is_found(tmp_path: Path, name: str) -> None:
    def without(kind: EventType) -> bytes:
        return write_json({key: value for key, value in json.loads(composed(kind)).items() if key != name})

    results = verify(declared(), tmp_path, without)
    assert len(results["errors"]) == len(EventType)
    assert all(f"missing the following keys: {name}" in json.dumps(error) for error in results["errors"])
