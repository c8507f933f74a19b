"""Exact numbers and units.

Decimals travel as JSON strings (PACT v3, type ``string<decimal>``) and are :class:`decimal.Decimal` inside. The regular
expressions printed in PACT 3.0.3 accept ``-0.5`` as positive and ``1abc`` as a number; we parse, then check the sign.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import StrEnum

from carbonbridge.core.errors import BadInput

#: Arithmetic context of every calculation: 34 significant digits, half-even (IEEE 754-2008 decimal128).
CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)

#: More digits than any physical quantity has; a longer text is an attack or an accident.
_MAX_TEXT = 64
_MAX_EXPONENT = 30
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class Sign(StrEnum):
    """The sign rule of a decimal field (PACT v3 decimal subtypes)."""

    ANY = "a decimal number"
    POSITIVE = "a decimal number > 0"
    NOT_NEGATIVE = "a decimal number >= 0"
    NOT_POSITIVE = "a decimal number <= 0"


def parse_decimal(text: object, *, field: str, sign: Sign = Sign.ANY) -> Decimal:
    """Read one decimal.

    Args:
        text: a decimal in plain or exponent notation, as text (JSON string).
        field: name used in the error.
        sign: the sign rule.

    Raises:
        BadInput: not a string, not a finite decimal, too long, or of the wrong sign.
    """
    if isinstance(text, Decimal):
        value = text
    elif not isinstance(text, str):
        raise BadInput(f"must be {sign.value} as a JSON string, not {_json_type(text)}", field=field)
    elif len(text) > _MAX_TEXT or not _DECIMAL.fullmatch(text):
        raise BadInput(f"must be {sign.value}, not {text[:_MAX_TEXT]!r}", field=field)
    else:
        value = Decimal(text)
    if not value.is_finite() or (value and abs(value.adjusted()) > _MAX_EXPONENT):
        raise BadInput(f"must be {sign.value} of a plausible size", field=field)
    wrong = (
        (sign is Sign.POSITIVE and value <= 0)
        or (sign is Sign.NOT_NEGATIVE and value < 0)
        or (sign is Sign.NOT_POSITIVE and value > 0)
    )
    if wrong:
        raise BadInput(f"must be {sign.value}, not {format_decimal(value)}", field=field)
    return value


def format_decimal(value: Decimal) -> str:
    """Plain notation without exponent, trailing zeros or negative zero: ``1E+3`` → ``1000``, ``-0.0`` → ``0``."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_significant(value: Decimal, digits: int) -> Decimal:
    """Round half-even to a number of significant digits."""
    with localcontext(CONTEXT) as context:
        context.prec = digits
        return +value


def _json_type(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", list: "an array", dict: "an object"}
    return "null" if value is None else names.get(type(value), type(value).__name__)


#: unit → (dimension, factor to the dimension's base unit). PACT's ten declared units (v3 ``DeclaredUnit``) and the
#: ones that bills of materials and Chinese activity records use beside them.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "kilogram": ("mass", Decimal(1)),
    "kg": ("mass", Decimal(1)),
    "公斤": ("mass", Decimal(1)),
    "g": ("mass", Decimal("0.001")),
    "t": ("mass", Decimal(1000)),
    "tonne": ("mass", Decimal(1000)),
    "吨": ("mass", Decimal(1000)),
    "kilowatt hour": ("energy", Decimal("3.6")),
    "kWh": ("energy", Decimal("3.6")),
    "度": ("energy", Decimal("3.6")),
    "MWh": ("energy", Decimal(3600)),
    "megajoule": ("energy", Decimal(1)),
    "MJ": ("energy", Decimal(1)),
    "GJ": ("energy", Decimal(1000)),
    "liter": ("volume", Decimal("0.001")),
    "l": ("volume", Decimal("0.001")),
    "cubic meter": ("volume", Decimal(1)),
    "m3": ("volume", Decimal(1)),
    "square meter": ("area", Decimal(1)),
    "m2": ("area", Decimal(1)),
    "ton kilometer": ("transport", Decimal(1)),
    "tkm": ("transport", Decimal(1)),
    "hour": ("time", Decimal(1)),
    "piece": ("count", Decimal(1)),
    "个": ("count", Decimal(1)),
    "megabit second": ("data", Decimal(1)),
}


def convert(amount: Decimal, unit: str, into: str, *, field: str = "unit") -> Decimal:
    """Convert an amount between two units of one dimension.

    Raises:
        BadInput: a unit is unknown, or the two measure different things.
    """
    source, target = _unit(unit, field), _unit(into, field)
    if source[0] != target[0]:
        raise BadInput(
            f"cannot convert {unit!r} ({source[0]}) into {into!r} ({target[0]})",
            field=field,
            next_step="Give the amount in the unit that the footprint or factor declares.",
        )
    return CONTEXT.divide(CONTEXT.multiply(amount, source[1]), target[1])


def _unit(unit: str, field: str) -> tuple[str, Decimal]:
    try:
        return _UNITS[unit]
    except KeyError:
        raise BadInput(
            f"unknown unit {unit[:40]!r}", field=field, next_step=f"Write one of {', '.join(_UNITS)}."
        ) from None
