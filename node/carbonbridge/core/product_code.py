"""Matching product codes against exact codes, subtrees and ranges.

GB/T 7635.1-2002 codes are written ``46422·017`` and their ranges ``24132·010—·099``; dots and dashes vary
from document to document, so codes are compared by their digits and letters alone.
"""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum

from carbonbridge.core.errors import BadInput

_DASH = re.compile(r"\s*(?:[—–―~～至]+|--+)\s*")
_FILLER = re.compile(r"[\s.·•・．‧()（）-]")


class Match(StrEnum):
    """How a selector's code is meant."""

    EXACT = "exact"
    RANGE = "range"  #: ``24132·010—·099``, both ends included
    SUBTREE = "subtree"  #: the code and all below it


class _Rank(IntEnum):
    SUBTREE = 0
    RANGE = 1
    EXACT = 2


#: How specific a match is: digits first, then kind.
Specificity = tuple[int, int]


def specificity(code: str, pattern: str, match: Match) -> Specificity | None:
    """How specifically a product code is selected; None if it is not.

    A code that is *less* specific than the pattern does not match: nobody knows on which side it would fall.

    Args:
        code: the product's code.
        pattern: the selector's code.
        match: how the pattern is meant.
    """
    digits = _digits(code)
    if match is Match.RANGE:
        low, high = _range(pattern)
        inside = len(digits) >= len(low) and low <= digits[: len(low)] <= high
        return (len(low), _Rank.RANGE) if inside else None
    wanted = _digits(pattern)
    if match is Match.EXACT:
        return (len(wanted), _Rank.EXACT) if digits == wanted else None
    return (len(wanted), _Rank.SUBTREE) if digits.startswith(wanted) else None


def check_pattern(pattern: str, match: Match) -> None:
    """Refuse a selector that could never mean anything.

    Raises:
        ValueError: the pattern has no digits, or is a range whose ends do not fit together.
    """
    try:
        if not all(_range(pattern) if match is Match.RANGE else (_digits(pattern),)):
            raise ValueError("a product code has digits")
    except BadInput as error:
        raise ValueError(error.message) from None


def _digits(code: str) -> str:
    return _FILLER.sub("", code).upper()


def _range(pattern: str) -> tuple[str, str]:
    """Lower and upper end; the upper one may leave out the digits that it shares with the lower."""
    ends = [_digits(end) for end in _DASH.split(pattern)]
    if len(ends) != 2 or not ends[0] or not 0 < len(ends[1]) <= len(ends[0]):
        raise BadInput(f"{pattern[:80]!r} is not a range such as 24132·010—·099")
    low, tail = ends
    high = low[: len(low) - len(tail)] + tail
    if high < low:
        raise BadInput(f"the range {pattern[:80]!r} ends before it begins")
    return low, high
