"""The node's own interface, for administrators: organisations and their operators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.organisation import AnswerPolicy, Jurisdiction, OrganisationKind
from carbonbridge.core.record import Instant, StrictRecord
from carbonbridge.node.api.answers import answer, nothing
from carbonbridge.node.api.call import AdministratorCall, body_of
from carbonbridge.node.api.operator.clients import clients_of, enrolled_view
from carbonbridge.node.api.operator.views import organisation_view
from carbonbridge.node.app.enrol import enrol_client, revoke_client
from carbonbridge.node.app.register import register_organisation
from carbonbridge.node.ports.records import Role

router = APIRouter(prefix="/api/v1", tags=["node"])


class NewOrganisation(StrictRecord):
    """A tenant to be; see ``Organisation``."""

    slug: str
    name: str
    company_ids: tuple[str, ...] = Field(min_length=1)
    jurisdiction: Jurisdiction = Jurisdiction.OTHER
    scheme: str | None = None
    kind: OrganisationKind | None = None
    certification_body: bool | None = None
    answer_policy: AnswerPolicy = AnswerPolicy.AUTOMATIC
    is_default: bool = False


class NewOperator(StrictRecord):
    """An operator's client to be."""

    role: Role = Role.OPERATOR
    expires_at: Instant | None = None
    secret_expires_at: Instant | None = None
    jwks: dict[str, Any] | None = None
    certificate: str | None = None


@router.post("/organisations", status_code=201, summary="Add an organisation")
def add_organisation(
    call: AdministratorCall, body: Annotated[NewOrganisation, Depends(body_of(NewOrganisation))]
) -> Response:
    """Add a tenant, with a signing key of its own."""
    added = register_organisation(call.node, call.actor, **dict(body))
    return answer(organisation_view(added, call.node.base_url(added.slug)), 201)


@router.get("/organisations", summary="List the organisations")
def list_organisations(call: AdministratorCall) -> Response:
    """The tenants of the node."""
    with call.node.store.snapshot() as tx:
        found = tx.parties.organisations()
    return answer([organisation_view(item, call.node.base_url(item.slug)) for item in found])


@router.post("/organisations/{slug}/clients", status_code=201, summary="Enrol an operator")
def add_operator(
    call: AdministratorCall, slug: str, body: Annotated[NewOperator, Depends(body_of(NewOperator))]
) -> Response:
    """Make an operator's client; its secret, if it has one, is in this answer and nowhere else."""
    made = enrol_client(call.node, call.actor, slug, **dict(body))
    return answer(enrolled_view(made, body.role), 201)


@router.get("/organisations/{slug}/clients", summary="List the clients of an organisation")
def list_clients(call: AdministratorCall, slug: str) -> Response:
    """When secrets begin and end, but not what they are."""
    with call.node.store.snapshot() as tx:
        tx.parties.organisation(slug)
    return answer(clients_of(call.node, slug))


@router.delete("/organisations/{slug}/clients/{client_id}", status_code=204, summary="Revoke a client")
def remove_client(call: AdministratorCall, slug: str, client_id: str) -> Response:
    """Shut a client out at once."""
    revoke_client(call.node, call.actor, slug, client_id)
    return nothing()
