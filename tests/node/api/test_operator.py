"""Our own interface: roles, tenants, errors that help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.core.footprints import footprint_document
from tests.support.live import LiveNode, Login

Publish = Callable[..., dict[str, Any]]

OPERATOR_PATHS = [
    "clients",
    "connections",
    "grants",
    "footprints",
    "received",
    "verdicts",
    "requests",
    "products",
    "calculations",
    "applications",
    "outbox",
    "audit",
]


@pytest.mark.parametrize("path", OPERATOR_PATHS)
def test_operator_reads_its_own_organisation_and_nobody_else_does(
    live: LiveNode, owner: Login, path: str
) -> None:
    assert isinstance(live.ask(owner, "GET", f"/{path}"), list)
    _, partner = live.partner(owner)
    refused = live.call(partner, "GET", f"/api/v1/{path}")
    assert refused.status_code == 403
    assert refused.json()["code"] == "AccessDenied"
    assert live.send("GET", f"{owner.base_url}/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("path", ["organisations", "registers/schemes", "registers/factor-sets"])
def test_administrator_reads_the_node(live: LiveNode, path: str) -> None:
    assert isinstance(live.ask(live.administrator, "GET", f"/{path}"), list)


def test_problem_has_all_that_helps(live: LiveNode, owner: Login) -> None:
    response = live.call(owner, "POST", "/api/v1/connections", json={"name": "x", "companyIds": ["nope"]})
    problem = response.json()
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["title"], problem["code"]) == (400, "Bad Request", "BadRequest")
    assert problem["field"] == "companyIds.0"
    assert problem["correlationId"] == response.headers["X-Correlation-Id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name":"x","companyIds":["urn:x:y"],"baseURL":"https://h"}', "baseURL"),
        (b'{"companyIds":["urn:x:y"]}', "name"),
        (b'{"name":1,"companyIds":["urn:x:y"]}', "name"),
        (b'{"name":"x","companyIds":"urn:x:y"}', "companyIds"),
        (b'{"name":"x","companyIds":[]}', "companyIds"),
        (
            b'{"name":"x","companyIds":["urn:x:y"],"baseUrl":"http://h","clientId":"c","clientSecret":"s"}',
            "baseUrl",
        ),
        (b'{"name":"x","name":"y","companyIds":["urn:x:y"]}', "name"),
        (b'{"name":"x","companyIds":["urn:x:y"],"notify":NaN}', None),
        (b'{"name":"x\\u0000","companyIds":["urn:x:y"]}', None),
        (b'{"name":"x"', None),
        (b"[]", None),
        (b"", "name"),
    ],
)
def test_bad_bodies_name_the_field(live: LiveNode, owner: Login, body: bytes, field: str | None) -> None:
    response = live.call(owner, "POST", "/api/v1/connections", content=body)
    assert response.status_code == 400, response.text
    assert response.json().get("field") == field
    assert live.ask(owner, "GET", "/connections") == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("requests?state=lost", "state"),
        ("audit?after=-1", "after"),
        ("audit?after=x", "after"),
        ("outbox?state=", "state"),
    ],
)
def test_bad_parameters_name_the_field(live: LiveNode, owner: Login, path: str, field: str) -> None:
    response = live.call(owner, "GET", f"/api/v1/{path}")
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_secrets_are_shown_once(live: LiveNode, owner: Login) -> None:
    connection, partner = live.partner(
        owner, baseUrl="https://partner.example", clientId="ours", clientSecret="hush-hush"
    )
    everything = "".join(live.call(owner, "GET", f"/api/v1/{path}").text for path in OPERATOR_PATHS)
    assert partner.client_id in everything
    assert partner.client_secret not in everything
    assert "hush-hush" not in everything
    live.ask(owner, "PUT", f"/connections/{connection}/credentials", {"clientId": "new", "clientSecret": "s"})
    [shown] = live.ask(owner, "GET", "/connections")
    assert shown["clientId"] == "new"


def test_footprint_is_signed_exactly_as_sent(live: LiveNode, owner: Login, publish: Publish) -> None:
    document = publish(comment="first")
    again = live.ask(owner, "POST", "/footprints", {"footprint": document}, 201)
    assert again["id"] == document["id"]
    assert again["statementDigest"].startswith("sha256:")
    changed = live.call(
        owner, "POST", "/api/v1/footprints", json={"footprint": {**document, "comment": "second"}}
    )
    assert (changed.status_code, changed.json()["code"]) == (409, "Conflict")
    served = live.ask(owner, "GET", f"/footprints/{document['id']}")
    assert served["comment"] == "first"
    assert [item["id"] for item in live.ask(owner, "GET", "/footprints")] == [document["id"]]


def test_footprint_that_breaks_a_rule(live: LiveNode, owner: Login) -> None:
    document = footprint_document()
    document["pcf"]["fossilGhgEmissions"] = "-1"
    response = live.call(owner, "POST", "/api/v1/footprints", json={"footprint": document})
    assert (response.status_code, response.json()["field"]) == (400, "pcf.fossilGhgEmissions")
    assert live.call(owner, "POST", "/api/v1/footprints", json={}).json()["field"] == "footprint"


def test_preview_shows_what_the_partner_sees(live: LiveNode, owner: Login, publish: Publish) -> None:
    seen = publish(productIds=["urn:x:seen"])["id"]
    publish(productIds=["urn:x:hidden"])
    connection, partner = live.partner(owner, share=False)
    grant = live.ask(
        owner, "POST", "/grants", {"connectionId": connection, "scope": "product", "value": "urn:x:seen"}
    )
    assert [item["id"] for item in live.ask(owner, "GET", f"/connections/{connection}/preview")] == [seen]
    assert [item["id"] for item in live.call(partner, "GET", "/3/footprints").json()["data"]] == [seen]
    live.ask(owner, "DELETE", f"/grants/{grant['id']}", status=204)
    assert live.call(partner, "GET", "/3/footprints").json()["data"] == []


def test_audit_tells_who_did_what(live: LiveNode, owner: Login) -> None:
    connection, _ = live.partner(owner)
    lines = live.ask(owner, "GET", "/audit")
    made = next(line for line in lines if line["subject"] == connection)
    assert (made["verb"], made["actor"]) == ("connect", owner.client_id)
    assert live.ask(owner, "GET", f"/audit?after={lines[-1]['seq']}") == []
    assert live.ask(owner, "GET", "/audit?limit=1") == lines[:1]


def test_operator_cannot_reach_the_node_and_administrator_no_tenant(live: LiveNode, owner: Login) -> None:
    refused = live.send(
        "POST", "/api/v1/organisations", headers={"Authorization": f"Bearer {live.token(owner)}"}, json={}
    )
    assert refused.status_code == 401
    headers = {"Authorization": f"Bearer {live.token(live.administrator)}"}
    assert live.send("GET", f"{owner.base_url}/api/v1/products", headers=headers).status_code == 401


def test_registers(live: LiveNode) -> None:
    response = live.call(live.administrator, "POST", "/api/v1/registers/schemes", json={"id": "x"})
    assert response.status_code == 400
    assert response.json()["field"]
    assert live.call(live.administrator, "GET", "/api/v1/registers/unknown").status_code == 404


def test_certification_needs_a_body_and_a_decision(live: LiveNode, owner: Login) -> None:
    response = live.call(
        owner, "POST", "/api/v1/certificates", json={"footprint": footprint_document(), "number": "1"}
    )
    assert (response.status_code, response.json()["code"]) == (403, "AccessDenied")
    response = live.call(owner, "POST", "/api/v1/applications/x/decision", json={"certify": "yes"})
    assert (response.status_code, response.json()["field"]) == (400, "certify")


def test_partner_that_cannot_be_reached_is_a_gateway_error(live: LiveNode, owner: Login) -> None:
    connection, _ = live.partner(owner, baseUrl="https://localhost:1", clientId="c", clientSecret="s")
    response = live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": connection})
    assert (response.status_code, response.json()["code"]) == (502, "PartnerUnreachable")
    connection, _ = live.partner(owner, baseUrl="https://10.0.0.1", clientId="c", clientSecret="s")
    response = live.call(owner, "POST", "/api/v1/fetches", json={"connectionId": connection})
    assert (response.status_code, response.json()["code"]) == (400, "AddressForbidden")


def test_description_names_every_path_and_body(live: LiveNode) -> None:
    description = live.send("GET", "/openapi.json").json()
    assert "/o/{org}/3/footprints/{footprint_id}" in description["paths"]
    body = description["paths"]["/o/{org}/api/v1/connections"]["post"]["requestBody"]
    assert "companyIds" in body["content"]["application/json"]["schema"]["properties"]


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ({"productId": ["x"]}, "productId"),
        ({"companyId": ["urn:lei:1", "acme"]}, "companyId"),
        ({"classification": ["glass"]}, "classification"),
        ({"status": ["active", "nonsense"]}, "status"),
    ],
)
def test_what_no_footprint_can_have_is_not_asked_for(
    live: LiveNode, owner: Login, criteria: dict[str, list[str]], field: str
) -> None:
    connection, _ = live.partner(owner, baseUrl="https://localhost:1")
    asked = {"connectionId": connection, "criteria": criteria}
    problem = live.call(owner, "POST", "/api/v1/requests", json=asked).json()
    assert (problem["status"], problem["field"]) == (400, field)
    assert problem["nextStep"]
    assert live.ask(owner, "GET", "/requests") == []


def test_a_partner_may_filter_by_what_no_footprint_has(live: LiveNode, owner: Login) -> None:
    """PACT: such a value matches nothing, and is no error."""
    _, partner = live.partner(owner)
    found = live.call(partner, "GET", "/3/footprints?productId=x&status=nonsense")
    assert (found.status_code, found.json()) == (200, {"data": []})


@pytest.mark.parametrize("scope", ["product", "classification"])
def test_only_a_urn_is_shared(live: LiveNode, owner: Login, scope: str) -> None:
    connection, _ = live.partner(owner, share=False)
    grant = {"connectionId": connection, "scope": scope, "value": "notaurn"}
    problem = live.call(owner, "POST", "/api/v1/grants", json=grant).json()
    assert (problem["status"], problem["field"]) == (400, "value")
    assert "'notaurn' is not a URN" in problem["detail"]
    assert live.ask(owner, "GET", "/grants") == []


def test_the_second_organisation_of_a_name_is_refused_in_good_english(live: LiveNode, owner: Login) -> None:
    body = {"slug": owner.base_url.rsplit("/", 1)[1], "name": "x", "companyIds": ["urn:x:y"]}
    problem = live.call(live.administrator, "POST", "/api/v1/organisations", json=body).json()
    assert problem["detail"] == "there is such an organisation already"


def test_a_number_of_thousands_of_digits_says_nothing_of_python(live: LiveNode, owner: Login) -> None:
    body = b'{"n":' + b"9" * 6000 + b"}"
    headers = {"Content-Type": "application/json"}
    response = live.call(owner, "POST", "/api/v1/grants", content=body, headers=headers)
    assert response.status_code == 400
    assert "sys." not in response.text
