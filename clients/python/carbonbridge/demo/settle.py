"""Settling in: registers, organisations, operators, connections and grants, all through the operators' interface."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from carbonbridge.client import NodeClient
from carbonbridge.client.transport import Blocking
from carbonbridge.core.document import read_json
from carbonbridge.core.exchange import HttpRequest
from carbonbridge.demo.world import World, credentials, data

_ORGANISATION = (
    "name",
    "companyIds",
    "jurisdiction",
    "scheme",
    "certificationBody",
    "answerPolicy",
    "isDefault",
)


def settle(world: World) -> None:
    """Bring the parties of ``parties.json`` to life on the running nodes."""
    nodes = list(world.network.nodes)
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: _organisations(world, node), nodes))
        world.issuers = [
            _issuer(world, org) for org, party in _parties().items() if party.get("certificationBody")
        ]
        list(pool.map(lambda node: _registers(world, node), nodes))
        list(
            pool.map(
                lambda pair: _connect(world, pair["buyer"], pair["supplier"]), data("parties")["connections"]
            )
        )
    for supplier in data("parties")["importer"]["suppliers"]:
        _admit_importer(world, supplier)


def _parties() -> dict[str, dict[str, Any]]:
    parties: dict[str, dict[str, Any]] = data("parties")["organisations"]
    return parties


def _organisations(world: World, node: str) -> None:
    with world.administrator(node) as administrator:
        for slug, party in _parties().items():
            if party["node"] == node:
                stated = {name: party[name] for name in _ORGANISATION if name in party}
                administrator.register_organisation({"slug": slug, **stated})
                world.operate(slug, credentials(administrator.enrol_operator(slug)))


def _issuer(world: World, org: str) -> dict[str, Any]:
    """A certification body's entry for the registers, with the keys it publishes."""
    wire = Blocking(world.wire)
    try:
        answer = wire.send(HttpRequest("GET", f"{world.base_url(org)}/.well-known/jwks.json", {}, b""))
    finally:
        wire.close()
    party = _parties()[org]
    return {
        "id": world.base_url(org),
        "name": party["name"],
        "keys": read_json(answer.body)["keys"],
        "schemes": [party["scheme"]],
        "approvedFrom": "2025-01-01T00:00:00Z",
    }


def _registers(world: World, node: str) -> None:
    with world.administrator(node) as administrator:
        for scheme in data("recognition")["schemes"]:
            administrator.register("schemes", scheme)
        for agreement in data("recognition")["agreements"]:
            administrator.register("agreements", agreement)
        for issuer in world.issuers:
            administrator.register("issuers", issuer)
        administrator.register("factor-sets", {"id": "demonstration", **data("factors")})


def _connect(world: World, buyer: str, supplier: str) -> None:
    """Both ways: each side makes credentials for the other, and keeps those the other made for it."""
    buying, selling = world.operators[buyer], world.operators[supplier]
    to_supplier = _add_connection(world, buying, supplier)
    to_buyer = _add_connection(world, selling, buyer)
    _hand_over(buying, to_supplier, selling, to_buyer)
    _hand_over(selling, to_buyer, buying, to_supplier)
    selling.share(to_buyer, "all")
    world.connections[buyer, supplier] = to_supplier
    world.connections[supplier, buyer] = to_buyer


def _add_connection(world: World, owner: NodeClient, partner: str) -> str:
    party = _parties()[partner]
    added = owner.connect(party["name"], party["companyIds"], base_url=world.base_url(partner))
    return str(added["id"])


def _hand_over(giver: NodeClient, giver_connection: str, taker: NodeClient, taker_connection: str) -> None:
    made = credentials(giver.enrol_partner(giver_connection))
    taker.set_credentials(taker_connection, made.client_id, made.client_secret)


def _admit_importer(world: World, supplier: str) -> None:
    importer = data("parties")["importer"]
    selling = world.operators[supplier]
    connection = str(selling.connect(importer["name"], importer["companyIds"], notify=False)["id"])
    world.importer = credentials(selling.enrol_partner(connection))
    selling.share(connection, "all")
    world.connections[supplier, "importer"] = connection
