"""The guarded client against real, and hostile, hosts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.hosts import Answer, Asked, Host, host

from carbonbridge.core.errors import AddressForbidden, Misconfigured, PartnerRefused, PartnerUnreachable
from carbonbridge.core.exchange import HttpRequest, HttpResponse
from carbonbridge.demo.authority import Authority
from carbonbridge.node.peers.client import GuardedClient, trust


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def echo(authority: Authority, tmp_path: Path) -> Iterator[Host]:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/away":
            return Answer(302, b"", {"Location": "/elsewhere", "Set-Cookie": "session=1"})
        if asked.path == "/large":
            return Answer(200, b"x" * 5000)
        return Answer(200, asked.body, {"X-Said": "hello"})

    with host(authority, tmp_path, answer) as running:
        yield running


def client(authority: Authority, *, allow_loopback: bool = True, call_seconds: float = 10) -> GuardedClient:
    return GuardedClient(
        trust(authority.ca_file), allow_loopback=allow_loopback, call_seconds=call_seconds, max_bytes=4096
    )


def get(sender: GuardedClient, url: str) -> HttpResponse:
    return sender.send(HttpRequest("GET", url, {}))


def test_request_and_answer_arrive_whole(authority: Authority, echo: Host) -> None:
    sender = client(authority)
    response = sender.send(HttpRequest("POST", f"{echo.url}/3/events?a=b%20c", {"X-Mine": "1"}, b"\x00body"))
    assert (response.status, response.body, response.headers["x-said"]) == (200, b"\x00body", "hello")
    [asked] = echo.asked
    assert (asked.method, asked.path) == ("POST", "/3/events?a=b%20c")
    assert asked.headers["Host"] == f"localhost:{echo.port}"
    assert asked.headers["X-Mine"] == "1"
    assert asked.headers["Accept-Encoding"] == "identity"
    sender.close()


def test_loopback_is_refused_unless_allowed_and_never_reached(authority: Authority, echo: Host) -> None:
    with pytest.raises(AddressForbidden):
        get(client(authority, allow_loopback=False), f"{echo.url}/")
    assert echo.asked == []


def test_redirects_are_not_followed_and_cookies_not_kept(authority: Authority, echo: Host) -> None:
    sender = client(authority)
    assert get(sender, f"{echo.url}/away").status == 302
    get(sender, f"{echo.url}/next")
    assert [asked.path for asked in echo.asked] == ["/away", "/next"]
    assert "Cookie" not in echo.asked[1].headers
    sender.close()


def test_proxies_of_the_environment_are_ignored(
    authority: Authority, echo: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sender = client(authority)
    assert get(sender, f"{echo.url}/").status == 200
    sender.close()


def test_large_answer_is_cut_off(authority: Authority, echo: Host) -> None:
    with pytest.raises(PartnerRefused, match="4096"):
        get(client(authority), f"{echo.url}/large")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1/",
        "ftp://localhost/",
        "https://",
        "https://user:pass@localhost/",
        "https://h:x/",
        "//h/",
        "https://例.example/",
    ],
)
def test_anything_but_a_plain_https_url_is_refused(authority: Authority, url: str) -> None:
    with pytest.raises(AddressForbidden):
        get(client(authority), url)


def test_unknown_authority_is_not_trusted(echo: Host, tmp_path: Path) -> None:
    other = Authority.create(tmp_path / "other")
    with pytest.raises(PartnerUnreachable, match="certificate"):
        get(client(other), f"{echo.url}/")
    assert echo.asked == []


def test_certificate_for_another_name_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    with (
        host(authority, tmp_path, lambda _: Answer(), "other.example") as running,
        pytest.raises(PartnerUnreachable, match="certificate"),
    ):
        get(client(authority), f"{running.url}/")


def test_nobody_listens(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PartnerUnreachable, match="refused"):
        get(client(authority), f"https://127.0.0.1:{port}/")


def test_header_that_cannot_be_sent(authority: Authority, echo: Host) -> None:
    with pytest.raises(PartnerRefused):
        client(authority).send(HttpRequest("GET", f"{echo.url}/", {"X-Mine": "a\r\nX-Other: b"}))
    assert echo.asked == []


@pytest.mark.parametrize(
    "drip", [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100000, b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 4000]
)
def test_host_that_drips_its_answer_runs_into_the_deadline(
    authority: Authority, tmp_path: Path, drip: bytes
) -> None:
    """Each byte comes well before any single step times out; only the deadline of the whole call ends it."""
    certificate, key = authority.issue("host", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
            connection.recv(65536)
            for byte in drip:
                if over.wait(0.02):
                    return
                connection.send(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=[listener])
        thread.start()
        try:
            with pytest.raises(PartnerUnreachable, match="in time"):
                get(client(authority, call_seconds=0.5), f"https://localhost:{listener.getsockname()[1]}/")
        finally:
            over.set()
            thread.join()


def test_ca_file_without_certificates(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(Misconfigured):
        trust(tmp_path / "ca.pem")
