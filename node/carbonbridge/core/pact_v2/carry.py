"""Properties that neither version knows: they go along with the document that is converted."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from carbonbridge.core.pact_v2.loss import Happened, Ledger


def carry(
    unknown: Mapping[str, Any] | None,
    into: dict[str, Any],
    known: Container[str],
    prefix: str,
    ledger: Ledger,
) -> None:
    """Take them over, except one whose name means something in the version that is written.

    Args:
        unknown: properties beyond the model of the version that is read.
        known: names of the version that is written.
        prefix: path of the object, with its dot.
    """
    for name, value in (unknown or {}).items():
        if name in known:
            ledger.add(
                prefix + name,
                Happened.DROPPED,
                "no property of the version it came in, and one of another meaning here",
                "原版本没有该属性，而在目标版本中另有含义",
            )
        else:
            into[name] = value
