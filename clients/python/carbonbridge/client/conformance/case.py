"""A conformance case: what is asked of a host, as data, and the function that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from carbonbridge.client.conformance.version import ALL, NONE, PactVersion
from carbonbridge.client.conformance.wording import Text

if TYPE_CHECKING:
    from carbonbridge.client.conformance.trial import Trial

#: Does its checks and returns. A case that has to wait for what the host sends on its own yields once when its own
#: sending is done; it goes on when all other cases are through.
Run: TypeAlias = "Callable[[Trial], Iterator[None] | None]"


class Outcome(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"  #: the host's callback has not come (yet)
    SKIPPED = "skipped"  #: the host's data give nothing to test this with


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        number: the official suite's number, or ``S-01`` … of the stricter set.
        expects: what must hold.
        section: where the specification says so.
        mandatory: versions for which the host must pass.
        optional: versions for which it is run all the same.
        after: number of a case that must have run before.
    """

    number: str
    name: Text
    expects: Text
    section: str
    run: Run = field(repr=False)
    mandatory: frozenset[PactVersion]
    optional: frozenset[PactVersion]
    after: str | None = None

    @property
    def published(self) -> bool:
        """Whether it is one of the official suite's cases."""
        return not self.number.startswith("S-")


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went.

    Attributes:
        mandatory: it counts for the verdict.
        sent: the requests that were made, without secrets, as command lines.
        received: what came instead of what was expected.
        cause: what is likely to be wrong with the host.
        warnings: what is not as it should be, and no failure.
    """

    case: Case
    mandatory: bool
    outcome: Outcome
    seconds: float
    sent: tuple[str, ...] = ()
    received: Text | None = None
    cause: Text | None = None
    warnings: tuple[Text, ...] = ()


class Failed(Exception):
    """The host does not do what the case expects."""

    def __init__(self, received: Text, cause: Text | None = None) -> None:
        super().__init__(received.en)
        self.received = received
        self.cause = cause


class Pending(Exception):
    """A callback has not come in the time that was given."""

    def __init__(self, awaited: Text, cause: Text | None = None) -> None:
        super().__init__(awaited.en)
        self.awaited = awaited
        self.cause = cause


class Inapplicable(Exception):
    """The host's data give nothing to test this with."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def case(
    number: str,
    name: tuple[str, str],
    *,
    expects: tuple[str, str],
    section: str,
    mandatory: frozenset[PactVersion] = NONE,
    optional: frozenset[PactVersion] = NONE,
    after: str | None = None,
) -> Callable[[Run], Case]:
    """Make a case of a function. Name and expectation are English and Chinese; see :class:`Case` for the rest."""
    return lambda run: Case(
        number, Text(*name), Text(*expects), section, run, mandatory, optional - mandatory, after
    )


def strict(
    number: str,
    name: tuple[str, str],
    *,
    expects: tuple[str, str],
    section: str,
    versions: frozenset[PactVersion] = ALL,
) -> Callable[[Run], Case]:
    """Make a case of the stricter set."""
    return case(f"S-{number}", name, expects=expects, section=section, optional=versions)


def cases_of(*modules: ModuleType) -> tuple[Case, ...]:
    """The cases that modules define, in their order."""
    return tuple(item for module in modules for item in vars(module).values() if isinstance(item, Case))
