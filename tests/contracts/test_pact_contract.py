"""The SDK's contract with a PACT host: recorded against pact's mock server, verified against a live node."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit
from uuid import uuid4

import pytest
from pact import Pact, Verifier
from tests.contracts.scenarios import (
    ASKED,
    CLIENT_ID,
    PARTNER,
    PRODUCT,
    PUBLISHED,
    SCENARIOS,
    SECOND_PAGE,
    SECRET,
    SUSPENDED,
    TWO,
)
from tests.core.footprints import FOOTPRINT_ID, footprint_document
from tests.support.front import Front, front
from tests.support.live import COMPANY, LiveNode, Login, live_node
from tests.support.pact_address import States, state_address

from carbonbridge.client import PactClient, Wire
from carbonbridge.core.link import next_link
from carbonbridge.demo.authority import Authority

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("pact-contract")

CONSUMER, PROVIDER = "carbonbridge-client", "pact-host"
#: Takes connections from nobody: what the node wants to deliver there waits.
NOWHERE = "https://localhost:1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The one authority that client and verifier trust; proxies must not stand before loopback."""
    made = Authority.create(tmp_path_factory.mktemp("authority"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(made.ca_file))
        environment.delenv("SSL_CERT_DIR", raising=False)
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            environment.delenv(name)
        yield made


@pytest.fixture(scope="module")
def before(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """What stands before the mock server, which speaks plain HTTP only."""
    with front(authority, tmp_path_factory.mktemp("front")) as running:
        yield running


def play(name: str, before: Front, authority: Authority, folder: Path) -> None:
    """One scenario against the mock server, which raises on every call that is not as declared, and on none at all."""
    pact = Pact(CONSUMER, PROVIDER).with_specification("V4")
    run = SCENARIOS[name](pact, before.url)
    with pact.serve(addr="127.0.0.1") as server:
        before.target = server.port or 0
        with PactClient(before.url, CLIENT_ID, SECRET, wire=Wire(authority.ca_file, timeout=20)) as client:
            run(client)
    pact.write_file(folder)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_client_keeps_to_the_contract(
    name: str, before: Front, authority: Authority, tmp_path: Path
) -> None:
    play(name, before, authority, tmp_path)
    assert recorded(tmp_path)


@pytest.fixture(scope="module")
def contract(before: Front, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pact file with every scenario."""
    folder = tmp_path_factory.mktemp("pacts")
    for name in SCENARIOS:
        play(name, before, authority, folder)
    return folder


def recorded(folder: Path) -> list[dict[str, object]]:
    [file] = folder.glob("*.json")
    interactions: list[dict[str, object]] = json.loads(file.read_text("utf-8"))["interactions"]
    return interactions


class Host:
    """The provider: an organisation of a live node, brought into each state through the node's own interface."""

    def __init__(self, live: LiveNode) -> None:
        self.live = live
        self.owner = live.organisation("host")
        self.url = self.owner.base_url

    def states(self) -> States:
        return {
            PARTNER: lambda: self.credentials(self.partner()[1]),
            SUSPENDED: self.suspended,
            PUBLISHED: self.published,
            TWO: self.published,
            SECOND_PAGE: self.second_page,
            ASKED: self.asked,
        }

    def partner(self) -> tuple[str, Login]:
        return self.live.partner(self.owner, baseUrl=NOWHERE, clientId="ours", clientSecret="s")

    def credentials(self, login: Login) -> dict[str, str]:
        pair = f"{quote_plus(login.client_id)}:{quote_plus(login.client_secret)}"
        return {"basic": base64.b64encode(pair.encode()).decode(), "token": self.live.token(login)}

    def published(self) -> dict[str, str]:
        """The same again has no effect, so that states may come in any order."""
        for footprint_id in (FOOTPRINT_ID, FOOTPRINT_ID.replace("3", "4")):
            document = footprint_document(
                id=footprint_id, companyIds=[COMPANY.format(1)], productIds=[PRODUCT]
            )
            self.live.ask(self.owner, "POST", "/footprints", {"footprint": document}, 201)
        return self.credentials(self.partner()[1])

    def suspended(self) -> dict[str, str]:
        connection, login = self.partner()
        known = self.credentials(login)
        self.live.ask(self.owner, "PUT", f"/connections/{connection}/state", {"state": "suspended"})
        return known

    def second_page(self) -> dict[str, str]:
        known = self.published()
        _, login = self.partner()
        query = f"?productId={quote_plus(PRODUCT)}&limit=1"
        first = self.live.call(login, "GET", f"/3/footprints{query}")
        following = parse_qs(urlsplit(next_link(first.headers["Link"]) or "").query)
        return known | {"cursor": following["cursor"][0], "product": PRODUCT}

    def asked(self) -> dict[str, str]:
        connection, login = self.partner()
        body = {"connectionId": connection, "criteria": {"productId": [f"urn:x:{uuid4()}"]}}
        asked = self.live.ask(self.owner, "POST", "/requests", body, 201)
        return self.credentials(login) | {"requestEventId": asked["eventId"]}


@pytest.fixture(scope="module")
def host(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with live_node(tmp_path_factory.mktemp("host"), authority) as live:
        yield Host(live)


def verify(host: Host, contract: Path, only: str | None = None) -> dict[str, Any]:
    """Hold interactions of the contract against the node; what pact found.

    Args:
        only: pattern of the descriptions; all unless stated.
    """
    verifier = Verifier(PROVIDER).add_transport(url=host.url).add_source(contract).filter(only)
    verifier.set_coloured_output(enabled=False)
    # It says no more than that something failed; the results say what.
    with state_address(host.states()) as address, suppress(RuntimeError):
        verifier.state_handler(address, body=True).verify()
    return verifier.results


def test_the_node_keeps_to_the_contract(host: Host, contract: Path) -> None:
    known = {item["description"] for item in recorded(contract)}
    assert len(known) > len(SCENARIOS)
    results = verify(host, contract)
    assert results["errors"] == results["pendingErrors"] == []
    assert results["result"] is True
    said = "\n".join(results["output"])
    assert all(f"\n  {description} " in said for description in known)


@pytest.mark.parametrize(
    ("only", "kept", "broken", "found"),
    [
        ("^GetFootprint of none$", '"code": "NotFound"', '"code": "NoSuchFootprint"', "NoSuchFootprint"),
        ("^ListFootprints in vain$", '"status": 403', '"status": 404', "404"),
        ("^ListFootprints goes on", '"min": 1', '"min": 2', "minimum size of 2"),
        ("^GetFootprint$", '"companyName": "Glass Works"', '"companyName": 5', "companyName"),
    ],
    ids=["code", "status", "length", "type"],
)
def test_a_breach_of_the_contract_is_found(
    host: Host, contract: Path, tmp_path: Path, only: str, kept: str, broken: str, found: str
) -> None:
    """What verifies must be able to fail, and for the right reason."""
    [file] = contract.glob("*.json")
    text = file.read_text("utf-8")
    assert kept in text
    (tmp_path / file.name).write_text(text.replace(kept, broken), "utf-8")
    results = verify(host, tmp_path, only)
    assert results["result"] is False
    [error] = results["errors"]
    assert found in json.dumps(error)
