"""The callback receiver: whatever form a host's HTTP has, its event arrives; whatever else comes, nothing breaks."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from carbonbridge.client.authority import Authority
from carbonbridge.client.conformance.callback import CallbackAddress, Receiver
from carbonbridge.client.conformance.redaction import Redaction
from carbonbridge.client.conformance.target import CALLBACK_ID, CALLBACK_SECRET
from carbonbridge.core.errors import BadInput, Misconfigured

EVENT = {"type": "t", "data": {"requestEventId": "run/12"}}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(CallbackAddress(), Redaction()) as running:
        yield running


def post(receiver: Receiver, path: str, **options: object) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=20) as http:
        return http.post(receiver.url + path, **options)  # type: ignore[arg-type]


def arrived(receiver: Receiver) -> list[str]:
    return [one.path for one in receiver.wait("run/12", 1, monotonic())]


def test_a_token_for_the_published_credentials_alone(receiver: Receiver) -> None:
    good = post(receiver, "/auth/token", auth=(CALLBACK_ID, CALLBACK_SECRET))
    assert (good.status_code, set(good.json())) == (200, {"access_token"})
    assert post(receiver, "/auth/token", auth=(CALLBACK_ID, "other")).status_code == 401
    assert post(receiver, "/auth/token").status_code == 400
    assert post(receiver, "/auth/token", headers={"Authorization": "Basic ***"}).status_code == 400


@pytest.mark.parametrize("path", ["/3/events", "/2/events"])
def test_an_event_arrives_with_a_length_or_in_chunks(receiver: Receiver, path: str) -> None:
    body = json.dumps(EVENT).encode()
    assert post(receiver, path, content=body).status_code == 200
    assert post(receiver, path, content=iter([body[:7], body[7:]])).status_code == 200
    assert len(receiver.wait("run/12", 2, monotonic())) == 2


def test_what_is_no_event_or_goes_elsewhere_is_told_so(receiver: Receiver) -> None:
    assert post(receiver, "/3/events", content=b"{").status_code == 400
    assert post(receiver, "/3/events", json=[1]).status_code == 400
    assert post(receiver, "/3/events/", json=EVENT).status_code == 404
    assert arrived(receiver) == ["/3/events/"]
    assert receiver.strays("run") == {"-"}
    with httpx.Client(trust_env=False) as http:
        assert http.get(receiver.url + "/3/footprints/x").status_code == 404


def test_a_refusal_and_a_demand_for_our_token(receiver: Receiver) -> None:
    receiver.refuse("run/12", 1)
    receiver.demand_token("run/12")
    assert post(receiver, "/3/events", json=EVENT).status_code == 401
    token = post(receiver, "/auth/token", auth=(CALLBACK_ID, CALLBACK_SECRET)).json()["access_token"]
    held = {"Authorization": f"Bearer {token}"}
    assert post(receiver, "/3/events", json=EVENT, headers=held).status_code == 503
    assert post(receiver, "/3/events", json=EVENT, headers=held).status_code == 200
    assert [one.answered for one in receiver.wait("run/12", 3, monotonic())] == [401, 503, 200]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\r\n\r\n",
        b"POST /3/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST /3/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"POST /3/events HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /3/events HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}",
    ],
)
def test_garbage_breaks_nothing(receiver: Receiver, garbage: bytes) -> None:
    port = int(receiver.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(1000):
            pass
    assert post(receiver, "/3/events", json=EVENT).status_code == 200


def test_a_path_before_ours_is_taken_off() -> None:
    with Receiver(CallbackAddress(url="https://proxy.example/me/"), Redaction()) as running:
        assert running.url == "https://proxy.example/me"
        status, _ = running.answer("POST", "/me/3/events", {}, json.dumps(EVENT).encode())
        assert status == 200
        assert arrived(running) == ["/3/events"]


def test_addresses_that_cannot_be(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    certificate, key = authority.issue("x", tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, another_key = authority.issue("y", other)
    wrong = [
        CallbackAddress("0.0.0.0", certificate=certificate, key=key),
        CallbackAddress("192.0.2.1"),
        CallbackAddress(key=key),
        CallbackAddress(certificate=certificate, key=another_key),
        CallbackAddress(certificate=tmp_path / "none"),
    ]
    for address in wrong:
        with pytest.raises(BadInput):
            Receiver(address, Redaction())
    with Receiver(CallbackAddress(), Redaction()) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(Misconfigured, match="--callback-port"):
            Receiver(CallbackAddress(port=port), Redaction())
