"""Certificates of product carbon footprints.

The fields are the legal minimum of a Chinese product certificate (认证证书和认证标志管理办法, art. 7) and
the particulars of the footprint that ISO 14067, CNCA-CFP-00 and PACT name. How they travel is
:mod:`.credential`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from carbonbridge.core.record import AnyDecimal, Instant, NotNegative, Positive, Record, Text
from carbonbridge.core.scheme import AttestationType, ClaimClass, Edition, ProductCode, SchemeClass, Wording
from carbonbridge.core.seal import check_digest
from carbonbridge.core.validation import parsed


class CertificateStatus(StrEnum):
    """Life of a certificate, as far as the certificate itself states it."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"  #: 撤销
    CANCELLED = "cancelled"  #: 注销
    EXPIRED = "expired"


class Party(Record):
    """A legal person."""

    id: Text
    name: Text
    registered_id: Text | None = None


class Factory(Record):
    """A production site; ``region`` is a GB/T 2260 or ISO 3166-2 code."""

    name: Text
    region: Text
    address: Text | None = None


class Accreditation(Record):
    """An accreditation at sub-scope: ISO 14064-1 says nothing about product footprints."""

    body: Text
    arrangement: Text
    main_scope: Text
    sub_scope: Text


class CertificationBody(Record):
    """Who certifies."""

    id: Text
    name: Text
    approval_no: Text | None = None
    accreditation: tuple[Accreditation, ...] = ()


class Rule(Record):
    """The certification rule and its filing (备案) number."""

    code: Text
    edition: Text
    filing_no: Text | None = None


class CertifiedProduct(Record):
    """The unit of certification (认证单元): which products the certificate is about.

    Attributes:
        ids: PACT ``productIds``.
        models: the models that the unit comprises.
        codes: classifications; the pair of GB/T 7635.1 and statistical code where there are both.
    """

    ids: tuple[Text, ...] = Field(min_length=1)
    name: Wording
    models: tuple[Text, ...] = ()
    codes: tuple[ProductCode, ...] = ()


class DeclaredUnit(Record):
    """What the value is per: amount and unit in PACT's spelling."""

    amount: Positive
    unit: Text


class Stage(Record):
    """A life-cycle stage; ``value`` in kgCO2e per declared unit where it is disclosed."""

    stage: Text
    included: bool = True
    value: AnyDecimal | None = None


class ElectricitySeries(StrEnum):
    """The three published series of Chinese electricity factors, which must never be mixed."""

    LCA = "LCA"  #: 电力碳足迹因子, kgCO2e/kWh
    CO2_ONLY = "CO2only"  #: 电力二氧化碳排放因子, kgCO2/kWh
    RESIDUAL = "residual"  #: without market-traded non-fossil electricity


class Electricity(Record):
    """One use of grid electricity in the foreground.

    Attributes:
        series: kind of factor.
        edition: year of the factor's data.
        factor: kgCO2e per kWh.
        kwh: kWh per declared unit of the certificate; None if undisclosed.
    """

    series: ElectricitySeries
    edition: Annotated[int, Field(ge=1990, le=2200)]
    factor: NotNegative
    kwh: NotNegative | None = None


class Period(Record):
    """Reference period, end exclusive."""

    start: Instant
    end: Instant


def _percentage(value: Decimal) -> Decimal:
    if value > 100:
        raise ValueError("must be a percentage of at most 100")
    return value


Percentage = Annotated[NotNegative, AfterValidator(_percentage)]


class CertifiedFootprint(Record):
    """The certified result.

    Attributes:
        value: kgCO2e per ``per``, excluding biogenic uptake.
        per: the declared unit.
        gwp_set: assessment report of the characterisation factors, ``AR5`` or ``AR6``.
        cut_off: excluded share of the emissions, per cent.
        primary_share: primary data share, per cent.
        dqr: data quality rating, 1 (best) to 5.
        offsets_included: offsets were subtracted from the value, which no recognition accepts.
    """

    value: AnyDecimal
    per: DeclaredUnit
    stages: tuple[Stage, ...] = ()
    gwp_set: Text
    period: Period
    electricity: tuple[Electricity, ...] = ()
    cut_off: Percentage | None = None
    primary_share: Percentage | None = None
    dqr: Positive | None = None
    offsets_included: bool = False


FootprintDigest = Annotated[str, parsed(lambda value: check_digest(value, field=""))]


class Certificate(Record):
    """A certificate.

    Attributes:
        id: URI.
        number: as printed.
        scheme: id of the scheme it is issued under.
        standard: the quantification standard (GB/T 24067, ISO 14067).
        pcr: product-specific rule, where there is one.
        footprint_digest: the footprint it certifies (``sha256:…``, see ``footprint_digest``).
        mode: certification mode, such as ``document review + on-site inspection + surveillance``.
        mark: the mark that it grants; recognition elsewhere never grants another.
        valid_to: first instant at which it is no longer valid.
    """

    id: Text
    number: Text
    scheme: Text
    scheme_class: SchemeClass
    attestation_type: AttestationType
    claim_class: ClaimClass
    rule: Rule
    standard: Edition
    pcr: Edition | None = None
    body: CertificationBody
    applicant: Party
    manufacturer: Party | None = None
    factories: tuple[Factory, ...] = ()
    product: CertifiedProduct
    cfp: CertifiedFootprint
    footprint_digest: FootprintDigest
    mode: Text
    mark: Text | None = None
    issued_at: Instant
    valid_from: Instant
    valid_to: Instant
    status: CertificateStatus = CertificateStatus.VALID
