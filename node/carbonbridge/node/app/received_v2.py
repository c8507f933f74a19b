"""Received v2 footprints: kept as they came, and as the v3 footprints that we calculate with."""

from __future__ import annotations

from datetime import datetime

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.footprint import facts_of, read_footprint, with_status
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.to_v3 import to_v3
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app.context import Act
from carbonbridge.node.app.received import held_from, keep, read_received
from carbonbridge.node.ports.records import Original, ReceivedFootprint


def facts_of_v2(document: bytes) -> FootprintFacts:
    """What filters need to know of a partner's v2 footprint, under its own id.

    Raises:
        BadInput: not a v2 footprint, or none that can be kept; names the first field at fault.
    """
    return facts_of(read_footprint(to_v3(read_json(document))[0]))


def keep_v2(act: Act, org: str, connection_id: str, document: bytes) -> tuple[str, bool]:
    """Store a partner's v2 footprint and have it recognised; what is older than what we have has no effect.

    A later version is a footprint of its own, and the one before is deprecated by it. The v3 document of a
    footprint is never replaced by a conversion: it may be sealed.

    Returns:
        The v3 id, and whether anything changed.

    Raises:
        BadInput: not a v2 footprint.
    """
    content = read_json(document)
    footprint = ProductFootprintV2.read(content)
    before = act.tx.originals.latest(org, connection_id, footprint.id)
    if before is not None and footprint.version < before.version:
        return before.footprint_id, False
    preceding = None
    if before is not None:
        preceding = before.footprint_id if footprint.version > before.version else before.preceding
    received = _converted(org, connection_id, document, preceding, act.at)
    kept = held_from(act.tx, org, connection_id, received.id)
    if kept is not None and _came_in_v3(act, kept):
        if received.facts.status is FootprintStatus.DEPRECATED:
            _deprecate(act, kept)
        return received.id, False
    if not keep(act, received):
        return received.id, False
    act.tx.originals.put(
        Original(
            org,
            received.id,
            footprint.id,
            footprint.version,
            document,
            preceding,
            connection_id=connection_id,
        )
    )
    if preceding is not None and (old := held_from(act.tx, org, connection_id, preceding)) is not None:
        _deprecate(act, old)
    return received.id, True


def _converted(
    org: str, connection_id: str, document: bytes, preceding: str | None, at: datetime
) -> ReceivedFootprint:
    content, _ = to_v3(read_json(document), preceding=preceding)
    return read_received(org, connection_id, write_json(content), at)


def _came_in_v3(act: Act, kept: ReceivedFootprint) -> bool:
    """Whether what we have is more than a conversion: it may be sealed and certified."""
    original = act.tx.originals.get(kept.org, kept.connection_id, kept.id)
    if original is None:
        return True
    converted = _converted(kept.org, kept.connection_id, original.document, original.preceding, act.at)
    return kept.digest != converted.digest


def _deprecate(act: Act, old: ReceivedFootprint) -> None:
    document = with_status(old.document, FootprintStatus.DEPRECATED)
    keep(act, read_received(old.org, old.connection_id, document, act.at))
