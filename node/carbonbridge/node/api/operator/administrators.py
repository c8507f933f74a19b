"""Credentials that administrators answer for: operators' and their own."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from carbonbridge.node.api.answers import answer, nothing
from carbonbridge.node.api.call import AdministratorCall
from carbonbridge.node.api.operator.clients import clients_of
from carbonbridge.node.api.operator.rotation import KeysBody, SecretBody
from carbonbridge.node.api.operator.views import client_view, rotated_view
from carbonbridge.node.app.rotate import revoke_secret, rotate_keys, rotate_secret

router = APIRouter(prefix="/api/v1", tags=["node"])

_OPERATOR = "/organisations/{slug}/clients/{client_id}"


@router.get("/clients", summary="List the administrators")
def list_administrators(call: AdministratorCall) -> Response:
    """When secrets begin and end, but not what they are."""
    return answer(clients_of(call.node, None))


@router.post("/clients/{client_id}/secrets", status_code=201, summary="Rotate an administrator's secret")
def add_secret(call: AdministratorCall, client_id: str, body: SecretBody) -> Response:
    """Make a new secret, which is in this answer and nowhere else; the old one stays good for a while."""
    return answer(rotated_view(rotate_secret(call.node, call.actor, None, client_id, **dict(body))), 201)


@router.delete(
    "/clients/{client_id}/secrets/{secret_id}", status_code=204, summary="Revoke an administrator's secret"
)
def remove_secret(call: AdministratorCall, client_id: str, secret_id: str) -> Response:
    """End one secret at once."""
    revoke_secret(call.node, call.actor, None, client_id, secret_id)
    return nothing()


@router.put("/clients/{client_id}/keys", summary="Rotate an administrator's keys or certificate")
def put_keys(call: AdministratorCall, client_id: str, body: KeysBody) -> Response:
    """Put new ones in the place of the old ones, at once."""
    return answer(client_view(rotate_keys(call.node, call.actor, None, client_id, **dict(body)), ()))


@router.post(f"{_OPERATOR}/secrets", status_code=201, summary="Rotate an operator's secret")
def add_operator_secret(call: AdministratorCall, slug: str, client_id: str, body: SecretBody) -> Response:
    """See the same for administrators."""
    return answer(rotated_view(rotate_secret(call.node, call.actor, slug, client_id, **dict(body))), 201)


@router.delete(f"{_OPERATOR}/secrets/{{secret_id}}", status_code=204, summary="Revoke an operator's secret")
def remove_operator_secret(call: AdministratorCall, slug: str, client_id: str, secret_id: str) -> Response:
    """End one secret at once."""
    revoke_secret(call.node, call.actor, slug, client_id, secret_id)
    return nothing()


@router.put(f"{_OPERATOR}/keys", summary="Rotate an operator's keys or certificate")
def put_operator_keys(call: AdministratorCall, slug: str, client_id: str, body: KeysBody) -> Response:
    """Put new ones in the place of the old ones, at once."""
    return answer(client_view(rotate_keys(call.node, call.actor, slug, client_id, **dict(body)), ()))
