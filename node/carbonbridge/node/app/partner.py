"""The partner of a use case: the connection it comes through, and what it may see."""

from __future__ import annotations

from collections.abc import Sequence

from carbonbridge.core.connection import Connection, ConnectionState
from carbonbridge.core.disclosure import Grant
from carbonbridge.core.errors import AccessDenied, Conflict, PartnerRefused, PartnerUnreachable
from carbonbridge.node.app.context import Actor
from carbonbridge.node.ports.records import Caller, Role
from carbonbridge.node.ports.store import Transaction


def calling(tx: Transaction, actor: Actor, org: str) -> Connection:
    """The connection of the partner who calls.

    Raises:
        AccessDenied: not a partner's client of this organisation, or the connection is suspended or revoked.
    """
    connection = tx.parties.connection(org, actor.must_partner(org))
    if connection.state is not ConnectionState.ACTIVE:
        raise AccessDenied(f"the connection is {connection.state.value}")
    return connection


def addressed(tx: Transaction, org: str, connection_id: str) -> Connection:
    """A connection through which we may call the partner.

    Raises:
        NotFound: there is none.
        Conflict: it is not active, or we lack the partner's address or credentials there.
    """
    connection = tx.parties.connection(org, connection_id)
    if connection.state is not ConnectionState.ACTIVE:
        raise Conflict(f"the connection is {connection.state.value}", field="connectionId")
    if connection.base_url is None:
        raise Conflict(
            "the partner has no address: it only pulls",
            field="connectionId",
            next_step="Make a connection with the partner's base URL.",
        )
    if connection.client_id is None:
        raise Conflict(
            "we have no credentials at the partner",
            field="connectionId",
            next_step="Ask the partner for a client, and enter its id and secret.",
        )
    return connection


def reachable(tx: Transaction, org: str, connection_id: str) -> Connection:
    """The connection for work that goes out, or the reason why it has to wait.

    Raises:
        PartnerUnreachable: it is suspended, or has no credentials yet, which may pass.
        PartnerRefused: it is revoked, or has no address: that will not.
    """
    connection = tx.parties.connection(org, connection_id)
    if connection.state is ConnectionState.SUSPENDED:
        raise PartnerUnreachable("the connection is suspended")
    if connection.state is ConnectionState.REVOKED or connection.base_url is None:
        raise PartnerRefused("the connection is revoked, or the partner has no address")
    if connection.client_id is None:
        raise PartnerUnreachable("we have no credentials at the partner yet")
    return connection


def disclosed_to(tx: Transaction, actor: Actor, org: str) -> Sequence[Grant] | None:
    """The grants that limit what the caller sees; None for the organisation's own operators, who see all.

    Raises:
        AccessDenied: neither a partner nor an operator of the organisation.
    """
    if actor.role is Role.PARTNER:
        return tx.parties.grants(org, calling(tx, actor, org).id)
    actor.must_operate(org)
    return None


def disclosed(caller: Caller, actor: Actor, org: str) -> Sequence[Grant] | None:
    """The same of a caller who was looked up, and is connected.

    Raises:
        AccessDenied: see :func:`disclosed_to`.
    """
    if actor.role is Role.PARTNER:
        actor.must_partner(org)
        return caller.grants
    actor.must_operate(org)
    return None
