"""``$filter`` of v2's ListFootprints: the subset of OData v4 that specification v2.3 names, and nothing beyond.

Comparisons joined by ``and``: ``eq lt le gt ge`` on seven properties, and ``any`` with ``eq`` on the two lists
of ids. Text is compared without letter case, as everywhere in PACT; instants as instants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import BadInput, NotSupported
from carbonbridge.core.instant import parse_instant
from carbonbridge.core.pact_v2.words import classification_of

#: Longer filters are an attack or an accident.
LONGEST = 4000
_DEEPEST = 20

_FIELD = "$filter"
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w/.$-]*)|([\d][\w:.+-]*)|(.))", re.ASCII | re.DOTALL)

#: Properties that can be compared, and whether they are instants.
_PROPERTIES: Mapping[str, bool] = {
    "created": True,
    "updated": True,
    "productCategoryCpc": False,
    "pcf/geographyCountry": False,
    "pcf/referencePeriodStart": True,
    "pcf/referencePeriodEnd": True,
}
_LISTS = ("companyIds", "productIds")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {"eq": eq, "lt": lt, "le": le, "gt": gt, "ge": ge}

#: A plus sign that was not percent-encoded, and arrived as a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition.

    Attributes:
        path: the property, or one of the lists of ids, of which any may match.
        value: as it was given.
    """

    path: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What a listing is narrowed to; no comparison: not at all."""

    comparisons: tuple[Comparison, ...] = ()

    def criteria(self, unclassified: str | None = None) -> FootprintCriteria:
        """As much of the filter as an index knows. Every footprint that the filter lets pass matches it.

        Only one comparison of a kind is taken: the values of a criterion are alternatives, and these add up.

        Args:
            unclassified: category that footprints have in v2 for want of one; no index finds them by it.
        """
        equal = {each.path: (each.value,) for each in self.comparisons if each.operator == "eq"}
        category = [
            classification_of(code)
            for code in equal.get("productCategoryCpc", ())
            if code.isalnum() and code != unclassified
        ]
        return FootprintCriteria(
            product_id=equal.get("productIds", ()),
            company_id=equal.get("companyIds", ()),
            geography=equal.get("pcf/geographyCountry", ()),
            classification=tuple(category),
        )

    def matches(self, document: Mapping[str, Any]) -> bool:
        """Whether a v2 footprint, parsed JSON, passes."""
        return all(_holds(comparison, document) for comparison in self.comparisons)


def parse_filter(text: str) -> Filter:
    """Read a filter; blank text is none.

    Raises:
        BadInput: it is no such expression.
        NotSupported: it may be OData, but not of the subset that v2 names.
    """
    if not text.strip():
        return Filter()
    if len(text) > LONGEST:
        raise BadInput(f"is longer than {LONGEST} characters", field=_FIELD)
    parser = _Parser(text)
    comparisons = tuple(parser.conjunction(0))
    parser.end()
    return Filter(comparisons)


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = [match[0].strip() for match in _TOKEN.finditer(text) if match[0].strip()]
        self._at = 0

    def conjunction(self, depth: int) -> Iterator[Comparison]:
        """Terms joined by ``and``."""
        if depth > _DEEPEST:
            raise BadInput("is nested too deeply", field=_FIELD)
        yield from self._term(depth)
        while self._peek() == "and":
            self._take()
            yield from self._term(depth)
        if self._peek() in ("or", "not"):
            raise NotSupported(f"{self._peek()} is not offered, only and", field=_FIELD)

    def end(self) -> None:
        """There must be no more."""
        if self._at < len(self._tokens):
            raise self._unexpected()

    def _term(self, depth: int) -> Iterator[Comparison]:
        if self._peek() == "(":
            self._take()
            yield from self.conjunction(depth + 1)
            self._expect(")")
            return
        if self._peek() == "not":
            raise NotSupported("not is not offered, only and", field=_FIELD)
        yield self._comparison()

    def _comparison(self) -> Comparison:
        path = self._name()
        if path.endswith("/any") and self._peek() == "(":
            return self._any(path.removesuffix("/any"))
        if self._peek() == "(":
            raise NotSupported(f"the function {path[:40]} is not offered", field=_FIELD)
        if path not in _PROPERTIES:
            raise NotSupported(f"{path[:40]} cannot be filtered by", field=_FIELD)
        operator = self._name()
        if operator not in _OPERATORS:
            raise NotSupported(f"the operator {operator[:40]} is not offered", field=_FIELD)
        return _checked(Comparison(path, operator, self._literal()))

    def _any(self, path: str) -> Comparison:
        """``any(x:(x eq 'value'))``, with or without the inner parentheses."""
        if path not in _LISTS:
            raise NotSupported(f"{path[:40]} cannot be filtered by", field=_FIELD)
        self._expect("(")
        variable = self._name()
        self._expect(":")
        inner = self._peek() == "("
        if inner:
            self._take()
        if self._name() != variable or self._name() != "eq":
            raise NotSupported(f"any is offered with {variable[:40]} eq '…' only", field=_FIELD)
        value = self._literal()
        for _ in range(1 + inner):
            self._expect(")")
        return Comparison(path, "eq", value)

    def _name(self) -> str:
        token = self._take()
        if not re.match("[A-Za-z_]", token):
            raise self._unexpected(back=True)
        return token

    def _literal(self) -> str:
        word = self._take()
        if word.startswith("'"):
            return word[1:-1].replace("''", "'") if len(word) > 1 else self._unclosed()
        if word in ("", "(", ")", ":", ","):
            raise self._unexpected(back=True)
        return word

    def _unclosed(self) -> str:
        raise BadInput("holds a text without its closing quote", field=_FIELD)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise self._unexpected(back=True)

    def _unexpected(self, *, back: bool = False) -> BadInput:
        self._at -= back
        token = self._peek()
        return BadInput(f"cannot be read at {token[:40]!r}" if token else "breaks off", field=_FIELD)


def _checked(comparison: Comparison) -> Comparison:
    if _PROPERTIES[comparison.path]:
        _instant(comparison.value)
    return comparison


def _instant(text: str) -> Any:
    return parse_instant(_LOST_PLUS.sub("+", text), field=_FIELD)


def _holds(comparison: Comparison, document: Mapping[str, Any]) -> bool:
    if comparison.path in _LISTS:
        values = document.get(comparison.path) or ()
        return comparison.value.casefold() in {str(value).casefold() for value in values}
    value: Any = document
    for step in comparison.path.split("/"):
        value = value.get(step) if isinstance(value, Mapping) else None
    if not isinstance(value, str):  # what is not there compares with nothing (OData v4, null)
        return False
    if _PROPERTIES[comparison.path]:
        return _OPERATORS[comparison.operator](_instant(value), _instant(comparison.value))
    return _OPERATORS[comparison.operator](value.casefold(), comparison.value.casefold())
