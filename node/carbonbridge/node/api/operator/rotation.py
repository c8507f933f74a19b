"""New credentials in the place of a partner's old ones."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from carbonbridge.core.record import Instant, StrictRecord
from carbonbridge.node.api.answers import answer, nothing
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import client_view, rotated_view
from carbonbridge.node.app.rotate import revoke_secret, rotate_keys, rotate_secret

router = APIRouter(prefix="/clients/{client_id}", tags=["clients"])


class NewSecret(StrictRecord):
    """A secret to be; the old one ends in 24 hours unless stated."""

    old_until: Instant | None = None
    expires_at: Instant | None = None


class NewKeys(StrictRecord):
    """Public keys (JWK Set), or the SHA-256 thumbprint of a certificate."""

    jwks: dict[str, Any] | None = None
    certificate: str | None = None


SecretBody = Annotated[NewSecret, Depends(body_of(NewSecret))]
KeysBody = Annotated[NewKeys, Depends(body_of(NewKeys))]


@router.post("/secrets", status_code=201, summary="Rotate a client's secret")
def add_secret(call: OperatorCall, client_id: str, body: SecretBody) -> Response:
    """Make a new secret, which is in this answer and nowhere else; the old one stays good for a while."""
    return answer(rotated_view(rotate_secret(call.node, call.actor, call.org, client_id, **dict(body))), 201)


@router.delete("/secrets/{secret_id}", status_code=204, summary="Revoke a client's secret")
def remove_secret(call: OperatorCall, client_id: str, secret_id: str) -> Response:
    """End one secret at once."""
    revoke_secret(call.node, call.actor, call.org, client_id, secret_id)
    return nothing()


@router.put("/keys", summary="Rotate a client's keys or certificate")
def put_keys(call: OperatorCall, client_id: str, body: KeysBody) -> Response:
    """Put new ones in the place of the old ones, at once."""
    return answer(client_view(rotate_keys(call.node, call.actor, call.org, client_id, **dict(body)), ()))
