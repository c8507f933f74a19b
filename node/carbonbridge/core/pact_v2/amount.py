"""Amounts: v2 figures are per one declared unit, v3 figures per ``declaredUnitAmount`` of them (ADR-36).

Multiplying is exact. So is dividing where the quotient ends; where it does not, it is rounded half-even to 28
significant digits.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact

from carbonbridge.core.quantity import format_decimal

#: Digits kept of a quotient that does not end.
DIGITS = 28

#: Longest decimal that we, and by that everybody who uses this software, read back.
_LONGEST = 64

_Calculation = Callable[[Context], Decimal]

_EXACT = Context(prec=_LONGEST, rounding=ROUND_HALF_EVEN, traps=[])
_ROUNDED = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, traps=[])


def times(value: Decimal, amount: Decimal) -> tuple[Decimal, bool]:
    """Product, and whether it is exact."""
    return _best(lambda context: context.multiply(value, amount))


def over(value: Decimal, amount: Decimal) -> tuple[Decimal, bool]:
    """Quotient, and whether it is exact."""
    return _best(lambda context: context.divide(value, amount))


def total(*values: Decimal | None) -> Decimal:
    """Exact sum; None counts as zero."""
    result = Decimal(0)
    for value in values:
        if value is not None:
            result = _EXACT.add(result, value)
    return result


def _best(calculate: _Calculation) -> tuple[Decimal, bool]:
    context = _EXACT.copy()
    result = calculate(context)
    if not context.flags[Inexact] and len(format_decimal(result)) <= _LONGEST:
        return result, True
    return calculate(_ROUNDED.copy()), False
