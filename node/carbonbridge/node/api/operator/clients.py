"""OAuth clients of partners."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from carbonbridge.core.record import Instant, StrictRecord
from carbonbridge.node.api.answers import answer, nothing
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import View, client_view
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.enrol import Enrolled, enrol_client, revoke_client
from carbonbridge.node.ports.records import Role

router = APIRouter(prefix="/clients", tags=["clients"])


class NewClient(StrictRecord):
    """A partner's client to be."""

    role: Role = Role.PARTNER
    connection_id: str | None = None
    expires_at: Instant | None = None
    secret_expires_at: Instant | None = None
    jwks: dict[str, Any] | None = None
    certificate: str | None = None


@router.post("", status_code=201, summary="Enrol a partner")
def add(call: OperatorCall, body: Annotated[NewClient, Depends(body_of(NewClient))]) -> Response:
    """Make a partner's client; its secret, if it has one, is in this answer and nowhere else."""
    made = enrol_client(call.node, call.actor, call.org, **dict(body))
    return answer(enrolled_view(made, body.role), 201)


@router.get("", summary="List the clients")
def list_(call: OperatorCall) -> Response:
    """When secrets begin and end, but not what they are."""
    return answer(clients_of(call.node, call.org))


@router.delete("/{client_id}", status_code=204, summary="Revoke a client")
def remove(call: OperatorCall, client_id: str) -> Response:
    """Shut a client out at once."""
    revoke_client(call.node, call.actor, call.org, client_id)
    return nothing()


def enrolled_view(made: Enrolled, role: Role) -> View:
    """The one time that a secret is shown."""
    shown = {"clientSecret": made.secret} if made.secret else {}
    return {"clientId": made.client_id, **shown, "role": role.value}


def clients_of(node: Node, org: str | None) -> list[View]:
    """The clients of an organisation, or the administrators."""
    with node.store.snapshot() as tx:
        return [
            client_view(client, tx.parties.secrets(org, client.client_id))
            for client in tx.parties.clients(org)
        ]
