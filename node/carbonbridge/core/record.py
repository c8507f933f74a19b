"""The common base of our own JSON documents: certificates, schemes, agreements, verdicts.

Attributes are snake_case in Python and camelCase in JSON; decimals are strings in JSON (:mod:`.quantity`),
instants RFC 3339. Reading names the first field at fault in the sender's spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.quantity import Sign, format_decimal, parse_decimal
from carbonbridge.core.validation import fault, parsed

T = TypeVar("T")


def _decimal(sign: Sign) -> BeforeValidator:
    return parsed(lambda value: parse_decimal(value, field="", sign=sign))


_AS_TEXT = PlainSerializer(format_decimal, return_type=str, when_used="json")

AnyDecimal = Annotated[Decimal, _decimal(Sign.ANY), _AS_TEXT]
NotNegative = Annotated[Decimal, _decimal(Sign.NOT_NEGATIVE), _AS_TEXT]
#: A result of ours: as large or small as the inputs make it.
Computed = Annotated[Decimal, _AS_TEXT]
Positive = Annotated[Decimal, _decimal(Sign.POSITIVE), _AS_TEXT]
Instant = Annotated[
    datetime,
    parsed(lambda value: parse_instant(value, field="")),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"\S")]


class Record(BaseModel):
    """A frozen value with a JSON form; unknown names are passed over (the signed bytes keep them)."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, extra="ignore"
    )

    @classmethod
    def read(cls, document: object, *, field: str = "") -> Self:
        """Read from parsed JSON or YAML.

        Args:
            document: what :func:`.document.read_json` gave.
            field: path of the document inside a larger one, for messages.

        Raises:
            BadInput: names the first field at fault and what is wrong with it.
        """
        if not isinstance(document, Mapping):
            raise BadInput("must be an object", field=field or None)
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise fault(error, field) from None

    def document(self) -> dict[str, Any]:
        """JSON form: camelCase names, decimals and instants as strings, absent values left out."""
        return self.model_dump(mode="json", exclude_none=True)


class StrictRecord(Record):
    """A record that is configuration: an unknown name is a typing error that would silently drop a rule."""

    model_config = ConfigDict(extra="forbid")
