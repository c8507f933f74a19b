"""JSON numbers: percentages and ratings, which v2 writes as numbers and v3 as decimal strings."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_object import PactObject
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.validation import parsed


def _between(least: int, most: int) -> BeforeValidator:
    def parse(value: object) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise BadInput(f"must be a JSON number from {least} to {most}")
        if not least <= value <= most:
            raise BadInput(f"must be a JSON number from {least} to {most}, not {str(value)[:40]}")
        return Decimal(value)

    return parsed(parse)


def _version(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadInput("must be a whole number from 0 to 2147483647")
    return value


Percent = Annotated[Decimal, _between(0, 100)]
Rating = Annotated[Decimal, _between(1, 3)]
WholeNumber = Annotated[int, parsed(_version)]


class NumberedObject(PactObject):
    """An object some of whose members are JSON numbers.

    Attributes:
        NUMBERS: their names.
    """

    NUMBERS: ClassVar[tuple[str, ...]] = ()

    def document(self) -> dict[str, Any]:
        """JSON form; numbers are int where they are whole, else :class:`~decimal.Decimal`."""
        written = super().document()
        return written | {name: as_number(getattr(self, name)) for name in self.NUMBERS if name in written}


def as_number(value: Decimal) -> int | Decimal:
    """The JSON number of a decimal, without an exponent or trailing zeros where it can be."""
    return int(value) if value == value.to_integral_value() else Decimal(format_decimal(value))
