"""The common base of PACT's JSON objects, and its basic types (PACT v3.0, "Data types").

Attributes are spelled as PACT spells them. Unknown properties are kept, null is the same as absent, and
decimals are taken from JSON strings only.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as _model_validator

from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.quantity import Sign, format_decimal, parse_decimal
from carbonbridge.core.validation import fault, parsed

T = TypeVar("T")

#: Bytes, case-folded: footprints are found by their URNs, and every index has its limit.
LONGEST_URN = 1000

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


class PactObject(BaseModel):
    """A JSON object of PACT: frozen, unknown properties kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @_model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: item for name, item in value.items() if item is not None}
        return value

    @classmethod
    def read(cls, document: object, *, field: str = "") -> Self:
        """Read from parsed JSON.

        Args:
            document: what :func:`.document.read_json` gave.
            field: path of the object inside a larger one, for messages.

        Raises:
            BadInput: names the first field at fault and what is wrong with it.
        """
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise fault(error, field) from None

    def document(self) -> dict[str, Any]:
        """JSON form as PACT wants it sent: decimals as plain strings, dates with ``Z``.

        There is no null or empty list in it; unknown properties are as they came.
        """
        known = {name: _plain(getattr(self, name)) for name in type(self).model_fields}
        everything = known | (self.model_extra or {})
        return {name: value for name, value in everything.items() if value is not None}


def _plain(value: object) -> object:
    """Our own types in JSON form. What is of no type of ours came as JSON and stays as it is."""
    if isinstance(value, PactObject):
        return value.document()
    if isinstance(value, tuple):
        return [_plain(item) for item in value] or None
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, datetime):
        return format_instant(value)
    return value.value if isinstance(value, Enum) else value


def _decimal(sign: Sign) -> BeforeValidator:
    def parse(value: object) -> Decimal:
        if isinstance(value, Decimal):  # a JSON number with a fraction
            raise BadInput(f"must be {sign.value} as a JSON string, not a number")
        return parse_decimal(value, field="", sign=sign)

    return parsed(parse)


def spelled(pattern: str, rule: str) -> AfterValidator:
    """Text of a certain form.

    Args:
        pattern: regular expression of the whole text, ASCII.
        rule: what the error says.
    """
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(rule)
        return text

    return AfterValidator(check)


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise ValueError("must be a UUID, such as 3893bb5d-da16-4dc1-9185-11d97476c254")
    return text.lower()


def _indexable(text: str) -> str:
    if len(text.casefold().encode()) > LONGEST_URN:
        raise ValueError(f"must not be longer than {LONGEST_URN} bytes")
    return text


def _unique(items: tuple[T, ...]) -> tuple[T, ...]:
    if len({write_json(_plain(item)) for item in items}) != len(items):
        raise ValueError("must not hold the same item twice")
    return items


AnyDecimal = Annotated[Decimal, _decimal(Sign.ANY)]
Positive = Annotated[Decimal, _decimal(Sign.POSITIVE)]
NotNegative = Annotated[Decimal, _decimal(Sign.NOT_NEGATIVE)]
NotPositive = Annotated[Decimal, _decimal(Sign.NOT_POSITIVE)]
Instant = Annotated[datetime, parsed(lambda value: parse_instant(value, field=""))]
Text = Annotated[str, Field(min_length=1)]
Uuid = Annotated[str, AfterValidator(_uuid)]  # lower case inside: RFC 9562 knows no letter case
Urn = Annotated[
    str,
    AfterValidator(_indexable),
    spelled(r"[uU][rR][nN]:[^\s].*", "must be a URN, such as urn:gtin:4712345060507"),
]
Some = Annotated[tuple[T, ...], Field(min_length=1)]
SomeUnique = Annotated[tuple[T, ...], Field(min_length=1), AfterValidator(_unique)]
