"""Calculate: a product's footprint from its bill of materials and the best inputs there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carbonbridge.core import calculation as core
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.product import Product
from carbonbridge.core.rollup import Inputs
from carbonbridge.node.app.apply import submit
from carbonbridge.node.app.bill import asked_for, factors_of, parts_of
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.derived import derived_id
from carbonbridge.node.app.input import Input, find_inputs
from carbonbridge.node.app.publish import publish_in, supersede
from carbonbridge.node.ports.records import CalculationRecord, CalculationState, ProductRecord, Publication
from carbonbridge.node.ports.store import Transaction

#: What differs between two calculations of the same thing.
_OF_ITS_OWN = ("id", "created", "precedingPfIds")


def calculate(node: Node, actor: Actor, org: str, product_id: str) -> CalculationRecord:
    """Calculate, and do what the product's publication policy says: leave a draft, publish it, or submit it.

    Where nothing has changed since the last calculation, that one is returned.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such product.
        BadInput: an input is missing or damaged, or units do not fit; the product stays stale.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        record = act.tx.products.get(org, product_id)
        parts = parts_of(act.tx.products.find(org))
        inputs = find_inputs(act.tx, org, asked_for(parts[product_id], parts), act.at)
        return _calculate(act, record, parts, inputs)


def recalculate(node: Node, org: str, product_id: str) -> None:
    """Calculate a product because an input changed; nothing happens if it is not stale any more.

    A product that lacks an input waits, stale: the input's arrival brings it up again.

    Raises:
        NotFound, BadInput: see :func:`calculate`.
    """
    with acting(node, node.operator(org)) as act:
        record = act.tx.products.get(org, product_id)
        if not record.stale:
            return
        parts = parts_of(act.tx.products.find(org))
        asked = asked_for(parts[product_id], parts)
        inputs = find_inputs(act.tx, org, asked, act.at)
        if missing := [urn for urn in asked if urn not in inputs]:
            act.audit("calculate", product_id, org=org, waitingFor=missing)
            return
        _calculate(act, record, parts, inputs)


def _calculate(
    act: Act, record: ProductRecord, parts: Mapping[str, Product], inputs: Mapping[str, Input]
) -> CalculationRecord:
    org = record.org
    organisation = act.tx.parties.organisation(org)
    latest = _latest(act.tx, record)
    issue = core.Issue(
        id=derived_id("calculation", org, record.id, latest.id if latest else ""),
        created=act.at,
        company_name=organisation.name,
        company_ids=organisation.company_ids,
        preceding=[record.footprint_id] if record.footprint_id else [],
    )
    suppliers = {product_id: item.supplier_footprint() for product_id, item in inputs.items()}
    result = core.calculate(
        parts[record.id], Inputs(factors=factors_of(act.tx, act.at), suppliers=suppliers, parts=parts), issue
    )
    lineage = result.lineage.document()
    if latest is None or not _is_same(latest, result.footprint, lineage):
        supersede(act.tx, org, record.id)
        latest = CalculationRecord(
            id=issue.id,
            org=org,
            product_id=record.id,
            draft=write_json(result.footprint),
            lineage=lineage,
            created_at=act.at,
        )
        act.tx.products.add_calculation(latest)
        act.audit("calculate", record.id, org=org, calculation=latest.id)
    act.tx.products.put(replace(record, stale=False))
    return _proceed(act, record, latest)


def _latest(tx: Transaction, record: ProductRecord) -> CalculationRecord | None:
    calculations = tx.products.calculations(record.org, record.id)
    return max(calculations, key=lambda calculation: calculation.created_at, default=None)


def _is_same(latest: CalculationRecord, footprint: dict[str, Any], lineage: dict[str, Any]) -> bool:
    """Whether the last calculation still stands and says the same, of the same inputs."""
    return (
        latest.state is not CalculationState.SUPERSEDED
        and latest.lineage == lineage
        and _content(read_json(latest.draft)) == _content(footprint)
    )


def _content(footprint: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in footprint.items() if name not in _OF_ITS_OWN}


def _proceed(act: Act, record: ProductRecord, calculation: CalculationRecord) -> CalculationRecord:
    """What the publication policy says about a draft."""
    if calculation.state is not CalculationState.DRAFT:
        return calculation
    match record.publication:
        case Publication.MANUAL:
            return calculation
        case Publication.AUTOMATIC:
            return publish_in(act, calculation, None)
        case Publication.CERTIFIED:
            return submit(act, calculation, record.certification_body)
