"""A certificate in the making: what follows from the footprint, and what the certification body adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from carbonbridge.core.certificate import Certificate
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.footprint import footprint_digest, read_footprint
from carbonbridge.core.instant import format_instant
from carbonbridge.core.organisation import Organisation
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.app.context import Act
from carbonbridge.node.ports.store import Transaction

#: What the body does not choose: it follows from the footprint and from who certifies.
_FIXED = ("id", "footprintDigest", "issuedAt", "scheme", "schemeClass")


def draw_up(
    act: Act, body: Organisation, document: bytes, fields: Mapping[str, Any], certificate_id: str
) -> Certificate:
    """Fill in a certificate.

    Args:
        document: the PACT footprint.
        fields: what the body states, in the JSON form of :class:`.Certificate` (``number``, ``rule``,
            ``standard``, ``mode``, ``validTo`` …); objects are merged with what follows from the footprint.
        certificate_id: UUID.

    Raises:
        BadInput: names the field at fault, or one the body may not choose.
    """
    if fixed := sorted(set(fields) & set(_FIXED)):
        raise BadInput("follows from the footprint and the body, and cannot be chosen", field=fixed[0])
    content = read_json(document)
    footprint = read_footprint(content)
    pcf = content["pcf"]
    derived: dict[str, Any] = {
        "id": f"urn:uuid:{certificate_id}",
        "footprintDigest": footprint_digest(content),
        "issuedAt": format_instant(act.at),
        "validFrom": format_instant(act.at),
        "scheme": body.scheme,
        "schemeClass": _scheme_class(act.tx, body, act.at),
        "attestationType": "certification",
        "claimClass": "disclosure",
        "body": {"id": act.node.base_url(body.slug), "name": body.name},
        "applicant": {"id": footprint.companyIds[0], "name": footprint.companyName},
        "product": {
            "ids": list(footprint.productIds),
            "name": {"en": footprint.productNameCompany, "zh": footprint.productNameCompany},
        },
        "cfp": {
            "value": pcf["pcfExcludingBiogenicUptake"],
            "per": {"amount": pcf["declaredUnitAmount"], "unit": pcf["declaredUnitOfMeasurement"]},
            "gwpSet": pcf["ipccCharacterizationFactors"][0],
            "period": {"start": pcf["referencePeriodStart"], "end": pcf["referencePeriodEnd"]},
            "primaryShare": pcf.get("primaryDataShare"),
            "cutOff": pcf.get("exemptedEmissionsPercent"),
        },
    }
    return Certificate.read(_merged(derived, fields))


def _scheme_class(tx: Transaction, body: Organisation, at: datetime) -> str:
    try:
        scheme = tx.registers.get(RegisterKind.SCHEME, body.scheme or "", at)
    except NotFound:
        raise BadInput(
            "the certification body works under no registered scheme",
            field="scheme",
            next_step="Ask the node's administrator to register the scheme.",
        ) from None
    return str(scheme["schemeClass"])


def _merged(derived: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields over what is derived, one level deep; the issuer stays who it is."""
    merged = dict(derived)
    for name, value in fields.items():
        known = derived.get(name)
        merged[name] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    if isinstance(merged["body"], dict):
        merged["body"] = {**merged["body"], **derived["body"]}
    return merged
