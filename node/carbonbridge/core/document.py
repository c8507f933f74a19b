"""JSON documents: strict reading, canonical writing.

Reading refuses what RFC 8259 leaves open and attackers use: NaN, infinities, duplicate names, deep nesting, bytes that
are not UTF-8. Writing is either compact UTF-8 (what we sign) or RFC 8785 (what third parties can rebuild).
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, NoReturn

import rfc8785

from carbonbridge.core.errors import BadInput, TooLarge

#: Deep enough for every published data model, shallow enough for every recursive reader.
MAX_DEPTH = 64

#: 4 MiB: a request of a hundred full footprints fits several times over.
MAX_BYTES = 4 * 1024 * 1024


def read_json(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """Parse UTF-8 JSON; numbers with a fraction become :class:`~decimal.Decimal`.

    Raises:
        TooLarge: more than ``limit`` bytes.
        BadInput: not UTF-8, not JSON, NaN or infinity, a duplicate name, or nested too deeply.
    """
    if len(data) > limit:
        raise TooLarge(f"the document has {len(data)} bytes, the limit is {limit}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"the document is not UTF-8 (byte {error.start})") from None
    _check_depth(text)
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_refuse, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"the document is not valid JSON ({where}: {error.msg})") from None
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput(f"the document holds a number that cannot be read ({error})") from None


def write_json(value: Any) -> bytes:
    """Compact UTF-8 JSON in the order given."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
    ).encode()


def canonical(value: Any) -> bytes:
    """RFC 8785 (JSON Canonicalization Scheme) form.

    Raises:
        BadInput: a number that the scheme cannot express (an integer beyond 2^53, say).
    """
    try:
        return rfc8785.dumps(_for_jcs(value))
    except rfc8785.CanonicalizationError as error:
        raise BadInput(f"the document has no canonical form (RFC 8785): {error}") from None


def digest(data: bytes) -> str:
    """``sha256:<hex>``, the name of a statement or document."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _for_jcs(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _for_jcs(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_for_jcs(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _finite(text: str) -> Decimal:
    value = Decimal(text)
    if abs(value.adjusted()) > 300:
        raise BadInput(f"the number {text[:40]} is out of range")
    return value


def _refuse(text: str) -> NoReturn:
    raise BadInput(f"{text} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput("the name occurs twice in one object", field=twice[:80])
    return result


def _check_depth(text: str) -> None:
    """Count brackets outside strings, so that no recursive reader meets a hostile depth."""
    depth = 0
    in_string = False
    escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise BadInput(f"the document is nested deeper than {MAX_DEPTH}")
        elif char in "]}":
            depth -= 1
