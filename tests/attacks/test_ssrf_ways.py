"""Every disguise of an inner address through every way in: none leads to a connection that is not to the Internet.

The guard is the one of production: loopback is forbidden. The hostile partner's host is on the Internet as far as the
guard can see; only behind the guard is its connection led back to this machine.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, product
from pathlib import Path

import pytest
from tests.attacks.inner import DECOY, PARTNER, PAYLOADS, PUBLIC, TestInternet
from tests.support.hosts import Answer, Asked, Host, host

from carbonbridge.core.connection import Connection
from carbonbridge.core.errors import AddressForbidden, BadInput, CarbonBridgeError, PartnerUnreachable
from carbonbridge.demo.authority import Authority
from carbonbridge.node.keys.vault import FileVault
from carbonbridge.node.peers import address
from carbonbridge.node.peers.client import GuardedClient, trust
from carbonbridge.node.peers.partners import HttpPeers

#: One worker, one host.
pytestmark = pytest.mark.xdist_group("attacks-ssrf-ways")

_ids = count()


@dataclass
class Lure:
    """What the hostile host answers.

    Attributes:
        redirect: (end of a path, status, target): answers there lead on.
    """

    endpoint: str | None = None
    link: str | None = None
    redirect: tuple[str, int, str] | None = None

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.partition("?")[0]
        if self.redirect is not None and path.endswith(self.redirect[0]):
            return Answer(self.redirect[1], headers={"Location": self.redirect[2]})
        if path.endswith("/openid-configuration"):
            if self.endpoint is None:
                return Answer(404)
            return Answer(body=json.dumps({"token_endpoint": self.endpoint}).encode())
        if path.endswith("/auth/token"):
            return Answer(body=b'{"access_token":"t","token_type":"bearer"}')
        if path.endswith("/3/footprints"):
            link = (
                {} if self.link is None else {"Link": f'<{self.link}>; rel="next"'.encode().decode("latin-1")}
            )
            return Answer(body=b'{"data":[]}', headers=link)
        return Answer(body=b'{"data":{},"keys":[]}')


@dataclass
class Field:
    """The node's way out, the hostile host, and the canary."""

    internet: TestInternet
    peers: HttpPeers
    secret: bytes
    lure: Lure
    served: Host
    port: int
    reached: set[str] = field(default_factory=set)

    def connection(self, base_url: str = f"https://{PARTNER}", auth: str | None = None) -> Connection:
        return Connection(
            id=str(next(_ids)),
            org="owner",
            name="Hostile",
            company_ids=("urn:x:p",),
            created_at=datetime.now(UTC),
            base_url=base_url,
            auth_base_url=auth,
            client_id="c",
            sealed_secret=self.secret,
        )

    def call(self, *settings: str) -> list[CarbonBridgeError | None]:
        """Everything the node does with a partner; what came of each."""
        calls: tuple[Callable[[Connection], object], ...] = (
            lambda connection: self.peers.list_footprints(connection, ()),
            lambda connection: self.peers.get_footprint(connection, "id"),
            lambda connection: self.peers.send_event(connection, b"{}"),
            self.peers.keys,
        )
        came: list[CarbonBridgeError | None] = []
        for call in calls:
            try:
                call(self.connection(*settings))
            except CarbonBridgeError as error:
                came.append(error)
            else:
                came.append(None)
        return came


@pytest.fixture(scope="module")
def canary() -> Iterator[socket.socket]:
    """A port of this machine that nobody may connect to, by IPv4 nor IPv6."""
    dual = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual else socket.AF_INET
    with socket.create_server(("", 0), family=family, dualstack_ipv6=dual) as listener:
        listener.setblocking(False)
        yield listener
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, canary: socket.socket) -> Iterator[Field]:
    folder: Path = tmp_path_factory.mktemp("ways")
    authority, lure = Authority.create(folder / "authority"), Lure()
    client = GuardedClient(trust(authority.ca_file))
    vault = FileVault(folder / "vault.key")
    with host(authority, folder / "host", lure, PARTNER) as served:
        internet = TestInternet(served.port)
        client._pool._network_backend._plain = internet
        made = Field(
            internet, HttpPeers(client, vault), vault.seal("s"), lure, served, canary.getsockname()[1]
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(address.socket, "getaddrinfo", internet.getaddrinfo)
            yield made
        client.close()


@pytest.fixture
def way(ground: Field) -> Field:
    ground.internet.begin()
    ground.lure.endpoint = ground.lure.link = ground.lure.redirect = None
    return ground


def test_there_are_enough() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 200


def test_the_way_is_open_to_an_honest_partner(way: Field) -> None:
    """So what fails below fails for where it leads."""
    way.lure.endpoint = f"https://{PARTNER}/elsewhere/auth/token"
    way.lure.link = f"https://{PARTNER}/3/footprints?page=2"
    listing, *others = way.call()
    assert "does not come to an end" in str(listing)
    assert others == [None, None, None]
    assert set(way.internet.called) <= {PUBLIC}
    assert "/elsewhere/auth/token" in {asked.path for asked in way.served.asked}


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_disguise_leads_inwards_by_any_way(way: Field, canary: socket.socket, payload: str) -> None:
    url = payload.replace("{port}", str(way.port))
    came = [*way.call(url), *way.call(f"{url}/path")] if _is_accepted(way, url) else []
    # Any answer at all came from the partner's own host, or the way led to nobody.
    inwards = [error for error in came if error is None]
    assert not inwards or f"//{PARTNER}" in url
    if _is_accepted(way, url, PARTNER):
        way.call(f"https://{PARTNER}", url)
    way.lure.endpoint = url
    way.call()
    way.lure.endpoint, way.lure.link = None, url
    way.call()
    assert set(way.internet.called) <= {PUBLIC, DECOY}
    with pytest.raises(BlockingIOError):
        canary.accept()


def _is_accepted(ground: Field, url: str, partner: str | None = None) -> bool:
    """Whether a connection can be made with it at all."""
    try:
        ground.connection(*([f"https://{partner}", url] if partner else [url]))
    except BadInput:
        return False
    return True


REDIRECTS = (300, 301, 302, 303, 304, 305, 306, 307, 308)
STAGES = (
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
    "/auth/token",
    "/3/footprints",
    "/3/footprints/id",
    "/3/events",
)


@pytest.mark.parametrize(("status", "stage"), [*product(REDIRECTS, STAGES)])
def test_no_redirect_is_followed(way: Field, canary: socket.socket, status: int, stage: str) -> None:
    before = len(way.served.asked)
    for target in (f"https://127.0.0.1:{way.port}/x", f"https://{PARTNER}/followed", "/followed"):
        way.lure.redirect = (stage, status, target)
        way.call()
    asked = [item.path for item in way.served.asked[before:]]
    assert [path for path in asked if path.partition("?")[0].endswith(stage)]
    assert "/followed" not in asked
    assert set(way.internet.called) <= {PUBLIC}
    with pytest.raises(BlockingIOError):
        canary.accept()


def test_a_name_that_changes_is_looked_up_once_a_connection(way: Field) -> None:
    """The address that was checked is the one that is called; the next look-up is checked anew."""
    for seen, expected in (("rebind.test", PartnerUnreachable), ("rebind.test", AddressForbidden)):
        with pytest.raises(expected):
            way.peers.keys(way.connection(f"https://{seen}"))
    assert way.internet.called == [DECOY]
