"""Ingest: many footprints at once; what is there already is passed over, so that it may be done again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput, Blame, CarbonBridgeError, NotFound
from carbonbridge.node.app import publication
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.publication import Publication
from carbonbridge.node.ports.records import PublishedFootprint, StatementRecord

#: An escaped NUL in JSON, which PostgreSQL's text cannot hold.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Drafted:
    """One line of the input, read and signed, or refused.

    Attributes:
        number: of the line, from 1.
        reason: why it is refused.
    """

    number: int
    publication: Publication | None = None
    product_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch.

    Attributes:
        published: how many are new.
        known: how many were there already.
        refused: numbers of lines, and why.
    """

    published: int
    known: int
    refused: list[tuple[int, str]]


def draft(node: Node, org: str, number: int, line: bytes, at: datetime) -> Drafted:
    """Read and sign one line: a PACT footprint, or an object ``{"footprint", "certificate", "productId"}``.

    Needs no store: several processes may share the work.
    """
    try:
        if b"\\u0000" in line and _NUL.search(line):
            raise BadInput("holds a NUL character")
        content = read_json(line)
        certificate = product_id = None
        if isinstance(content, dict) and "footprint" in content:
            certificate = _text(content.get("certificate"), "certificate")
            product_id = _text(content.get("productId"), "productId")
            content = content["footprint"]
        return Drafted(number, publication.sign_content(node, org, content, certificate, at), product_id)
    except (BadInput, NotFound) as error:
        return Drafted(number, reason=str(error))


def ingest(node: Node, actor: Actor, org: str, drafts: Sequence[Drafted]) -> Ingested:
    """Publish a batch in one transaction; each partner is told of it by one event.

    What is refused keeps nobody else from being published.

    Raises:
        AccessDenied: the caller does not operate the organisation.
        NotFound: no such organisation.
    """
    actor.must_operate(org)
    refused = [(each.number, each.reason) for each in drafts if each.reason is not None]
    with acting(node, actor) as act:
        batch = _Batch(act, org, drafts)
        for each in drafts:
            if each.publication is None:
                continue
            try:
                batch.add(each.publication, each.product_id)
            except CarbonBridgeError as error:
                if error.blame is not Blame.CALLER:
                    raise
                refused.append((each.number, str(error)))
        batch.flush()
        if batch.changed:
            publication.announce(act, org, batch.changed)
            ids = [facts.id for facts in batch.changed]
            act.audit("ingest", ids[0], org=org, published=batch.published, last=ids[-1])
    return Ingested(batch.published, batch.known, sorted(refused))


class _Batch:
    """Footprints on their way into the store, many at a time."""

    def __init__(self, act: Act, org: str, drafts: Sequence[Drafted]) -> None:
        self._act = act
        self._org = org
        self._ours = publication.companies(act.tx, org)
        ids = [each.publication.facts.id for each in drafts if each.publication is not None]
        self._there = act.tx.footprints.known(org, ids)
        self._products = {record.id for record in act.tx.products.find(org)}
        self._statements: list[StatementRecord] = []
        self._footprints: list[PublishedFootprint] = []
        self._waiting: set[str] = set()
        self.changed: list[FootprintFacts] = []
        self.published = 0
        self.known = 0

    def add(self, given: Publication, product_id: str | None) -> None:
        act, org = self._act, self._org
        publication.check_owner(self._ours, given)
        if product_id is not None and product_id not in self._products:
            raise NotFound("there is no such product", field="productId")
        if not self._waiting.isdisjoint((given.facts.id, *given.preceding)):
            self.flush()  # it repeats or replaces one of this very batch
        if given.facts.id in self._there:
            publication.check_same(act.tx.footprints.get(org, given.facts.id), given)
            self.known += 1
            return
        replaced = publication.check(act, org, given)
        self._statements.append(publication.statement_of(act, org, given))
        self._footprints.append(publication.footprint_of(act, org, given, product_id))
        self._there.add(given.facts.id)
        self._waiting.add(given.facts.id)
        self.changed.append(given.facts)
        self.published += 1
        for old in replaced:
            publication.deprecate(act, org, old)
            self.changed.append(old.facts)

    def flush(self) -> None:
        self._act.tx.footprints.add_all(self._org, self._statements, self._footprints)
        self._statements, self._footprints = [], []
        self._waiting.clear()


def _text(value: object, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadInput("must be text", field=name)
    return value
