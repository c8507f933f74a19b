"""Footprint requests: a question to a partner, and the one answer it gets.

The table below is the whole life of a request on either side (PACT v3, ``RequestCreatedEvent`` and its two answers:
exactly one ``RequestFulfilledEvent`` or ``RequestRejectedEvent``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from carbonbridge.core.errors import Conflict
from carbonbridge.core.pact_v2.vocabulary import PactVersion


class Direction(StrEnum):
    """Who asked."""

    INCOMING = "incoming"  #: a partner asked us
    OUTGOING = "outgoing"  #: we asked a partner


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    UNDELIVERABLE = (
        "undeliverable"  #: outgoing only: given up after 72 hours, or refused by the partner's host
    )


class RequestMove(StrEnum):
    """What can happen to a request."""

    FULFIL = "fulfil"
    REJECT = "reject"
    GIVE_UP = "give up"


#: (state, move) → state. What is not in the table is a conflict. An answer that arrives after we gave up still counts:
#: the partner did get the question.
MOVES: dict[tuple[RequestState, RequestMove], RequestState] = {
    (RequestState.OPEN, RequestMove.FULFIL): RequestState.FULFILLED,
    (RequestState.OPEN, RequestMove.REJECT): RequestState.REJECTED,
    (RequestState.OPEN, RequestMove.GIVE_UP): RequestState.UNDELIVERABLE,
    (RequestState.UNDELIVERABLE, RequestMove.FULFIL): RequestState.FULFILLED,
    (RequestState.UNDELIVERABLE, RequestMove.REJECT): RequestState.REJECTED,
}


def move(state: RequestState, by: RequestMove) -> RequestState:
    """The next state.

    Raises:
        Conflict: the table has no such move (a second answer, say).
    """
    try:
        return MOVES[state, by]
    except KeyError:
        raise Conflict(
            f"the request is {state.value} already: cannot {by.value} it", field="request"
        ) from None


@dataclass(frozen=True, slots=True)
class FootprintRequest:
    """A request as one organisation holds it.

    Attributes:
        id: our own id; for outgoing requests also the id of the event that carried it.
        event_id: the asking event's id, echoed verbatim as ``requestEventId`` (any text: the official suite sends
            ``uuid/12``).
        criteria: what is asked for, as the data of a v3 event without the comment, in PACT JSON form.
        answer: footprint ids when fulfilled, ``{"code", "message"}`` when rejected.
        pact: major version of the protocol it was asked in, and is answered in.
    """

    id: str
    org: str
    connection_id: str
    direction: Direction
    event_id: str
    criteria: dict[str, Any]
    comment: str | None
    created_at: datetime
    state: RequestState = RequestState.OPEN
    decided_at: datetime | None = None
    answer: dict[str, Any] | None = None
    pact: PactVersion = PactVersion.V3
