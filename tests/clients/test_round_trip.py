"""The whole way round a live node with the command line alone: from an empty node to an importer's offline proof.

One test, told in order: what one step makes, the next needs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from tests.core.footprints import footprint_document
from tests.support.documents import certificate_fields, scheme
from tests.support.live import LiveNode, live_node

from carbonbridge.client import AsyncNodeClient, AsyncPactClient, Wire
from carbonbridge.client.cli.main import main
from carbonbridge.core.errors import BadInput, Conflict, NotFound

GLASS = ["urn:pact:glass.example:company-id:glass"]
MODULE = ["urn:pact:module.example:company-id:module"]
BODY = ["urn:pact:cb.example:company-id:cb"]

BILL = {
    "id": "module",
    "productIds": ["urn:pact:module.example:product-id:m"],
    "productNameCompany": "PV module",
    "declaredUnitOfMeasurement": "piece",
    "declaredUnitAmount": "1",
    "productMassPerDeclaredUnit": "20",
    "referencePeriodStart": "2025-01-01T00:00:00Z",
    "referencePeriodEnd": "2026-01-01T00:00:00Z",
    "geographyCountry": "CN",
    "crossSectoralStandards": ["ISO14067"],
    "exemptedEmissionsPercent": "0",
    "fossilCarbonContent": "0",
    "lines": [
        {
            "kind": "supplier",
            "id": "glass",
            "name": {"en": "Front glass", "zh": "前板玻璃"},
            "amount": "2",
            "unit": "square meter",
            "productId": footprint_document()["productIds"][0],
        },
        {
            "kind": "activity",
            "id": "power",
            "name": {"en": "Power", "zh": "电"},
            "amount": "10",
            "unit": "kWh",
            "direct": "0.5",
        },
    ],
}


class Desk:
    """Somebody at a terminal: each command line is run for real, with the settings of whom it is for."""

    def __init__(self, live: LiveNode, folder, capsys, monkeypatch) -> None:
        self.live, self.folder, self.capsys, self.monkeypatch = live, folder, capsys, monkeypatch
        self.logins: dict[str, tuple[str, str, str]] = {
            "administrator": (live.url, live.administrator.client_id, live.administrator.client_secret)
        }
        monkeypatch.setenv("CARBONBRIDGE_CA_FILE", str(live.authority.ca_file))

    def run(self, who: str, *words: str, status: int = 0) -> str:
        names = ("CARBONBRIDGE_NODE", "CARBONBRIDGE_CLIENT_ID", "CARBONBRIDGE_CLIENT_SECRET")
        for name, value in zip(names, self.logins[who], strict=True):
            self.monkeypatch.setenv(name, value)
        ended = main(list(words))
        printed = self.capsys.readouterr()
        assert ended == status, printed.err
        assert self.logins[who][2] not in printed.out + printed.err
        return printed.out if status == 0 else printed.err

    def json(self, who: str, *words: str) -> Any:
        return json.loads(self.run(who, *words, "--json"))

    def file(self, name: str, document: object) -> str:
        path = self.folder / name
        path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        return str(path)

    def until(self, look: Callable[[], Any]) -> Any:
        """Look again and again: the node's workers do their part meanwhile."""
        give_up = monotonic() + 60
        while monotonic() < give_up:
            if found := look():
                return found
        raise AssertionError("the node's workers did not get there")

    def add_organisation(self, slug: str, company_ids: list[str], **settings: object) -> None:
        document = {"slug": slug, "name": slug, "companyIds": company_ids, "scheme": "js-cfp", **settings}
        self.run("administrator", "register", "organisation", self.file(f"{slug}.json", document))
        secret = self.folder / f"{slug}.secret"
        made = self.json("administrator", "enrol", "--organisation", slug, "--out", str(secret))
        self.logins[slug] = (f"{self.live.url}/o/{slug}", made["clientId"], secret.read_text())

    def add_partner(self, owner: str, name: str, company_ids: list[str], *words: str) -> str:
        company = [word for company_id in company_ids for word in ("--company-id", company_id)]
        return self.json(owner, "connect", name, *company, *words)["id"]

    def credentials(self, owner: str, connection: str) -> tuple[str, str]:
        secret = self.folder / f"{connection}.secret"
        made = self.json(owner, "enrol", "--connection", connection, "--out", str(secret))
        return made["clientId"], str(secret)


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    with live_node(tmp_path / "node") as live:
        yield Desk(live, tmp_path, capsys, monkeypatch)


def test_the_whole_way_round(desk, tmp_path):
    # The administrator sets the region up.
    desk.run("administrator", "register", "scheme", desk.file("scheme.json", scheme("js-cfp")))
    desk.add_organisation("cb", BODY, certificationBody=True)
    desk.add_organisation("glass", GLASS, answerPolicy="manual")
    desk.add_organisation("module", MODULE)
    base = f"{desk.live.url}/o"
    keys = desk.live.send("GET", f"{base}/cb/.well-known/jwks.json").json()["keys"]
    issuer = {
        "id": f"{base}/cb",
        "name": "cb",
        "keys": keys,
        "schemes": ["js-cfp"],
        "approvedFrom": "2025-01-01T00:00:00Z",
    }
    desk.run("administrator", "register", "issuer", desk.file("issuer.json", issuer))
    assert "cb" in desk.run("administrator", "register", "show", "organisations")
    assert desk.json("administrator", "clients", "--organisation", "glass")[0]["role"] == "operator"
    assert desk.json("glass", "register", "history", "issuers", issuer["id"])[0]["version"] == 1
    assert desk.json("glass", "register", "show", "issuers", issuer["id"])["document"]["id"] == issuer["id"]
    denied = desk.run("glass", "register", "issuer", desk.file("issuer.json", issuer), status=1)
    assert "regulator" in denied

    # Glass maker and module maker meet: credentials are handed over in both directions.
    buyer = desk.add_partner("glass", "Module maker", MODULE, "--base-url", f"{base}/module")
    supplier = desk.add_partner("module", "Glass maker", GLASS, "--base-url", f"{base}/glass")
    for giver, giving, taker, taking in (
        ("glass", buyer, "module", supplier),
        ("module", supplier, "glass", buyer),
    ):
        client_id, secret = desk.credentials(giver, giving)
        words = ["--partner-client-id", client_id, "--partner-secret-file", secret]
        desk.run(taker, "set-credentials", taking, *words)
    desk.run("glass", "share", buyer, "--all")
    assert desk.json("glass", "grants")[0]["scope"] == "all"

    # The body certifies, the glass maker publishes, and cannot publish something else under the same id.
    footprint = footprint_document(companyIds=GLASS)
    file = desk.file("footprint.json", footprint)
    certificate = str(tmp_path / "certificate.jwt")
    fields = desk.file("fields.json", certificate_fields())
    desk.run("cb", "certify", file, "--fields", fields, "--out", certificate)
    assert desk.json("glass", "publish", file, "--certificate", certificate)["id"] == footprint["id"]
    changed = desk.file("changed.json", footprint | {"productNameCompany": "other"})
    assert "carbonbridge: your input:" in desk.run("glass", "publish", changed, status=1)
    assert [item["id"] for item in desk.json("glass", "preview", buyer)] == [footprint["id"]]

    # The module maker asks; a person answers; what comes is recognised.
    asked = desk.json(
        "module", "ask", supplier, "--product-id", footprint["productIds"][0], "--comment", "please"
    )
    incoming = desk.until(
        lambda: desk.json("glass", "requests", "--direction", "incoming", "--state", "open")
    )
    assert incoming[0]["comment"] == "please"
    desk.run("glass", "answer", "fulfil", incoming[0]["id"])
    assert "already" in desk.run("glass", "answer", "reject", incoming[0]["id"], "--message", "no", status=1)
    [received] = desk.until(lambda: [item for item in desk.json("module", "received") if "verdict" in item])
    assert (received["id"], received["verdict"]) == (footprint["id"], "accepted")
    assert "accepted" in desk.run("module", "recognise", footprint["id"])
    assert "不" not in desk.run("module", "verdicts", "--lang", "zh")
    [closed] = desk.json("module", "requests", "--state", "fulfilled")
    assert closed["id"] == asked["id"]

    # The module maker calculates, looks at the tree, and has it certified, which publishes it.
    words = ["--publication", "certified", "--certification-body", "cb", "--no-recalculate"]
    desk.run("module", "put-product", "module", desk.file("module.json", BILL), *words)
    calculation = desk.json("module", "calculate", "module")
    assert calculation["draft"]["pcf"]["pcfExcludingBiogenicUptake"] == "23.2"
    tree = desk.run("module", "lineage", "module")
    assert "Front glass" in tree
    assert "18.2 kgCO2e" in tree
    assert "accepted" in tree
    if calculation["state"] == "draft":
        desk.run("module", "apply", calculation["id"])
    assert [item["id"] for item in desk.json("cb", "applications")] == [calculation["id"]]
    desk.run("cb", "decide", calculation["id"], "--certify", "--fields", fields)
    assert [item["id"] for item in desk.json("module", "footprints")] == [calculation["id"]]

    # An importer without a node pulls it, and proves it offline.
    importer = desk.add_partner("module", "Importer", ["urn:pact:eu.example:company-id:eu"], "--no-notify")
    desk.run("module", "share", importer, "--product", BILL["productIds"][0])
    client_id, secret = desk.credentials("module", importer)
    login = ["--client-id", client_id, "--client-secret-file", secret]
    folder = tmp_path / "pulled"
    desk.run("administrator", "pull", f"{base}/module", *login, "--out", str(folder), "--status", "Active")
    pulled = folder / f"{calculation['id']}.json"
    jwks = desk.file("jwks.json", desk.live.send("GET", f"{base}/module/.well-known/jwks.json").json())
    words = [
        str(pulled),
        "--keys",
        jwks,
        "--issuers",
        str(tmp_path / "issuer.json"),
        "--publisher",
        f"{base}/module",
    ]
    assert desk.json("administrator", "verify", *words)["holds"] is True
    pulled.write_bytes(pulled.read_bytes().replace(b'"23.2"', b'"22.2"'))
    assert "REFUTED" in main_output(desk, "verify", *words)

    # The books.
    assert {item["state"] for item in desk.json("glass", "outbox")} == {"done"}
    assert {"publish", "share", "fulfil"} & {item["verb"] for item in desk.json("glass", "audit")}
    assert desk.json("glass", "clients")[0]["role"] in ("partner", "operator")
    desk.run("module", "clients", "--revoke", client_id)
    refused = desk.run("administrator", "pull", f"{base}/module", *login, status=1)
    assert "does not take this client id and secret" in refused
    desk.run("glass", "set-connection", buyer, "suspended")
    asyncio.run(_programs_see_the_same(desk, footprint["id"]))


def main_output(desk: Desk, *words: str) -> str:
    assert main(list(words)) == 1
    return desk.capsys.readouterr().out


async def _programs_see_the_same(desk: Desk, footprint_id: str) -> None:
    """The awaiting clients, and typed errors from the node."""
    wire = Wire(desk.live.authority.ca_file)
    async with AsyncNodeClient(*desk.logins["glass"], wire=wire) as node:
        one, many = await asyncio.gather(node.footprint(footprint_id), node.footprints())
        assert many == [one]
        with pytest.raises(NotFound):
            await node.verdict("no-such")
        with pytest.raises(BadInput) as caught:
            await node.publish({"id": "x"})
        assert caught.value.field
        [connection] = await node.connections()
        assert connection["state"] == "suspended"
        await node.set_connection_state(connection["id"], "revoked")
        with pytest.raises(Conflict):
            await node.set_connection_state(connection["id"], "active")
    async with AsyncPactClient(*desk.logins["glass"], wire=wire) as host:
        assert (await host.footprint(footprint_id)).document == one
