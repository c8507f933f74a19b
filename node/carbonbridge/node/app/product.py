"""Products: what the organisation calculates, and what is to happen with the results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.product import Product
from carbonbridge.node.app.bill import asked_for, parts_of
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.stale import mark_users_stale
from carbonbridge.node.ports.records import ProductRecord, Publication


def put_product(
    node: Node,
    actor: Actor,
    org: str,
    spec: dict[str, Any],
    *,
    recalculate: bool = True,
    publication: Publication = Publication.MANUAL,
    certification_body: str | None = None,
) -> ProductRecord:
    """Add a product or change it; with a new bill, it and the products made of it are stale.

    Args:
        spec: the bill of materials, see :class:`.Product`; its ``id`` is the product's.
        recalculate: calculate by itself when a supplier's footprint changes.
        publication: what happens to a new calculation.
        certification_body: slug of the body on this node to which calculations are submitted.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        BadInput: names the field of the bill, or the certification body is none.
    """
    actor.must_operate(org)
    product = Product.read(spec)
    _check_body(node, org, publication, certification_body)
    with acting(node, actor) as act:
        act.tx.parties.organisation(org)
        asked_for(product, {**parts_of(act.tx.products.find(org)), product.id: product})
        record = ProductRecord(
            org=org,
            id=product.id,
            spec=spec,
            created_at=act.at,
            recalculate=recalculate,
            publication=publication,
            certification_body=certification_body,
        )
        try:
            kept = act.tx.products.get(org, product.id)
        except NotFound:
            pass
        else:
            stale = kept.stale or kept.spec != spec
            record = replace(record, created_at=kept.created_at, footprint_id=kept.footprint_id, stale=stale)
        act.tx.products.put(record)
        if record.stale:
            mark_users_stale(act, org, product.id)
        act.audit("product", product.id, org=org, publication=publication.value)
    return record


def _check_body(node: Node, org: str, publication: Publication, certification_body: str | None) -> None:
    """Before the transaction, which is to be one of the organisation alone."""
    if certification_body is None:
        if publication is Publication.CERTIFIED:
            raise BadInput("is needed to publish certified footprints", field="certificationBody")
        return
    try:
        with node.store.snapshot() as tx:
            is_body = tx.parties.organisation(certification_body).certification_body
    except NotFound:
        is_body = False
    if not is_body or certification_body == org:
        raise BadInput("is no certification body on this node, or not another one", field="certificationBody")
