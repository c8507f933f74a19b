"""Organisations, clients, keys, connections, grants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.node.db.samples import HOUR, T0, client, connection, found, grant, key, organisation

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.organisation import AnswerPolicy, Jurisdiction, OrganisationKind
from carbonbridge.node.ports.records import Role


def test_organisations_come_back_as_they_were(store):
    full = organisation(
        "beta",
        jurisdiction=Jurisdiction.HK,
        scheme="gba-cfp",
        kind=OrganisationKind.LABORATORY,
        answer_policy=AnswerPolicy.MANUAL,
        is_default=True,
    )
    with store.transaction() as tx:
        tx.parties.add_organisation(full)
        tx.parties.add_organisation(organisation("acme"))
    with store.snapshot() as tx:
        assert tx.parties.organisation("beta") == full
        assert tx.parties.default_organisation() == full
        assert tx.parties.organisations() == [organisation("acme"), full]


def test_there_is_one_default_organisation_at_most(store):
    with store.transaction() as tx:
        with pytest.raises(NotFound):
            tx.parties.default_organisation()
        tx.parties.add_organisation(organisation("acme", is_default=True))
        with pytest.raises(Conflict):
            tx.parties.add_organisation(organisation("beta", is_default=True))


def test_what_is_refused_leaves_the_transaction_usable(store):
    """PostgreSQL gives up a transaction at the first error; a refused addition must not be one."""
    found(store, "acme")
    with store.transaction() as tx:
        for add in (
            lambda: tx.parties.add_organisation(organisation("acme")),
            lambda: tx.parties.add_connection(connection("acme", "c1")),
        ):
            with pytest.raises(Conflict):
                add()
        for look in (
            lambda: tx.parties.organisation("none"),
            lambda: tx.parties.connection("acme", "none"),
            lambda: tx.parties.client("none"),
            lambda: tx.parties.remove_grant("acme", "none"),
            lambda: tx.parties.revoke_client("acme", "none", T0),
            lambda: tx.parties.replace_connection(connection("acme", "none")),
        ):
            with pytest.raises(NotFound):
                look()
        tx.parties.add_connection(connection("acme", "c3"))
    with store.snapshot() as tx:
        assert tx.parties.connection("acme", "c3") == connection("acme", "c3")


def test_connections_are_kept_and_replaced(store):
    found(store, "acme")
    bare = connection(
        "acme",
        "c3",
        base_url=None,
        client_id=None,
        sealed_secret=None,
        jwks=None,
        notify=False,
        created_at=T0 - HOUR,
    )
    changed = replace(connection("acme", "c1"), state=ConnectionState.REVOKED, jwks={"keys": []}, name="new")
    with store.transaction() as tx:
        tx.parties.add_connection(bare)
        tx.parties.replace_connection(changed)
    with store.snapshot() as tx:
        assert tx.parties.connections("acme") == [bare, changed, connection("acme", "c2")]


def test_keys_in_the_order_they_were_made(store):
    found(store, "acme", "beta")
    later = replace(key("acme", "a-later"), created_at=T0 + HOUR)
    with store.transaction() as tx:
        tx.parties.add_key(later)
        tx.parties.add_key(key("acme", "b-first"))
        tx.parties.add_key(key("beta", "b-first"))
        with pytest.raises(Conflict):
            tx.parties.add_key(key("acme", "b-first"))
    with store.snapshot() as tx:
        assert tx.parties.keys("acme") == [key("acme", "b-first"), later]


def test_clients_of_an_organisation_and_of_the_node(store):
    found(store, "acme")
    operator = client("acme", "op")
    partner = client("acme", "partner", role=Role.PARTNER, connection_id="c1", created_at=T0 + HOUR)
    administrator = client(None, "admin", role=Role.ADMINISTRATOR, expires_at=None)
    with store.transaction() as tx:
        for each in (partner, operator, administrator):
            tx.parties.add_client(each)
        with pytest.raises(Conflict):
            tx.parties.add_client(client(None, "op"))
    with store.snapshot() as tx:
        assert tx.parties.clients("acme") == [operator, partner]
        assert tx.parties.clients(None) == [administrator]
        assert tx.parties.client("partner") == partner


def test_a_client_is_revoked_once_and_by_its_owner_alone(store):
    found(store, "acme", "beta")
    with store.transaction() as tx:
        tx.parties.add_client(client("acme", "op"))
        tx.parties.add_client(client(None, "admin"))
        for stranger in ("beta", None):
            with pytest.raises(NotFound):
                tx.parties.revoke_client(stranger, "op", T0)
        with pytest.raises(NotFound):
            tx.parties.revoke_client("acme", "admin", T0)
        tx.parties.revoke_client("acme", "op", T0)
        tx.parties.revoke_client("acme", "op", T0 + HOUR)
        tx.parties.revoke_client(None, "admin", T0)
    with store.snapshot() as tx:
        assert tx.parties.client("op").revoked_at == T0
        assert tx.parties.client("admin").revoked_at == T0


def test_grants_by_connection(store):
    found(store, "acme")
    everything = grant("g2", connection_id="c2", scope=GrantScope.ALL, value=None, valid_until=None)
    with store.transaction() as tx:
        tx.parties.add_grant("acme", everything)
        tx.parties.add_grant("acme", grant("g1"))
        tx.parties.add_grant("acme", grant("g0", valid_from=T0 + HOUR / 2))
        tx.parties.remove_grant("acme", "g0")
        with pytest.raises(Conflict):
            tx.parties.add_grant("acme", grant("g1"))
    with store.snapshot() as tx:
        assert tx.parties.grants("acme") == [grant("g1"), everything]
        assert tx.parties.grants("acme", "c2") == [everything]
        assert tx.parties.grants("acme", "c3") == []


def test_what_refers_to_nothing_is_refused(store):
    found(store, "acme")
    for add in (
        lambda tx: tx.parties.add_connection(connection("none")),
        lambda tx: tx.parties.add_grant("acme", grant(connection_id="none")),
        lambda tx: tx.parties.add_client(client("acme", connection_id="none")),
    ):
        with pytest.raises(NotFound), store.transaction() as tx:
            add(tx)
