"""Recognition agreements as data: who accepts whose certificates, in one direction, on which conditions.

Modelled on the duties that ISO/TS 14029:2022 puts on programme operators. Nothing here is code for a
particular region; a two-way agreement is two clauses, which may differ.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from carbonbridge.core.certificate import ElectricitySeries, Percentage
from carbonbridge.core.product_code import Match, check_pattern
from carbonbridge.core.record import Instant, NotNegative, Positive, StrictRecord, Text
from carbonbridge.core.scheme import AttestationType, ClaimClass, Edition, Wording


class AgreementStatus(StrEnum):
    """Only an agreement in force has an effect; drafts can be kept and tried."""

    DRAFT = "draft"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"


class Level(StrEnum):
    """How far recognition goes; each level includes the ones below it, and each is one-way."""

    VISIBLE = "L0"  #: can be read, no effect
    DATA = "L1"  #: the value may enter a calculation as certified primary data
    CERTIFICATE = "L2"  #: counts as a certificate for the purposes listed
    MARK = "L3"  #: the mark may be shown


class Relation(StrEnum):
    """How two editions of a standard relate."""

    IDENTICAL = "identical"
    EQUIVALENT = "equivalent"
    EQUIVALENT_WITH_DELTA = "equivalent_with_delta"
    PARTIAL = "partial"
    NOT_EQUIVALENT = "not_equivalent"


class EquivalenceRow(StrictRecord):
    """A standard of the origin beside one of the target, and what is to be said where they differ."""

    origin: Edition
    target: Edition
    relation: Relation
    note: Wording | None = None


class PrecedenceRule(StrictRecord):
    """A product rule that a superior one replaces, for certificates issued after a date and a grace time."""

    superseded: Text
    superior: Edition
    applies_to_issue_from: Instant
    grace_days: Annotated[int, Field(ge=0, le=3650)] = 0


class FactorSet(StrictRecord):
    """A published electricity factor, kgCO2e per kWh, and the year of its data."""

    edition: Annotated[int, Field(ge=1990, le=2200)]
    factor: NotNegative


class ElectricityRule(StrictRecord):
    """What the target asks of the electricity in a footprint.

    Attributes:
        published: the factors that exist in the series; one of another origin is refused.
            Empty: any factor goes.
        target: the target's own factor; differences become a computed delta. None: any factor of the series.
        max_factor_age_years: largest difference between the year of decision and the factor's year.
        bound_percent: reject when the delta exceeds this share of the certified value. With a bound, activity
            data that are not disclosed cannot be accepted either: nobody could tell.
    """

    factor_series: ElectricitySeries
    published: tuple[FactorSet, ...] = ()
    target: FactorSet | None = None
    max_factor_age_years: Annotated[int, Field(ge=0)] | None = None
    bound_percent: Positive | None = None


class RequiredAccreditation(StrictRecord):
    """An accreditation that the body must have, down to the sub-scope."""

    arrangement: Text
    main_scope: Text
    sub_scope: Text


class IssuerRule(StrictRecord):
    """Which certification bodies are accepted: not those denied, and those with one of the accreditations."""

    accreditation: tuple[RequiredAccreditation, ...] = ()
    deny: tuple[Text, ...] = ()


class MethodRule(StrictRecord):
    """Which methods are accepted."""

    standards: tuple[EquivalenceRow, ...]
    precedence: tuple[PrecedenceRule, ...] = ()
    required_stages: tuple[Text, ...] = ()
    gwp_accept: tuple[Text, ...] = ()
    cut_off_max_percent: Percentage | None = None
    electricity: ElectricityRule | None = None


class QualityRule(StrictRecord):
    """Which data quality is expected; falling short is a condition."""

    min_primary_share: Percentage | None = None
    max_dqr: Positive | None = None


class DirectionalClause(StrictRecord):
    """What ``to_scheme`` accepts from ``from_scheme``.

    Attributes:
        level: the highest level granted.
        purposes: uses it is granted for, such as ``calculation`` or ``procurement``.
        onward: a certificate that was itself only recognised is never an origin; chains are not supported.
    """

    from_scheme: Text
    to_scheme: Text
    level: Level
    purposes: Annotated[tuple[Text, ...], Field(min_length=1)]
    onward: Literal[False] = False
    attestation_types: tuple[AttestationType, ...] = (AttestationType.CERTIFICATION,)
    claim_classes: tuple[ClaimClass, ...] = (ClaimClass.DISCLOSURE, ClaimClass.REDUCTION)
    issuers: IssuerRule = IssuerRule()
    method: MethodRule
    quality: QualityRule = QualityRule()


class ProductSelector(StrictRecord):
    """Products by classification; the most specific selector decides."""

    system: Text
    code: Text
    match: Match = Match.EXACT
    exclude: bool = False

    def model_post_init(self, _: object) -> None:
        check_pattern(self.code, self.match)


class ProductAnnex(StrictRecord):
    """A batch of products with its own date (成熟一批、推进一批); ``in_force_to`` is exclusive."""

    selectors: Annotated[tuple[ProductSelector, ...], Field(min_length=1)]
    in_force_from: Instant
    in_force_to: Instant | None = None


class SchemeParty(StrictRecord):
    """Who signs the agreement."""

    id: Text
    role: Literal["programme_operator", "regulator", "cb", "alliance", "platform"]


class RecognitionAgreement(StrictRecord):
    """An agreement; a new version replaces an old one, none is edited. ``in_force_to`` is exclusive."""

    id: Text
    version: Text
    status: AgreementStatus
    title: Wording
    parties: tuple[SchemeParty, ...] = ()
    in_force_from: Instant
    in_force_to: Instant | None = None
    clauses: Annotated[tuple[DirectionalClause, ...], Field(min_length=1)]
    annexes: tuple[ProductAnnex, ...] = ()

    def in_force(self, at: datetime) -> bool:
        """Whether it has effect at an instant."""
        return self.status is AgreementStatus.IN_FORCE and within(at, self.in_force_from, self.in_force_to)


def within(at: datetime, start: datetime, end: datetime | None) -> bool:
    """Whether an instant lies in ``[start, end)``; without end, for good."""
    return start <= at and (end is None or at < end)
