"""Received footprints: kept as they came, apart from our own, and never served."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import NotFound
from carbonbridge.core.footprint import facts_of, footprint_digest, read_footprint
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Act
from carbonbridge.node.ports.records import ReceivedFootprint
from carbonbridge.node.ports.store import Transaction


def read_received(org: str, connection_id: str, document: bytes, at: datetime) -> ReceivedFootprint:
    """Read a partner's footprint.

    Raises:
        BadInput: not a PACT footprint; names the first field at fault.
    """
    content = read_json(document)
    footprint = read_footprint(content)
    return ReceivedFootprint(
        org=org,
        connection_id=connection_id,
        id=footprint.id,
        document=document,
        facts=facts_of(footprint),
        digest=footprint_digest(content),
        received_at=at,
        created=footprint.created,
    )


def keep(act: Act, footprint: ReceivedFootprint) -> bool:
    """Store it and have it recognised; a copy of what is there already has no effect.

    What was deprecated once stays so, whatever an old answer that arrives late may say. A later version keeps
    the instant at which we first heard of the footprint.

    Returns:
        Whether anything changed.
    """
    kept = held_from(act.tx, footprint.org, footprint.connection_id, footprint.id)
    if kept is not None and (
        kept.document == footprint.document
        or (kept.digest == footprint.digest and _is_deprecated(kept.facts))
    ):
        return False
    first_heard = footprint.received_at if kept is None else kept.received_at
    act.tx.footprints.put_received(replace(footprint, received_at=first_heard))
    work.recognise(act, footprint.org, footprint.connection_id, footprint.id)
    return True


def held_from(tx: Transaction, org: str, connection_id: str, footprint_id: str) -> ReceivedFootprint | None:
    """A footprint received from that partner, None if there is none."""
    try:
        return tx.footprints.received(org, connection_id, footprint_id)
    except NotFound:
        return None


def _is_deprecated(facts: FootprintFacts) -> bool:
    return facts.status is FootprintStatus.DEPRECATED
