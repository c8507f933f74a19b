"""What a body must look like, as tables, and every place where it does not.

Two strengths in one table. The rules of ``SUITE`` are what the official suite checks: members, types, lists, formats,
and any text for a decimal. The other rules are what the specification means: its printed expressions for decimals let
``-0.5`` pass for positive and ``1abc`` for a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from carbonbridge.client.conformance.sample import instant
from carbonbridge.client.conformance.wording import Text
from carbonbridge.core.document import write_json
from carbonbridge.core.quantity import Sign

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_URN = re.compile(r"urn:", re.IGNORECASE)
#: RFC 8141: namespace of 2 to 32 letters, digits, hyphens; then anything that a URI may hold, and the ``#`` of ECLASS.
_FULL_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:\S+", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_SHOWN = 60


class Rule(StrEnum):
    """What kind of fault it is."""

    SCHEMA = "schema"
    NULL = "null"
    NUMBER = "number"  #: a JSON number where a text must be
    DECIMAL = "decimal"
    SIGN = "sign"
    RANGE = "range"
    EMPTY = "empty"
    URN = "urn"
    DATE = "date"


#: Faults that the official suite sees.
SUITE = frozenset({Rule.SCHEMA, Rule.NULL, Rule.NUMBER})


class Fault(NamedTuple):
    """One fault: where, what, of which kind."""

    path: str
    what: Text
    rule: Rule


class Shape(Protocol):
    """Says what is wrong with a value."""

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """Every fault in the value."""
        ...


@dataclass(frozen=True, slots=True)
class String:
    """Text.

    Attributes:
        least: fewest characters.
        pattern: regular expression of the whole text.
        choices: the only texts there may be.
    """

    least: int = 0
    pattern: str | None = None
    choices: tuple[str, ...] = ()

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No text, too short, or of another form."""
        if not isinstance(value, str):
            yield _no_text(value, path)
        elif len(value) < self.least:
            yield Fault(path, Text("is empty", "为空"), Rule.SCHEMA)
        elif (self.choices and value not in self.choices) or not re.fullmatch(
            self.pattern or ".*", value, re.S
        ):
            shown = value[:_SHOWN]
            yield Fault(path, Text(f"may not be {shown!r}", f"不可为 {shown!r}"), Rule.SCHEMA)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A UUID."""

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No UUID."""
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            yield Fault(path, Text("is no UUID", "不是 UUID"), Rule.SCHEMA)


@dataclass(frozen=True, slots=True)
class Urn:
    """A URN."""

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No URN, or not one of RFC 8141."""
        if not isinstance(value, str) or not _URN.match(value):
            yield Fault(path, Text("is no URN", "不是 URN"), Rule.SCHEMA)
        elif not _FULL_URN.fullmatch(value):
            yield Fault(path, Text(f"is no URN of RFC 8141: {value[:_SHOWN]}", "不符合 RFC 8141"), Rule.URN)


@dataclass(frozen=True, slots=True)
class Instant:
    """An RFC 3339 date-time; in UTC, written with ``Z``, if it is to survive a query unencoded."""

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No date-time, or one with a numeric offset."""
        if instant(value) is None:
            yield Fault(path, Text("is no RFC 3339 date-time", "不是 RFC 3339 日期时间"), Rule.SCHEMA)
        elif not str(value).endswith("Z"):
            yield Fault(
                path, Text(f"is not in UTC with Z: {value}", f"不是以 Z 结尾的 UTC 时间：{value}"), Rule.DATE
            )


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """Neither."""
        if not isinstance(value, bool):
            yield Fault(path, Text("is neither true nor false", "不是布尔值"), Rule.SCHEMA)


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number (v2 has some).

    Attributes:
        low, high: bounds, inclusive.
    """

    low: int | None = None
    high: int | None = None
    whole: bool = False

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No number, or out of bounds."""
        kinds = int if self.whole else int | Decimal
        if isinstance(value, bool) or not isinstance(value, kinds):
            yield Fault(path, Text("is no JSON number", "不是 JSON 数字"), Rule.SCHEMA)
        else:
            yield from _out_of(Decimal(value), self.low, self.high, path)


@dataclass(frozen=True, slots=True)
class Figure:
    """A decimal as a JSON string, in plain notation.

    Attributes:
        sign: what sign the specification means.
        low, high: bounds, inclusive.
    """

    sign: Sign = Sign.ANY
    low: int | None = None
    high: int | None = None

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No text, no plain decimal, of the wrong sign, or out of bounds."""
        if not isinstance(value, str):
            yield _no_text(value, path)
            return
        if not _PLAIN.fullmatch(value):
            shown = value[:_SHOWN]
            yield Fault(
                path, Text(f"is no plain decimal: {shown!r}", f"不是普通十进制：{shown!r}"), Rule.DECIMAL
            )
            return
        number = Decimal(value)
        wrong = (
            (self.sign is Sign.POSITIVE and number <= 0)
            or (self.sign is Sign.NOT_NEGATIVE and number < 0)
            or (self.sign is Sign.NOT_POSITIVE and number > 0)
        )
        if wrong:
            what = Text(f"must be {self.sign.value}, not {value[:_SHOWN]}", f"符号不符：{value[:_SHOWN]}")
            yield Fault(path, what, Rule.SIGN)
        yield from _out_of(number, self.low, self.high, path)


@dataclass(frozen=True, slots=True)
class Many:
    """An array.

    Attributes:
        item: what each must be.
        least: fewest items the schema asks for; an empty array is a fault in any case.
        unique: none may be there twice.
    """

    item: Shape
    least: int = 1
    unique: bool = True

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No array, too few, doubles, and the faults of the items."""
        if not isinstance(value, list):
            yield _wrong_type(value, path, Text("is no array", "不是数组"))
            return
        if not value:
            yield Fault(
                path, Text("is an empty array", "是空数组"), Rule.SCHEMA if self.least else Rule.EMPTY
            )
        if self.unique and len({write_json(item) for item in value}) != len(value):
            yield Fault(path, Text("holds an item twice", "有重复项"), Rule.SCHEMA)
        for index, item in enumerate(value):
            yield from self.item.faults(item, f"{path}[{index}]")


@dataclass(frozen=True, slots=True)
class Members:
    """An object; members that the table does not know are welcome.

    Attributes:
        required: members that must be there.
        optional: members that may be.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]

    def faults(self, value: object, path: str) -> Iterator[Fault]:
        """No object, members that are missing, and the faults of those there."""
        if not isinstance(value, dict):
            yield _wrong_type(value, path, Text("is no object", "不是对象"))
            return
        for name, shape in {**self.required, **self.optional}.items():
            where = f"{path}.{name}".lstrip(".")
            if name in value and value[name] is None:
                yield Fault(where, Text("is null", "为 null"), Rule.NULL)
            elif name in value:
                yield from shape.faults(value[name], where)
            elif name in self.required:
                yield Fault(where, Text("is missing", "缺失"), Rule.SCHEMA)


def _no_text(value: object, path: str) -> Fault:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fault(path, Text("is a JSON number, not a string", "是 JSON 数字而非字符串"), Rule.NUMBER)
    return _wrong_type(value, path, Text("is no string", "不是字符串"))


def _wrong_type(value: object, path: str, what: Text) -> Fault:
    return (
        Fault(path, Text("is null", "为 null"), Rule.NULL)
        if value is None
        else Fault(path, what, Rule.SCHEMA)
    )


def _out_of(number: Decimal, low: int | None, high: int | None, path: str) -> Iterator[Fault]:
    if (low is not None and number < low) or (high is not None and number > high):
        yield Fault(path, Text(f"must be within {low} … {high}", f"须在 {low} 至 {high} 之间"), Rule.RANGE)
