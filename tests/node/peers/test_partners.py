"""The Peers port against a partner's host: tokens, keys, errors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.hosts import Answer, Asked, Host, host

from carbonbridge.core.connection import Connection
from carbonbridge.core.errors import PartnerRefused, PartnerUnreachable
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.demo.authority import Authority
from carbonbridge.node.keys.vault import FileVault
from carbonbridge.node.peers.client import GuardedClient, trust
from carbonbridge.node.peers.partners import HttpPeers

ID = "7b9c1f7e-3f4f-4b83-9e5d-0b6b6b6b6b6b"


class Partner:
    """A PACT host that counts its tokens and can take them back."""

    def __init__(self) -> None:
        self.tokens = 0
        self.good: set[str] = set()
        self.expires_in: int | None = 900
        self.answers: dict[str, Answer] = {}

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.partition("?")[0]
        if path == "/auth/token":
            expected = base64.b64encode(b"our-id:our-secret").decode()
            if asked.headers.get("Authorization") != f"Basic {expected}":
                return Answer(401, b'{"error":"invalid_client"}')
            self.tokens += 1
            self.good = {f"Bearer t{self.tokens}"}
            body = {"access_token": f"t{self.tokens}", "token_type": "bearer"}
            if self.expires_in is not None:
                body |= {"expires_in": self.expires_in}
            return Answer(200, json.dumps(body).encode())
        if path.startswith("/3/") and asked.headers.get("Authorization") not in self.good:
            return Answer(401, b'{"code":"TokenExpired","message":"expired"}')
        return self.answers.get(path, Answer(404, b'{"code":"NotFound","message":"nothing here"}'))


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def running(partner: Partner, tmp_path: Path) -> Iterator[tuple[Host, HttpPeers, Connection]]:
    authority = Authority.create(tmp_path / "authority")
    vault = FileVault(tmp_path / "vault.key")
    client = GuardedClient(trust(authority.ca_file), allow_loopback=True)
    with host(authority, tmp_path / "host", partner) as served:
        connection = Connection(
            id="c1",
            org="cell",
            name="Wafer maker",
            company_ids=("urn:lei:1",),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            base_url=served.url,
            client_id="our-id",
            sealed_secret=vault.seal("our-secret"),
        )
        yield served, HttpPeers(client, vault), connection
        client.close()


Running = tuple[Host, HttpPeers, Connection]


def test_footprint_comes_with_its_exact_bytes(partner: Partner, running: Running) -> None:
    _served, peers, connection = running
    document = b'{ "id": "%s", "x":1.50 }' % ID.encode()
    partner.answers[f"/3/footprints/{ID}"] = Answer(200, b'{"data": ' + document + b"}")
    assert peers.get_footprint(connection, ID) == document


def test_list_carries_the_criteria_and_follows_pages(partner: Partner, running: Running) -> None:
    served, peers, connection = running
    link = {"Link": f'<{served.url}/3/more?page=2>; rel="next"'}
    partner.answers["/3/footprints"] = Answer(200, b'{"data":[{"a":1},{"b":2}]}', link)
    partner.answers["/3/more"] = Answer(200, b'{"data":[{"c":3}]}')
    assert peers.list_footprints(connection, [("productId", "urn:x:a b")]) == [
        b'{"a":1}',
        b'{"b":2}',
        b'{"c":3}',
    ]
    assert "productId=urn%3Ax%3Aa%20b" in served.asked[-2].path


def test_one_token_serves_many_calls(partner: Partner, running: Running) -> None:
    _, peers, connection = running
    partner.answers["/3/events"] = Answer(200)
    for _ in range(3):
        peers.send_event(connection, b"{}")
    assert partner.tokens == 1


def test_refused_token_is_replaced_once(partner: Partner, running: Running) -> None:
    served, peers, connection = running
    partner.answers["/3/events"] = Answer(200)
    peers.send_event(connection, b"{}")
    partner.good = set()
    peers.send_event(connection, b'{"second":true}')
    assert partner.tokens == 2
    assert [asked.body for asked in served.asked if asked.path == "/3/events"] == [b"{}"] + [
        b'{"second":true}'
    ] * 2


def test_token_refused_for_good(partner: Partner, running: Running) -> None:
    _served, peers, connection = running
    partner.answers["/3/events"] = Answer(401, b'{"code":"BadRequest","message":"no"}')
    with pytest.raises(PartnerRefused, match="401"):
        peers.send_event(connection, b"{}")
    assert partner.tokens == 1


def test_expiring_token_is_not_used(partner: Partner, running: Running) -> None:
    _, peers, connection = running
    partner.expires_in = 20
    partner.answers["/3/events"] = Answer(200)
    peers.send_event(connection, b"{}")
    peers.send_event(connection, b"{}")
    assert partner.tokens == 2


def test_new_credentials_are_used_at_once(partner: Partner, running: Running, tmp_path: Path) -> None:
    _, peers, connection = running
    partner.answers["/3/events"] = Answer(200)
    peers.send_event(connection, b"{}")
    changed = replace(connection, sealed_secret=FileVault(tmp_path / "vault.key").seal("wrong"))
    with pytest.raises(PartnerRefused, match="id and secret"):
        peers.send_event(changed, b"{}")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PartnerRefused),
        (404, PartnerRefused),
        (403, PartnerRefused),
        (429, PartnerUnreachable),
        (503, PartnerUnreachable),
        (302, PartnerRefused),
    ],
)
def test_answers_that_are_errors(
    partner: Partner, running: Running, status: int, error: type[Exception]
) -> None:
    _, peers, connection = running
    partner.answers["/3/events"] = Answer(status, b"{}")
    with pytest.raises(error):
        peers.send_event(connection, b"{}")


def test_partner_without_address_or_credentials(running: Running) -> None:
    _, peers, connection = running
    with pytest.raises(PartnerRefused):
        peers.send_event(replace(connection, base_url=None), b"{}")
    with pytest.raises(PartnerRefused, match="credentials"):
        peers.send_event(replace(connection, client_id=None), b"{}")


def test_keys(partner: Partner, running: Running) -> None:
    _, peers, connection = running
    assert peers.keys(connection) == {"keys": []}
    jwk = SigningKey.generate().public_jwk()
    partner.answers["/.well-known/jwks.json"] = Answer(
        200, json.dumps({"keys": [jwk, {"kty": "RSA"}]}).encode()
    )
    assert peers.keys(connection) == {"keys": [jwk]}


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b'{"keys":[1]}'])
def test_keys_that_are_none(partner: Partner, running: Running, body: bytes) -> None:
    _, peers, connection = running
    partner.answers["/.well-known/jwks.json"] = Answer(200, body)
    with pytest.raises(PartnerRefused, match="keys"):
        peers.keys(connection)


def test_keys_later(partner: Partner, running: Running) -> None:
    _, peers, connection = running
    partner.answers["/.well-known/jwks.json"] = Answer(503)
    with pytest.raises(PartnerUnreachable):
        peers.keys(connection)


def test_every_call_in_v2(partner: Partner, running: Running) -> None:
    served, peers, connection = running
    partner.answers["/2/footprints"] = Answer(202, b'{"data":[{"a":1}]}')
    partner.answers[f"/2/footprints/{ID}"] = Answer(200, b'{"data":{"b":2}}')
    partner.answers["/2/events"] = Answer(200)

    assert peers.list_footprints(connection, [], PactVersion.V2) == [b'{"a":1}']
    assert peers.get_footprint(connection, ID, PactVersion.V2) == b'{"b":2}'
    peers.send_event(connection, b"{}", PactVersion.V2)

    paths = [asked.path.partition("?")[0] for asked in served.asked if asked.path.startswith("/2/")]
    assert paths == ["/2/footprints", f"/2/footprints/{ID}", "/2/events"]
