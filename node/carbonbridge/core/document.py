"""JSON documents: strict reading, canonical writing.

Reading refuses what RFC 8259 leaves open and attackers use: NaN, infinities, duplicate names, deep nesting,
bytes that are not UTF-8. Writing is either compact UTF-8 (what we sign) or RFC 8785 (what third parties can
rebuild).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeAlias, cast

import rfc8785

from carbonbridge.core.errors import BadInput, TooLarge

#: Parsed JSON: whoever reads it checks what it is.
Json: TypeAlias = Any

#: Deep enough for every published data model, shallow enough for every recursive reader.
MAX_DEPTH = 64

#: 4 MiB: a request of a hundred full footprints fits several times over.
MAX_BYTES = 4 * 1024 * 1024

#: Integers up to here are numbers of IEEE 754, as RFC 8785 has them.
_MOST_EXACT = 2**53 - 1

#: The closing quote may be missing: then the rest is one broken string, and reading stays linear.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*+"?|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})|.)",
    re.ASCII | re.DOTALL,
)


def read_json(data: bytes, *, limit: int = MAX_BYTES) -> Json:
    """Parse UTF-8 JSON; numbers with a fraction become :class:`~decimal.Decimal`.

    Raises:
        TooLarge: more than ``limit`` bytes.
        BadInput: not UTF-8, not JSON, NaN or infinity, a duplicate name, half a surrogate pair, or nested too
            deeply.
    """
    if len(data) > limit:
        raise TooLarge(f"the document has {len(data)} bytes, the limit is {limit}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"the document is not UTF-8 (byte {error.start})") from None
    _check_depth(text)
    _check_surrogates(text)
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_refuse, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(
            f"the document is not valid JSON ({where}: {error.msg})", next_step="Correct that place."
        ) from None
    except ValueError:  # an integer of thousands of digits
        raise BadInput(
            "the document holds a number of thousands of digits", next_step="Write decimals as text."
        ) from None


def write_json(value: object) -> bytes:
    """Compact UTF-8 JSON in the order given."""
    return _COMPACT.encode(value).encode()


def members(data: bytes) -> Iterator[tuple[str | int, bytes]]:
    """The members of a JSON object or array with their exact bytes, so that they can be kept as they came.

    Args:
        data: a document that :func:`read_json` has accepted; anything but an object or array has no members.
    """
    text = data.decode("utf-8")
    decoder = json.JSONDecoder()
    at = _skip(text, 0, "")
    named = text[at] == "{"
    if not named and text[at] != "[":
        return
    at = _skip(text, at + 1, "")
    index = 0
    while text[at] not in "}]":
        name: str | int = index
        if named:
            name, at = decoder.raw_decode(text, at)
            at = _skip(text, at, ":")
        start = at
        _, at = decoder.raw_decode(text, start)
        yield name, text[start:at].encode()
        at = _skip(text, at, ",")
        index += 1


def canonical(value: object) -> bytes:
    """RFC 8785 (JSON Canonicalization Scheme) form.

    Raises:
        BadInput: a number that the scheme cannot express (an integer beyond 2^53, say).
    """
    if _is_plain(value):
        # What the scheme asks for beyond the standard library concerns the values and names that this has none of.
        return _SORTED.encode(value).encode()
    try:
        return rfc8785.dumps(_for_jcs(value))
    except rfc8785.CanonicalizationError as error:
        raise BadInput(f"the document has no canonical form (RFC 8785): {error}") from None


def digest(data: bytes) -> str:
    """``sha256:<hex>``, the name of a statement or document."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _is_plain(value: object) -> bool:
    """Whether there are neither fractions, nor integers out of range, nor names that UTF-16 sorts otherwise."""
    kind = type(value)
    if kind is dict:
        members: dict[Any, Any] = cast(dict[Any, Any], value)
        return all(type(name) is str and name.isascii() and _is_plain(item) for name, item in members.items())
    if kind is list:
        return all(map(_is_plain, cast(list[Any], value)))
    if kind is int:
        return abs(cast(int, value)) <= _MOST_EXACT
    return kind is str or kind is bool or value is None


def _for_jcs(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _for_jcs(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_for_jcs(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def _plain(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
_SORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _finite(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent of dozens of digits
        raise BadInput(f"the number {text[:40]} is out of range") from None
    if abs(value.adjusted()) > 300:
        raise BadInput(f"the number {text[:40]} is out of range")
    return value


def _refuse(text: str) -> NoReturn:
    raise BadInput(f"{text} is not a JSON number", next_step="Write a number, or leave the member out.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise BadInput("the name occurs twice in one object", field=twice[:80])
    return result


def _check_depth(text: str) -> None:
    """Count brackets outside strings, so that no recursive reader meets a hostile depth."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadInput(f"the document is nested deeper than {MAX_DEPTH}")
        elif match[0] in ("]", "}"):
            depth -= 1


def _check_surrogates(text: str) -> None:
    """Half a character has no UTF-8 form: what holds one could be read but never written or signed."""
    if "\\u" not in text:
        return
    for match in _ESCAPE.finditer(text):
        if match["half"]:
            raise BadInput(f"the document holds half a character ({match[0]})")


def _skip(text: str, at: int, marks: str) -> int:
    """Past blanks and separators."""
    while text[at] in " \t\r\n" or text[at] in marks:
        at += 1
    return at
