"""Pages of a listing: limit, cursor, and the link to the next page (RFC 8288)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from carbonbridge.core.errors import BadInput
from carbonbridge.core.link import format_next_link
from carbonbridge.node.api.call import node_of
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import PublishedFootprint
from carbonbridge.node.ports.store import Cursor

T = TypeVar("T")

#: Footprints a page, unless the caller says; and at most.
USUAL, MOST = 100, 1000

_MOST_PARAMETERS = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """What a listing was asked for.

    Attributes:
        filters: all other query parameters, in order.
        after: the end of the page before.
        asked: the limit as the caller gave it.
    """

    filters: list[tuple[str, str]]
    limit: int
    after: Cursor | None
    asked: str | None

    @classmethod
    def read(cls, request: Request) -> Page:
        """Read the query.

        Raises:
            BadInput: a limit that is no whole number, or a cursor that is none of ours.
        """
        filters = []
        own: dict[str, str] = {}
        for name, value in _query(request):
            if name.casefold() not in ("limit", "cursor"):
                filters.append((name, value))
            elif name.casefold() in own:
                raise BadInput("must be given once only", field=name)
            else:
                own[name.casefold()] = value
        asked = own.get("limit")
        return cls(filters, _limit(asked), _read_cursor(node_of(request), own.get("cursor")), asked)

    @property
    def wanted(self) -> int:
        """How many to look for: one more than is shown, to learn whether the listing goes on."""
        return self.limit + 1

    def shown(self, found: Sequence[T]) -> Sequence[T]:
        """The items of this page."""
        return found[: self.limit]

    def headers(self, request: Request, found: Sequence[PublishedFootprint]) -> dict[str, str]:
        """The ``Link`` header, if the listing goes on."""
        link = self.link(request, [footprint.seq or 0 for footprint in found[: self.wanted]])
        return {} if link is None else {"Link": link}

    def link(self, request: Request, found: Sequence[Cursor]) -> str | None:
        """The link to the next page, if there is one: every filter kept, at the node's public address.

        Args:
            found: the places in the listing of what was looked for.
        """
        if self.limit == 0 or len(found) <= self.limit:
            return None
        return self.link_after(request, found[self.limit - 1])

    def link_after(self, request: Request, place: Cursor) -> str:
        """The link to the page that begins behind a place in the listing."""
        query = [*self.filters, *([] if self.asked is None else [("limit", self.asked)])]
        node = node_of(request)
        query.append(("cursor", _cursor(node, place)))
        address = node.public_url + request.url.path
        return format_next_link(f"{address}?{urlencode(query, quote_via=quote)}")


def _query(request: Request) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise BadInput(f"the query has more than {_MOST_PARAMETERS} parameters") from None
    for name, value in pairs:
        if "\0" in name + value:
            raise BadInput("holds a NUL character", field=name.replace("\0", ""))
    return pairs


def _limit(text: str | None) -> int:
    if text is None or not text.strip():
        return USUAL
    if not (text.isascii() and text.isdigit()):
        raise BadInput("must be a whole number, 0 or more", field="limit")
    return MOST if len(text) > 9 else min(int(text), MOST)


def _cursor(node: Node, position: Cursor) -> str:
    """Wrapped: the bare number would tell how many footprints others have published."""
    return node.vault.wrap(position)


def _read_cursor(node: Node, text: str | None) -> Cursor | None:
    if text is None:
        return None
    try:
        return node.vault.unwrap(text)
    except ValueError:
        raise BadInput(
            "is none of ours", field="cursor", next_step="Follow the links of the listing as they are."
        ) from None
