"""Organisations, clients, keys, connections and grants on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, bindparam, select

from carbonbridge.core.connection import Connection, ConnectionState
from carbonbridge.core.disclosure import Grant, GrantScope
from carbonbridge.core.errors import NotFound
from carbonbridge.core.organisation import AnswerPolicy, Jurisdiction, Organisation, OrganisationKind
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.db.clients import SqlClients, client_of
from carbonbridge.node.db.rows import table_of, values_of
from carbonbridge.node.db.tables.parties import (
    ClientRow,
    ConnectionRow,
    GrantRow,
    OrganisationRow,
    SigningKeyRow,
)
from carbonbridge.node.ports.records import Caller, SigningKey

_ORGANISATION = table_of(OrganisationRow)
_KEY = table_of(SigningKeyRow)
_CLIENT = table_of(ClientRow)
_CONNECTION = table_of(ConnectionRow)
_GRANT = table_of(GrantRow)

#: Before the names of a grant's columns, and of the connection's state, in the one look at whoever calls.
_OF_GRANT, _STATE = "grant_", "connection_state"

_CLIENT_NAMES, _GRANT_NAMES = tuple(_CLIENT.c.keys()), tuple(_GRANT.c.keys())

_CALLER = (
    select(
        _CLIENT,
        _CONNECTION.c.state.label(_STATE),
        *(column.label(f"{_OF_GRANT}{column.name}") for column in _GRANT.c),
    )
    .outerjoin(
        _CONNECTION, (_CONNECTION.c.org == _CLIENT.c.org) & (_CONNECTION.c.id == _CLIENT.c.connection_id)
    )
    .outerjoin(_GRANT, (_GRANT.c.org == _CLIENT.c.org) & (_GRANT.c.connection_id == _CLIENT.c.connection_id))
    .where(_CLIENT.c.client_id == bindparam("client_id"))
    .order_by(_GRANT.c.valid_from, _GRANT.c.id)
)


class SqlParties(SqlClients):
    """See :class:`~carbonbridge.node.ports.store.Parties`."""

    def add_organisation(self, organisation: Organisation) -> None:
        values = values_of(organisation, company_ids=list(organisation.company_ids))
        self._rows.add(_ORGANISATION, "organisation", values)

    def organisation(self, slug: str) -> Organisation:
        # An organisation never changes: it can be looked at without holding it.
        return self._organisation(_ORGANISATION.c.slug == slug)

    def default_organisation(self) -> Organisation:
        return self._organisation(_ORGANISATION.c.is_default)

    def organisations(self) -> list[Organisation]:
        return [
            _organisation(row) for row in self._rows.all(select(_ORGANISATION).order_by(_ORGANISATION.c.slug))
        ]

    def add_key(self, key: SigningKey) -> None:
        self._rows.add(_KEY, "key", values_of(key))

    def keys(self, org: str) -> list[SigningKey]:
        query = self._rows.where(_KEY, org).order_by(_KEY.c.created_at, _KEY.c.kid)
        return [SigningKey(**row) for row in self._rows.all(query)]

    def replace_key(self, key: SigningKey) -> None:
        self._rows.replace(_KEY, "key", values_of(key), "kid")

    def add_connection(self, connection: Connection) -> None:
        self._rows.add(_CONNECTION, "connection", _connection_values(connection))

    def replace_connection(self, connection: Connection) -> None:
        self._rows.replace(_CONNECTION, "connection", _connection_values(connection), "id")

    def connection(self, org: str, connection_id: str) -> Connection:
        return _connection(self._rows.get(_CONNECTION, "connection", org, id=connection_id))

    def connections(self, org: str) -> list[Connection]:
        query = self._rows.where(_CONNECTION, org).order_by(_CONNECTION.c.created_at, _CONNECTION.c.id)
        return [_connection(row) for row in self._rows.all(query)]

    def caller(self, client_id: str) -> Caller | None:
        found = self._rows.all(_CALLER, client_id=client_id)
        if not found:
            return None
        first = found[0]
        client = client_of({name: first[name] for name in _CLIENT_NAMES})
        state = None if first[_STATE] is None else ConnectionState(first[_STATE])
        grants = [
            {name: row[f"{_OF_GRANT}{name}"] for name in _GRANT_NAMES}
            for row in found
            if row[f"{_OF_GRANT}id"] is not None
        ]
        return Caller(client, state, tuple(map(_grant, grants)))

    def add_grant(self, org: str, grant: Grant) -> None:
        self._rows.add(_GRANT, "grant", values_of(grant, org=org))

    def remove_grant(self, org: str, grant_id: str) -> None:
        if not self._rows.remove(_GRANT, org, id=grant_id):
            raise NotFound("there is no such grant", field="grant")

    def grants(self, org: str, connection_id: str | None = None) -> list[Grant]:
        key = {} if connection_id is None else {"connection_id": connection_id}
        query = self._rows.where(_GRANT, org, **key).order_by(_GRANT.c.valid_from, _GRANT.c.id)
        return [_grant(row) for row in self._rows.all(query)]

    def _organisation(self, condition: ColumnElement[bool]) -> Organisation:
        for row in self._rows.all(select(_ORGANISATION).where(condition)):
            return _organisation(row)
        raise NotFound("there is no such organisation", field="organisation")


def _organisation(row: RowMapping) -> Organisation:
    words = {
        "company_ids": tuple(row["company_ids"]),
        "jurisdiction": Jurisdiction(row["jurisdiction"]),
        "kind": OrganisationKind(row["kind"]),
        "answer_policy": AnswerPolicy(row["answer_policy"]),
    }
    return Organisation(**{**row, **words})


def _connection(row: RowMapping) -> Connection:
    words = {
        "company_ids": tuple(row["company_ids"]),
        "state": ConnectionState(row["state"]),
        "pact": PactVersion(row["pact"]),
    }
    return Connection(**{**row, **words})


def _connection_values(connection: Connection) -> dict[str, object]:
    return values_of(connection, company_ids=list(connection.company_ids))


def _grant(row: Mapping[Any, Any]) -> Grant:
    values = {name: value for name, value in row.items() if name != "org"}
    return Grant(**{**values, "scope": GrantScope(row["scope"])})
