"""Answer: give a partner's request its one answer, by policy or by a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from carbonbridge.core.criteria import from_data
from carbonbridge.core.disclosure import may_see
from carbonbridge.core.document import MAX_BYTES, write_json
from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.events import fulfilled_data
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.request import Direction, FootprintRequest, RequestMove, RequestState, move
from carbonbridge.core.vocabulary import EventType, FootprintStatus
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.derived import derived_id
from carbonbridge.node.app.publication import held
from carbonbridge.node.app.rendition import renditions
from carbonbridge.node.ports.records import PublishedFootprint
from carbonbridge.node.ports.store import Transaction

#: The most footprints that one answer carries; a wider question is turned back, to be narrowed.
MOST = 100


@dataclass(frozen=True, slots=True)
class Answerable:
    """A footprint as an answer carries it.

    Attributes:
        id: of the v3 footprint.
        document: the bytes in the version that the partner asked in.
    """

    id: str
    document: bytes = field(repr=False)


def answer_by_policy(node: Node, org: str, request_id: str) -> None:
    """Answer with the active footprints that match and that the partner may see; reject where there is none.

    Does nothing when the request has its answer, so it may run twice.

    Raises:
        NotFound: no such incoming request.
    """
    with acting(node, node.operator(org)) as act:
        request = _incoming(act.tx, org, request_id)
        if request.state is not RequestState.OPEN:
            return
        found = _matching(act, request)
        if not found:
            _reject(act, request, "NotFound", "There is no such footprint, or none that is shared with you.")
        elif len(found) > MOST or not _fits(found):
            _reject(
                act, request, "BadRequest", "More footprints match than one answer carries: ask for fewer."
            )
        else:
            _fulfil(act, request, found)


def fulfil(
    node: Node, actor: Actor, org: str, request_id: str, footprint_ids: Sequence[str] | None = None
) -> FootprintRequest:
    """Answer with footprints, by a person's decision.

    Args:
        footprint_ids: own footprints that the partner may see; None: those that match the request.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such incoming request.
        Conflict: it has its answer already.
        BadInput: nothing matches, more than :data:`MOST`, or a footprint is not there or not shared.
    """
    actor.must_operate(org)
    with acting(node, actor) as act:
        request = _incoming(act.tx, org, request_id)
        found = _matching(act, request) if footprint_ids is None else _named(act, request, footprint_ids)
        if not 1 <= len(found) <= MOST:
            raise BadInput(
                f"an answer carries 1 to {MOST} footprints, not {len(found)}",
                field="footprintIds",
                next_step="Publish and share a footprint that the request asks for, or reject the request.",
            )
        return _fulfil(act, request, found)


def reject(
    node: Node, actor: Actor, org: str, request_id: str, *, code: str, message: str
) -> FootprintRequest:
    """Answer with a no.

    Args:
        code: a PACT error code, such as ``NotFound`` or ``AccessDenied``.
        message: why, for the partner.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such incoming request.
        Conflict: it has its answer already.
        BadInput: no code or no message.
    """
    actor.must_operate(org)
    for name, value in (("code", code), ("message", message)):
        if not value.strip():
            raise BadInput("must not be empty", field=name)
    with acting(node, actor) as act:
        return _reject(act, _incoming(act.tx, org, request_id), code, message)


def _incoming(tx: Transaction, org: str, request_id: str) -> FootprintRequest:
    request = tx.requests.get(org, request_id)
    if request.direction is not Direction.INCOMING:
        raise NotFound("there is no such incoming request", field="request")
    return request


def _matching(act: Act, request: FootprintRequest) -> list[Answerable]:
    """Active footprints unless the partner asks otherwise; up to one more than fits, to tell too many."""
    criteria = from_data(request.criteria)
    if not criteria.status:
        criteria = replace(criteria, status=(FootprintStatus.ACTIVE.value,))
    grants = act.tx.parties.grants(request.org, request.connection_id)
    found = act.tx.footprints.find(request.org, criteria, grants=grants, at=act.at, limit=MOST + 1)
    return _answerable(act, request, found)


def _answerable(
    act: Act, request: FootprintRequest, footprints: Sequence[PublishedFootprint]
) -> list[Answerable]:
    """The footprints in the version that the partner asked in, without those that it does not show."""
    if request.pact is PactVersion.V2:
        shown = renditions(act.node, act.tx, request.org, footprints)
        return [Answerable(each.footprint.id, each.document) for each in shown]
    return [Answerable(footprint.id, footprint.document) for footprint in footprints]


def _fits(footprints: Sequence[Answerable]) -> bool:
    """Whether an event that carries them is one that partners take; half a megabyte is left for the rest."""
    return sum(len(footprint.document) for footprint in footprints) < MAX_BYTES - 2**19


def _named(act: Act, request: FootprintRequest, footprint_ids: Sequence[str]) -> list[Answerable]:
    grants = act.tx.parties.grants(request.org, request.connection_id)
    found: list[Answerable] = []
    for index, footprint_id in enumerate(dict.fromkeys(footprint_ids)):
        place = f"footprintIds.{index}"
        footprint = held(act.tx, request.org, footprint_id)
        if footprint is None:
            raise BadInput("there is no such footprint", field=place)
        if not may_see(footprint.facts, grants, act.at):
            raise BadInput(
                "is not shared with the partner who asks",
                field=place,
                next_step="Share the product with the partner first.",
            )
        shown = _answerable(act, request, [footprint])
        if not shown:
            raise BadInput(
                "cannot be told in PACT v2, in which the partner asks",
                field=place,
                next_step="Its loss report says why.",
            )
        found += shown
    return found


def _fulfil(act: Act, request: FootprintRequest, footprints: Sequence[Answerable]) -> FootprintRequest:
    data = fulfilled_data(request.event_id, [footprint.document for footprint in footprints])
    answer = {"footprintIds": [footprint.id for footprint in footprints]}
    return _close(act, request, RequestMove.FULFIL, data, answer)


def _reject(act: Act, request: FootprintRequest, code: str, message: str) -> FootprintRequest:
    error = {"code": code, "message": message}
    data = write_json({"requestEventId": request.event_id, "error": error})
    return _close(act, request, RequestMove.REJECT, data, error)


def _close(
    act: Act, request: FootprintRequest, by: RequestMove, data: bytes, answer: dict[str, Any]
) -> FootprintRequest:
    """The state and the event that tells it, in one transaction; the event's id follows from the request."""
    closed = replace(request, state=move(request.state, by), decided_at=act.at, answer=answer)
    connection = act.tx.parties.connection(request.org, request.connection_id)
    event = EventType.REQUEST_FULFILLED if by is RequestMove.FULFIL else EventType.REQUEST_REJECTED
    event_id = derived_id("answer", request.id)
    act.tx.requests.replace(closed)
    work.send(act, connection, event, event_id, data, request_id=request.id, pact=request.pact)
    act.audit("answer", request.id, org=request.org, move=by.value)
    return closed
