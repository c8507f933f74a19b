"""Products, their calculations, and what happens to those."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.record import StrictRecord
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import Call, OperatorCall, body_of
from carbonbridge.node.api.operator.views import calculation_view, lineage_view, product_view
from carbonbridge.node.app.apply import apply
from carbonbridge.node.app.calculate import calculate
from carbonbridge.node.app.product import put_product
from carbonbridge.node.app.publish import publish_calculation
from carbonbridge.node.ports.records import CalculationRecord, Publication

router = APIRouter(tags=["products"])


class ProductSettings(StrictRecord):
    """A bill of materials and what happens to its calculations; see ``ProductRecord``."""

    spec: dict[str, Any]
    recalculate: bool = True
    publication: Publication = Publication.MANUAL
    certification_body: str | None = None


@router.put("/products/{product_id}", summary="Add or change a product")
def put(
    call: OperatorCall, product_id: str, body: Annotated[ProductSettings, Depends(body_of(ProductSettings))]
) -> Response:
    """With a new bill of materials, the product is stale."""
    if body.spec.get("id") != product_id:
        raise BadInput("must be the id in the address", field="spec.id")
    return answer(product_view(put_product(call.node, call.actor, call.org, **dict(body))))


@router.get("/products", summary="List the products")
def list_(call: OperatorCall) -> Response:
    """With their bills of materials."""
    with call.node.store.snapshot() as tx:
        return answer([product_view(product) for product in tx.products.find(call.org)])


@router.get("/products/{product_id}", summary="One product")
def get(call: OperatorCall, product_id: str) -> Response:
    """With its bill of materials."""
    with call.node.store.snapshot() as tx:
        return answer(product_view(tx.products.get(call.org, product_id)))


@router.post("/products/{product_id}/calculate", summary="Calculate a product")
def post_calculation(call: OperatorCall, product_id: str) -> Response:
    """From the inputs of today; the answer has the draft, its lineage, and the figures of the trade."""
    return _calculated(call, calculate(call.node, call.actor, call.org, product_id))


@router.get("/products/{product_id}/lineage", summary="What the newest figure is made of")
def get_lineage(call: OperatorCall, product_id: str) -> Response:
    """The tree, and the figures of the trade."""
    with call.node.store.snapshot() as tx:
        product = tx.products.get(call.org, product_id)
        calculations = tx.products.calculations(call.org, product_id)
    if not calculations:
        raise NotFound("the product was never calculated", next_step="Calculate it first.")
    newest = max(calculations, key=lambda calculation: calculation.created_at)
    return answer(lineage_view(newest, product))


@router.get("/calculations", summary="List the calculations")
def list_calculations(call: OperatorCall, product: str | None = None) -> Response:
    """Of one product, or of all."""
    with call.node.store.snapshot() as tx:
        return answer([calculation_view(item) for item in tx.products.calculations(call.org, product)])


@router.get("/calculations/{calculation_id}", summary="One calculation")
def get_calculation(call: OperatorCall, calculation_id: str) -> Response:
    """With its draft, its lineage, and the figures of the trade."""
    with call.node.store.snapshot() as tx:
        calculation = tx.products.calculation(call.org, calculation_id)
    return _calculated(call, calculation)


@router.post("/calculations/{calculation_id}/publish", summary="Publish a calculation")
def post_publication(call: OperatorCall, calculation_id: str) -> Response:
    """As it is, without a certificate."""
    published = publish_calculation(call.node, call.actor, call.org, calculation_id)
    return answer(calculation_view(published))


@router.post("/calculations/{calculation_id}/apply", summary="Submit a calculation for certification")
def post_application(call: OperatorCall, calculation_id: str) -> Response:
    """To the certification body that the product names."""
    return answer(calculation_view(apply(call.node, call.actor, call.org, calculation_id)))


def _calculated(call: Call, calculation: CalculationRecord) -> Response:
    with call.node.store.snapshot() as tx:
        product = tx.products.get(call.org, calculation.product_id)
    return answer({**calculation_view(calculation), **lineage_view(calculation, product)})
