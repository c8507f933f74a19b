"""JSON answers. Documents that we keep as bytes are put into them as they are, never parsed and written again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from carbonbridge.core.document import write_json

JSON = "application/json"


class Spliced(bytes):
    """JSON text that goes into an answer as it is."""


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer.

    Args:
        value: JSON values; :class:`Spliced` may stand in place of any object member or list item.
    """
    return Response(render(value), status, headers, JSON)


def nothing() -> Response:
    """Done, and nothing to say."""
    return Response(status_code=204)


def render(value: object) -> bytes:
    """JSON text of a value in which :class:`Spliced` may stand, one level or more deep."""
    match value:
        case Spliced():
            return bytes(value)
        case dict():
            return b"{" + b",".join(write_json(str(k)) + b":" + render(v) for k, v in value.items()) + b"}"
        case list():
            return b"[" + b",".join(map(render, value)) + b"]"
    return write_json(value)


def data_of(documents: Iterable[bytes]) -> bytes:
    """The body of PACT's ListFootprints."""
    return b'{"data":[' + b",".join(documents) + b"]}"
