"""All cases, and which of them a version has."""

from __future__ import annotations

from collections.abc import Iterable

from carbonbridge.client.conformance import (
    cases_auth,
    cases_events,
    cases_filters,
    cases_read,
    cases_v2,
    strict_access,
    strict_data,
    strict_events,
    strict_lists,
    strict_models,
)
from carbonbridge.client.conformance.case import Case, cases_of
from carbonbridge.client.conformance.version import PactVersion
from carbonbridge.core.errors import BadInput

PUBLISHED = cases_of(cases_auth, cases_read, cases_events, cases_filters, cases_v2)
STRICT = cases_of(strict_data, strict_lists, strict_events, strict_access, strict_models)


def cases(pact: PactVersion, *, strict: bool = True) -> list[Case]:
    """The cases of a version: the published ones by number, then the stricter set."""
    published = sorted((case for case in PUBLISHED if has(case, pact)), key=order)
    return published + [case for case in STRICT if strict and has(case, pact)]


def has(case: Case, pact: PactVersion) -> bool:
    """Whether a case is run for a version."""
    return pact in case.mandatory | case.optional


def order(case: Case) -> tuple[int, str]:
    """14.A before 14.B before 15."""
    number, _, letter = case.number.partition(".")
    return int(number), letter


def chosen(every: list[Case], numbers: Iterable[str]) -> list[Case]:
    """Only the cases of these numbers, and those that must run before them.

    Raises:
        BadInput: there is no such case.
    """
    known = {case.number.casefold(): case for case in every}
    wanted: set[str] = set()
    for number in numbers:
        found = known.get(number.strip().casefold())
        if found is None:
            raise BadInput(
                f"there is no case {number[:20]!r} for this version",
                field="case",
                next_step=f"There are {', '.join(case.number for case in every)}.",
            )
        wanted |= {found.number} | ({found.after} if found.after else set())
    return [case for case in every if case.number in wanted]
