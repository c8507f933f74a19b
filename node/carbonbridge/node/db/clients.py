"""OAuth clients and what they authenticate with, on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, select, update

from carbonbridge.core.errors import NotFound
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.parties import ClientRow, ClientSecretRow, UsedAssertionRow
from carbonbridge.node.ports.records import Client, ClientSecret, Role

_CLIENT = table_of(ClientRow)
_SECRET = table_of(ClientSecretRow)
_USED = table_of(UsedAssertionRow)


class SqlClients:
    """The part of :class:`~carbonbridge.node.ports.store.Parties` that is about clients."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add_client(self, client: Client) -> None:
        self._rows.add(_CLIENT, "client", values_of(client))

    def client(self, client_id: str) -> Client:
        for row in self._rows.all(select(_CLIENT).where(_CLIENT.c.client_id == client_id)):
            return client_of(row)
        raise NotFound("there is no such client", field="client")

    def clients(self, org: str | None) -> list[Client]:
        self._rows.hold(org)
        query = select(_CLIENT).where(_CLIENT.c.org.is_not_distinct_from(org))
        return [
            client_of(row)
            for row in self._rows.all(query.order_by(_CLIENT.c.created_at, _CLIENT.c.client_id))
        ]

    def revoke_client(self, org: str | None, client_id: str, at: datetime) -> None:
        first = self._its(org, client_id) & _CLIENT.c.revoked_at.is_(None)
        self._rows.write(update(_CLIENT).where(first).values(revoked_at=at))

    def set_client_keys(
        self, org: str | None, client_id: str, jwks: dict[str, Any] | None, certificate: str | None
    ) -> None:
        its = self._its(org, client_id)
        self._rows.write(update(_CLIENT).where(its).values(jwks=jwks, certificate=certificate))

    def add_secret(self, secret: ClientSecret) -> None:
        self._its(secret.org, secret.client_id)
        self._rows.add(_SECRET, "secret", values_of(secret))

    def secrets(self, org: str | None, client_id: str) -> list[ClientSecret]:
        self._rows.hold(org)
        query = (
            select(_SECRET).where(_of(_SECRET, org, client_id)).order_by(_SECRET.c.created_at, _SECRET.c.id)
        )
        return [ClientSecret(**row) for row in self._rows.all(query)]

    def expire_secret(self, org: str | None, client_id: str, secret_id: str, at: datetime) -> None:
        self._rows.hold(org)
        its = _of(_SECRET, org, client_id) & (_SECRET.c.id == secret_id)
        if not self._rows.write(update(_SECRET).where(its).values(expires_at=at)):
            raise NotFound("the client has no such secret", field="secret")

    def remove_secret(self, org: str | None, client_id: str, secret_id: str) -> None:
        self._rows.hold(org)
        if not self._rows.write(
            delete(_SECRET).where(_of(_SECRET, org, client_id) & (_SECRET.c.id == secret_id))
        ):
            raise NotFound("the client has no such secret", field="secret")

    def use_assertion(self, client_id: str, jti: str, expires_at: datetime, now: datetime) -> bool:
        # Two that purge the same rows at the same time could wait for each other.
        self._rows.lock(f"assertions of {client_id}")
        self._rows.write(delete(_USED).where((_USED.c.client_id == client_id) & (_USED.c.expires_at <= now)))
        return self._rows.insert(_USED, {"client_id": client_id, "jti": jti, "expires_at": expires_at})

    def _its(self, org: str | None, client_id: str) -> ColumnElement[bool]:
        """The condition that finds a client, once it is known that there is one."""
        self._rows.hold(org)
        its = _of(_CLIENT, org, client_id)
        if not self._rows.all(select(_CLIENT.c.client_id).where(its)):
            raise NotFound("there is no such client", field="client")
        return its


def _of(table: Table, org: str | None, client_id: str) -> ColumnElement[bool]:
    return and_(table.c.client_id == client_id, table.c.org.is_not_distinct_from(org))


def client_of(row: Mapping[Any, Any]) -> Client:
    """The client in a row."""
    return Client(**{**row, "role": Role(row["role"])})
