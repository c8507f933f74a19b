"""Renditions: own footprints as the v2 interface shows them, the same in List, Get and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.footprint import with_status
from carbonbridge.core.pact_v2.loss import NotExpressible
from carbonbridge.core.pact_v2.to_v2 import to_v2
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import Original, PublishedFootprint
from carbonbridge.node.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Rendition:
    """A footprint in v2.

    Attributes:
        v2_id: its id there, which is that of the v3 footprint unless it is a later version of a v2 footprint.
        document: the original bytes where it was given in v2, else the conversion.
    """

    footprint: PublishedFootprint
    v2_id: str
    document: bytes = field(repr=False)


def renditions(
    node: Node, tx: Transaction, org: str, footprints: Sequence[PublishedFootprint]
) -> list[Rendition]:
    """The footprints in v2, in their order, without those that v2 does not show.

    These are the ones that it has no words for, and versions that a later one of the same id took the place of.
    """
    originals = tx.originals.of(org, [footprint.id for footprint in footprints])
    shown = []
    for footprint in footprints:
        original = originals.get(footprint.id)
        rendition = _converted(node, tx, footprint) if original is None else _given(footprint, original)
        if rendition is not None:
            shown.append(rendition)
    return shown


def _converted(node: Node, tx: Transaction, footprint: PublishedFootprint) -> Rendition | None:
    try:
        document, _ = to_v2(read_json(footprint.document), category=node.v2_category)
    except NotExpressible:
        return None
    if before := document.get("precedingPfIds"):  # by the ids that v2 knows them by
        known = tx.originals.of(footprint.org, before)
        ids = [known[each].v2_id if each in known else each for each in before]
        document["precedingPfIds"] = list(dict.fromkeys(ids))
    return Rendition(footprint, footprint.id, write_json(document))


def _given(footprint: PublishedFootprint, original: Original) -> Rendition | None:
    if not original.latest:
        return None
    given = original.document
    if footprint.facts.status is FootprintStatus.DEPRECATED:
        given = with_status(given, FootprintStatus.DEPRECATED)
    return Rendition(footprint, original.v2_id, given)
