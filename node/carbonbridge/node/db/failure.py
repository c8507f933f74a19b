"""Failures of the database, told apart: somebody else was in the way, or nothing can be relied on any more."""

from __future__ import annotations

import sqlite3

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from carbonbridge.core.errors import (
    CarbonBridgeError,
    Conflict,
    NotFound,
    StorageFailed,
    StoreBusy,
    StoreUnreachable,
)

#: SQLite's primary result codes (https://www.sqlite.org/rescode.html) that say: try again.
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

#: … and those that are the fault of a statement, not of the disk.
_SQLITE_FAULT = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG}

#: SQLSTATEs (PostgreSQL manual, appendix A) that say: try again. Serialisation failure, deadlock, lock timeout,
#: cancelled, too many connections.
_POSTGRESQL_BUSY = {"40001", "40P01", "55P03", "57014", "53300"}

#: Classes of SQLSTATE that are storage or server: connection, resources, operator intervention, system, internal.
_POSTGRESQL_FAILED = {"08", "53", "57", "58", "F0", "XX"}

_STOP = "Look at the disk and the database server, then start the node again."


def failure_of(error: SQLAlchemyError | sqlite3.Error | psycopg.Error) -> CarbonBridgeError | None:
    """The error in our words; None if it is a mistake of this program, which no word makes better."""
    if isinstance(error, PoolTimeout):
        return _busy("every connection to the store is in use")
    if isinstance(error, IntegrityError):
        return _integrity(error.orig)
    orig = error.orig if isinstance(error, StatementError) else error
    if isinstance(orig, sqlite3.Error):
        return _sqlite(orig)
    if isinstance(orig, psycopg.Error):
        return _postgresql(orig)
    return orig if isinstance(orig, CarbonBridgeError) else None


def check_open(connection: Connection) -> None:
    """Make sure that a commit would commit.

    After some errors the transaction is gone, and yet both drivers let a commit pass without a word.

    Raises:
        StorageFailed: it would not.
    """
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        is_open = driver.in_transaction
    elif isinstance(driver, psycopg.Connection):
        # IDLE: nothing was asked of it, so nothing can be lost.
        is_open = driver.info.transaction_status in {TransactionStatus.INTRANS, TransactionStatus.IDLE}
    else:
        is_open = True
    if not is_open:
        raise StorageFailed("the store gave up the transaction before its end", next_step=_STOP)


def _sqlite(error: sqlite3.Error) -> CarbonBridgeError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & 0xFF in _SQLITE_FAULT:
        return None
    if code & 0xFF in _SQLITE_BUSY:
        return _busy("another process is writing to the store")
    return _failed(error)


def _postgresql(error: psycopg.Error) -> CarbonBridgeError | None:
    state = error.sqlstate
    if state in _POSTGRESQL_BUSY:
        return _busy("another transaction was in the way")
    lost = state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if lost:
        return StoreUnreachable(
            f"the database server cannot be used: {_said(error)}",
            next_step="Look at the server, and at its address and credentials in CARBONBRIDGE_DATABASE_URL.",
        )
    return _failed(error) if state is not None and state[:2] in _POSTGRESQL_FAILED else None


def _integrity(error: BaseException | None) -> CarbonBridgeError:
    name = getattr(error, "sqlite_errorname", "")
    if isinstance(error, psycopg.errors.ForeignKeyViolation) or name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return NotFound("this refers to something that is not there")
    return Conflict("this contradicts what is stored already")


def _busy(why: str) -> StoreBusy:
    return StoreBusy(f"the store did not get to it in time: {why}", next_step="Try again.")


def _failed(error: Exception) -> StorageFailed:
    return StorageFailed(f"the store failed: {_said(error)}", next_step=_STOP)


def _said(error: Exception) -> str:
    # The driver's text names no value: statements carry theirs apart. Only its first line; the rest is context.
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
