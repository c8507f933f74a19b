"""Statements, own footprints, received footprints and verdicts on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, select, tuple_

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant
from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.db.facts import add_keys, footprint_values, published_footprint, with_facts
from carbonbridge.node.db.finding import pose, walk
from carbonbridge.node.db.loading import load
from carbonbridge.node.db.postings import STATUS, postings, status_word
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.footprints import (
    FootprintRow,
    ReceivedKeyRow,
    ReceivedRow,
    StatementRow,
    VerdictRow,
)
from carbonbridge.node.ports.records import (
    PublishedFootprint,
    ReceivedFootprint,
    StatementRecord,
    VerdictRecord,
)
from carbonbridge.node.ports.store import Cursor

_STATEMENT = table_of(StatementRow)
_FOOTPRINT = table_of(FootprintRow)
_RECEIVED = table_of(ReceivedRow)
_RECEIVED_KEY = table_of(ReceivedKeyRow)
_VERDICT = table_of(VerdictRow)


class SqlFootprints:
    """See :class:`~carbonbridge.node.ports.store.Footprints`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add_statement(self, statement: StatementRecord) -> None:
        # Named by what it says: one that is there already is the same.
        self._rows.insert(_STATEMENT, values_of(statement))

    def statement(self, org: str, digest: str) -> StatementRecord:
        return StatementRecord(**self._rows.get(_STATEMENT, "statement", org, digest=digest))

    def add(self, footprint: PublishedFootprint) -> None:
        self._rows.hold(footprint.org)
        taken = "SELECT 1 FROM footprint WHERE org = ? AND id = ?"
        if self._rows.rows(taken, (footprint.org, footprint.id)):
            raise Conflict("there is such a footprint already", field="footprint")
        load(self._rows, footprint.org, (), (footprint,))

    def add_all(
        self, org: str, statements: Sequence[StatementRecord], footprints: Sequence[PublishedFootprint]
    ) -> None:
        self._rows.hold(org)
        load(self._rows, org, statements, footprints)

    def known(self, org: str, footprint_ids: Sequence[str]) -> set[str]:
        among = self._rows.among(_FOOTPRINT.c.id, footprint_ids)
        query = self._rows.where(_FOOTPRINT, org).where(among).with_only_columns(_FOOTPRINT.c.id)
        return {row["id"] for row in self._rows.all(query)}

    def deprecate(self, org: str, footprint_id: str, document: bytes) -> None:
        old = self.get(org, footprint_id)
        status = FootprintStatus.DEPRECATED
        changed = "UPDATE footprint SET document = ?, status = ? WHERE org = ? AND id = ?"
        self._rows.write_all(changed, [(document, status.value, org, footprint_id)])
        self._rows.write_all(
            "UPDATE footprint_posting SET status = ?, value = ?"
            " WHERE org = ? AND kind = ? AND value = ? AND seq = ?",
            [
                (status.value, status_word(status) if kind == STATUS else value, org, kind, value, seq)
                for _, kind, value, seq, *_ in postings(org, old.seq or 0, old.facts)
            ],
        )

    def get(self, org: str, footprint_id: str) -> PublishedFootprint:
        return published_footprint(self._rows.get(_FOOTPRINT, "footprint", org, id=footprint_id))

    def find(
        self,
        org: str,
        criteria: FootprintCriteria,
        *,
        grants: Sequence[Grant] | None,
        at: datetime,
        after: Cursor | None = None,
        limit: int,
    ) -> list[PublishedFootprint]:
        self._rows.hold(org)
        question = pose(self._rows, org, criteria, grants, at)
        seqs = [] if question is None else walk(self._rows, question, after or 0, limit)
        query = self._rows.where(_FOOTPRINT, org).where(_FOOTPRINT.c.seq.in_(seqs)).order_by(_FOOTPRINT.c.seq)
        return [published_footprint(row) for row in self._rows.all(query)] if seqs else []

    def put_received(self, footprint: ReceivedFootprint) -> None:
        values = footprint_values(footprint)
        key = {"connection_id": footprint.connection_id}
        if not self._rows.insert(_RECEIVED, values):
            self._rows.replace(_RECEIVED, "footprint", values, "connection_id", "id")
            self._rows.remove(_RECEIVED_KEY, footprint.org, footprint_id=footprint.id, **key)
        add_keys(self._rows, _RECEIVED_KEY, footprint.facts, {"org": footprint.org, **key})

    def received(self, org: str, connection_id: str, footprint_id: str) -> ReceivedFootprint:
        row = self._rows.get(_RECEIVED, "footprint", org, connection_id=connection_id, id=footprint_id)
        return self._received(org, [row])[0]

    def received_all(self, org: str) -> list[ReceivedFootprint]:
        query = self._rows.where(_RECEIVED, org).order_by(_RECEIVED.c.received_at, _RECEIVED.c.connection_id)
        return self._received(org, self._rows.all(query.order_by(_RECEIVED.c.id)))

    def received_for_product(self, org: str, product_id: str) -> list[ReceivedFootprint]:
        names = select(_RECEIVED_KEY.c.connection_id, _RECEIVED_KEY.c.footprint_id).where(
            _RECEIVED_KEY.c.org == org,
            _RECEIVED_KEY.c.kind == KeyKind.PRODUCT,
            self._rows.among(_RECEIVED_KEY.c.value, [product_id.casefold()]),
        )
        named = tuple_(_RECEIVED.c.connection_id, _RECEIVED.c.id).in_(names)
        newest_first = (_RECEIVED.c.created.desc(), _RECEIVED.c.received_at.desc(), _RECEIVED.c.id)
        query = self._rows.where(_RECEIVED, org).where(named).order_by(*newest_first)
        return self._received(org, self._rows.all(query))

    def add_verdict(self, verdict: VerdictRecord) -> None:
        key = {"connection_id": verdict.connection_id, "id": verdict.footprint_id}
        if not self._rows.change(_RECEIVED, verdict.org, key, {"verdict_id": verdict.id}):
            raise NotFound("there is no such footprint", field="footprint")
        self._rows.add(_VERDICT, "verdict", values_of(verdict))

    def verdict(self, org: str, verdict_id: str) -> VerdictRecord:
        return VerdictRecord(**self._rows.get(_VERDICT, "verdict", org, id=verdict_id))

    def verdicts(self, org: str) -> list[VerdictRecord]:
        query = self._rows.where(_VERDICT, org).order_by(_VERDICT.c.decided_at, _VERDICT.c.id)
        return [VerdictRecord(**row) for row in self._rows.all(query)]

    def _received(self, org: str, found: Sequence[RowMapping]) -> list[ReceivedFootprint]:
        return [ReceivedFootprint(**values) for values in with_facts(self._rows, _RECEIVED_KEY, org, found)]
