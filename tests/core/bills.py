"""Small bills of materials for the tests of the roll-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from carbonbridge.core.calculation import Calculation, Issue, calculate
from carbonbridge.core.factor import FactorSet
from carbonbridge.core.product import Product
from carbonbridge.core.rollup import Inputs, SupplierFootprint

ISSUE = Issue(
    id="3fa85f64-5717-4562-b3fc-2c963f66afa6",
    created=datetime(2026, 11, 1, 8, tzinfo=UTC),
    company_name="Maker",
    company_ids=("urn:pact:maker.example:company-id:1",),
)
PART = "urn:pact:part.example:product-id:1"


def supplier_line(**changes: Any) -> dict[str, Any]:
    line = {"kind": "supplier", "id": "part", "name": {"en": "Part"}, "amount": "2", "unit": "kg"}
    return line | {"productId": PART} | changes


def activity(**changes: Any) -> dict[str, Any]:
    line = {"kind": "activity", "id": "power", "name": {"en": "Power"}, "amount": "3", "unit": "kWh"}
    return line | {"factor": "grid"} | changes


def own(product: str, **changes: Any) -> dict[str, Any]:
    line = {"kind": "product", "id": f"use-{product}", "name": {"en": product}, "amount": "1", "unit": "kg"}
    return line | {"product": product} | changes


def spec(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document = {
        "id": "thing",
        "productIds": ["urn:pact:maker.example:product-id:thing"],
        "productNameCompany": "Thing",
        "declaredUnitOfMeasurement": "kilogram",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1",
        "referencePeriodStart": "2025-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-01-01T00:00:00Z",
        "geographyCountry": "CN",
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0",
        "fossilCarbonContent": "0",
        "lines": list(lines),
    }
    return document | changes


def footprint(**pcf: Any) -> dict[str, Any]:
    figures = {
        "declaredUnitOfMeasurement": "kilogram",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1",
        "pcfExcludingBiogenicUptake": "10",
        "pcfIncludingBiogenicUptake": "10",
        "fossilGhgEmissions": "10",
        "ipccCharacterizationFactors": ["AR6"],
    }
    return {"id": "9f2c", "companyName": "Part maker", "pcf": figures | pcf}


def factors(**changes: Any) -> FactorSet:
    grid = {
        "id": "grid",
        "name": {"en": "Grid"},
        "value": "0.5",
        "per": "kWh",
        "kind": "secondary",
        "source": {"name": "Notice", "version": "1"},
    }
    return FactorSet.read({"factors": [grid | changes]})


def run(
    product: dict[str, Any],
    *,
    suppliers: Mapping[str, SupplierFootprint] | None = None,
    parts: tuple[dict[str, Any], ...] = (),
    factor_set: FactorSet | None = None,
) -> Calculation:
    known = {part["id"]: Product.read(part) for part in parts}
    inputs = Inputs(factor_set or factors(), suppliers or {}, known)
    return calculate(Product.read(product), inputs, ISSUE)
