"""The declared unit: what a footprint's figures are per."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from carbonbridge.core.errors import BadInput
from carbonbridge.core.quantity import CONTEXT, Sign, convert, parse_decimal


@dataclass(frozen=True, slots=True)
class DeclaredUnit:
    """PACT v3: *declared unit* = ``declaredUnitAmount`` × ``declaredUnitOfMeasurement``.

    Attributes:
        mass: kg in one declared unit, 0 where it does not matter.
    """

    amount: Decimal
    unit: str
    mass: Decimal

    @classmethod
    def read(cls, pcf: Mapping[str, object], *, field: str) -> DeclaredUnit:
        """From a ``pcf`` in PACT JSON form.

        Raises:
            BadInput: one of the three is missing or damaged.
        """
        unit = pcf.get("declaredUnitOfMeasurement")
        if not isinstance(unit, str):
            raise BadInput("must be text", field=f"{field}.declaredUnitOfMeasurement")
        amount, mass = "declaredUnitAmount", "productMassPerDeclaredUnit"
        return cls(
            parse_decimal(pcf.get(amount), field=f"{field}.{amount}", sign=Sign.POSITIVE),
            unit,
            parse_decimal(pcf.get(mass), field=f"{field}.{mass}", sign=Sign.NOT_NEGATIVE),
        )

    def count(self, amount: Decimal, unit: str, *, field: str) -> Decimal:
        """How many declared units an amount is; by mass where the footprint counts otherwise.

        Raises:
            BadInput: the units do not fit.
        """
        try:
            return CONTEXT.divide(convert(amount, unit, self.unit, field=field), self.amount)
        except BadInput as mismatch:
            if not self.mass:
                raise
            try:
                kilograms = convert(amount, unit, "kilogram", field=field)
            except BadInput:
                raise mismatch from None
            return CONTEXT.divide(kilograms, self.mass)
