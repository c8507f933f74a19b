"""Apply: submit a calculation to the certification body of its product."""

from __future__ import annotations

from dataclasses import replace

from carbonbridge.core.errors import Conflict
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.ports.records import CalculationRecord, CalculationState


def apply(node: Node, actor: Actor, org: str, calculation_id: str) -> CalculationRecord:
    """Submit a draft, or one that was declined.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such calculation.
        Conflict: it is published or superseded, or the product has no certification body.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        calculation = act.tx.products.calculation(org, calculation_id)
        if calculation.state is CalculationState.SUBMITTED:
            return calculation
        body = act.tx.products.get(org, calculation.product_id).certification_body
        return submit(act, calculation, body)


def submit(act: Act, calculation: CalculationRecord, body_org: str | None) -> CalculationRecord:
    """Submit in the caller's transaction.

    Raises:
        Conflict: see :func:`apply`.
    """
    if calculation.state not in (CalculationState.DRAFT, CalculationState.DECLINED):
        raise Conflict(f"the calculation is {calculation.state.value}", field="calculation")
    if body_org is None:
        raise Conflict(
            "the product has no certification body",
            field="certificationBody",
            next_step="Name a certification body of this node for the product.",
        )
    submitted = replace(calculation, state=CalculationState.SUBMITTED, body_org=body_org, reason=None)
    act.tx.products.replace_calculation(submitted)
    act.audit("apply", calculation.id, org=calculation.org, certificationBody=body_org)
    return submitted
