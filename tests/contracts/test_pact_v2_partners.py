"""Two live nodes that speak PACT v2 with each other over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from tests.core.footprints_v2 import footprint_v2
from tests.support.live import COMPANY, LiveNode, Login, live_node

from carbonbridge.demo.authority import Authority

#: One worker, two nodes.
pytestmark = pytest.mark.xdist_group("pact-v2-partners")


def eventually(look: Callable[[], Any]) -> Any:
    """What there is to see once the workers of both nodes have done their part; real time, for they run."""
    deadline = monotonic() + 60
    while not (found := look()):
        assert monotonic() < deadline, "the nodes' workers did not get there"
    return found


@dataclass
class Partners:
    """A supplier and a buyer; each knows the other as a partner that speaks v2."""

    supplier_node: LiveNode
    buyer_node: LiveNode
    supplier: Login
    buyer: Login
    to_supplier: str

    def publish(self, document: dict[str, Any]) -> str:
        made = self.supplier_node.ask(self.supplier, "POST", "/footprints", {"footprint": document}, 201)
        return str(made["id"])

    def received(self) -> dict[str, dict[str, Any]]:
        found = self.buyer_node.ask(self.buyer, "GET", "/received")
        return {item["id"]: item for item in found}


def document(**changes: Any) -> dict[str, Any]:
    own = {"id": str(uuid4()), "companyIds": [COMPANY.format(1)], "productIds": [f"urn:x:{uuid4()}"]}
    return footprint_v2({}, **(own | changes))


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Partners]:
    folder: Path = tmp_path_factory.mktemp("partners")
    authority = Authority.create(folder / "authority")
    with live_node(folder / "one", authority) as one, live_node(folder / "two", authority) as two:
        supplier, buyer = one.organisation("supplier"), two.organisation("buyer")
        at_supplier, to_us = one.partner(supplier, name="Buyer", baseUrl=buyer.base_url, pact="2")
        own = {"baseUrl": supplier.base_url, "clientId": to_us.client_id, "clientSecret": to_us.client_secret}
        to_supplier, at_buyer = two.partner(
            buyer, name="Supplier", companyIds=[COMPANY.format(1)], pact="2", **own
        )
        credentials = {"clientId": at_buyer.client_id, "clientSecret": at_buyer.client_secret}
        one.ask(supplier, "PUT", f"/connections/{at_supplier}/credentials", credentials)
        yield Partners(one, two, supplier, buyer, to_supplier)


def test_published_announced_fetched(partners: Partners) -> None:
    footprint_id = partners.publish(document())

    assert eventually(lambda: partners.received().get(footprint_id))
    path = f"/received/{partners.to_supplier}/{footprint_id}/loss-report"
    report = partners.buyer_node.ask(partners.buyer, "GET", path)
    assert (report["from"], report["to"]) == ("2.3.0", "3.0.3")
    assert partners.received()[footprint_id]["footprint"]["pcf"]["fossilGhgEmissions"] == "18"


def test_a_later_version_replaces_the_one_before(partners: Partners) -> None:
    first = document()
    old = partners.publish(first)
    assert eventually(lambda: partners.received().get(old))

    new = partners.publish(first | {"version": 1})

    assert eventually(lambda: partners.received().get(new))
    assert partners.received()[old]["footprint"]["status"] == "Deprecated"
    assert partners.received()[new]["footprint"]["precedingPfIds"] == [old]


@pytest.mark.parametrize("known", [True, False])
def test_asked_and_answered(partners: Partners, known: bool) -> None:
    wanted = document()
    if known:
        partners.publish(wanted)
    body = {"connectionId": partners.to_supplier, "criteria": {"productId": wanted["productIds"]}}

    asked = partners.buyer_node.ask(partners.buyer, "POST", "/requests", body)

    def decided() -> dict[str, Any] | None:
        found = partners.buyer_node.ask(partners.buyer, "GET", "/requests")
        return next((each for each in found if each["id"] == asked["id"] and each["state"] != "open"), None)

    request = eventually(decided)
    assert (request["state"], request["pact"]) == ("fulfilled" if known else "rejected", "2")
    if known:
        assert request["answer"]["footprintIds"] == [wanted["id"]]
        assert wanted["id"] in partners.received()
    else:
        assert request["answer"]["code"] == "NotFound"


def test_fetched_by_hand(partners: Partners) -> None:
    wanted = document()
    partners.publish(wanted)
    body = {"connectionId": partners.to_supplier, "criteria": {"productId": wanted["productIds"]}}

    fetched = partners.buyer_node.ask(partners.buyer, "POST", "/fetches", body)

    assert fetched == {"footprintIds": [wanted["id"]]}
