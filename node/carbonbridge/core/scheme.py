"""Schemes, certification bodies and product codes: the registers that recognition looks things up in.

Four things are kept apart on purpose: the class of the scheme, the type of the attestation, the class of
the claim and the mark. A verification opinion is not a certificate, and recognising a certificate grants
no mark.
"""

from __future__ import annotations

from enum import StrEnum

from carbonbridge.core.keyring import PublicJwk
from carbonbridge.core.keys import PublicKeys, jwks, read_jwks
from carbonbridge.core.record import Instant, Record, StrictRecord, Text


class SchemeClass(StrEnum):
    """Whose rule book it is."""

    NATIONAL_UNIFIED = "national_unified"  #: CNCA-CFP-00 and the national mark
    REGIONAL_ALLIANCE = "regional_alliance"
    BODY_OWN_RULE = "cb_own_rule"  #: a certification body's own filed rule (自行备案)
    FOREIGN = "foreign"


class AttestationType(StrEnum):
    """What was attested (ISO/IEC 17000 functions, as far as they occur)."""

    CERTIFICATION = "certification"
    VERIFICATION_OPINION = "verification_opinion"
    SELF_DECLARATION = "self_declaration"


class ClaimClass(StrEnum):
    """The three classes of CNCA's filing rules (国认监〔2024〕3号)."""

    REDUCTION = "reduction"  #: 碳减排 or removal
    DISCLOSURE = "disclosure"  #: 碳披露: the footprint as such
    NEUTRALITY = "neutrality"  #: 碳中和


class Wording(Record):
    """The same sentence or name in both languages."""

    en: Text
    zh: Text


class Edition(Record):
    """A standard, product rule or certification rule in one edition, such as ``GB/T 24067`` of ``2024``."""

    code: Text
    edition: Text

    def __str__(self) -> str:
        return f"{self.code}:{self.edition}"


class ProductCode(Record):
    """A product classification, such as ``gbt7635.1-2002`` and ``46422·017``."""

    system: Text
    code: Text


class Scheme(StrictRecord):
    """A region's, nation's or body's rule book.

    Attributes:
        region: ISO 3166-2 code or region name.
        operator: who runs it.
        marks: the marks its certificates may carry.
    """

    id: Text
    scheme_class: SchemeClass
    name: Wording
    region: Text
    operator: Text
    marks: tuple[Text, ...] = ()


class IssuerEntry(StrictRecord):
    """A certification body as the register knows it.

    Attributes:
        id: the id its certificates name as issuer (base URL or DID).
        keys: its public signing keys.
        schemes: ids of the schemes it may certify under.
        approved_from: first instant of the approval.
        approved_until: first instant after it; None while it lasts.
    """

    id: Text
    name: Text
    keys: tuple[PublicJwk, ...]
    schemes: tuple[Text, ...]
    approved_from: Instant
    approved_until: Instant | None = None

    def public_keys(self) -> PublicKeys:
        """Its keys by name."""
        return read_jwks(jwks(self.keys))
