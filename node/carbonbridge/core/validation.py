"""Pydantic in our own words: our parsers as its validators, its errors as ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from carbonbridge.core.errors import BadInput

T = TypeVar("T")

#: Pydantic's kinds of error in the words of somebody who writes JSON.
_SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a known name here",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "too_short": "needs at least one item",
    "bool_type": "must be true or false",
}

_NEXT_STEPS: Mapping[str, str] = {
    "missing": "Add it.",
    "extra_forbidden": "Correct its spelling, or leave it out.",
}


def parsed(parse: Callable[[object], T]) -> BeforeValidator:
    """Our parsers as pydantic validators: pydantic adds the path to a ValueError, and only to that."""

    def validate(value: object) -> T:
        try:
            return parse(value)
        except BadInput as error:
            raise ValueError(error.message) from None

    return BeforeValidator(validate)


def fault(error: ValidationError, field: str) -> BadInput:
    """The first thing that is wrong, named by its path.

    Args:
        field: path of the validated object inside a larger one.
    """
    return faults(error, field)[0]


def faults(error: ValidationError, field: str = "") -> list[BadInput]:
    """Everything that is wrong; otherwise as :func:`fault`."""
    return [_named(detail, field) for detail in error.errors(include_input=False, include_url=False)]


def _named(detail: ErrorDetails, field: str) -> BadInput:
    path = ".".join([*([field] if field else []), *(str(step) for step in detail["loc"])])
    return BadInput(_sentence(detail), field=path or None, next_step=_NEXT_STEPS.get(detail["type"]))


def _sentence(error: ErrorDetails) -> str:
    expected = error.get("ctx", {}).get("expected")
    if expected is not None:
        return f"must be {expected}"
    return _SENTENCES.get(error["type"], error["msg"].removeprefix("Value error, "))
