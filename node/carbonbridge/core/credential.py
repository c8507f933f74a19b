"""Certificates on the wire: W3C Verifiable Credentials (VCDM 2.0) enveloped as ``vc+jwt`` (VC-JOSE-COSE).

The field names are those of the UNTP Digital Conformity Credential 0.6.0 where they fit; a
``carbonbridge`` block holds what UNTP has no place for. UNTP fields that repeat a fact of the block are
derived from it, and checked when read.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from carbonbridge.core.certificate import Certificate
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.keyring import check_in_time
from carbonbridge.core.keys import PublicKeys, SigningKey
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.scheme import AttestationType
from carbonbridge.core.signature import read_payload, read_signed_json, sign, verify_signature

CERTIFICATE_TYP = "vc+jwt"

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/",
    "https://carbonbridge.example/contexts/certificate/1.0.0",
]

_BLOCK = "carbonbridge"
_IN_BLOCK = f"credentialSubject.{_BLOCK}"

#: Our attestation types in UNTP's words.
_ATTESTATION = {
    AttestationType.CERTIFICATION: "certification",
    AttestationType.VERIFICATION_OPINION: "verification",
    AttestationType.SELF_DECLARATION: "declaration",
}


def issue(certificate: Certificate, key: SigningKey) -> str:
    """Sign a certificate: the compact ``vc+jwt``."""
    return sign(compose_certificate(certificate), key, CERTIFICATE_TYP)


def compose_certificate(certificate: Certificate) -> bytes:
    """The payload to sign with type ``vc+jwt``."""
    return write_json(_credential(certificate))


def verify_certificate(compact: str, keys: PublicKeys) -> Certificate:
    """Read a certificate whose signature holds.

    Args:
        compact: the ``vc+jwt``.
        keys: the keys of the body that is said to have issued it (``read_certificate(compact).body.id``).

    Raises:
        SignatureInvalid: see :func:`.signature.verify_signature`; or the key had ended by then (:mod:`.keyring`).
        BadInput: what was signed is not a certificate.
    """
    certificate = _read(verify_signature(compact, keys, CERTIFICATE_TYP))
    check_in_time(compact, CERTIFICATE_TYP, keys, certificate.issued_at)
    return certificate


def read_certificate(compact: str) -> Certificate:
    """Read a certificate *without* verifying it: to show it, or to learn whose keys it needs.

    Raises:
        SignatureInvalid: not a compact JWS of this type.
        BadInput: what was signed is not a certificate.
    """
    return _read(read_payload(compact, CERTIFICATE_TYP))


def _credential(certificate: Certificate) -> dict[str, Any]:
    document = certificate.document()
    body, product = dict(document["body"]), dict(document["product"])
    ids = product.pop("ids")
    issuer = {"id": body.pop("id"), "name": body.pop("name")}
    moved = ("id", "scheme", "attestationType", "applicant", "validFrom", "validTo", "body", "product")
    block = {name: value for name, value in document.items() if name not in moved}
    return {
        "@context": CONTEXT,
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": document["id"],
        "issuer": issuer,
        "validFrom": document["validFrom"],
        "validUntil": document["validTo"],
        "credentialSubject": {
            "type": ["ConformityAttestation"],
            "id": f"{document['id']}#attestation",
            "assessorLevel": _assessor_level(certificate),
            "assessmentLevel": _assessment_level(certificate),
            "attestationType": _ATTESTATION[certificate.attestation_type],
            "issuedToParty": document["applicant"],
            "scope": {"id": document["scheme"]},
            "assessment": [_assessment(certificate, ids)],
            _BLOCK: {**block, "body": body, "product": product},
        },
    }


def _assessment(certificate: Certificate, product_ids: list[str]) -> dict[str, Any]:
    cfp, name = certificate.cfp, certificate.product.name
    return {
        "id": f"{certificate.id}#assessment",
        "referenceStandard": {"name": str(certificate.standard)},
        "conformityTopic": "environment.emissions",
        "conformance": True,
        "declaredValue": [
            {
                "metricName": "product carbon footprint",
                "metricValue": {
                    "value": float(cfp.value),
                    "unit": f"kgCO2e per {format_decimal(cfp.per.amount)} {cfp.per.unit}",
                },
            }
        ],
        "assessedProduct": [{"product": {"id": item, "name": name.en}} for item in product_ids],
        "assessedFacility": [{"facility": {"name": factory.name}} for factory in certificate.factories],
    }


def _assessor_level(certificate: Certificate) -> str:
    return "Self" if certificate.attestation_type is AttestationType.SELF_DECLARATION else "3rdParty"


def _assessment_level(certificate: Certificate) -> str:
    if certificate.body.approval_no:
        return "GovtApproval"
    return "Accredited" if certificate.body.accreditation else "Unspecified"


def _read(payload: bytes) -> Certificate:
    credential = read_signed_json(payload)
    subject = _object(credential, "credentialSubject", "")
    block = _object(subject, _BLOCK, "credentialSubject.")
    issuer = _object(credential, "issuer", "")
    kinds = {theirs: ours for ours, theirs in _ATTESTATION.items()}
    document = {
        **block,
        "id": credential.get("id"),
        "validFrom": credential.get("validFrom"),
        "validTo": credential.get("validUntil"),
        "applicant": subject.get("issuedToParty"),
        "scheme": _object(subject, "scope", "credentialSubject.").get("id"),
        "attestationType": kinds.get(str(subject.get("attestationType"))),
        "body": {
            **_object(block, "body", f"{_IN_BLOCK}."),
            "id": issuer.get("id"),
            "name": issuer.get("name"),
        },
        "product": {**_object(block, "product", f"{_IN_BLOCK}."), "ids": _product_ids(subject)},
    }
    certificate = Certificate.read(document, field=_IN_BLOCK)
    _must_show(credential, _credential(certificate), "")
    return certificate


def _object(parent: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise BadInput("a certificate has this object", field=path + name)
    return value


def _product_ids(subject: dict[str, Any]) -> list[object]:
    """The product ids of the first assessment; a malformed place yields None, which the model refuses."""
    match subject.get("assessment"):
        case [{"assessedProduct": [*products]}, *_]:
            return [_product_id(item) for item in products]
        case _:
            raise BadInput(
                "names the assessed products", field="credentialSubject.assessment.0.assessedProduct"
            )


def _product_id(item: object) -> object:
    match item:
        case {"product": {"id": product_id}}:
            return product_id
        case _:
            return None


def _must_show(shown: object, expected: object, path: str) -> None:
    """A reader of the UNTP fields must see what a reader of our block sees; more may be shown."""
    if isinstance(expected, dict) and isinstance(shown, dict):
        for name, value in expected.items():
            _must_show(shown.get(name), value, f"{path}.{name}" if path else name)
    elif isinstance(expected, list) and isinstance(shown, list) and len(shown) == len(expected):
        for index, value in enumerate(expected):
            _must_show(shown[index], value, f"{path}.{index}")
    elif not _same(shown, expected):
        raise BadInput("does not agree with the rest of the certificate", field=path)


def _same(shown: object, expected: object) -> bool:
    if isinstance(expected, float):
        return isinstance(shown, int | Decimal) and not isinstance(shown, bool) and float(shown) == expected
    return type(shown) is type(expected) and shown == expected
