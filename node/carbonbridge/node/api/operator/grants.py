"""Grants: which partner may see which footprints."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.record import Instant, StrictRecord
from carbonbridge.node.api.answers import answer, nothing
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.api.operator.views import grant_view
from carbonbridge.node.app.share import share, unshare

router = APIRouter(prefix="/grants", tags=["grants"])


class NewGrant(StrictRecord):
    """A permission to be; see ``Grant``."""

    connection_id: str
    scope: GrantScope
    value: str | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None


@router.post("", status_code=201, summary="Share footprints with a partner")
def add(call: OperatorCall, body: Annotated[NewGrant, Depends(body_of(NewGrant))]) -> Response:
    """By product, by classification, or all."""
    made = share(
        call.node,
        call.actor,
        call.org,
        body.connection_id,
        scope=body.scope,
        value=body.value,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )
    return answer(grant_view(made), 201)


@router.get("", summary="List the grants")
def list_(call: OperatorCall) -> Response:
    """All of them, also those not in force."""
    with call.node.store.snapshot() as tx:
        return answer([grant_view(grant) for grant in tx.parties.grants(call.org)])


@router.delete("/{grant_id}", status_code=204, summary="Take a grant back")
def remove(call: OperatorCall, grant_id: str) -> Response:
    """From now on, the partner does not see what only this grant opened."""
    unshare(call.node, call.actor, call.org, grant_id)
    return nothing()
