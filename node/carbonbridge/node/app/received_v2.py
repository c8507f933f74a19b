"""Received v2 footprints: kept as they came, and as the v3 footprints that we calculate with."""

from __future__ import annotations

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.footprint import facts_of, read_footprint, with_status
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.to_v3 import to_v3
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app.context import Act
from carbonbridge.node.app.received import held_from, keep, read_received
from carbonbridge.node.ports.records import Original


def facts_of_v2(document: bytes) -> FootprintFacts:
    """What filters need to know of a partner's v2 footprint, under its own id.

    Raises:
        BadInput: not a v2 footprint, or none that can be kept; names the first field at fault.
    """
    return facts_of(read_footprint(to_v3(read_json(document))[0]))


def keep_v2(act: Act, org: str, connection_id: str, document: bytes) -> tuple[str, bool]:
    """Store a partner's v2 footprint and have it recognised; what is older than what we have has no effect.

    A later version is a footprint of its own, and the one before is deprecated by it.

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
    converted, _ = to_v3(content, preceding=preceding)
    received = read_received(org, connection_id, write_json(converted), act.at)
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
    if preceding is not None:
        _deprecate(act, org, connection_id, preceding)
    return received.id, True


def _deprecate(act: Act, org: str, connection_id: str, footprint_id: str) -> None:
    old = held_from(act.tx, org, connection_id, footprint_id)
    if old is not None:
        document = with_status(old.document, FootprintStatus.DEPRECATED)
        keep(act, read_received(org, connection_id, document, act.at))
