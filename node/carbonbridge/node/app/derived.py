"""Derived ids: what follows from one cause has one id, however often it is done (UUIDv5, RFC 9562)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

_ROOT = uuid5(NAMESPACE_URL, "https://carbonbridge.example/ids/1.0.0")


def derived_id(kind: str, *causes: str) -> str:
    """The id of what follows from the causes.

    Args:
        kind: what it is the id of; the same causes give another id for another kind.
        causes: ids, in an order that is part of the result.
    """
    return str(uuid5(_ROOT, "\n".join((kind, *causes))))
