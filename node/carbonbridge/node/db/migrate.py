"""The schema: brought to the newest revision before a node serves.

Revisions go forward only. The way back is the copy of the database that is made before a new version is installed.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from carbonbridge.core.errors import Misconfigured
from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.failure import failure_of

_SCRIPTS = Path(__file__).parent / "migrations"

#: Two nodes that start together: one migrates, the other waits and finds it done.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('schema', 0))")


def upgrade(url: str) -> None:
    """Make the schema, or bring it up to date: all of it, or nothing.

    Raises:
        Misconfigured: not a URL of a database we know; or a newer CarbonBridge was here before.
        StorageFailed: the disk or the server failed.
    """
    engines = open_engines(url)
    try:
        with engines.write.begin() as connection:
            _upgrade(connection)
    except SQLAlchemyError as error:
        failure = failure_of(error)
        if failure is None:
            raise
        raise failure from error
    finally:
        engines.close()


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for a connection that has begun its transaction."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    try:
        command.upgrade(config_for(connection), "head")
    except CommandError as error:
        raise Misconfigured(
            f"the database has a schema that this version does not know ({error})",
            field="CARBONBRIDGE_DATABASE_URL",
            next_step="Use the version of CarbonBridge that made it, or a newer one.",
        ) from None
