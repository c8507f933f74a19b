"""Marks, and grants of them: which product may carry which mark, where, and for how long.

A mark is never shown without the value that was certified, and recognising a certificate grants no mark: a grant does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from carbonbridge.core.record import StrictRecord, Text
from carbonbridge.core.registers.period import Period
from carbonbridge.core.scheme import SchemeClass, Wording


class Medium(StrEnum):
    """Where a mark is used (苏市监〔2024〕227号: 包装、说明书、广告宣传)."""

    PRODUCT = "product"
    PACKAGING = "packaging"
    MANUAL = "manual"
    ADVERTISING = "advertising"
    ONLINE = "online"


class Mark(Period):
    """A mark.

    Attributes:
        owner: who grants the use of it.
        scheme: id of the scheme whose certificates may carry it.
        media: where it may be used at all.
        instrument: id of the legal instrument that made it.
    """

    id: Text
    name: Wording
    owner: Text
    scheme: Text
    scheme_class: SchemeClass
    media: Annotated[tuple[Medium, ...], Field(min_length=1)]
    instrument: Text | None = None


class MarkGrant(Period):
    """The permission to show a mark.

    Attributes:
        mark: id of the mark.
        holder: company URN.
        products: product ids (URNs), none other.
        certificate: id of the certificate that it rests on; it ends with it.
    """

    id: Text
    mark: Text
    holder: Text
    products: Annotated[tuple[Text, ...], Field(min_length=1)]
    certificate: Text
    media: Annotated[tuple[Medium, ...], Field(min_length=1)]


class MarkUse(StrictRecord):
    """A use of a mark that is asked about."""

    mark: Text
    product: Text
    medium: Medium


def may_show(
    grants: Iterable[MarkGrant], marks: Iterable[Mark], use: MarkUse, at: datetime
) -> MarkGrant | None:
    """The grant by which a product may show a mark in a medium at an instant; None: it may not.

    Whether the certificate behind it is valid is another question, and has to be asked too.
    """
    if not any(mark.id == use.mark and mark.holds(at) and use.medium in mark.media for mark in marks):
        return None
    product = use.product.casefold()
    for grant in grants:
        granted = grant.mark == use.mark and use.medium in grant.media and grant.holds(at)
        if granted and product in {one.casefold() for one in grant.products}:
            return grant
    return None
