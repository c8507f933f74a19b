"""What an older version has stored is there after the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from tests.node.db.samples import HOUR, T0

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.migrate import config_for, upgrade
from carbonbridge.node.db.store import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request, tmp_path):
    """A database as the first version left it, with three footprints of two organisations."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
        fill(url)
        yield url
    else:
        with request.getfixturevalue("postgres_server").empty_database() as url:
            fill(url)
            yield url


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
