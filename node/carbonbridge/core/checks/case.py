"""What is to be decided, and what the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from carbonbridge.core.agreement import DirectionalClause, Level, RecognitionAgreement
from carbonbridge.core.certificate import Certificate
from carbonbridge.core.checks.wording import finding
from carbonbridge.core.credential import read_certificate, verify_certificate
from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.footprint import footprint_digest
from carbonbridge.core.keys import PublicKeys
from carbonbridge.core.quantity import parse_decimal
from carbonbridge.core.scheme import IssuerEntry, Scheme
from carbonbridge.core.verdict import Check, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionInputs:
    """Everything a verdict depends on; there is no clock and no network behind it.

    Attributes:
        footprint: the PACT document (parsed JSON), with its extensions.
        footprint_digest: see :func:`.footprint.footprint_digest`; what seal and certificate must be over.
        certificate: compact ``vc+jwt``; None for an uncertified footprint.
        seal: compact statement of the publisher; None if there is none.
        publisher: base URL of the publishing organisation, as its connection names it.
        publisher_keys: the keys the publisher is known by.
        issuers: the certification bodies of the register, in any order.
        schemes: the schemes of the register, in any order.
        agreements: the agreements of the register, in any order.
        to_scheme: id of the scheme that asks.
        level: how far it wants to rely on the certificate.
        purpose: what for, such as ``calculation``.
        at: the instant of the decision, aware.
    """

    footprint: Mapping[str, Any]
    footprint_digest: str
    certificate: str | None
    seal: str | None
    publisher: str
    publisher_keys: PublicKeys
    issuers: tuple[IssuerEntry, ...]
    schemes: tuple[Scheme, ...]
    agreements: tuple[RecognitionAgreement, ...]
    to_scheme: str
    level: Level
    purpose: str
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise BadInput("must have an offset", field="at")
        if self.footprint_digest != footprint_digest(dict(self.footprint)):
            raise BadInput("is not the digest of this footprint", field="footprintDigest")


@dataclass(frozen=True, slots=True)
class Case:
    """The inputs, looked up: what the checks see.

    Attributes:
        certificate: as read, *not* yet believed; None if absent or unreadable.
        defect: why the certificate could not be read.
        signers: the register entries whose keys the certificate's signature holds with.
        entries: the register entries under the issuer's id.
        scheme: the origin scheme as registered.
        agreement: the agreement tried, None if there is none or the case is native.
        clause: its clause from origin to target.
    """

    inputs: RecognitionInputs
    certificate: Certificate | None
    defect: str | None
    signers: tuple[IssuerEntry, ...]
    entries: tuple[IssuerEntry, ...]
    scheme: Scheme | None
    agreement: RecognitionAgreement | None = None
    clause: DirectionalClause | None = None

    @property
    def native(self) -> bool:
        """Origin and target are the same scheme."""
        return self.certificate is not None and self.certificate.scheme == self.inputs.to_scheme

    def undecided(self, code: str) -> Check:
        """The result where there is no clause or no certificate to check against."""
        if self.native:
            return finding(
                code, Outcome.PASSED, required="nothing between one and the same scheme", found="native"
            )
        lacking = "no certificate" if self.certificate is None else "no agreement"
        return finding(code, Outcome.UNKNOWN, required="a certificate and an agreement", found=lacking)


def open_case(inputs: RecognitionInputs) -> Case:
    """Read the certificate and look its issuer and scheme up."""
    certificate, defect = _read(inputs.certificate)
    if certificate is None or inputs.certificate is None:
        return Case(inputs, None, defect, (), (), None)
    entries = tuple(entry for entry in inputs.issuers if entry.id == certificate.body.id)
    signers = tuple(entry for entry in entries if _signed(inputs.certificate, entry))
    scheme = next((item for item in inputs.schemes if item.id == certificate.scheme), None)
    return Case(inputs, certificate, None, signers, entries, scheme)


def decimal_at(document: Mapping[str, Any], *path: str) -> Decimal | None:
    """A decimal inside a PACT document, None if it is absent or not a decimal."""
    value = value_at(document, *path)
    try:
        return parse_decimal(value, field=".".join(path))
    except BadInput:
        return None


def value_at(document: Mapping[str, Any], *path: str) -> object:
    """A value inside a document, None if it is absent."""
    value: object = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _read(compact: str | None) -> tuple[Certificate | None, str | None]:
    if compact is None:
        return None, None
    try:
        return read_certificate(compact), None
    except (BadInput, SignatureInvalid) as error:
        return None, str(error)


def _signed(compact: str, entry: IssuerEntry) -> bool:
    try:
        verify_certificate(compact, entry.public_keys())
    except (BadInput, SignatureInvalid):
        return False
    return True
