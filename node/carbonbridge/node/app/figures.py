"""A calculated footprint counted in the units that people of the trade use: per kWp, per piece, per kWh."""

from __future__ import annotations

from decimal import localcontext

from carbonbridge.core.calculation import Figure
from carbonbridge.core.document import read_json
from carbonbridge.core.product import Product
from carbonbridge.core.quantity import CONTEXT, parse_decimal
from carbonbridge.node.ports.records import CalculationRecord, ProductRecord


def figures_of(calculation: CalculationRecord, product: ProductRecord) -> list[Figure]:
    """The footprint in the units of the product's ``display``."""
    name = "pcfExcludingBiogenicUptake"
    value = parse_decimal(read_json(calculation.draft)["pcf"][name], field=f"pcf.{name}")
    with localcontext(CONTEXT):
        return [
            Figure(unit=other.unit, name=other.name, value=value * other.declared_units / other.amount)
            for other in Product.read(product.spec).display
        ]
