"""Languages of the demo."""

from __future__ import annotations

from enum import StrEnum


class Lang(StrEnum):
    """Languages of the demo."""

    EN = "en"
    ZH = "zh"
