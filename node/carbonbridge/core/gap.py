"""Gaps: what an answer lacks, said instead of invented."""

from __future__ import annotations

from carbonbridge.core.record import StrictRecord, Text


class Gap(StrictRecord):
    """Something missing: which field, why, and who can supply it."""

    field: Text
    why: Text
    who: Text
