"""Export: the answers for Europe, each with the list of what is missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carbonbridge.core.battery import Battery, battery_carbon_footprint
from carbonbridge.core.calculation import Calculation
from carbonbridge.core.cbam import Dataset
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import NotFound
from carbonbridge.core.lineage import Lineage
from carbonbridge.core.operator_summary import operator_summary
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.ports.records import CalculationRecord, CalculationState, ProductRecord
from carbonbridge.node.ports.store import Transaction


def export_battery(
    node: Node, actor: Actor, org: str, product_id: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The carbon-footprint part of a battery passport, of the footprint in force, else of the newest draft.

    Args:
        parameters: what the manufacturer states of the battery, see :class:`.Battery`.

    Returns:
        ``carbonFootprint``, ``declaration`` and ``gaps``, see :class:`.BatteryAnswer`.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such product, or it was never calculated.
        BadInput: names the parameter at fault, or the product is not per piece.
    """
    actor.must_operate(org)
    battery = Battery.read(parameters)
    with acting(node, actor) as act:
        record = _in_force(act.tx, act.tx.products.get(org, product_id))
        act.audit("export", product_id, org=org, form="battery", calculation=record.id)
    calculation = Calculation(footprint=read_json(record.draft), lineage=Lineage.read(record.lineage))
    return battery_carbon_footprint(calculation, battery).document()


def export_cbam(
    node: Node, actor: Actor, org: str, dataset: Mapping[str, Any], good_id: str, *, import_year: int
) -> dict[str, Any]:
    """The operator's summary of one good for CBAM declarants: from activity data, never from a footprint.

    Args:
        dataset: see :class:`.cbam.Dataset`.

    Returns:
        ``answer`` and ``gaps``, see :class:`.OperatorSummary`.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        BadInput: names the field at fault, or a footprint was given.
    """
    actor.must_operate(org)
    summary = operator_summary(Dataset.read(dataset), good_id, import_year=import_year).document()
    with acting(node, actor) as act:
        act.audit("export", good_id, org=org, form="cbam")
    return summary


def _in_force(tx: Transaction, product: ProductRecord) -> CalculationRecord:
    calculations = tx.products.calculations(product.org, product.id)
    for calculation in calculations:
        if calculation.id == product.footprint_id:
            return calculation
    drafts = [item for item in calculations if item.state is not CalculationState.SUPERSEDED]
    if not drafts:
        raise NotFound(
            f"the product {product.id[:80]!r} was never calculated",
            field="productId",
            next_step="Calculate it first.",
        )
    return max(drafts, key=lambda item: item.created_at)
