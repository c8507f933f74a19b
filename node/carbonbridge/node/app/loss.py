"""The loss report of a footprint: what it cost to say it in the other version of PACT."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.document import read_json
from carbonbridge.core.errors import NotFound
from carbonbridge.core.pact_v2.loss import NotExpressible
from carbonbridge.core.pact_v2.to_v2 import to_v2
from carbonbridge.core.pact_v2.to_v3 import to_v3
from carbonbridge.core.pact_v2.words import V2
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.app.publication import held
from carbonbridge.node.ports.records import Original


def loss_report(node: Node, actor: Actor, org: str, footprint_id: str) -> dict[str, Any]:
    """Of an own footprint: from v2 to v3 where it was given in v2, else from v3 to v2.

    Returns:
        JSON form of the report; ``expressible`` is false, with the reason, for one that v2 does not show.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such footprint.
    """
    actor.must_operate(org)
    with node.store.snapshot() as tx:
        footprint = held(tx, org, footprint_id)
        original = tx.originals.get(org, None, footprint_id.lower())
    if original is not None:
        return _of_original(original)
    if footprint is None:
        raise NotFound("there is no such footprint", field="footprint")
    content = read_json(footprint.document)
    try:
        _, report = to_v2(content, category=node.v2_category)
    except NotExpressible as error:
        reason = {"field": error.field, "message": error.message}
        return {
            "from": content["specVersion"],
            "to": V2,
            "expressible": False,
            "reason": reason,
            "losses": [],
        }
    return {"expressible": True} | report.document()


def received_loss_report(
    node: Node, actor: Actor, org: str, connection_id: str, footprint_id: str
) -> dict[str, Any]:
    """Of a received footprint that came in v2.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such footprint, or one that came in v3.
    """
    actor.must_operate(org)
    with node.store.snapshot() as tx:
        original = tx.originals.get(org, connection_id, footprint_id.lower())
    if original is None:
        raise NotFound("no such footprint came in PACT v2", field="footprint")
    return _of_original(original)


def _of_original(original: Original) -> dict[str, Any]:
    _, report = to_v3(read_json(original.document), preceding=original.preceding)
    return {"expressible": True} | report.document()
