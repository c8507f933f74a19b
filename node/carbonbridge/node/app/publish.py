"""Publish: a footprint of the organisation, as given or as calculated."""

from __future__ import annotations

from dataclasses import replace

from carbonbridge.core.errors import Conflict
from carbonbridge.node.app import publication
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.ports.records import CalculationRecord, CalculationState, Publication
from carbonbridge.node.ports.store import Transaction

#: A calculation that still can be published.
_OPEN = (CalculationState.DRAFT, CalculationState.SUBMITTED)


def publish(
    node: Node,
    actor: Actor,
    org: str,
    document: bytes,
    *,
    certificate: str | None = None,
    product_id: str | None = None,
) -> str:
    """Publish a footprint; those it names in ``precedingPfIds`` become deprecated, and partners are told.

    The same document published again has no effect.

    Args:
        document: PACT v3 footprint without our extension, UTF-8 JSON.
        certificate: compact ``vc+jwt`` over its digest.
        product_id: the own product it is of; it becomes that product's footprint in force.

    Returns:
        The footprint's id.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such organisation or product.
        BadInput: see :func:`.publication.sign` and :func:`.publication.record`.
        Conflict: another footprint has the id.
    """
    actor.must_operate(org)
    signed = publication.sign(node, org, document, certificate, node.clock.now())
    footprint_id = signed.facts.id
    with acting(node, actor) as act:
        product = None if product_id is None else act.tx.products.get(org, product_id)
        if publication.record(act, org, signed, product_id) and product is not None:
            supersede(act.tx, org, product.id)
            act.tx.products.put(replace(product, footprint_id=footprint_id))
    return footprint_id


def publish_calculation(node: Node, actor: Actor, org: str, calculation_id: str) -> CalculationRecord:
    """Publish a draft, by a person's decision.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such calculation.
        Conflict: it is not a draft, or its product is only published with a certificate.
        BadInput: see :func:`publish`.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        calculation = act.tx.products.calculation(org, calculation_id)
        if calculation.state is CalculationState.PUBLISHED:
            return calculation
        if act.tx.products.get(org, calculation.product_id).publication is Publication.CERTIFIED:
            raise Conflict(
                "this product is published with a certificate",
                field="publication",
                next_step="Submit it to the certification body, or change how the product is published.",
            )
        return publish_in(act, calculation, None)


def publish_in(act: Act, calculation: CalculationRecord, certificate: str | None) -> CalculationRecord:
    """Publish a calculation in the caller's transaction.

    Raises:
        Conflict: it is neither a draft nor submitted.
        BadInput: see :func:`publish`.
    """
    if calculation.state not in _OPEN:
        raise Conflict(f"the calculation is {calculation.state.value}", field="calculation")
    org = calculation.org
    signed = publication.sign(act.node, org, calculation.draft, certificate, act.at)
    publication.record(act, org, signed, calculation.product_id)
    published = replace(calculation, state=CalculationState.PUBLISHED)
    act.tx.products.replace_calculation(published)
    act.tx.products.put(
        replace(act.tx.products.get(org, calculation.product_id), footprint_id=calculation.id)
    )
    return published


def supersede(tx: Transaction, org: str, product_id: str) -> None:
    """A newer footprint takes the place of every calculation of the product that was not published yet."""
    for calculation in tx.products.calculations(org, product_id):
        if calculation.state in _OPEN:
            tx.products.replace_calculation(replace(calculation, state=CalculationState.SUPERSEDED))
