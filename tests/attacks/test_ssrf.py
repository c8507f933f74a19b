"""Addresses that lead inwards: no call of ours ever reaches a host that is not on the Internet."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.hosts import Answer, Asked, Host, host
from tests.support.live import LiveNode, Login, live_node

from carbonbridge.demo.authority import Authority

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-ssrf")


@pytest.fixture(scope="module")
def canary() -> Iterator[socket.socket]:
    """A port of this machine, on IPv4 and where there is IPv6 on that too, that nobody may connect to."""
    dual = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual else socket.AF_INET
    with socket.create_server(("", 0), family=family, dualstack_ipv6=dual) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, canary: socket.socket) -> Iterator[LiveNode]:
    """A node as in production: loopback is forbidden. After all attacks, nobody has been at the canary."""
    with live_node(tmp_path_factory.mktemp("guarded"), ALLOW_LOOPBACK_PEERS="false") as running:
        yield running
    with pytest.raises(BlockingIOError):
        canary.accept()


@pytest.fixture(scope="module")
def owner(live: LiveNode) -> Login:
    return live.organisation("owner")


def connection_to(live: LiveNode, owner: Login, url: str, **more: Any) -> Any:
    body = {
        "name": "P",
        "companyIds": ["urn:x:p"],
        "baseUrl": url,
        "clientId": "c",
        "clientSecret": "s",
    } | more
    return live.call(owner, "POST", "/api/v1/connections", json=body)


INNER = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "127.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "127.255.255.254",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "2852039166",
    "[fd00:ec2::254]",
    "[::ffff:a9fe:a9fe]",
]


@pytest.mark.parametrize("name", INNER)
def test_inner_address_is_not_called(live: LiveNode, owner: Login, canary: socket.socket, name: str) -> None:
    made = connection_to(live, owner, f"https://{name}:{canary.getsockname()[1]}")
    if made.status_code == 400:
        assert made.json()["field"] == "baseUrl"
        return
    response = live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": made.json()["id"]})
    assert response.status_code in (400, 502), response.text
    assert response.json()["code"] in ("AddressForbidden", "PartnerUnreachable")
    if response.json()["code"] == "PartnerUnreachable":
        assert "does not resolve" in response.json()["detail"], response.text


ODD = [
    "http://partner.example",
    "HTTP://partner.example",
    "ftp://partner.example",
    "file:///etc/passwd",
    "//partner.example",
    "partner.example",
    "https://",
    "https:///path",
    "https://user@partner.example",
    "https://user:pw@partner.example",
    "https://partner.example@127.0.0.1",
    "https://partner.example/",
    "https://partner.example?x",
    "https://partner.example#x",
    "https://partner.example:0",
    "https://partner.example:99999",
    "https://partner.example:x",
    "https://[::1",
    "https://partner.example/a b",
    "https://partner.example\r\nHost: x",
    "https://partner.example\t",
    " https://partner.example",
    "",
]


@pytest.mark.parametrize("field", ["baseUrl", "authBaseUrl"])
@pytest.mark.parametrize("url", ODD)
def test_odd_address_is_refused_where_it_is_entered(
    live: LiveNode, owner: Login, url: str, field: str
) -> None:
    response = connection_to(live, owner, "https://partner.example", **{field: url})
    assert (response.status_code, response.json().get("field")) == (400, field)


def test_work_in_the_outbox_is_guarded_as_well(live: LiveNode, owner: Login, canary: socket.socket) -> None:
    """A connection that went through the check of its form: the worker's call is checked by address."""
    connection = connection_to(live, owner, f"https://localhost:{canary.getsockname()[1]}").json()["id"]
    question = {"connectionId": connection, "criteria": {"productId": ["urn:x:y"]}}
    live.ask(owner, "POST", "/requests", question, 201)
    # The next call through the same guarded client comes after the worker was told.
    assert live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": connection}).status_code == 400
    with pytest.raises(BlockingIOError):
        canary.accept()


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, canary: socket.socket
) -> Iterator[tuple[LiveNode, Login, Host]]:
    """A node that may call loopback, and a partner's host that wants to lead it on to the canary."""
    folder = tmp_path_factory.mktemp("hostile")
    authority = Authority.create(folder / "authority")
    inner = f"https://127.0.0.1:{canary.getsockname()[1]}"

    def answer(asked: Asked) -> Answer:
        lure, _, path = asked.path[1:].partition("/")
        if lure == "redirect" and not path.startswith(".well-known"):
            return Answer(302, headers={"Location": f"{inner}/x"})
        if path.startswith(".well-known"):
            endpoint = {
                "metadata": "https://169.254.169.254/token",
                "private": "https://10.0.0.1/token",
                "plain": "http://127.0.0.1/token",
                "file": "file:///etc/passwd",
                "userinfo": "https://localhost@10.0.0.1/token",
            }.get(lure)
            if endpoint is None:
                return Answer(404)
            return Answer(body=f'{{"token_endpoint":"{endpoint}"}}'.encode())
        if path == "auth/token":
            return Answer(body=b'{"access_token":"t","token_type":"bearer"}')
        if lure == "pages":
            return Answer(body=b'{"data":[]}', headers={"Link": f'<{inner}/3/footprints>; rel="next"'})
        return Answer(body=b'{"data":[]}')

    with host(authority, folder / "host", answer) as running, live_node(folder / "node", authority) as live:
        yield live, live.organisation("owner"), running


@pytest.mark.parametrize("lure", ["redirect", "metadata", "private", "plain", "file", "userinfo", "pages"])
def test_hostile_host_leads_nowhere(
    hostile: tuple[LiveNode, Login, Host], canary: socket.socket, lure: str
) -> None:
    live, owner, running = hostile
    made = connection_to(live, owner, f"{running.url}/{lure}")
    response = live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": made.json()["id"]})
    assert response.status_code in (400, 502), response.text
    assert response.json()["code"] in ("AddressForbidden", "PartnerRefused")
    with pytest.raises(BlockingIOError):
        canary.accept()


def test_honest_host_is_called(hostile: tuple[LiveNode, Login, Host]) -> None:
    """So the lures above failed for what they are."""
    live, owner, running = hostile
    made = connection_to(live, owner, f"{running.url}/honest").json()["id"]
    assert live.ask(owner, "POST", "/fetches", {"connectionId": made}) == {"footprintIds": []}
    assert "/honest/3/footprints" in {asked.path.partition("?")[0] for asked in running.asked}
