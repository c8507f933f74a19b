"""ListFootprints and GetFootprint of PACT v3 as plain ASGI: nothing between the store's bytes and the answer.

The two reads that partners make most. FastAPI describes them (:mod:`.pact_v3`), and answers those whose path is not
plain; this module answers the others. Where the store is swift, a caller who was let in before and asks for one
footprint, or for an unfiltered page of all there is, is answered in the server's own loop, which is quicker than a hop
to a thread; everything else takes the hop.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from carbonbridge.core.criteria import from_query
from carbonbridge.node.api.admission import Admission, Admissions, admit
from carbonbridge.node.api.answers import data_of
from carbonbridge.node.api.pages import Page
from carbonbridge.node.api.problems import failure
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.read import list_documents, read_document
from carbonbridge.node.ports.store import Reads, SwiftReads

_PATH = re.compile(r"(?:/o/([a-z0-9-]{1,40}))?/3/footprints(?:/([0-9A-Za-z-]{1,64}))?", re.ASCII)

_JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class _Route:
    """The name under which calls are counted, as Starlette's routes have it."""

    path: str


_LIST, _GET = _Route("/3/footprints"), _Route("/3/footprints/{footprint_id}")


@dataclass(frozen=True, slots=True)
class _Answer:
    """A good answer.

    Attributes:
        link: the ``Link`` header, if the listing goes on.
    """

    body: bytes
    link: str | None = None


class HotReads:
    """Answers the two reads, and hands everything else on.

    Args:
        app: everything else.
        described: where requests find what the node is made of.
        stop: called when the store has failed.
    """

    def __init__(
        self, app: ASGIApp, described: FastAPI, node: Node, tokens: AccessTokens, stop: Callable[[], None]
    ) -> None:
        self._app = app
        self._described = described
        self._node = node
        self._tokens = tokens
        self._stop = stop
        self._admissions = Admissions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        found = None
        if scope["type"] == "http" and scope["method"] == "GET":
            found = _PATH.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        slug, footprint_id = found.groups()
        scope["app"] = self._described
        scope["route"] = _LIST if footprint_id is None else _GET
        try:
            answer = await self._answer(scope, slug, footprint_id)
        except Exception as error:  # noqa: BLE001 - every failure has its answer, as behind FastAPI
            await failure(scope["path"], error, self._stop)(scope, receive, send)
            return
        headers = [_JSON, (b"content-length", b"%d" % len(answer.body))]
        if answer.link is not None:
            headers.append((b"link", answer.link.encode("latin-1")))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, slug: str | None, footprint_id: str | None) -> _Answer:
        store, swift = self._node.store, self._node.store.swift_reads
        admission = await self._admitted(scope, slug, swift)
        if footprint_id is not None:
            if swift is not None:
                return self._get(swift, admission, footprint_id)
            return await run_in_threadpool(self._get, store.reads, admission, footprint_id)
        request = Request(scope)
        page = Page.read(request)
        if swift is not None and not page.filters and admission.sees_all(self._node.clock.now()):
            return self._list(swift, admission, request, page)
        return await run_in_threadpool(self._list, store.reads, admission, request, page)

    async def _admitted(self, scope: Scope, slug: str | None, swift: SwiftReads | None) -> Admission:
        """The caller's admission, from memory where the store is still what it was."""
        authorization = _authorization(scope)
        version = None if swift is None else swift.version()
        if version is not None:
            held = self._admissions.held(authorization, slug, version, self._node.clock.now())
            if held is not None:
                return held
        admission = await run_in_threadpool(admit, self._node, self._tokens, authorization, slug)
        if version is not None:
            self._admissions.hold(authorization, slug, version, admission)
        return admission

    def _get(self, reads: Reads, admission: Admission, footprint_id: str) -> _Answer:
        at = self._node.clock.now()
        document = read_document(reads, admission.org, footprint_id, grants=admission.grants, at=at)
        return _Answer(b'{"data":' + document + b"}")

    def _list(self, reads: Reads, admission: Admission, request: Request, page: Page) -> _Answer:
        found = list_documents(
            reads,
            admission.org,
            from_query(page.filters),
            grants=admission.grants,
            at=self._node.clock.now(),
            after=page.after,
            limit=page.wanted,
        )
        body = data_of(document for _, document in page.shown(found))
        return _Answer(body, page.link(request, [seq for seq, _ in found]))


def _authorization(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value, "latin-1")
    return ""
