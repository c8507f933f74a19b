"""Lint: what is wrong, missing or doubtful in a footprint. It reads, decides nothing and stores nothing."""

from __future__ import annotations

from carbonbridge.core.document import read_json
from carbonbridge.core.lint import linter
from carbonbridge.core.lint.finding import Report
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.app.read import get_footprint


def lint(node: Node, actor: Actor, org: str, document: object) -> Report:
    """Lint any document.

    Args:
        document: parsed JSON.

    Raises:
        AccessDenied: the caller does not operate the organisation.
    """
    actor.must_operate(org)
    return _judge(node, document, "footprint")


def lint_published(node: Node, actor: Actor, org: str, footprint_id: str) -> Report:
    """Lint an own footprint, as it is served.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such footprint.
    """
    actor.must_operate(org)
    found = get_footprint(node, actor, org, footprint_id)
    return _judge(node, read_json(found.document), found.facts.id)


def lint_received(node: Node, actor: Actor, org: str, connection_id: str, footprint_id: str) -> Report:
    """Lint a footprint that a partner sent.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such footprint from that partner.
    """
    actor.must_operate(org)
    with node.store.snapshot() as tx:
        found = tx.footprints.received(org, connection_id, footprint_id)
    return _judge(node, read_json(found.document), found.id)


def _judge(node: Node, document: object, name: str) -> Report:
    return linter.lint(document, today=node.clock.now().date(), name=name)
