"""The operator's client: every operation is one call, the same on both colours."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from tests.clients.host import said

from carbonbridge.client import AsyncNodeClient, NodeClient
from carbonbridge.client.call import Call, an_object, nothing, objects, operation
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotAuthenticated, PartnerRefused

#: operation → arguments, and the call they make. Must name every operation (see the test below).
CALLS = {
    "register_organisation": (({"slug": "x"},), "POST /api/v1/organisations"),
    "organisations": ((), "GET /api/v1/organisations"),
    "register": (("schemes", {"id": "s"}), "POST /o/x/api/v1/registers/schemes"),
    "register_entries": (("issuers",), "GET /o/x/api/v1/registers/issuers"),
    "register_entry": (("rules", "a/b"), "GET /o/x/api/v1/registers/rules/entry?id=a%2Fb"),
    "register_history": (("rules", "a/b"), "GET /o/x/api/v1/registers/rules/history?id=a%2Fb"),
    "signing_keys": ((), "GET /o/x/api/v1/signing-keys"),
    "rotate_signing_key": ((), "POST /o/x/api/v1/signing-keys"),
    "revoke_signing_key": (("k", "2026-01-01T00:00:00Z"), "POST /o/x/api/v1/signing-keys/k/revocation"),
    "enrol_operator": (("glass",), "POST /api/v1/organisations/glass/clients"),
    "enrol_partner": (("c/1",), "POST /o/x/api/v1/clients"),
    "clients": ((), "GET /o/x/api/v1/clients"),
    "revoke_client": (("a/b",), "DELETE /o/x/api/v1/clients/a%2Fb"),
    "rotate_secret": (("c",), "POST /o/x/api/v1/clients/c/secrets"),
    "rotate_keys": (("c", "glass"), "PUT /api/v1/organisations/glass/clients/c/keys"),
    "revoke_secret": (("c", "s/1"), "DELETE /o/x/api/v1/clients/c/secrets/s%2F1"),
    "connect": (("Glass", ["urn:a:b"]), "POST /o/x/api/v1/connections"),
    "connections": ((), "GET /o/x/api/v1/connections"),
    "set_credentials": (("c", "id", "s"), "PUT /o/x/api/v1/connections/c/credentials"),
    "make_connection_key": (("c",), "POST /o/x/api/v1/connections/c/key"),
    "set_pact": (("c", "2"), "PUT /o/x/api/v1/connections/c/pact"),
    "set_connection_state": (("c", "suspended"), "PUT /o/x/api/v1/connections/c/state"),
    "share": (("c", "all"), "POST /o/x/api/v1/grants"),
    "grants": ((), "GET /o/x/api/v1/grants"),
    "unshare": (("g",), "DELETE /o/x/api/v1/grants/g"),
    "preview": (("c",), "GET /o/x/api/v1/connections/c/preview"),
    "publish": (({"id": "f"},), "POST /o/x/api/v1/footprints"),
    "footprints": ((), "GET /o/x/api/v1/footprints"),
    "footprint": (("f",), "GET /o/x/api/v1/footprints/f"),
    "lint": (({"id": "f"},), "POST /o/x/api/v1/lint"),
    "findings": (("f",), "GET /o/x/api/v1/footprints/f/findings"),
    "received_findings": (("c/1", "f"), "GET /o/x/api/v1/received/c%2F1/f/findings"),
    "certify": (({"id": "f"}, {"number": "1"}), "POST /o/x/api/v1/certificates"),
    "received": ((), "GET /o/x/api/v1/received"),
    "verdicts": ((), "GET /o/x/api/v1/verdicts"),
    "loss_report": (("f", "c"), "GET /o/x/api/v1/received/c/f/loss-report"),
    "verdict": (("v",), "GET /o/x/api/v1/verdicts/v"),
    "ask": (("c", {"productId": ["urn:a:b"]}), "POST /o/x/api/v1/requests"),
    "requests": (("incoming", "open"), "GET /o/x/api/v1/requests?direction=incoming&state=open"),
    "fulfil": (("r",), "POST /o/x/api/v1/requests/r/fulfil"),
    "reject": (("r", "no"), "POST /o/x/api/v1/requests/r/reject"),
    "fetch": (("c",), "POST /o/x/api/v1/fetches"),
    "put_product": (("p q", {"id": "p q"}), "PUT /o/x/api/v1/products/p%20q"),
    "products": ((), "GET /o/x/api/v1/products"),
    "product": (("p",), "GET /o/x/api/v1/products/p"),
    "calculate": (("p",), "POST /o/x/api/v1/products/p/calculate"),
    "lineage": (("p",), "GET /o/x/api/v1/products/p/lineage"),
    "calculations": (("p",), "GET /o/x/api/v1/calculations?product=p"),
    "calculation": (("k",), "GET /o/x/api/v1/calculations/k"),
    "publish_calculation": (("k",), "POST /o/x/api/v1/calculations/k/publish"),
    "apply": (("k",), "POST /o/x/api/v1/calculations/k/apply"),
    "applications": ((), "GET /o/x/api/v1/applications"),
    "decide": (("k", False, "why"), "POST /o/x/api/v1/applications/k/decision"),
    "export_battery": (("p", {"battery": {}}), "POST /o/x/api/v1/exports/battery"),
    "export_cbam": (({"goodId": "g"},), "POST /o/x/api/v1/exports/cbam"),
    "outbox": (("abandoned",), "GET /o/x/api/v1/outbox?state=abandoned"),
    "redeliver": (("i",), "POST /o/x/api/v1/outbox/i/redeliver"),
    "redeliver_all": ((["i", "k"],), "POST /o/x/api/v1/outbox/redeliveries"),
    "audit": ((7,), "GET /o/x/api/v1/audit?after=7"),
}


def operations() -> dict[str, operation]:
    return dict(inspect.getmembers(NodeClient, lambda member: isinstance(member, operation)))


def test_the_table_names_every_operation():
    assert sorted(CALLS) == sorted(operations())


def test_every_operation_is_documented():
    assert [name for name, found in operations().items() if not (found.__doc__ or "").strip()] == []


@pytest.mark.parametrize("name", CALLS)
def test_each_operation_makes_its_call_on_both_colours(host, name):
    arguments, expected = CALLS[name]
    method, path = expected.split(" ")
    call = operations()[name].describe(None, *arguments)
    assert isinstance(call, Call)
    answer = {an_object: {"id": "1"}, objects: [{"id": "1"}], nothing: None}[call.read]
    host.answers[method, path.split("?")[0]] = said(answer)
    base = host.url if call.at_root else f"{host.url}/o/x"
    with NodeClient(base, "id", "s", wire=host.wire) as client:
        found = getattr(client, name)(*arguments)

    async def again():
        async with AsyncNodeClient(f"{base}/", "id", "s", wire=host.wire) as client:
            return await getattr(client, name)(*arguments)

    assert found == asyncio.run(again()) == answer
    assert host.calls() == [expected, expected]
    first, second = (one for one in host.asked if one.path.partition("?")[0] == path.partition("?")[0])
    assert first.body == second.body
    assert first.headers["authorization"].startswith("Bearer token-")


def _sent(host, method, path):
    [asked] = [one for one in host.asked if (one.method, one.path) == (method, path)]
    return asked.json()


def test_an_administrators_call_at_an_organisation_is_not_made(host):
    with (
        NodeClient(f"{host.url}/o/x", "id", "s", wire=host.wire) as client,
        pytest.raises(AccessDenied, match="administrator") as caught,
    ):
        client.organisations()
    assert "https://host" in caught.value.next_step
    assert host.calls() == []


def test_what_is_not_stated_is_not_sent(host):
    host.answers["POST", "/api/v1/connections"] = said({})
    with NodeClient(host.url, "id", "s", wire=host.wire) as client:
        client.connect("Glass", ["urn:a:b"], notify=False)
    sent = _sent(host, "POST", "/api/v1/connections")
    assert sent == {"name": "Glass", "companyIds": ["urn:a:b"], "notify": False}


def test_the_text_to_be_signed_goes_out_as_it_is(host):
    host.answers["POST", "/api/v1/footprints"] = said({"id": "f"})
    with NodeClient(host.url, "id", "s", wire=host.wire) as client:
        client.publish(b'{"a" : 1.10}', "x.y.z")
    assert host.asked[-1].body == b'{"footprint":{"a" : 1.10},"certificate":"x.y.z"}'


def test_a_listing_is_followed_to_its_last_page(host):
    def page(asked):
        if "cursor=2" in asked.path:
            return said([{"id": "b"}])
        return said([{"id": "a"}], Link=f'<{host.url}/o/x/api/v1/footprints?cursor=2>; rel="next"')

    host.answers["GET", "/o/x/api/v1/footprints"] = page
    with NodeClient(f"{host.url}/o/x", "id", "s", wire=host.wire) as client:
        assert client.footprints() == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/x", "{url}/o/y/api/v1/footprints?x", "{url}/o/x/api/v1/footprints?again"],
)
def test_a_listing_does_not_lead_elsewhere_or_on_and_on(host, link, monkeypatch):
    monkeypatch.setattr("carbonbridge.client.call.MAX_PAGES", 3)
    host.answers["GET", "/o/x/api/v1/footprints"] = said(
        [], Link=f'<{link.format(url=host.url)}>; rel="next"'
    )
    with (
        NodeClient(f"{host.url}/o/x", "id", "s", wire=host.wire) as client,
        pytest.raises(PartnerRefused, match="elsewhere or without end"),
    ):
        client.footprints()
    assert len(host.calls()) <= 3


def test_a_problem_is_raised_as_what_it_is(host):
    problem = {"detail": "answered already", "code": "Conflict", "field": "request", "nextStep": "Look."}
    host.answers["POST", "/o/x/api/v1/requests/r/fulfil"] = said(problem, 409)
    with (
        NodeClient(f"{host.url}/o/x", "id", "s", wire=host.wire) as client,
        pytest.raises(Conflict, match="answered already") as caught,
    ):
        client.fulfil("r")
    assert (caught.value.field, caught.value.next_step) == ("request", "Look.")


@pytest.mark.parametrize("answer", [[], "x", None, 1])
def test_another_kind_of_answer_is_no_node(host, answer):
    host.answers["GET", "/api/v1/products/p"] = said(answer)
    with (
        NodeClient(host.url, "id", "s", wire=host.wire) as client,
        pytest.raises(PartnerRefused, match="not the JSON object"),
    ):
        client.product("p")


def test_a_token_that_is_never_taken(host):
    host.answers["GET", "/api/v1/clients"] = said({"detail": "for another address"}, 401)
    with (
        NodeClient(host.url, "id", "s", wire=host.wire) as client,
        pytest.raises(NotAuthenticated, match="for another address"),
    ):
        client.clients()
    assert host.tokens == 1


def test_overlapping_calls_on_one_loop(host):
    host.answers["GET", "/api/v1/clients"] = said([{"clientId": "a"}])

    async def many():
        async with AsyncNodeClient(host.url, "id", "s", wire=host.wire) as client:
            return await asyncio.gather(*(client.clients() for _ in range(5)))

    assert asyncio.run(many()) == [[{"clientId": "a"}]] * 5


@pytest.mark.parametrize(("client_id", "secret"), [("", "s"), ("id", "")])
def test_empty_credentials(client_id, secret):
    with pytest.raises(BadInput, match="must not be empty"):
        NodeClient("https://a.example", client_id, secret)
