"""Organisations: the tenants of a node, each with its own keys, clients, connections and PACT base URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carbonbridge.core.errors import BadInput

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE)


class AnswerPolicy(StrEnum):
    """How an organisation answers footprint requests."""

    AUTOMATIC = "automatic"  #: at once, with what the partner may see; reject when there is nothing
    MANUAL = "manual"  #: a person decides


class OrganisationKind(StrEnum):
    """What an organisation is in the system of conformity assessment: it says which registers it may keep.

    The kinds are those of the Jiangsu implementation opinion (苏市监〔2024〕227号, 任务(一)(二)) and the accreditation
    body of ISO/IEC 17011.
    """

    ENTERPRISE = "enterprise"  #: 企业: makes products, publishes footprints
    CERTIFICATION_BODY = "certification_body"  #: 认证机构 (ISO/IEC 17065)
    STANDARDS_BODY = "standards_body"  #: 标准化机构
    LABORATORY = "laboratory"  #: 检验检测机构
    ALLIANCE = "alliance"  #: 联盟: a group with shared rules, such as a regional label
    PLATFORM_OPERATOR = "platform_operator"  #: 平台运营方
    REGULATOR = "regulator"  #: 监管部门
    ACCREDITATION_BODY = "accreditation_body"  #: 认可机构 (ISO/IEC 17011)


class Jurisdiction(StrEnum):
    """Where the organisation's records live; the Greater Bay Area is three of them."""

    CN = "CN"
    HK = "HK"
    MO = "MO"
    EU = "EU"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A tenant.

    Attributes:
        slug: name in URLs (``/o/{slug}``).
        company_ids: URNs, as PACT ``companyIds``.
        scheme: id of the certification scheme the organisation works under: towards it, it recognises others'
            certificates.
        kind: what it is; a certification body may certify the footprints of others, and none of its own.
        answer_policy: how incoming requests are answered.
        is_default: served at the root of the node as well.
    """

    slug: str
    name: str
    company_ids: tuple[str, ...]
    created_at: datetime
    jurisdiction: Jurisdiction = Jurisdiction.OTHER
    scheme: str | None = None
    kind: OrganisationKind = OrganisationKind.ENTERPRISE
    answer_policy: AnswerPolicy = AnswerPolicy.AUTOMATIC
    is_default: bool = False

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            raise BadInput("must be 1 to 40 of a-z, 0-9 and inner hyphens", field="slug")
        if not self.name.strip():
            raise BadInput("must not be empty", field="name")
        check_company_ids(self.company_ids)

    @property
    def certification_body(self) -> bool:
        """Whether it certifies others."""
        return self.kind is OrganisationKind.CERTIFICATION_BODY


def kind_of(kind: OrganisationKind | None, certification_body: bool | None) -> OrganisationKind:
    """The kind of an organisation from either way to say it; an enterprise where neither is used.

    Raises:
        BadInput: they contradict each other.
    """
    if kind is None:
        return OrganisationKind.CERTIFICATION_BODY if certification_body else OrganisationKind.ENTERPRISE
    if certification_body is not None and certification_body != (kind is OrganisationKind.CERTIFICATION_BODY):
        raise BadInput(f"contradicts the kind {kind.value}", field="certificationBody")
    return kind


def check_company_ids(company_ids: tuple[str, ...]) -> None:
    """PACT v3 ``companyIds``: at least one URN, no two alike.

    Raises:
        BadInput: naming the item at fault.
    """
    if not company_ids:
        raise BadInput("needs at least one URN, for example urn:lei:529900T8BM49AURSDO55", field="companyIds")
    for index, company_id in enumerate(company_ids):
        check_urn(company_id, f"companyIds.{index}")
    if len({company_id.casefold() for company_id in company_ids}) != len(company_ids):
        raise BadInput("names the same company twice", field="companyIds")


def check_urn(text: str, field: str) -> None:
    """A URN: what PACT v3 names companies, products and classifications by.

    Raises:
        BadInput: naming what is none.
    """
    if not _URN.fullmatch(text):
        raise BadInput(
            f"{text[:80]!r} is not a URN (RFC 8141)",
            field=field,
            next_step="Write it like urn:pact:glass.example:product-id:g32.",
        )
