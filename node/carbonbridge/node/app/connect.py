"""Connect: know a partner, suspend it, let it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from carbonbridge.core.connection import Connection, ConnectionState
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput, Conflict
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.app.context import Actor, Node, acting


def connect(
    node: Node,
    actor: Actor,
    org: str,
    *,
    name: str,
    company_ids: Sequence[str],
    base_url: str | None = None,
    auth_base_url: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    notify: bool = True,
    pact: PactVersion = PactVersion.V3,
) -> Connection:
    """Make a connection. The partner's keys are pinned when its first footprint is recognised.

    Args:
        base_url: the partner's PACT base URL; None for a partner that only pulls.
        pact: the version of the protocol that the partner speaks.
        client_id: our client at the partner, with its secret; may follow later (:func:`set_credentials`).

    Raises:
        AccessDenied: the caller does not operate the organisation.
        BadInput: names the field.
    """
    actor.must_operate(org)
    if not name.strip():
        raise BadInput("must not be empty", field="name")
    if bool(client_id) != bool(client_secret):
        raise BadInput("client id and secret go together", field="clientSecret")
    if client_id and base_url is None:
        raise BadInput("is needed with credentials", field="baseUrl")
    connection = Connection(
        id=node.clock.new_id(),
        org=org,
        name=name.strip(),
        company_ids=tuple(company_ids),
        created_at=node.clock.now(),
        base_url=base_url,
        auth_base_url=auth_base_url,
        client_id=client_id or None,
        sealed_secret=node.vault.seal(client_secret) if client_secret else None,
        notify=notify,
        pact=pact,
    )
    with acting(node, actor) as act:
        act.tx.parties.organisation(org)
        act.tx.parties.add_connection(connection)
        act.audit("connect", connection.id, org=org, name=connection.name)
    return connection


def set_credentials(
    node: Node,
    actor: Actor,
    org: str,
    connection_id: str,
    *,
    client_id: str,
    client_secret: str | None = None,
) -> Connection:
    """Keep the credentials that a partner made for us.

    Args:
        client_secret: None if the partner enrolled the key that :func:`make_key` made, which is used from now on.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
        BadInput: an empty id or secret.
        Conflict: the partner has no address to use them at, or there is no key for it.
    """
    actor.must_operate(org)
    for field, value in (("clientId", client_id), ("clientSecret", client_secret)):
        if value is not None and not value.strip():
            raise BadInput("must not be empty", field=field)
    sealed = None if client_secret is None else node.vault.seal(client_secret)
    with acting(node, actor) as act:
        connection = act.tx.parties.connection(org, connection_id)
        if connection.base_url is None:
            raise Conflict("the partner has no address", field="baseUrl")
        key = connection.sealed_new_key or connection.sealed_key if sealed is None else None
        if sealed is None and key is None:
            raise Conflict(
                "there is neither a secret nor a key for this partner",
                field="clientSecret",
                next_step="Give the secret, or make a key first and let the partner enrol its public half.",
            )
        changed = replace(
            connection, client_id=client_id, sealed_secret=sealed, sealed_key=key, sealed_new_key=None
        )
        act.tx.parties.replace_connection(changed)
        act.tx.events.hasten(org, connection_id, act.at)
        act.audit("connect", connection_id, org=org, credentials="changed")
        return changed


def make_key(node: Node, actor: Actor, org: str, connection_id: str) -> dict[str, Any]:
    """Make a key to sign in with at a partner's host, and return its public half (JWK Set) for the partner.

    A key for this purpose alone: what it signs is never a statement of the organisation. It is used once the partner
    has enrolled it (:func:`set_credentials`); until then, what was used before.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
        Conflict: the partner has no address.
    """
    actor.must_operate(org)
    key = SigningKey.generate()
    sealed = node.vault.seal(write_json(key.private_jwk()).decode())
    with acting(node, actor) as act:
        connection = act.tx.parties.connection(org, connection_id)
        if connection.base_url is None:
            raise Conflict("the partner has no address", field="baseUrl")
        act.tx.parties.replace_connection(replace(connection, sealed_new_key=sealed))
        act.audit("connect", connection_id, org=org, key=key.kid)
    return jwks([key.public_jwk()])


def set_pact_version(node: Node, actor: Actor, org: str, connection_id: str, pact: PactVersion) -> Connection:
    """Speak another version of PACT with a partner from now on. What is on its way goes as it was written.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        changed = replace(act.tx.parties.connection(org, connection_id), pact=pact)
        act.tx.parties.replace_connection(changed)
        act.audit("connect", connection_id, org=org, pact=pact.value)
    return changed


def set_connection_state(
    node: Node, actor: Actor, org: str, connection_id: str, state: ConnectionState
) -> Connection:
    """Suspend a connection, take it up again, or revoke it for good.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
        Conflict: it is revoked already.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        connection = act.tx.parties.connection(org, connection_id)
        if connection.state is ConnectionState.REVOKED and state is not ConnectionState.REVOKED:
            raise Conflict("a revoked connection stays revoked", next_step="Make a new connection.")
        changed = replace(connection, state=state)
        act.tx.parties.replace_connection(changed)
        if state is ConnectionState.ACTIVE:
            act.tx.events.hasten(org, connection_id, act.at)
        act.audit("connect", connection_id, org=org, state=state.value)
    return changed
