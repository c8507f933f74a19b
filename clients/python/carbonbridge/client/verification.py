"""Offline verification: what a footprint's seal and certificate prove, with files instead of a network.

The checks are those of recognition (:mod:`carbonbridge.core.checks`), as far as they need no agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carbonbridge.core.agreement import Level
from carbonbridge.core.certified import Vouchers, vouchers_of
from carbonbridge.core.checks.case import RecognitionInputs, open_case
from carbonbridge.core.checks.evidence import evidence_checks
from carbonbridge.core.checks.wording import finding
from carbonbridge.core.document import digest, read_json
from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.footprint import footprint_digest, read_footprint
from carbonbridge.core.keys import PublicKeys, read_jwks
from carbonbridge.core.scheme import IssuerEntry
from carbonbridge.core.statement import read_unverified
from carbonbridge.core.verdict import Check, Outcome

_ABOUT_SEAL: tuple[str, ...] = ("E-SEAL",)
_ABOUT_ISSUER = ("E-SIG", "I-APPROVAL")
_ABOUT_CERTIFICATE = ("C-STATUS", "C-EXPIRED", "E-HASH", "B-MODEL", "B-VALUE")


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Attributes:
        footprint_id: PACT id.
        footprint_digest: the digest that seal and certificate are over.
        document_digest: of the file as it was read.
        publisher: base URL of whoever is said to have sealed it.
        checks: one finding each; ``unknown`` where a key, a seal or a certificate is missing.
    """

    footprint_id: str
    footprint_digest: str
    document_digest: str
    publisher: str | None
    checks: tuple[Check, ...]

    @property
    def refuted(self) -> bool:
        """Something does not hold."""
        return any(check.outcome is Outcome.FAILED for check in self.checks)

    @property
    def sealed(self) -> bool:
        """The publisher's seal holds over this footprint."""
        return self._all(_ABOUT_SEAL)

    @property
    def certified(self) -> bool:
        """A body given as an issuer certified exactly this footprint, and the certificate is in force."""
        return self._all((*_ABOUT_ISSUER, *_ABOUT_CERTIFICATE))

    @property
    def holds(self) -> bool:
        """Something is proved and nothing refuted."""
        return not self.refuted and (self.sealed or self.certified)

    def _all(self, codes: tuple[str, ...]) -> bool:
        found = {check.code: check.outcome for check in self.checks}
        return all(found.get(code) is Outcome.PASSED for code in codes)

    def document(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "footprintId": self.footprint_id,
            "footprintDigest": self.footprint_digest,
            "documentDigest": self.document_digest,
            "publisher": self.publisher,
            "holds": self.holds,
            "sealed": self.sealed,
            "certified": self.certified,
            "checks": [check.document() for check in self.checks],
        }


def verify_footprint(
    data: bytes,
    *,
    publisher_keys: PublicKeys | None = None,
    publisher: str | None = None,
    issuers: tuple[IssuerEntry, ...] | None = None,
    at: datetime,
) -> Verification:
    """Check a published footprint without asking anybody.

    Args:
        data: the footprint, or an answer of GetFootprint (``{"data": …}``), UTF-8 JSON.
        publisher_keys: the publisher's public keys, by ``kid``; None leaves the seal unchecked.
        publisher: base URL that must have sealed it; None accepts whoever the seal names.
        issuers: certification bodies to trust; None leaves the certificate's signature unchecked.
        at: the instant at which the certificate must be in force.

    Raises:
        BadInput: the file is not a footprint.
    """
    footprint = _footprint(data)
    vouchers = vouchers_of(footprint) or Vouchers()
    sealer = publisher or _sealer(vouchers.seal)
    inputs = RecognitionInputs(
        footprint=footprint,
        footprint_digest=footprint_digest(footprint),
        certificate=vouchers.certificate,
        seal=vouchers.seal,
        publisher=sealer or "",
        publisher_keys=publisher_keys or {},
        issuers=issuers or (),
        schemes=(),
        agreements=(),
        to_scheme="",
        level=Level.DATA,
        purpose="offline verification",
        at=at,
    )
    found = {check.code: check for check in evidence_checks(open_case(inputs))}
    if vouchers.certificate is None:
        codes = _ABOUT_SEAL
        found["E-FIELD"] = _unknown("E-FIELD", "no certificate")
    else:
        codes = (*_ABOUT_SEAL, *_ABOUT_ISSUER, *_ABOUT_CERTIFICATE)
        if issuers is None:
            found |= {code: _unknown(code, "no issuers were given") for code in _ABOUT_ISSUER}
    return Verification(
        footprint_id=str(footprint["id"]),
        footprint_digest=inputs.footprint_digest,
        document_digest=digest(data),
        publisher=sealer,
        checks=tuple(found[code] for code in ("E-FIELD", *codes)),
    )


def read_issuers(data: bytes) -> tuple[IssuerEntry, ...]:
    """Read certification bodies: one register entry, or a list of them.

    Raises:
        BadInput: naming the field at fault, or an empty list.
    """
    document = read_json(data)
    if document == []:
        raise BadInput("names no certification body")
    if not isinstance(document, list):
        return (IssuerEntry.read(document),)
    return tuple(IssuerEntry.read(entry, field=str(index)) for index, entry in enumerate(document))


def read_keys(data: bytes) -> PublicKeys:
    """Read a publisher's keys: a JWK Set (RFC 7517), as its host serves it.

    Raises:
        BadInput: not one, or without a key of a kind we know.
    """
    document = read_json(data)
    if not isinstance(document, dict):
        raise BadInput("a JWK Set is an object", field="keys")
    keys = read_jwks(document)
    if not keys:
        raise BadInput("holds no Ed25519 or P-256 key", field="keys")
    return keys


def _footprint(data: bytes) -> dict[str, Any]:
    document = read_json(data)
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = document["data"]
    if not isinstance(document, dict):
        raise BadInput("a footprint must be one JSON object", next_step="Verify each footprint by itself.")
    read_footprint(document)
    return dict(document)


def _sealer(seal: str | None) -> str | None:
    if seal is None:
        return None
    try:
        return read_unverified(seal).iss
    except (BadInput, SignatureInvalid):
        return None


def _unknown(code: str, found: str) -> Check:
    return finding(code, Outcome.UNKNOWN, required="", found=found)
