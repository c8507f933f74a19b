"""Disclosure: which footprints a partner may see.

List, Get, events and exports all ask :func:`opening` or :func:`may_see`, so that a partner finds the same set on
every way in (PACT v3: what is sent in an event is also available through ListFootprints and GetFootprint, and
the other way round).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from carbonbridge.core.errors import BadInput
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind


@dataclass(frozen=True, slots=True)
class FootprintFacts:
    """What filters and disclosure need to know of a footprint.

    Attributes:
        id: UUID, lower case.
        valid_from: first instant of validity, aware.
        valid_until: first instant after it, aware.
        keys: what it can be found by; values are case-folded.
    """

    id: str
    status: FootprintStatus
    valid_from: datetime
    valid_until: datetime
    keys: frozenset[tuple[KeyKind, str]]


class Keyed(Protocol):
    """What disclosure looks at."""

    @property
    def keys(self) -> frozenset[tuple[KeyKind, str]]:
        """What the footprint can be found by; values are case-folded."""
        ...


class GrantScope(StrEnum):
    """What a grant opens."""

    PRODUCT = "product"
    CLASSIFICATION = "classification"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission for one connection to see some of the organisation's footprints, in every status.

    Attributes:
        value: the product id or classification (URN); None for scope ``all``.
        valid_from: first instant of the permission, aware.
        valid_until: first instant after it; None while it lasts.
    """

    id: str
    connection_id: str
    scope: GrantScope
    value: str | None
    valid_from: datetime
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        if (self.scope is GrantScope.ALL) == bool(self.value):
            raise BadInput("is needed for scope product or classification, and only there", field="value")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise BadInput("must be later than the beginning", field="validUntil")

    @property
    def key(self) -> tuple[KeyKind, str] | None:
        """The index key a footprint must have, case-folded; None: any footprint."""
        if self.value is None:
            return None
        kind = KeyKind.PRODUCT if self.scope is GrantScope.PRODUCT else KeyKind.CLASSIFICATION
        return kind, self.value.casefold()

    def in_force(self, at: datetime) -> bool:
        """Whether the permission holds at an instant."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Opening:
    """What grants open at an instant: looked up once, and then for many footprints.

    Attributes:
        everything: all footprints.
        keys: or those that have one of these.
    """

    everything: bool
    keys: frozenset[tuple[KeyKind, str]]

    def shows(self, footprint: Keyed) -> bool:
        """Whether a partner with these grants may see a footprint."""
        return self.everything or (bool(self.keys) and not self.keys.isdisjoint(footprint.keys))


def opening(grants: Iterable[Grant], at: datetime) -> Opening:
    """What the grants of a partner's own connection open.

    Args:
        at: the instant of the question, aware.
    """
    keys = {grant.key for grant in grants if grant.in_force(at)}
    return Opening(None in keys, frozenset(key for key in keys if key is not None))


def may_see(footprint: Keyed, grants: Iterable[Grant], at: datetime) -> bool:
    """Whether a partner may see a footprint.

    Args:
        grants: the grants of the partner's own connection.
        at: the instant of the question, aware.
    """
    return opening(grants, at).shows(footprint)
