"""Requests of both directions on SQL."""

from __future__ import annotations

from sqlalchemy import RowMapping

from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.request import Direction, FootprintRequest, RequestState
from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.work import RequestRow

_REQUEST = table_of(RequestRow)


class SqlRequests:
    """See :class:`~carbonbridge.node.ports.store.Requests`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, request: FootprintRequest) -> None:
        self._rows.add(_REQUEST, "request", values_of(request))

    def replace(self, request: FootprintRequest) -> None:
        self._rows.replace(_REQUEST, "request", values_of(request), "id")

    def get(self, org: str, request_id: str) -> FootprintRequest:
        return _request(self._rows.get(_REQUEST, "request", org, id=request_id))

    def by_event(
        self, org: str, connection_id: str, direction: Direction, event_id: str
    ) -> FootprintRequest | None:
        key = {"connection_id": connection_id, "direction": direction, "event_id": event_id}
        found = self._rows.all(self._rows.where(_REQUEST, org, **key))
        return _request(found[0]) if found else None

    def find(
        self, org: str, direction: Direction | None = None, state: RequestState | None = None
    ) -> list[FootprintRequest]:
        wanted = {"direction": direction, "state": state}
        query = self._rows.where(
            _REQUEST, org, **{name: word for name, word in wanted.items() if word is not None}
        )
        return [_request(row) for row in self._rows.all(query.order_by(_REQUEST.c.created_at, _REQUEST.c.id))]


def _request(row: RowMapping) -> FootprintRequest:
    words = {
        "direction": Direction(row["direction"]),
        "state": RequestState(row["state"]),
        "pact": PactVersion(row["pact"]),
    }
    return FootprintRequest(**{**row, **words})
