"""The answers for Europe."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import OperatorCall, body_of
from carbonbridge.node.app.export import export_battery, export_cbam

router = APIRouter(prefix="/exports", tags=["exports"])


class BatteryExport(StrictRecord):
    """A battery product, and what its manufacturer states of it; see ``Battery``."""

    product_id: str
    battery: dict[str, Any]


class CbamExport(StrictRecord):
    """Activity data of an installation, and the good to answer for; see ``Dataset``."""

    dataset: dict[str, Any]
    good_id: str
    import_year: int


@router.post("/battery", summary="The carbon-footprint part of a battery passport")
def battery(call: OperatorCall, body: Annotated[BatteryExport, Depends(body_of(BatteryExport))]) -> Response:
    """With the list of what is missing."""
    return answer(export_battery(call.node, call.actor, call.org, body.product_id, body.battery))


@router.post("/cbam", summary="The operator's summary for CBAM")
def cbam(call: OperatorCall, body: Annotated[CbamExport, Depends(body_of(CbamExport))]) -> Response:
    """With the list of what is missing."""
    summary = export_cbam(
        call.node, call.actor, call.org, body.dataset, body.good_id, import_year=body.import_year
    )
    return answer(summary)
