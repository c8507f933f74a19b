"""How values are written: what PACT's own patterns refuse though a tolerant reader understands it, and nulls.

Our reading is that of the specification's text, which allows ``1.2345e+6``; its 3.0.3 patterns do not, and a recipient
that checks by them refuses it. So the linter is stricter than a node is on what it takes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import parse_instant
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.members import Kind, members
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject
from carbonbridge.core.quantity import format_decimal, parse_decimal

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_ZERO = re.compile(r"[+-]0+(\.0+)?", re.ASCII)

NULL = Rule(
    "PCF-NULL",
    Severity.ERROR,
    Layer.SCHEMA,
    "PACT v3.0.3, Validation; no property of the schema is nullable",
    ("It is null.", "该值为 null。"),
    ("Leave the property out.", "请省略该属性。"),
)
PLAIN = Rule(
    "PCF-PLAIN",
    Severity.ERROR,
    Layer.SCHEMA,
    "PACT v3.0.3, Data types: decimal (pattern)",
    (
        "{stated} is not plain notation; recipients that check the pattern refuse it.",
        "{stated} 不是普通记数法；按规范的模式检查的接收方会拒收。",
    ),
    ("Write {plain}.", "请写成 {plain}。"),
)
OFFSET = Rule(
    "PCF-OFFSET",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, Data types: date-time",
    (
        "{stated} does not end in Z: many readers expect UTC so written.",
        "{stated} 未以 Z 结尾：许多读取方要求用 Z 表示 UTC。",
    ),
    ("Write it in UTC with Z.", "请换算为 UTC 并以 Z 结尾。"),
)
EMPTY_LIST = Rule(
    "PCF-EMPTY-LIST",
    Severity.WARNING,
    Layer.SCHEMA,
    "PACT v3.0.3, data model: optional lists",
    ("It is an empty list.", "该列表为空。"),
    ("Leave the property out.", "请省略该属性。"),
)
RULES = (NULL, PLAIN, OFFSET, EMPTY_LIST)


def check(subject: Subject) -> Iterator[Finding]:
    """Nulls, decimals, dates and empty lists of PACT's own properties."""
    for member in members(subject.document):
        if member.kind is Kind.UNKNOWN:
            continue
        if member.value is None:
            yield NULL.at(member.path)
        elif member.path == "extensions" and member.value == []:
            yield EMPTY_LIST.at(member.path)
        elif member.kind is Kind.DECIMAL and isinstance(member.value, str):
            yield from _decimal(member.path, member.value)
        elif member.kind is Kind.INSTANT and isinstance(member.value, str):
            yield from _instant(member.path, member.value)


def _decimal(path: str, text: str) -> Iterator[Finding]:
    if _PLAIN.fullmatch(text) and not _ZERO.fullmatch(text):
        return
    try:
        value = parse_decimal(text, field=path)
    except BadInput:
        return  # no number at all: the schema's finding
    yield PLAIN.at(path, stated=text, plain=format_decimal(value))


def _instant(path: str, text: str) -> Iterator[Finding]:
    try:
        parse_instant(text, field=path)
    except BadInput:
        return
    if not text.endswith("Z"):
        yield OFFSET.at(path, stated=text)
