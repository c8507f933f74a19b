"""The organisation's signing keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from carbonbridge.core.record import Instant, StrictRecord
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import signing_key_view
from carbonbridge.node.app.keys import revoke_signing_key, rotate_signing_key, signing_keys

router = APIRouter(tags=["keys"])


class Rotation(StrictRecord):
    """Why a key is rotated: since when somebody else may have had it, if that is so."""

    compromised_from: Instant | None = None


class Revocation(StrictRecord):
    """From when on the key is not believed."""

    since: Instant = Field(alias="from")


@router.get("/signing-keys", summary="The signing keys of all times")
def list_signing_keys(call: OperatorCall) -> Response:
    """Oldest first; the one without an end signs."""
    with call.node.store.snapshot() as tx:
        return answer([signing_key_view(key) for key in signing_keys(tx, call.actor, call.org)])


@router.post("/signing-keys", status_code=201, summary="Rotate the signing key")
def post_signing_key(call: OperatorCall, body: Annotated[Rotation, Depends(body_of(Rotation))]) -> Response:
    """Put a new key in the place of the present one; what that signed stays good, but for a compromise."""
    made = rotate_signing_key(call.node, call.actor, call.org, compromised_from=body.compromised_from)
    return answer(signing_key_view(made), 201)


@router.post("/signing-keys/{kid}/revocation", summary="Revoke a signing key that was rotated out")
def post_revocation(
    call: OperatorCall, kid: str, body: Annotated[Revocation, Depends(body_of(Revocation))]
) -> Response:
    """Disown what it signed from an instant on."""
    return answer(signing_key_view(revoke_signing_key(call.node, call.actor, call.org, kid, body.since)))
