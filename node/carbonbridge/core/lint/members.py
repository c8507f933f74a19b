"""A walk over a document beside its data model: every member with what the model says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from carbonbridge.core.footprint import ProductFootprint
from carbonbridge.core.pact_object import PactObject


class Kind(Enum):
    """What the data model says a member is."""

    UNKNOWN = auto()  #: it does not say: a property beyond the specification
    DECIMAL = auto()
    INSTANT = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the document or of an object in it.

    Attributes:
        path: dotted.
        owner: the object that it is a member of.
    """

    path: str
    name: str
    value: object
    kind: Kind
    owner: type[PactObject]


def members(
    document: object, owner: type[PactObject] = ProductFootprint, prefix: str = ""
) -> Iterator[Member]:
    """All members that belong to PACT's objects, and none of what is inside unknown ones or extensions' data."""
    if not isinstance(document, Mapping):
        return
    known = _known(owner)
    for name, value in document.items():
        kind, inner = known.get(name, (Kind.UNKNOWN, None))
        path = f"{prefix}{name}"
        yield Member(path, name, value, kind, owner)
        if inner is None:
            continue
        yield from members(value, inner, f"{path}.")
        for number, item in enumerate(value if isinstance(value, list) else []):
            yield from members(item, inner, f"{path}.{number}.")


def names(owner: type[PactObject]) -> list[str]:
    """The names that an object's members may have."""
    return list(_known(owner))


@cache
def _known(owner: type[PactObject]) -> dict[str, tuple[Kind, type[PactObject] | None]]:
    return {name: _meaning(field.annotation) for name, field in owner.model_fields.items()}


def _meaning(annotation: Any) -> tuple[Kind, type[PactObject] | None]:
    leaves = [leaf for leaf in _leaves(annotation) if isinstance(leaf, type)]
    inner = next((leaf for leaf in leaves if issubclass(leaf, PactObject)), None)
    if Decimal in leaves:
        return Kind.DECIMAL, None
    return (Kind.INSTANT if datetime in leaves else Kind.OTHER), inner


def _leaves(annotation: Any) -> Iterator[Any]:
    """The plain types inside optional, annotated and list types."""
    inside = get_args(annotation)
    if not inside:
        yield annotation
        return
    for item in inside[:1] if get_origin(annotation) is Annotated else inside:
        yield from _leaves(item)
