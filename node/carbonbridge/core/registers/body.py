"""Certification bodies: where they sit, what they are approved and accredited for, and what credit they have.

In China approval by CNCA for the product field is the legal gate and accreditation an extra element of trust; abroad it
is the other way round, so both are kept, each with its own dates. An accreditation is compared down to the sub-scope
(IAF MD 6:2023, levels 3 and 5): the logo of an accreditation body alone says nothing of product footprints. The
arrangement is data: since 2026-01-01 it is that of Global Accreditation Cooperation, before that it was the IAF MLA.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from carbonbridge.core.organisation import Jurisdiction
from carbonbridge.core.record import Instant, NotNegative, StrictRecord, Text
from carbonbridge.core.registers.period import Period
from carbonbridge.core.scheme import Wording


class Site(Period):
    """A place that certificates may be issued from.

    Attributes:
        id: within the body.
        law: the law it certifies under, such as ``中华人民共和国认证认可条例``.
        region: ISO 3166-2 code.
    """

    id: Text
    name: Wording
    jurisdiction: Jurisdiction
    law: Text
    region: Text | None = None
    address: Text | None = None


class Approval(Period):
    """An approval by the authority for a product field (国务院认证认可监督管理部门的批准).

    Attributes:
        field: the product field, in the authority's own code.
        number: 批准号.
        instrument: id of the legal instrument it rests on.
    """

    field: Text
    number: Text
    instrument: Text | None = None


class Accreditation(Period):
    """An accreditation at a sub-scope.

    Attributes:
        accreditor: who accredited (ISO/IEC 17011), such as ``CNAS``.
        arrangement: the arrangement that makes it count elsewhere, such as ``GAC MRA``.
        main_scope: level 3, such as ``ISO/IEC 17029+ISO 14065``.
        sub_scope: level 5, such as ``CFP``.
        sites: ids of the sites it covers; empty: all. A foreign site is evaluated by itself.
    """

    accreditor: Text
    number: Text
    arrangement: Text
    main_scope: Text
    sub_scope: Text
    sites: tuple[Text, ...] = ()


class CreditGrade(StrictRecord):
    """A credit grade (信用等级), from an instant on until the next one."""

    grade: Text
    graded_at: Instant
    assessor: Text
    reason: Wording | None = None


class Competence(StrictRecord):
    """How many people are competent in a field; no names, which are personal data.

    Attributes:
        persons: full-time.
        least_years: that each of them has worked in it.
    """

    field: Text
    persons: Annotated[int, Field(ge=0)]
    least_years: NotNegative | None = None


class CertificationBody(StrictRecord):
    """A certification body.

    Attributes:
        id: the id that its certificates name as issuer (base URL or DID).
        approvals: also those that have ended.
        credit_grades: oldest first.
    """

    id: Text
    name: Wording
    sites: tuple[Site, ...] = ()
    approvals: tuple[Approval, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    credit_grades: tuple[CreditGrade, ...] = ()
    staff: tuple[Competence, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> CertificationBody:
        sites = [site.id for site in self.sites]
        if len(set(sites)) < len(sites):
            raise ValueError("two sites have one id")
        for accreditation in self.accreditations:
            if unknown := set(accreditation.sites) - set(sites):
                raise ValueError(f"an accreditation covers the unknown site {min(unknown)[:80]!r}")
        dates = [grade.graded_at for grade in self.credit_grades]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise ValueError("credit grades come oldest first, one at an instant")
        return self


def approved(body: CertificationBody, field: str, at: datetime) -> Approval | None:
    """The approval of a body for a product field that holds at an instant; None: it has none."""
    return next((one for one in body.approvals if one.field == field and one.holds(at)), None)


def accredited(
    body: CertificationBody,
    main_scope: str,
    sub_scope: str,
    at: datetime,
    *,
    arrangement: str | None = None,
    site: str | None = None,
) -> Accreditation | None:
    """The accreditation of a body at a sub-scope that holds at an instant; None: it has none.

    Args:
        arrangement: the one that is asked for; None: whichever.
        site: the site that issues; one that is not in force at the instant counts for nothing. None: the body at large,
            which an accreditation of some sites alone does not cover.
    """
    if site is not None and not any(one.id == site and one.holds(at) for one in body.sites):
        return None
    for one in body.accreditations:
        if (one.main_scope, one.sub_scope) != (main_scope, sub_scope) or not one.holds(at):
            continue
        covers = not one.sites or site in one.sites
        if covers and arrangement in (None, one.arrangement):
            return one
    return None


def credit_grade(body: CertificationBody, at: datetime) -> CreditGrade | None:
    """The credit grade that a body has at an instant."""
    return max(
        (grade for grade in body.credit_grades if grade.graded_at <= at),
        key=lambda grade: grade.graded_at,
        default=None,
    )
