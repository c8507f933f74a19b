"""Read in v2: what a partner or the owner sees of the published footprints through the v2 interface."""

from __future__ import annotations

from dataclasses import dataclass

from carbonbridge.core.document import read_json
from carbonbridge.core.errors import NotFound
from carbonbridge.core.pact_v2.filter import Filter
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.app.read import get_footprint, list_footprints
from carbonbridge.node.app.rendition import Rendition, renditions
from carbonbridge.node.ports.store import Cursor

#: Footprints that one call looks at: a filter that few of them pass gives short pages, not long waits.
MOST_EXAMINED = 1000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class PageV2:
    """One page of a listing.

    Attributes:
        after: where the next page begins; None: this is the last.
    """

    shown: list[Rendition]
    after: Cursor | None


def list_footprints_v2(
    node: Node, actor: Actor, org: str, wanted: Filter, *, after: Cursor | None = None, limit: int
) -> PageV2:
    """One page, oldest first, of what list_footprints shows in v3.

    What the index knows (ids, category, country) narrows the search, the rest of the filter is applied to the
    documents one by one; a page may therefore be short, or empty, and still go on.

    Raises:
        AccessDenied: neither a partner with an active connection nor an operator of the organisation.
    """
    shown: list[Rendition] = []
    criteria = wanted.criteria(node.v2_category)
    examined, at_once = 0, min(_AT_ONCE, limit + 1)
    while examined < MOST_EXAMINED:
        found = list_footprints(node, actor, org, criteria, after=after, limit=at_once)
        with node.store.snapshot() as tx:
            rendered = renditions(node, tx, org, found)
        for rendition in rendered:
            if wanted.comparisons and not wanted.matches(read_json(rendition.document)):
                continue
            if len(shown) >= limit:
                return PageV2(shown, shown[-1].footprint.seq if shown else None)
            shown.append(rendition)
        if len(found) < at_once:
            return PageV2(shown, None)
        after = found[-1].seq
        examined, at_once = examined + at_once, _AT_ONCE
    return PageV2(shown, after)


def get_footprint_v2(node: Node, actor: Actor, org: str, v2_id: str) -> Rendition:
    """One footprint by its id in v2: its latest version.

    Raises:
        AccessDenied: see :func:`list_footprints_v2`.
        NotFound: absent, not disclosed, or not shown in v2.
    """
    with node.store.snapshot() as tx:
        original = tx.originals.latest(org, None, v2_id.lower())
    footprint = get_footprint(node, actor, org, v2_id if original is None else original.footprint_id)
    with node.store.snapshot() as tx:
        for rendition in renditions(node, tx, org, [footprint]):
            if rendition.v2_id == v2_id.lower():
                return rendition
    raise NotFound("there is no such footprint in PACT v2", field="id")
