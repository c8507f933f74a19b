"""HTTPS only, no redirects, limits, and failures in the core's words."""

from __future__ import annotations

import socket
from threading import Event

import pytest
from tests.clients.host import Said, serving

from carbonbridge.client import transport
from carbonbridge.client.transport import Blocking, Wire
from carbonbridge.core.errors import BadInput, Misconfigured, PartnerRefused, PartnerUnreachable
from carbonbridge.core.exchange import HttpRequest


def get(url: str, wire: Wire):
    blocking = Blocking(wire)
    try:
        return blocking.send(HttpRequest("GET", url, {}))
    finally:
        blocking.close()


def test_an_answer_is_an_answer_whatever_its_status(host):
    host.answers["GET", "/x"] = Said(418, b"tea", {"X-Kind": "pot"})
    answer = get(f"{host.url}/x", host.wire)
    assert (answer.status, answer.body, answer.headers["x-kind"]) == (418, b"tea", "pot")


@pytest.mark.parametrize(
    "url", ["http://localhost/", "ftp://x/", "https://", "https://[", "x", "", "https://x:0/"]
)
def test_nothing_but_https_is_called(url):
    with pytest.raises(BadInput, match="not an https address"):
        get(url, Wire())


def test_redirects_are_not_followed(host):
    host.answers["GET", "/x"] = Said(302, b"", {"Location": f"{host.url}/secret"})
    assert get(f"{host.url}/x", host.wire).status == 302
    assert host.calls() == ["GET /x"]


def test_a_host_that_nobody_vouches_for_is_not_trusted(tmp_path):
    with serving(tmp_path, trusted=False) as host:
        with pytest.raises(PartnerUnreachable, match="is not trusted") as caught:
            get(f"{host.url}/x", host.wire)
        assert "--ca-file" in caught.value.next_step
        assert host.asked == []


def test_a_certificate_for_another_name_is_not_trusted(tmp_path):
    with serving(tmp_path, "other.example") as host:
        with pytest.raises(PartnerUnreachable, match="is not trusted"):
            get(f"{host.url}/x", host.wire)
        assert host.asked == []


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PartnerUnreachable, match=f"localhost:{port} cannot be reached"):
        get(f"https://localhost:{port}/", Wire())


def test_a_host_that_says_nothing_is_given_up(host):
    done = Event()

    def wait(_):
        done.wait(10)
        return Said()

    host.answers["GET", "/x"] = wait
    try:
        with pytest.raises(PartnerUnreachable, match="did not answer in time"):
            get(f"{host.url}/x", Wire(host.ca_file, timeout=0.2))
    finally:
        done.set()


def test_a_host_that_trickles_is_given_up_after_the_whole_time(host, monkeypatch):
    host.answers["GET", "/x"] = Said(200, b"x")
    ticks = iter([0.0, 1000.0])
    monkeypatch.setattr(transport, "monotonic", lambda: next(ticks))
    with pytest.raises(PartnerUnreachable, match="did not finish its answer in time"):
        get(f"{host.url}/x", host.wire)


def test_an_endless_answer_is_cut_off(host, monkeypatch):
    monkeypatch.setattr(transport, "MAX_RESPONSE", 1000)
    host.answers["GET", "/x"] = Said(200, b"x" * 1001)
    with pytest.raises(PartnerRefused, match="larger than 1000 bytes"):
        get(f"{host.url}/x", host.wire)


def test_a_body_that_is_not_what_its_header_says(host):
    host.answers["GET", "/x"] = Said(200, b"not gzip", {"Content-Encoding": "gzip"})
    with pytest.raises(PartnerRefused, match="cannot be read"):
        get(f"{host.url}/x", host.wire)


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_ca_file_that_is_none(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadInput, match=r"ca\.pem cannot be used") as caught:
        Blocking(Wire(file))
    assert caught.value.field == "caFile"


def test_a_proxy_that_cannot_be_used_is_a_setting(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "socks9://nowhere")
    with pytest.raises(Misconfigured, match="proxy"):
        Blocking(Wire())
