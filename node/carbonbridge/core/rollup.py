"""The roll-up: from a bill of materials and its suppliers' footprints to a footprint of one's own.

Pure and exact: 34 significant digits, no rounding between the steps. What is missing is named, never taken as
zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from carbonbridge.core.declared import DeclaredUnit
from carbonbridge.core.errors import BadInput
from carbonbridge.core.factor import Factor, FactorSet, Origin, Series, Source
from carbonbridge.core.inventory import EXCLUDING, Inventory
from carbonbridge.core.lineage import Kind, Lineage
from carbonbridge.core.product import (
    ActivityLine,
    Emission,
    Line,
    Product,
    ProductLine,
    SupplierLine,
    needs,
)
from carbonbridge.core.quality import Part, told_by
from carbonbridge.core.quantity import CONTEXT, convert

#: Outcomes of recognition that let a certificate count (`native`: of the very scheme).
_RECOGNISED = frozenset({"accepted", "conditional", "native"})


@dataclass(frozen=True, slots=True)
class SupplierFootprint:
    """A supplier's footprint as an input.

    Attributes:
        document: PACT v3 ``ProductFootprint`` in JSON form.
        digest: name of the statement that carried it.
        verdict: outcome of recognising its certificate (accepted, conditional, rejected, native) or None.
        lineage: the supplier's own, where it was disclosed.
    """

    document: Mapping[str, Any]
    digest: str | None = None
    verdict: str | None = None
    lineage: Lineage | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that the calculations of one maker may draw on.

    Attributes:
        suppliers: footprints by the product id (URN) that lines ask for.
        factors: emission factors.
        parts: the maker's products by id.
    """

    factors: FactorSet
    suppliers: Mapping[str, SupplierFootprint]
    parts: Mapping[str, Product]


@dataclass(frozen=True, slots=True)
class Total:
    """What one declared unit of a product, or one line of it, comes to."""

    inventory: Inventory
    parts: tuple[Part, ...]
    lineage: Lineage
    sources: frozenset[Source] = frozenset()
    assessments: frozenset[str] = frozenset()  #: IPCC reports whose factors the inputs used
    packaging: Decimal | None = None  #: the product's own, None where no line is packaging

    def times(self, factor: Decimal) -> Total:
        """So many times as much."""
        return replace(
            self,
            inventory=self.inventory.times(factor),
            parts=tuple(part.times(factor) for part in self.parts),
            lineage=self.lineage.times(factor),
        )


def roll_up(product: Product, inputs: Inputs) -> Total:
    """Add up one declared unit of a product.

    Raises:
        BadInput: a footprint or factor is missing (all are named), units do not fit, a factor may not be
            used, an input is damaged, or the maker's products contain each other in a loop.
    """
    _check_nothing_missing(product, inputs)
    return _of_product(product, inputs, "")


def _check_nothing_missing(product: Product, inputs: Inputs) -> None:
    asked = needs(product, inputs.parts)
    known = {product_id.casefold() for product_id in inputs.suppliers}
    missing = [f"{w} ({urn})" for w, urn in asked.product_ids.items() if urn.casefold() not in known]
    missing += [f"{w} (factor {f})" for w, f in asked.factors.items() if inputs.factors.find(f) is None]
    if missing:
        raise BadInput(
            f"{len(missing)} inputs are missing: {'; '.join(missing)[:1500]}",
            field="lines",
            next_step="Request the suppliers' footprints, or load a set with the factors.",
        )


def _of_product(product: Product, inputs: Inputs, path: str) -> Total:
    lines = [_of_line(line, f"{path}lines.{index}", inputs) for index, line in enumerate(product.lines)]
    inventory = Inventory({})
    packaging: Decimal | None = None
    for line, total in zip(product.lines, lines, strict=True):
        inventory = inventory.plus(total.inventory)
        if line.packaging:
            packaging = CONTEXT.add(packaging or Decimal(0), total.inventory.get(EXCLUDING))
    lineage = Lineage(
        id=product.id,
        name=product.name or {"en": product.product_name_company},
        kind=Kind.PRODUCT,
        amount=product.declared_unit_amount,
        unit=product.declared_unit_of_measurement,
        value=inventory.get(EXCLUDING),
        children=tuple(total.lineage for total in lines),
    )
    return Total(
        inventory,
        tuple(part for total in lines for part in total.parts),
        lineage,
        frozenset().union(*(total.sources for total in lines)),
        frozenset(product.ipcc_characterization_factors).union(*(total.assessments for total in lines)),
        packaging,
    )


def _of_line(line: Line, field: str, inputs: Inputs) -> Total:
    amount = CONTEXT.multiply(line.amount, line.loss_factor)
    if isinstance(line, SupplierLine):
        return _of_supplier(line, amount, field, inputs)
    if isinstance(line, ActivityLine):
        return _of_activity(line, amount, field, inputs.factors)
    return _of_own_product(line, amount, field, inputs)


def _of_own_product(line: ProductLine, amount: Decimal, field: str, inputs: Inputs) -> Total:
    part = inputs.parts[line.product]
    declared = DeclaredUnit(
        part.declared_unit_amount, part.declared_unit_of_measurement, part.product_mass_per_declared_unit
    )
    times = declared.count(amount, line.unit, field=f"{field}.unit")
    total = _of_product(part, inputs, f"{part.id}.").times(times)
    named = {"id": line.id, "name": line.name, "stage": line.stage, "amount": amount, "unit": line.unit}
    return replace(total, lineage=total.lineage.model_copy(update=named))


def _of_supplier(line: SupplierLine, amount: Decimal, field: str, inputs: Inputs) -> Total:
    asked = line.product_id.casefold()
    supplier = next(found for urn, found in inputs.suppliers.items() if urn.casefold() == asked)
    document = supplier.document
    pcf = document.get("pcf")
    if not isinstance(pcf, Mapping):
        raise BadInput(f"the footprint for line {line.id[:80]!r} has no pcf", field=f"{field}.pcf")
    times = DeclaredUnit.read(pcf, field=f"{field}.pcf").count(amount, line.unit, field=f"{field}.unit")
    inventory = Inventory.read(pcf, field=f"{field}.pcf").times(times)
    value = inventory.get(EXCLUDING)
    if supplier.lineage is not None and CONTEXT.multiply(supplier.lineage.value, times) != value:
        raise BadInput(
            f"the lineage of the footprint for line {line.id[:80]!r} does not add up to it", field=field
        )
    primary, ratings = told_by(pcf, field=f"{field}.pcf")
    lineage = Lineage(
        id=line.id,
        name=line.name,
        kind=Kind.SUPPLIER,
        amount=amount,
        unit=line.unit,
        value=value,
        stage=line.stage,
        company=document.get("companyName"),
        footprint_id=document.get("id"),
        digest=supplier.digest,
        verdict=supplier.verdict,
        primary_data_share=primary,
        children=supplier.lineage.times(times).children if supplier.lineage else (),
    )
    return Total(
        inventory,
        (Part(value, primary, ratings, supplier.verdict in _RECOGNISED),),
        lineage,
        frozenset(
            Source.read(source, field=f"{field}.pcf.secondaryEmissionFactorSources")
            for source in _listed(pcf, "secondaryEmissionFactorSources", field)
        ),
        frozenset(str(report) for report in _listed(pcf, "ipccCharacterizationFactors", field)),
    )


def _listed(pcf: Mapping[str, Any], name: str, field: str) -> list[Any]:
    value = pcf.get(name, [])
    if not isinstance(value, list):
        raise BadInput("must be an array", field=f"{field}.pcf.{name}")
    return value


def _of_activity(line: ActivityLine, amount: Decimal, field: str, factors: FactorSet) -> Total:
    factor = factors.find(line.factor) if line.factor is not None else None
    released = _released(line, amount, factor, field)
    inventory = Inventory.of(line.emission, released)
    value = inventory.get(EXCLUDING)
    is_primary = line.primary
    if is_primary is None:
        is_primary = factor is None or factor.kind is Origin.PRIMARY
    primary = Decimal(100 if is_primary else 0)
    lineage = Lineage(
        id=line.id,
        name=line.name,
        kind=Kind.ACTIVITY,
        amount=amount,
        unit=line.unit,
        value=value,
        stage=line.stage,
        outside=released if line.emission is Emission.BIOGENIC_CO2 else None,
        factor=factor,
        primary_data_share=primary,
    )
    secondary = factor is not None and factor.kind is Origin.SECONDARY
    return Total(
        inventory,
        (Part(value, primary, line.dqr or (factor.dqr if factor else None)),),
        lineage,
        frozenset({factor.source}) if factor is not None and secondary else frozenset(),
    )


def _released(line: ActivityLine, amount: Decimal, factor: Factor | None, field: str) -> Decimal:
    if line.direct is not None:
        return CONTEXT.multiply(amount, line.direct)
    if factor is None:
        raise BadInput(f"the factor {line.factor!r} is missing", field=f"{field}.factor")
    if factor.series is Series.CO2_ONLY:
        raise BadInput(
            f"the factor {factor.id[:80]!r} counts combustion CO2 only",
            field=f"{field}.factor",
            next_step="Use a factor of the LCA series in a product footprint.",
        )
    return CONTEXT.multiply(convert(amount, line.unit, factor.per, field=f"{field}.unit"), factor.value)
