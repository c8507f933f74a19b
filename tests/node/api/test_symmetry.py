"""What the owner is shown of a partner's view is what the partner finds, on every way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests.support.live import LiveNode, Login

PRODUCT = "urn:x:product:{}"
CLASS = "urn:x:class:{}"

#: Grants by their scope and value; and which of the footprints they open.
GRANTS: dict[str, tuple[list[dict[str, str]], set[str]]] = {
    "nothing": ([], set()),
    "a product": ([{"scope": "product", "value": PRODUCT.format("a").upper()}], {"a1", "a2"}),
    "a classification": ([{"scope": "classification", "value": CLASS.format("glass")}], {"a1", "b1"}),
    "both": (
        [
            {"scope": "product", "value": PRODUCT.format("a")},
            {"scope": "classification", "value": CLASS.format("steel")},
        ],
        {"a1", "a2", "c1"},
    ),
    "all": ([{"scope": "all"}], {"a1", "a2", "b1", "c1"}),
    "all, once": (
        [{"scope": "all", "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"}],
        set(),
    ),
    "all, one day": ([{"scope": "all", "validFrom": "2099-01-01T00:00:00Z"}], set()),
    "all, until later": (
        [{"scope": "all", "validUntil": "2099-01-01T00:00:00Z"}],
        {"a1", "a2", "b1", "c1"},
    ),
    "an old grant and a narrow one": (
        [
            {"scope": "all", "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"},
            {"scope": "product", "value": PRODUCT.format("b")},
        ],
        {"b1"},
    ),
}


@pytest.mark.parametrize("name", GRANTS)
def test_preview_list_get_and_answer_agree(
    live: LiveNode, owner: Login, publish: Callable[..., dict[str, Any]], name: str
) -> None:
    grants, expected_names = GRANTS[name]
    ids = {
        key: publish(productIds=[PRODUCT.format(key[0])], productClassifications=[CLASS.format(kind)])["id"]
        for key, kind in {"a1": "glass", "a2": "wafer", "b1": "glass", "c1": "steel"}.items()
    }
    expected = {ids[key] for key in expected_names}
    connection, partner = live.partner(
        owner, share=False, baseUrl="https://localhost:1", clientId="us", clientSecret="there"
    )
    for grant in grants:
        live.ask(owner, "POST", "/grants", {"connectionId": connection, **grant})

    preview = {item["id"] for item in live.ask(owner, "GET", f"/connections/{connection}/preview")}
    listed = live.call(partner, "GET", "/3/footprints").json()["data"]
    got = {
        own_id
        for own_id in ids.values()
        if live.call(partner, "GET", f"/3/footprints/{own_id}").status_code == 200
    }
    assert preview == {item["id"] for item in listed} == got == expected
    assert answered(live, owner, partner, connection) == expected


def answered(live: LiveNode, owner: Login, partner: Login, connection: str) -> set[str]:
    """The footprints in the answer to a request for any product of the owner."""
    event = {
        "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "https://partner.example",
        "time": "2026-05-01T00:00:00Z",
        "data": {"productId": [PRODUCT.format(letter) for letter in "abc"]},
    }
    assert live.call(partner, "POST", "/3/events", json=event).status_code == 200
    [request] = [item for item in requests(live, owner) if item["connectionId"] == connection]
    return set(request["answer"].get("footprintIds", []))


def requests(live: LiveNode, owner: Login) -> list[dict[str, Any]]:
    """Once the worker has decided them."""
    for _ in range(2000):
        found: list[dict[str, Any]] = live.ask(owner, "GET", "/requests")
        if all(item["state"] != "open" for item in found):
            return found
    raise AssertionError("the requests are not answered")


def test_undisclosed_and_unknown_are_one_answer(
    live: LiveNode, owner: Login, publish: Callable[..., dict[str, Any]]
) -> None:
    """404 for both, and not 403: whether a footprint exists is not for the partner to know."""
    hidden = publish()["id"]
    _, partner = live.partner(owner, share=False)
    told = []
    for own_id in (hidden, str(uuid4())):
        response = live.call(partner, "GET", f"/3/footprints/{own_id}")
        assert response.status_code == 404
        told.append({**response.json(), "message": response.json()["message"].replace(own_id, "…")})
    assert told[0] == told[1]
