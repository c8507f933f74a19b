"""Certification rules: filed (备案), assessed, and cancelled, which takes their certificates along.

Source: 国认监〔2024〕3号 (filing, three classes), 认秘函〔2024〕31号 (rules that had to be cancelled
together with their certificates).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import model_validator

from carbonbridge.core.record import AnyDecimal, Instant, NotNegative, StrictRecord, Text
from carbonbridge.core.scheme import ClaimClass, Edition, Wording


class RuleStatus(StrEnum):
    """Where a rule stands with the authority."""

    DRAFT = "draft"
    FILED = "filed"
    CANCELLED = "cancelled"


class RuleAssessment(StrictRecord):
    """What somebody found of the quality of a rule (认证规则质量评估)."""

    assessor: Text
    assessed_at: Instant
    score: AnyDecimal | None = None
    findings: tuple[Wording, ...] = ()


class RuleMethod(StrictRecord):
    """What a rule asks of the footprint, as data; what is absent the rule leaves open."""

    unit: Text | None = None
    stages: tuple[Text, ...] = ()
    cut_off_percent: NotNegative | None = None
    allocation: Text | None = None
    gwp_sets: tuple[Text, ...] = ()
    electricity: Text | None = None
    data_quality: Text | None = None


class CertificationRule(StrictRecord):
    """A rule in one edition.

    Attributes:
        owner: who wrote it: the authority, or a certification body (自行备案).
        filing_no: 备案号.
        project_code: 认证项目分类代码.
        cancelled_at: first instant at which it is filed no more.
        standards: what it certifies against.
    """

    id: Text
    code: Text
    edition: Text
    name: Wording
    owner: Text
    claim_class: ClaimClass
    status: RuleStatus
    scheme: Text | None = None
    filing_no: Text | None = None
    filed_at: Instant | None = None
    project_code: Text | None = None
    cancelled_at: Instant | None = None
    cancellation: Wording | None = None
    standards: tuple[Edition, ...] = ()
    method: RuleMethod | None = None
    assessments: tuple[RuleAssessment, ...] = ()

    @model_validator(mode="after")
    def _fits_its_status(self) -> CertificationRule:
        if self.status is not RuleStatus.DRAFT and (self.filing_no is None or self.filed_at is None):
            raise ValueError(f"a rule that is {self.status.value} has filingNo and filedAt")
        if (self.status is RuleStatus.CANCELLED) != (self.cancelled_at is not None):
            raise ValueError("cancelledAt belongs to a rule that is cancelled, and only to it")
        if self.cancelled_at is not None and self.filed_at is not None and self.cancelled_at < self.filed_at:
            raise ValueError("cancelledAt must not be before filedAt")
        return self


def rule_in_force(rule: CertificationRule, at: datetime) -> bool:
    """Whether a rule is filed at an instant: nothing is certified under one that is not."""
    if rule.status is RuleStatus.DRAFT or rule.filed_at is None:
        return False
    return rule.filed_at <= at and (rule.cancelled_at is None or at < rule.cancelled_at)
