"""Mutual TLS: who comes with a certificate, and tokens that are worth nothing without it."""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.live import LiveNode, Login, live_node

from carbonbridge.client import PactClient, Wire
from carbonbridge.core.errors import Misconfigured, NotAuthenticated, PartnerUnreachable
from carbonbridge.demo.authority import Authority

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("certificates")


class Certified:
    """A node that asks for client certificates, and some."""

    def __init__(self, live: LiveNode, folder: Path) -> None:
        self.live = live
        self.folder = folder
        self.owner = live.organisation("certified")
        self.mine, self.other = (self.issue(live.authority, name) for name in ("mine", "other"))
        _, self.partner = live.partner(self.owner, proof={"certificate": thumbprint(self.mine.certificate)})
        _, self.with_secret = live.partner(self.owner)

    def issue(self, authority: Authority, name: str, *, client: bool = True) -> Wire:
        folder = self.folder / name
        folder.mkdir()
        certificate, key = authority.issue(name, folder, client=client)
        return Wire(self.live.authority.ca_file, certificate=certificate, certificate_key=key)

    def send(self, wire: Wire | None, method: str, path: str, **options: Any) -> httpx.Response:
        """A call on a connection of its own."""
        context = (wire or Wire(self.live.authority.ca_file)).context()
        with httpx.Client(verify=context, trust_env=False, timeout=30) as http:
            return http.request(method, self.owner.base_url + path, **options)

    def token(self, wire: Wire | None, **form: str) -> httpx.Response:
        fields = {"grant_type": "client_credentials", "client_id": self.partner.client_id, **form}
        return self.send(wire, "POST", "/auth/token", data=fields)

    def list(self, wire: Wire | None, token: str) -> httpx.Response:
        return self.send(wire, "GET", "/3/footprints", headers={"Authorization": f"Bearer {token}"})


def thumbprint(certificate: Path | None) -> str:
    assert certificate is not None
    data = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certified]:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority.create(folder / "authority")
    with live_node(folder, authority, CLIENT_CA_FILE=str(authority.ca_file)) as live:
        yield Certified(live, folder)


def test_a_certificate_opens_the_door(world: Certified) -> None:
    with PactClient(world.owner.base_url, world.partner.client_id, wire=world.mine) as host:
        assert host.footprints() == []


def test_a_token_is_bound_to_its_certificate(world: Certified) -> None:
    token = world.token(world.mine).json()["access_token"]
    payload = token.split(".")[1]
    claims = base64.urlsafe_b64decode(payload + "==").decode()
    assert f'"x5t#S256":"{thumbprint(world.mine.certificate)}"' in claims
    statuses = [world.list(wire, token).status_code for wire in (world.mine, world.other, None)]
    assert statuses == [200, 401, 401]
    refused = world.list(None, token)
    assert (refused.json()["code"], refused.headers["WWW-Authenticate"]) == ("BadRequest", "Bearer")
    operator = world.send(None, "GET", "/api/v1/clients", headers={"Authorization": f"Bearer {token}"})
    assert operator.status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"client_assertion": "a.b.c"},
        {"client_secret": "guessed", "client_id": "nobody"},
    ],
)
def test_the_right_certificate_for_nobody(world: Certified, form: Mapping[str, str]) -> None:
    assert world.token(world.mine, **form).status_code == 401


def test_another_certificate_or_none(world: Certified) -> None:
    assert [world.token(wire).status_code for wire in (world.other, None)] == [401, 401]
    with (
        PactClient(world.owner.base_url, world.partner.client_id, wire=world.other) as host,
        pytest.raises(NotAuthenticated),
    ):
        host.footprints()
    basic = (world.partner.client_id, "guessed")
    both = world.send(
        world.mine, "POST", "/auth/token", auth=basic, data={"grant_type": "client_credentials"}
    )
    assert both.status_code == 401


def test_a_header_is_no_certificate(world: Certified) -> None:
    """What a proxy would set counts for nothing: the node looks at its own connection."""
    pem = world.mine.certificate
    assert pem is not None
    headers = {name: thumbprint(pem) for name in ("X-Client-Cert", "Client-Cert", "X-SSL-Client-SHA256")} | {
        "X-Forwarded-Client-Cert": f"Hash={thumbprint(pem)}"
    }
    form = {"grant_type": "client_credentials", "client_id": world.partner.client_id}
    assert world.send(None, "POST", "/auth/token", data=form, headers=headers).status_code == 401


def test_certificates_of_strangers_and_of_servers_do_not_get_in(world: Certified) -> None:
    stranger = Authority.create(world.folder / "stranger")
    for wire in (
        world.issue(stranger, "forged"),
        world.issue(world.live.authority, "server", client=False),
    ):
        with (
            PactClient(world.owner.base_url, world.partner.client_id, wire=wire) as host,
            pytest.raises(PartnerUnreachable),
        ):
            host.footprints()
    assert world.token(world.mine).status_code == 200


def test_partners_with_a_secret_need_no_certificate_and_may_bind_to_one(world: Certified) -> None:
    login = (world.with_secret.client_id, world.with_secret.client_secret)
    form = {"grant_type": "client_credentials"}
    free, bound = (
        world.send(wire, "POST", "/auth/token", auth=login, data=form).json()["access_token"]
        for wire in (None, world.mine)
    )
    assert [world.list(wire, free).status_code for wire in (None, world.mine)] == [200, 200]
    assert [world.list(wire, bound).status_code for wire in (world.mine, world.other, None)] == [
        200,
        401,
        401,
    ]


def test_a_renewed_certificate_takes_over_at_once(world: Certified) -> None:
    _, partner = world.live.partner(world.owner, proof={"certificate": thumbprint(world.other.certificate)})
    token = world.token(world.other, client_id=partner.client_id).json()["access_token"]
    assert world.list(world.other, token).status_code == 200
    renewed = world.issue(world.live.authority, "renewed")
    body = {"certificate": thumbprint(renewed.certificate)}
    world.live.ask(world.owner, "PUT", f"/clients/{partner.client_id}/keys", body)
    assert world.list(world.other, token).status_code == 401
    assert world.token(world.other, client_id=partner.client_id).status_code == 401
    assert world.token(renewed, client_id=partner.client_id).status_code == 200


def test_the_configuration_offers_it(world: Certified) -> None:
    configuration = world.send(None, "GET", "/.well-known/openid-configuration").json()
    assert "tls_client_auth" in configuration["token_endpoint_auth_methods_supported"]
    assert configuration["tls_client_certificate_bound_access_tokens"] is True


def test_many_calls_on_one_connection_keep_the_certificate(world: Certified) -> None:
    token = world.token(world.mine).json()["access_token"]
    with httpx.Client(verify=world.mine.context(), trust_env=False) as http:
        statuses = {
            http.get(
                f"{world.owner.base_url}/3/footprints", headers={"Authorization": f"Bearer {token}"}
            ).status_code
            for _ in range(20)
        }
    assert statuses == {200}


def test_a_file_without_authorities_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with (
        pytest.raises(Misconfigured) as caught,
        live_node(tmp_path, CLIENT_CA_FILE=str(empty)),
    ):
        pass
    assert caught.value.field == "CARBONBRIDGE_CLIENT_CA_FILE"


def test_a_node_that_does_not_ask_sees_no_certificate(world: Certified, live: LiveNode, owner: Login) -> None:
    """A client that is enrolled with a certificate gets nowhere at a node without mutual TLS."""
    _, partner = live.partner(owner, proof={"certificate": thumbprint(world.mine.certificate)})
    wire = Wire(
        live.authority.ca_file,
        certificate=world.mine.certificate,
        certificate_key=world.mine.certificate_key,
    )
    with PactClient(owner.base_url, partner.client_id, wire=wire) as host, pytest.raises(NotAuthenticated):
        host.footprints()
