"""An organisation sees and changes nothing of another's, by any method of the ports."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from tests.node.db.samples import (
    T0,
    calculation,
    client,
    connection,
    found,
    grant,
    item,
    key,
    original,
    product,
    published,
    received,
    request,
    secret,
    statement,
    verdict,
)

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import NotFound
from carbonbridge.core.request import Direction, RequestState
from carbonbridge.node.ports import store as ports
from carbonbridge.node.ports.records import AuditEntry
from carbonbridge.node.ports.store import Store, Transaction

READS: dict[str, Callable[[Transaction, str], Any]] = {
    "Parties.keys": lambda tx, org: tx.parties.keys(org),
    "Parties.clients": lambda tx, org: tx.parties.clients(org),
    "Parties.secrets": lambda tx, org: tx.parties.secrets(org, "client-1"),
    "Parties.connection": lambda tx, org: tx.parties.connection(org, "only"),
    "Parties.connections": lambda tx, org: [
        each for each in tx.parties.connections(org) if each.id == "only"
    ],
    "Parties.grants": lambda tx, org: tx.parties.grants(org) + tx.parties.grants(org, "c1"),
    "Footprints.statement": lambda tx, org: tx.footprints.statement(org, "sha256:1"),
    "Footprints.known": lambda tx, org: tx.footprints.known(org, ["f1"]),
    "Footprints.get": lambda tx, org: tx.footprints.get(org, "f1"),
    "Footprints.find": lambda tx, org: tx.footprints.find(
        org, FootprintCriteria(), grants=None, at=T0, limit=10
    ),
    "Footprints.received": lambda tx, org: tx.footprints.received(org, "c1", "r1"),
    "Footprints.received_all": lambda tx, org: tx.footprints.received_all(org),
    "Footprints.received_for_product": lambda tx, org: tx.footprints.received_for_product(
        org, "urn:product:1"
    ),
    "Footprints.verdict": lambda tx, org: tx.footprints.verdict(org, "v1"),
    "Footprints.verdicts": lambda tx, org: tx.footprints.verdicts(org),
    "Originals.of": lambda tx, org: tx.originals.of(org, ["f1"]),
    "Originals.get": lambda tx, org: [
        each for each in (tx.originals.get(org, None, "f1"), tx.originals.get(org, "c1", "r1")) if each
    ],
    "Originals.latest": lambda tx, org: [
        each for each in (tx.originals.latest(org, None, "o1"), tx.originals.latest(org, "c1", "o2")) if each
    ],
    "Requests.get": lambda tx, org: tx.requests.get(org, "q1"),
    "Requests.by_event": lambda tx, org: tx.requests.by_event(org, "c1", Direction.INCOMING, "event/q1"),
    "Requests.find": lambda tx, org: tx.requests.find(org),
    "Events.outbox": lambda tx, org: tx.events.outbox(org),
    "Products.get": lambda tx, org: tx.products.get(org, "p1"),
    "Products.find": lambda tx, org: tx.products.find(org),
    "Products.calculation": lambda tx, org: tx.products.calculation(org, "k1"),
    "Products.calculations": lambda tx, org: (
        tx.products.calculations(org) + tx.products.calculations(org, "p1")
    ),
    "Audit.find": lambda tx, org: tx.audit.find(org),
}

CHANGES: dict[str, Callable[[Transaction, str], Any]] = {
    "Parties.revoke_client": lambda tx, org: tx.parties.revoke_client(org, "client-1", T0),
    "Parties.set_client_keys": lambda tx, org: tx.parties.set_client_keys(
        org, "client-1", {"keys": []}, None
    ),
    "Parties.expire_secret": lambda tx, org: tx.parties.expire_secret(org, "client-1", "s1", T0),
    "Parties.remove_secret": lambda tx, org: tx.parties.remove_secret(org, "client-1", "s1"),
    "Parties.remove_grant": lambda tx, org: tx.parties.remove_grant(org, "g1"),
    "Footprints.deprecate": lambda tx, org: tx.footprints.deprecate(org, "f1", b"gone"),
    "Events.redeliver": lambda tx, org: tx.events.redeliver(org, "abandoned", T0),
    # These carry the organisation in the record.
    "Parties.replace_connection": lambda tx, org: tx.parties.replace_connection(
        connection(org, "only", name="new")
    ),
    "Footprints.add_verdict": lambda tx, org: tx.footprints.add_verdict(verdict(org, "v2")),
    "Requests.replace": lambda tx, org: tx.requests.replace(
        replace(request(org), state=RequestState.REJECTED)
    ),
    "Products.replace_calculation": lambda tx, org: tx.products.replace_calculation(
        calculation(org, reason="new")
    ),
}

#: Additions: what they add is the organisation's own.
ADDITIONS = {"Parties.add_grant", "Footprints.add_all"}

#: Changes of what may be there; what is another's stays as it is: tests/node/db/test_events.py.
QUIET = {"Events.hasten"}


def fill(store: Store, org: str) -> None:
    with store.transaction() as tx:
        tx.parties.add_connection(connection(org, "only"))
        tx.parties.add_key(key(org))
        tx.parties.add_client(client(org))
        tx.parties.add_secret(secret(org))
        tx.parties.add_grant(org, grant())
        tx.footprints.add_statement(statement(org))
        tx.footprints.add(published(org))
        tx.footprints.put_received(received(org))
        tx.footprints.add_verdict(verdict(org))
        tx.originals.put(original(org))
        tx.originals.put(original(org, "r1", v2_id="o2", connection_id="c1"))
        tx.requests.add(request(org))
        tx.events.enqueue(item(org))
        tx.events.enqueue(item(org, "abandoned"))
        tx.events.abandon("abandoned", "refused")
        tx.products.put(product(org))
        tx.products.add_calculation(calculation(org))
        tx.audit.add(AuditEntry(T0, org, "op", "publish", "f1"))


@pytest.fixture(autouse=True)
def acme(store):
    found(store, "acme", "beta")
    fill(store, "acme")


@pytest.mark.parametrize("name", READS)
def test_another_organisation_sees_nothing(store, name):
    read = READS[name]
    for opened in (store.snapshot, store.transaction):
        with opened() as tx:
            assert read(tx, "acme")
            with suppress(NotFound):
                assert not read(tx, "beta")


@pytest.mark.parametrize("name", CHANGES)
def test_another_organisation_changes_nothing(store, name):
    change = CHANGES[name]

    def everything() -> list[Any]:
        with store.snapshot() as tx:
            return [read(tx, "acme") for read in READS.values()]

    before = everything()
    with store.transaction() as tx, pytest.raises(NotFound):
        change(tx, "beta")
    assert everything() == before
    with store.transaction() as tx:
        change(tx, "acme")
    assert everything() != before


def test_the_same_ids_in_two_organisations_are_two_things(store):
    with store.transaction() as tx:
        tx.footprints.add(published("beta", document=b"beta's"))
        tx.footprints.put_received(received("beta", document=b"beta's"))
        tx.requests.add(request("beta"))
        tx.products.put(product("beta", stale=False))
        tx.products.add_calculation(calculation("beta"))
    with store.snapshot() as tx:
        assert tx.footprints.get("acme", "f1") == published("acme")
        assert tx.footprints.get("beta", "f1") == published("beta", document=b"beta's")
        assert tx.footprints.received("acme", "c1", "r1").document == received().document
        assert tx.products.get("acme", "p1") == product("acme")


def test_no_method_is_forgotten():
    methods = {
        f"{group}.{name}"
        for group in (
            "Parties",
            "Footprints",
            "Originals",
            "Requests",
            "Events",
            "Products",
            "Registers",
            "Audit",
        )
        for name, method in inspect.getmembers(getattr(ports, group), inspect.isfunction)
        if "org" in inspect.signature(method).parameters
    }
    assert methods - READS.keys() - CHANGES.keys() - ADDITIONS - QUIET == set()
