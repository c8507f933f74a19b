"""Ask: a footprint request to a partner."""

from __future__ import annotations

from carbonbridge.core.criteria import FootprintCriteria, check_criteria
from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_v2.fragment import fragment_of
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.request import Direction, FootprintRequest
from carbonbridge.core.vocabulary import EventType
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.partner import addressed


def ask(
    node: Node,
    actor: Actor,
    org: str,
    connection_id: str,
    criteria: FootprintCriteria,
    *,
    comment: str | None = None,
) -> FootprintRequest:
    """Ask a partner for footprints. The answer comes as an event; until then the request is open.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such connection.
        Conflict: the connection is not active, or the partner has no address.
        BadInput: nothing is asked for, or something that PACT v2 cannot ask for, which the partner speaks.
    """
    actor.must_operate(org)
    check_criteria(criteria)
    asked = criteria.document()
    if not asked:
        raise BadInput("must name what is asked for, a product id for example", field="criteria")
    request_id = node.clock.new_id()
    with node.store.snapshot() as tx:
        pact = tx.parties.connection(org, connection_id).pact
    request = FootprintRequest(
        id=request_id,
        org=org,
        connection_id=connection_id,
        direction=Direction.OUTGOING,
        event_id=request_id,
        criteria=asked,
        comment=comment,
        created_at=node.clock.now(),
        pact=pact,
    )
    data = {"pf": fragment_of(criteria)} if pact is PactVersion.V2 else asked
    if comment is not None:
        data = {**data, "comment": comment}
    with acting(node, actor) as act:
        connection = addressed(act.tx, org, connection_id)
        act.tx.requests.add(request)
        event = EventType.REQUEST_CREATED
        work.send(act, connection, event, request_id, data, request_id=request_id, pact=pact)
        act.audit("ask", request_id, org=org, connectionId=connection_id)
    return request
