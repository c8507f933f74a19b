"""Suppliers calculate, have certified, and publish."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from carbonbridge.client import verify_footprint
from carbonbridge.client.transport import Blocking
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.exchange import HttpRequest
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.scheme import IssuerEntry
from carbonbridge.demo.desk import certified_organisations
from carbonbridge.demo.report import Step
from carbonbridge.demo.world import World, data, products, sold, until

#: Suppliers that buy from other suppliers, each with whom it buys from.
UPSTREAM = {"wafer": "poly", "cell": "wafer", "battery-cell": "cathode"}


def put_products(world: World, org: str) -> None:
    """Enter an organisation's bills of materials; what it sells is certified before it is published."""
    client = world.operators[org]
    body = next(
        slug
        for slug, party in data("parties")["organisations"].items()
        if party.get("certificationBody")
        and party["scheme"] == data("parties")["organisations"][org]["scheme"]
    )
    *parts, product = products(org)
    for part in parts:
        client.put_product(part["id"], part)
    if org in certified_organisations():
        client.put_product(product["id"], product, publication="certified", certification_body=body)
    else:
        client.put_product(product["id"], product)


def publish(world: World, step: Step) -> None:
    """All suppliers publish certified footprints; those further down the chain ask and calculate first."""
    suppliers = certified_organisations()
    for org in suppliers:
        put_products(world, org)
        if org not in UPSTREAM:
            world.operators[org].calculate(sold(org)["id"])
    for org, supplier in UPSTREAM.items():
        until(f"{supplier} publishes", partial(world.footprint_in_force, supplier))
        ask(world, org, supplier)
    for org in suppliers:
        footprint = until(f"{org} publishes", partial(world.footprint_in_force, org))
        _check_published(world, step, org, footprint)


def ask(world: World, buyer: str, supplier: str) -> str:
    """A buyer asks a supplier for the footprint of what it sells; returns the request's id."""
    criteria = {"productId": [sold(supplier)["productIds"][0]]}
    asked = world.operators[buyer].ask(world.connections[buyer, supplier], criteria, "2025, please")
    return str(asked["id"])


def _check_published(world: World, step: Step, org: str, footprint: dict[str, Any]) -> None:
    found = verify_footprint(
        write_json(footprint),
        publisher=world.base_url(org),
        publisher_keys=read_jwks(_fetch(world, f"{world.base_url(org)}/.well-known/jwks.json")),
        issuers=tuple(IssuerEntry.read(issuer) for issuer in world.issuers),
        at=datetime.now(UTC),
    )
    value = footprint["pcf"]["pcfExcludingBiogenicUptake"]
    name = data("parties")["organisations"][org]["name"]
    opinion = data("certification")["products"][org].get("attestationType") == "verification_opinion"
    attested, attested_zh = ("verified", "核查") if opinion else ("certified", "认证")
    step.check(
        f"{name}: sealed, {attested} and published",
        f"{name}：已签章、{attested_zh}并发布",
        found.sealed and found.certified and not found.refuted and footprint["status"] == "Active",
        f"{float(value):.2f} kgCO2e/{footprint['pcf']['declaredUnitOfMeasurement']}",
    )
    step.facts[org] = {"footprintId": footprint["id"], "pcfExcludingBiogenicUptake": value}


def _fetch(world: World, url: str) -> Any:
    wire = Blocking(world.wire)
    try:
        return read_json(wire.send(HttpRequest("GET", url, {}, b"")).body)
    finally:
        wire.close()
