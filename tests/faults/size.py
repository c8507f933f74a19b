"""How large a test is: a seeded sample in ``make test``, the full size in ``make soak``."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

FULL = os.environ.get("CARBONBRIDGE_SOAK") == "1"


def sized(sample: T, full: T) -> T:
    """The value for this run. A test that uses it bears the mark ``soak``."""
    return full if FULL else sample
