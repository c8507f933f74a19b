"""Organisations, their clients, keys, connections and grants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text

from carbonbridge.node.db.columns import (
    Key,
    Object,
    OptionalObject,
    OptionalText,
    OptionalWord,
    Row,
    Text,
    Texts,
    Word,
)

#: Every table of an organisation's data has this constraint.
OF_ORGANISATION = (("org",), ("organisation.slug",))

#: Tables of what came from, or is for, a partner.
OF_CONNECTION = (("org", "connection_id"), ("connection.org", "connection.id"))

#: Tables of what a client has.
OF_CLIENT = (("client_id",), ("client.client_id",))


class OrganisationRow(Row, table=True):
    __tablename__ = "organisation"
    __table_args__ = (
        # At most one default.
        Index(
            "uq_organisation_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    slug: Key
    name: Text
    company_ids: Texts
    created_at: datetime
    jurisdiction: Word
    scheme: OptionalWord
    kind: Word
    answer_policy: Word
    is_default: bool


class SigningKeyRow(Row, table=True):
    __tablename__ = "signing_key"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    org: Key
    kid: Key
    public_jwk: Object
    created_at: datetime
    valid_until: datetime | None
    revoked_from: datetime | None


class ConnectionRow(Row, table=True):
    __tablename__ = "connection"
    __table_args__ = (ForeignKeyConstraint(*OF_ORGANISATION),)

    org: Key
    id: Key
    name: Text
    company_ids: Texts
    created_at: datetime
    base_url: OptionalText
    auth_base_url: OptionalText
    client_id: OptionalWord
    sealed_secret: bytes | None
    sealed_key: bytes | None
    sealed_new_key: bytes | None
    jwks: OptionalObject
    notify: bool
    state: Word
    pact: Word


class ClientRow(Row, table=True):
    """OAuth clients: found by id alone when they ask for a token; ``org`` is NULL for administrators."""

    __tablename__ = "client"
    __table_args__ = (
        ForeignKeyConstraint(*OF_ORGANISATION),
        ForeignKeyConstraint(*OF_CONNECTION),
        Index(None, "org", "created_at"),
    )

    client_id: Key
    org: OptionalWord
    connection_id: OptionalWord
    role: Word
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    jwks: OptionalObject
    certificate: OptionalWord


class ClientSecretRow(Row, table=True):
    __tablename__ = "client_secret"
    __table_args__ = (
        ForeignKeyConstraint(*OF_ORGANISATION),
        ForeignKeyConstraint(*OF_CLIENT),
    )

    client_id: Key
    id: Key
    org: OptionalWord
    hash: Text
    created_at: datetime
    expires_at: datetime | None


class UsedAssertionRow(Row, table=True):
    """Assertions that a client has authenticated with, until they expire: none counts twice."""

    __tablename__ = "used_assertion"
    __table_args__ = (ForeignKeyConstraint(*OF_CLIENT),)

    client_id: Key
    jti: Key
    expires_at: datetime


class GrantRow(Row, table=True):
    __tablename__ = "access_grant"
    __table_args__ = (
        ForeignKeyConstraint(*OF_CONNECTION),
        Index(None, "org", "connection_id"),
    )

    org: Key
    id: Key
    connection_id: Word
    scope: Word
    value: OptionalWord
    valid_from: datetime
    valid_until: datetime | None
