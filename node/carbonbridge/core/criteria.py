"""Criteria: which footprints a partner asks for, in a ListFootprints query or a RequestCreatedEvent.

Values of one criterion are alternatives, criteria add up, letter case does not matter (PACT v3.0,
ListFootprints). A value that no footprint has matches nothing and is no error; only a date that cannot be
read is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.organisation import check_urn
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind

#: PACT's names of the criteria, beside the attributes that hold them.
_LISTS = {
    "productId": "product_id",
    "companyId": "company_id",
    "geography": "geography",
    "classification": "classification",
    "status": "status",
}
_DATES = {"validOn": "valid_on", "validAfter": "valid_after", "validBefore": "valid_before"}
_NAMES = {name.casefold(): name for name in (*_LISTS, *_DATES)}

#: An offset whose plus sign a client forgot to percent-encode, so that it arrived as a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class FootprintCriteria:
    """What to look for; values keep the asker's spelling.

    An empty tuple and None ask for nothing in particular.

    Attributes:
        valid_on: valid at this instant, both ends included.
        valid_after: validity begins after this instant.
        valid_before: validity ends before this instant.
    """

    product_id: tuple[str, ...] = ()
    company_id: tuple[str, ...] = ()
    geography: tuple[str, ...] = ()
    classification: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    valid_on: datetime | None = None
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    def key_groups(self) -> list[tuple[KeyKind, frozenset[str]]]:
        """The criteria over index keys, case-folded: of each group, a footprint has one value at least."""
        groups = {
            KeyKind.PRODUCT: self.product_id,
            KeyKind.COMPANY: self.company_id,
            KeyKind.GEOGRAPHY: self.geography,
            KeyKind.CLASSIFICATION: self.classification,
        }
        return [(kind, _folded(values)) for kind, values in groups.items() if values]

    def statuses(self) -> frozenset[str]:
        """The wanted statuses, case-folded (``active``); empty: any. May hold words that are no status."""
        return _folded(self.status)

    def document(self) -> dict[str, Any]:
        """The criteria as the ``data`` of a RequestCreatedEvent: lists, and a single status as plain text."""
        data: dict[str, Any] = {
            name: list(values) for name, attribute in _LISTS.items() if (values := getattr(self, attribute))
        }
        if len(self.status) == 1:
            data["status"] = self.status[0]
        return data | {name: value for name, value in self.pairs() if name in _DATES}

    def pairs(self) -> list[tuple[str, str]]:
        """The criteria as the query of ListFootprints, not yet percent-encoded."""
        lists = [(name, value) for name, attribute in _LISTS.items() for value in getattr(self, attribute)]
        dates = [(name, getattr(self, attribute)) for name, attribute in _DATES.items()]
        return lists + [(name, format_instant(value)) for name, value in dates if value is not None]


def matches(criteria: FootprintCriteria, facts: FootprintFacts) -> bool:
    """Whether a footprint is among those asked for."""
    return (
        all(any((kind, value) in facts.keys for value in values) for kind, values in criteria.key_groups())
        and (not criteria.status or facts.status.casefold() in criteria.statuses())
        and (criteria.valid_on is None or facts.valid_from <= criteria.valid_on <= facts.valid_until)
        and (criteria.valid_after is None or facts.valid_from > criteria.valid_after)
        and (criteria.valid_before is None or facts.valid_until < criteria.valid_before)
    )


def check_criteria(criteria: FootprintCriteria) -> None:
    """What we ask others for has to be something that a footprint can have; what others ask us need not.

    Raises:
        BadInput: a product, company or classification that is no URN, or a status that PACT does not know.
    """
    for name in ("productId", "companyId", "classification"):
        for value in getattr(criteria, _LISTS[name]):
            check_urn(value, name)
    known = {status.value.casefold() for status in FootprintStatus}
    for value in criteria.status:
        if value.casefold() not in known:
            raise BadInput(
                f"{value[:40]!r} is not a status of a footprint",
                field="status",
                next_step="Write Active or Deprecated.",
            )


def from_query(pairs: Iterable[tuple[str, str]]) -> FootprintCriteria:
    """Read the query of ListFootprints.

    Names are accepted in any letter case, an empty value is no filter, other parameters are passed over.

    Args:
        pairs: the decoded query parameters in order.

    Raises:
        BadInput: a date is not RFC 3339, or is given twice.
    """
    lists: dict[str, list[str]] = {}
    dates: dict[str, datetime] = {}
    for given, value in pairs:
        name = _NAMES.get(given.casefold())
        if name is None or not value.strip():
            continue
        if name in _LISTS:
            lists.setdefault(_LISTS[name], []).append(value)
        elif _DATES[name] in dates:
            raise BadInput("must be given once only", field=name)
        else:
            dates[_DATES[name]] = parse_instant(_LOST_PLUS.sub("+", value), field=name)
    return _criteria(lists, dates)


def from_data(data: dict[str, Any], *, field: str = "data") -> FootprintCriteria:
    """Read the criteria in the ``data`` of a RequestCreatedEvent; other members are passed over.

    ``status`` may be text (v3.0.3) or a list (OpenAPI 3.0.4); null and empty lists are no filter.

    Args:
        data: parsed JSON.
        field: path of ``data``, for messages.

    Raises:
        BadInput: a criterion is not a list of texts, or a date is not RFC 3339.
    """
    lists = {}
    for name, attribute in _LISTS.items():
        values = data.get(name)
        if name == "status" and isinstance(values, str):
            values = [values]
        lists[attribute] = _texts(values, f"{field}.{name}")
    dates = {
        attribute: parse_instant(data[name], field=f"{field}.{name}")
        for name, attribute in _DATES.items()
        if data.get(name) is not None
    }
    return _criteria(lists, dates)


def _texts(values: object, field: str) -> list[str]:
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadInput("must be a list of texts", field=field)
    return [value for value in values if value.strip()]


def _criteria(lists: dict[str, list[str]], dates: dict[str, datetime]) -> FootprintCriteria:
    return FootprintCriteria(
        product_id=tuple(lists.get("product_id", ())),
        company_id=tuple(lists.get("company_id", ())),
        geography=tuple(lists.get("geography", ())),
        classification=tuple(lists.get("classification", ())),
        status=tuple(lists.get("status", ())),
        valid_on=dates.get("valid_on"),
        valid_after=dates.get("valid_after"),
        valid_before=dates.get("valid_before"),
    )


def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)
