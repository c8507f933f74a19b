"""What an older version has stored is there after the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from tests.node.db.samples import HOUR, T0

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.organisation import OrganisationKind
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.migrate import config_for, upgrade
from carbonbridge.node.db.store import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
    else:
        with request.getfixturevalue("postgres_server").empty_database() as url:
            yield url


@pytest.fixture
def old_url(empty_url):
    """A database as the first version left it, with three footprints of two organisations."""
    fill(empty_url)
    return empty_url


def fill(url):
    engines = open_engines(url)
    with engines.write.begin() as connection:
        command.upgrade(config_for(connection), "0001")
        tables = sa.MetaData()
        tables.reflect(connection)
        organisation, footprint, key = (
            tables.tables[name] for name in ("organisation", "footprint", "footprint_key")
        )
        for slug in ("acme", "beta"):
            connection.execute(
                organisation.insert(),
                {
                    "slug": slug,
                    "name": slug,
                    "company_ids": ["urn:lei:1"],
                    "created_at": T0,
                    "jurisdiction": "CN",
                    "certification_body": False,
                    "answer_policy": "automatic",
                    "is_default": False,
                },
            )
        for org, own_id, at, country in (
            ("acme", "late", T0 + HOUR, "de"),
            ("acme", "early", T0, "cn"),
            ("beta", "early", T0, "cn"),
        ):
            connection.execute(
                footprint.insert(),
                {
                    "org": org,
                    "id": own_id,
                    "document": own_id.encode(),
                    "status": "Deprecated" if own_id == "early" else "Active",
                    "valid_from": at,
                    "valid_until": datetime(2029, 2, 1, tzinfo=UTC),
                    "statement_digest": "sha256:1",
                    "published_at": at,
                },
            )
            row = {"org": org, "footprint_id": own_id, "kind": "geography", "value": country}
            connection.execute(key.insert(), row)
    engines.close()


def test_footprints_keep_their_order_keys_and_status(old_url):
    upgrade(old_url)
    store = SqlStore(old_url)

    def found(org, **asked):
        with store.snapshot() as tx:
            criteria = FootprintCriteria(**asked)
            return [each.id for each in tx.footprints.find(org, criteria, grants=None, at=T0, limit=9)]

    assert found("acme") == ["early", "late"]
    assert found("beta") == ["early"]
    assert found("acme", geography=("CN",)) == ["early"]
    assert found("acme", status=("deprecated",)) == ["early"]
    assert found("acme", valid_on=T0 + HOUR) == ["early", "late"]
    assert found("acme", valid_after=T0) == ["late"]
    with store.transaction() as tx:
        late = tx.footprints.get("acme", "late")
        assert (late.document, late.facts.valid_from) == (b"late", T0 + HOUR)
        tx.footprints.deprecate("acme", "late", b"gone")
    assert found("acme", status=("deprecated",)) == ["early", "late"]
    store.close()


def test_bodies_keep_their_kind_and_registers_what_they_hold(empty_url):
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        command.upgrade(config_for(connection), "0005")
        tables = sa.MetaData()
        tables.reflect(connection)
        for slug, is_body in (("cb", True), ("mill", False)):
            row = {"slug": slug, "name": slug, "company_ids": ["urn:lei:1"], "created_at": T0}
            words = {"jurisdiction": "CN", "answer_policy": "automatic", "is_default": False}
            connection.execute(
                tables.tables["organisation"].insert(), {**row, **words, "certification_body": is_body}
            )
        entry = {"kind": "scheme", "entry_id": "s", "document": {"id": "s"}, "updated_at": T0}
        connection.execute(tables.tables["register"].insert(), entry)
    engines.close()
    upgrade(empty_url)
    store = SqlStore(empty_url)
    with store.snapshot() as tx:
        kinds = {one.slug: one.kind for one in tx.parties.organisations()}
        (version,) = tx.registry.unsigned()
        assert tx.registers.get(RegisterKind.SCHEME, "s", T0) == {"id": "s"}
    store.close()
    assert kinds == {"cb": OrganisationKind.CERTIFICATION_BODY, "mill": OrganisationKind.ENTERPRISE}
    assert (version.version, version.valid_from, version.recorded_at) == (1, T0, T0)
