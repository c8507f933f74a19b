"""Clients' secrets and used assertions; and what becomes of an older schema's."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import text
from tests.node.db.samples import HOUR, T0, client, found, secret

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.migrate import config_for, upgrade
from carbonbridge.node.db.store import SqlStore
from carbonbridge.node.ports.records import AuthMethod, ClientSecret


def test_secrets_of_a_client_oldest_first(store):
    found(store, "acme")
    first, second = secret(), secret(own_id="s0", created_at=T0 + HOUR, expires_at=None)
    with store.transaction() as tx:
        tx.parties.add_client(client("acme"))
        for each in (second, first):
            tx.parties.add_secret(each)
        with pytest.raises(Conflict):
            tx.parties.add_secret(first)
        tx.parties.expire_secret("acme", "client-1", "s0", T0 + 2 * HOUR)
    with store.transaction() as tx:
        [one, other] = tx.parties.secrets("acme", "client-1")
        assert one == first
        assert other.expires_at == T0 + 2 * HOUR
        tx.parties.remove_secret("acme", "client-1", "s1")
    with store.snapshot() as tx:
        assert [each.id for each in tx.parties.secrets("acme", "client-1")] == ["s0"]


def test_a_secret_belongs_to_a_client_of_the_organisation(store):
    found(store, "acme", "beta")
    with store.transaction() as tx:
        tx.parties.add_client(client("acme"))
        tx.parties.add_client(client(None, "admin"))
        for org, own_id in (("beta", "client-1"), (None, "client-1"), ("acme", "admin"), ("acme", "nobody")):
            with pytest.raises(NotFound):
                tx.parties.add_secret(secret(org, client_id=own_id))
        tx.parties.add_secret(secret(None, client_id="admin"))
        with pytest.raises(NotFound):
            tx.parties.remove_secret("acme", "admin", "s1")
        with pytest.raises(NotFound):
            tx.parties.expire_secret("acme", "client-1", "none", T0)
        assert tx.parties.secrets("acme", "admin") == []


def test_keys_and_certificates_say_how_a_client_authenticates(store):
    found(store, "acme")
    with store.transaction() as tx:
        tx.parties.add_client(client("acme", jwks={"keys": [{"kid": "k"}]}))
        assert tx.parties.client("client-1").auth_method is AuthMethod.KEY
        tx.parties.set_client_keys("acme", "client-1", None, "thumbprint")
    with store.snapshot() as tx:
        assert tx.parties.client("client-1") == client("acme", certificate="thumbprint")
        assert tx.parties.client("client-1").auth_method is AuthMethod.CERTIFICATE


def test_an_assertion_counts_once_until_it_is_forgotten(store):
    found(store, "acme")
    with store.transaction() as tx:
        for own_id in ("a", "b"):
            tx.parties.add_client(client("acme", own_id))
    end = T0 + HOUR

    def use(client_id: str, jti: str, now: object) -> bool:
        with store.transaction() as tx:
            return tx.parties.use_assertion(client_id, jti, end, now)

    assert [use("a", "1", T0), use("a", "1", T0), use("a", "2", T0), use("b", "1", T0)] == [
        *(True, False, True, True)
    ]
    assert not use("a", "1", end - HOUR / 60)
    assert use("a", "3", end), "and forgets what has expired"
    assert use("a", "1", end)
    assert not use("b", "1", T0), "of this client alone"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgres_server").empty_database() as url:
            yield url


def test_a_secret_of_the_first_schema_is_still_good(empty_url):
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        command.upgrade(config_for(connection), "0001")
    with engines.write.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO client (client_id, role, secret_hash, created_at) "
                "VALUES ('admin', 'administrator', 'scrypt:x', '2026-03-01 08:00:00+00:00')"
            )
        )
    engines.close()
    upgrade(empty_url)
    store = SqlStore(empty_url)
    with store.snapshot() as tx:
        made = tx.parties.client("admin")
        assert tx.parties.secrets(None, "admin") == [
            ClientSecret("admin", None, "admin", "scrypt:x", made.created_at)
        ]
    store.close()
