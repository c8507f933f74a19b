"""The schema: revisions and tables say the same, and an upgrade is all or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from tests.node.db.samples import found, organisation

from carbonbridge.core.errors import Misconfigured, StoreUnreachable
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.migrate import config_for, upgrade
from carbonbridge.node.db.store import SqlStore
from carbonbridge.node.db.tables import METADATA


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgres_server").empty_database() as url:
            yield url


def tables(url: str) -> set[str]:
    engines = open_engines(url)
    found = set(inspect(engines.write).get_table_names())
    engines.close()
    return found


def test_revisions_make_what_the_tables_say(empty_url):
    upgrade(empty_url)
    engines = open_engines(empty_url)
    with engines.write.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engines.close()
    assert differences == []
    assert tables(empty_url) == set(METADATA.tables) | {"alembic_version"}


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(store, database_url):
    found(store, "acme")
    upgrade(database_url)
    with store.snapshot() as tx:
        assert tx.parties.organisations() == [organisation("acme")]


def test_nodes_that_start_together_upgrade_once(empty_url):
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_url] * 3))
    store = SqlStore(empty_url)
    found(store, "acme")
    store.close()


def test_an_upgrade_that_fails_leaves_nothing(empty_url):
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        connection.execute(text("CREATE TABLE verdict (id INTEGER)"))  # the last table in the way
    engines.close()
    with pytest.raises(DBAPIError):
        upgrade(empty_url)
    assert tables(empty_url) == {"verdict"}


def test_the_schema_of_a_newer_version_is_left_alone(empty_url):
    upgrade(empty_url)
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engines.close()
    with pytest.raises(Misconfigured, match="9999"):
        upgrade(empty_url)


def test_what_was_there_before_v2_speaks_v3(empty_url):
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        command.upgrade(config_for(connection), "0002")
        connection.execute(
            text(
                "INSERT INTO organisation (slug, name, company_ids, created_at, jurisdiction, certification_body,"
                " answer_policy, is_default) VALUES ('acme', 'Acme', '[\"urn:lei:1\"]', '2026-01-01 00:00:00', 'CN',"
                " false, 'automatic', false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO connection (org, id, name, company_ids, created_at, notify, state)"
                " VALUES ('acme', 'c1', 'Mill', '[\"urn:lei:2\"]', '2026-01-01 00:00:00', true, 'active')"
            )
        )
    engines.close()
    upgrade(empty_url)
    store = SqlStore(empty_url)
    with store.snapshot() as tx:
        assert tx.parties.connection("acme", "c1").pact is PactVersion.V3
    store.close()


def test_a_server_that_does_not_let_us_in_is_unreachable(postgres_server):
    with postgres_server.empty_database() as url:
        pass
    with pytest.raises(StoreUnreachable, match="does not exist") as caught:
        upgrade(url)
    assert "CARBONBRIDGE_DATABASE_URL" in caught.value.next_step


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "odd://x"]
)
def test_a_url_that_names_no_database_of_ours(url):
    with pytest.raises(Misconfigured, match="CARBONBRIDGE_DATABASE_URL"):
        SqlStore(url)
