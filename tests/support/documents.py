"""Footprints, bills of materials and register entries of the organisations of :mod:`tests.support.network`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tests.core.footprints import footprint_document
from tests.support.network import Tenant

from carbonbridge.core.document import write_json
from carbonbridge.node.ports.store import Transaction


def product_id(org: str, product: str = "thing") -> str:
    return f"urn:pact:{org}.example:product-id:{product}"


def footprint_of(
    tenant: Tenant,
    *,
    product: str = "thing",
    value: str = "10",
    preceding: Sequence[str] = (),
    **changes: Any,
) -> dict[str, Any]:
    """A fresh footprint of one kilogram of an organisation's product."""
    figures = {
        "declaredUnitOfMeasurement": "kilogram",
        "productMassPerDeclaredUnit": "1",
        "pcfExcludingBiogenicUptake": value,
        "pcfIncludingBiogenicUptake": value,
        "fossilGhgEmissions": value,
        "primaryDataShare": "80",
    }
    own = {
        "id": str(uuid4()),
        "companyName": tenant.organisation.name,
        "companyIds": list(tenant.organisation.company_ids),
        "productIds": [product_id(tenant.org, product)],
        "productNameCompany": product,
    }
    if preceding:
        own["precedingPfIds"] = list(preceding)
    return footprint_document(figures, **(own | changes))


def document_of(tenant: Tenant, **changes: Any) -> bytes:
    """The same as bytes."""
    return write_json(footprint_of(tenant, **changes))


def bill(tenant: Tenant, *suppliers: str, product: str = "thing", power: str = "3") -> dict[str, Any]:
    """A kilogram of a product: two kilograms of each supplier's thing, and some power of the maker's own."""
    lines: list[dict[str, Any]] = [
        {
            "kind": "supplier",
            "id": f"from-{supplier}",
            "name": {"en": supplier},
            "amount": "2",
            "unit": "kg",
            "productId": product_id(supplier),
        }
        for supplier in suppliers
    ]
    own = {"kind": "activity", "id": "power", "name": {"en": "Power"}, "amount": power, "unit": "kWh"}
    return {
        "id": product,
        "productIds": [product_id(tenant.org, product)],
        "productNameCompany": product,
        "declaredUnitOfMeasurement": "kilogram",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1",
        "referencePeriodStart": "2025-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-01-01T00:00:00Z",
        "geographyCountry": "CN",
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0",
        "fossilCarbonContent": "0",
        "lines": [*lines, own | {"direct": "0.5"}],
        "display": [{"unit": "piece", "name": {"en": "piece"}, "amount": "1", "declaredUnits": "4"}],
    }


def scheme(scheme_id: str) -> dict[str, Any]:
    name = {"en": scheme_id, "zh": scheme_id}
    return {
        "id": scheme_id,
        "schemeClass": "regional_alliance",
        "name": name,
        "region": "CN",
        "operator": "operator",
    }


def issuer(body: Tenant) -> dict[str, Any]:
    """The register entry of a certification body, with the keys it publishes."""
    with body.node.store.snapshot() as tx:
        keys = [key.public_jwk for key in tx.parties.keys(body.org)]
    return {
        "id": body.base_url,
        "name": body.organisation.name,
        "keys": keys,
        "schemes": [body.organisation.scheme],
        "approvedFrom": "2025-01-01T00:00:00Z",
    }


def certificate_fields(**changes: Any) -> dict[str, Any]:
    """What a certification body states beside the footprint."""
    fields = {
        "number": "C-1",
        "rule": {"code": "R-1", "edition": "2025"},
        "standard": {"code": "GB/T 24067", "edition": "2024"},
        "mode": "document review",
        "validTo": "2028-01-01T00:00:00Z",
        "body": {
            "approvalNo": "A-1",
            "accreditation": [
                {"body": "CNCA", "arrangement": "CNCA", "mainScope": "ISO/IEC 17065", "subScope": "CFP"}
            ],
        },
        "product": {"codes": [{"system": "gbt7635.1-2002", "code": "46414"}]},
        "cfp": {"stages": [{"stage": "production"}]},
    }
    return fields | changes


def agreement(origin: str, target: str) -> dict[str, Any]:
    """One direction, for all products of one classification."""
    clause = {
        "fromScheme": origin,
        "toScheme": target,
        "level": "L1",
        "purposes": ["product-calculation"],
        "method": {
            "standards": [
                {
                    "origin": {"code": "GB/T 24067", "edition": "2024"},
                    "target": {"code": "GB/T 24067", "edition": "2024"},
                    "relation": "identical",
                }
            ]
        },
    }
    selector = {"system": "gbt7635.1-2002", "code": "46414", "match": "subtree"}
    return {
        "id": f"{origin}-{target}",
        "version": "1",
        "status": "in_force",
        "title": {"en": "agreement", "zh": "协议"},
        "inForceFrom": "2025-01-01T00:00:00Z",
        "clauses": [clause],
        "annexes": [{"selectors": [selector], "inForceFrom": "2025-01-01T00:00:00Z"}],
    }


def received_ids(tx: Transaction, org: str) -> set[str]:
    return {footprint.id for footprint in tx.footprints.received_all(org)}
