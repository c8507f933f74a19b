"""Linting over the operator's interface: a draft, an own footprint, one that a partner sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.core.lint.documents import reported
from tests.support.live import LiveNode, Login

from carbonbridge.client import NodeClient, Wire

Publish = Callable[..., dict[str, Any]]


def codes(report: dict[str, Any]) -> set[str]:
    return {found["code"] for found in report["findings"]}


def test_a_draft_is_linted_and_nothing_is_stored(live: LiveNode, owner: Login) -> None:
    before = [live.ask(owner, "GET", f"/{path}") for path in ("footprints", "audit")]
    report = live.ask(owner, "POST", "/lint", {"footprint": reported({"fossilGhgEmissions": "1abc"})}, 200)
    assert "PCF-DECIMAL" in codes(report)
    assert report["errors"] == 1
    assert set(report["findings"][0]["message"]) == {"en", "zh"}
    assert [live.ask(owner, "GET", f"/{path}") for path in ("footprints", "audit")] == before


def test_any_object_is_linted(live: LiveNode, owner: Login) -> None:
    assert "PCF-MISSING" in codes(live.ask(owner, "POST", "/lint", {"footprint": {"pcf": [None, 1e300]}}))
    assert codes(live.ask(owner, "POST", "/lint", {"footprint": {"specVersion": "2.3.0"}})) == {"PCF-V2"}


@pytest.mark.parametrize(
    ("body", "field"), [({}, "footprint"), ({"footprint": []}, "footprint"), ({"footprint": {}, "x": 1}, "x")]
)
def test_a_body_that_is_none(live: LiveNode, owner: Login, body: dict[str, Any], field: str) -> None:
    response = live.call(owner, "POST", "/api/v1/lint", json=body)
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_a_published_footprint_keeps_its_findings_and_is_served_all_the_same(
    live: LiveNode, owner: Login, publish: Publish
) -> None:
    document = publish(comment="methodology is for people", pcf=reported({"primaryDataShare": "50"})["pcf"])
    report = live.ask(owner, "GET", f"/footprints/{document['id']}/findings")
    assert "PCF-SECONDARY-MISSING" in codes(report)
    assert report["footprintId"] == document["id"]
    # What the node itself adds is no news to the linter.
    assert not {code for code in codes(report) if "EXTENSION" in code or "UNKNOWN" in code}
    assert live.ask(owner, "GET", f"/footprints/{document['id']}")["id"] == document["id"]


def test_a_received_footprint(live: LiveNode, owner: Login, publish: Publish) -> None:
    document = publish(pcf=reported({"ipccCharacterizationFactors": ["AR5"]})["pcf"])
    _, at_supplier = live.partner(owner)
    number = len(live.ask(live.administrator, "GET", "/organisations"))
    buyer = live.organisation(f"lint-buyer-{number}")
    connection, _ = live.partner(
        buyer, baseUrl=owner.base_url, clientId=at_supplier.client_id, clientSecret=at_supplier.client_secret
    )
    live.ask(buyer, "POST", "/fetches", {"connectionId": connection})
    report = live.ask(buyer, "GET", f"/received/{connection}/{document['id']}/findings")
    assert "PCF-GWP" in codes(report)
    response = live.call(owner, "GET", f"/api/v1/received/{connection}/{document['id']}/findings")
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["footprints/x/findings", "received/x/y/findings"])
def test_what_is_not_there(live: LiveNode, owner: Login, path: str) -> None:
    response = live.call(owner, "GET", f"/api/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "NotFound")


def test_the_client_speaks_it(live: LiveNode, owner: Login, publish: Publish) -> None:
    document = publish()
    wire = Wire(live.authority.ca_file, timeout=30)
    with NodeClient(owner.base_url, owner.client_id, owner.client_secret, wire=wire) as node:
        assert "PCF-SHALL" in codes(node.lint(document))
        assert codes(node.findings(document["id"])) >= codes(node.lint(document))
