"""ListFootprints and GetFootprint of PACT v3 as plain ASGI: nothing between the store's bytes and the answer.

The two reads that partners make most. FastAPI describes them (:mod:`.pact_v3`), and answers those whose path is not
plain; this module answers the others in the thread pool, and :mod:`.swift` at once what need not wait.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from carbonbridge.core.criteria import from_query
from carbonbridge.core.errors import NotAuthenticated
from carbonbridge.core.rate import RateLimit
from carbonbridge.node.api.admission import Admission, Admissions, Key, admit
from carbonbridge.node.api.answers import data_of
from carbonbridge.node.api.bearer import bearer_token, sole_authorization
from carbonbridge.node.api.head import certificate_of
from carbonbridge.node.api.pages import Page
from carbonbridge.node.api.problems import failure
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.read import list_documents, read_document
from carbonbridge.node.ports.store import Reads, SwiftReads

_PATH = re.compile(r"(?:/o/([a-z0-9-]{1,40}))?/3/footprints(?:/([0-9A-Za-z-]{1,64}))?", re.ASCII)

#: Where a call carries the admission that it was given on its way.
_ADMITTED = "carbonbridge.admission"

_JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class _Route:
    """The name under which calls are counted, as Starlette's routes have it."""

    path: str


_LIST, _GET = _Route("/3/footprints"), _Route("/3/footprints/{footprint_id}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer.

    Attributes:
        link: the ``Link`` header, if the listing goes on.
    """

    body: bytes
    link: str | None = None

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As ASGI has them."""
        headers = [_JSON, (b"content-length", b"%d" % len(self.body))]
        if self.link is not None:
            headers.append((b"link", self.link.encode("latin-1")))
        return headers


def path_of(scope: Scope) -> tuple[str | None, str | None] | None:
    """Organisation and footprint id in the path of one of the two reads; None: it is none of them."""
    found = _PATH.fullmatch(scope["path"])
    return None if found is None else (found[1], found[2])


class HotReads:
    """Answers the two reads, and hands everything else on.

    Args:
        app: everything else.
        described: where requests find what the node is made of.
        limit: counts the calls of each client.
        stop: called when the store has failed.
    """

    def __init__(
        self,
        app: ASGIApp,
        described: FastAPI,
        node: Node,
        tokens: AccessTokens,
        stop: Callable[[], None],
        limit: RateLimit,
    ) -> None:
        self._app = app
        self._described = described
        self._node = node
        self._tokens = tokens
        self._stop = stop
        self._limit = limit
        self._admissions = Admissions()

    @property
    def swift(self) -> SwiftReads | None:
        """The store's swift reads, for the one thread of the server's loop."""
        return self._node.store.swift_reads

    def now(self) -> datetime:
        """The present instant."""
        return self._node.clock.now()

    def described(self, scope: Scope) -> Scope:
        """The call, with what requests find behind it."""
        scope["app"] = self._described
        return scope

    @staticmethod
    def route(footprint_id: str | None) -> str:
        """The name under which a call is counted."""
        return (_LIST if footprint_id is None else _GET).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        found = None
        if scope["type"] == "http" and scope["method"] == "GET":
            found = path_of(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        slug, footprint_id = found
        self.described(scope)["route"] = _LIST if footprint_id is None else _GET
        try:
            answer = await self._answer(scope, slug, footprint_id)
        except Exception as error:  # noqa: BLE001 - every failure has its answer, as behind FastAPI
            await failure(scope["path"], error, self._stop)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": answer.headers()})
        await send({"type": "http.response.body", "body": answer.body})

    def held(self, scope: Scope, slug: str | None) -> Admission | None:
        """The caller's admission from memory, if the store is still what it was; counts the call.

        Raises:
            NotAuthenticated: several ``Authorization`` headers.
            TooManyRequests
        """
        swift = self.swift
        if swift is None:
            return None
        now = self.now()
        held = self._admissions.held(_key(scope, slug), swift.version(), now)
        if held is not None:
            self._limit.check(held.client_id, now.timestamp())
            scope[_ADMITTED] = held
        return held

    async def _answer(self, scope: Scope, slug: str | None, footprint_id: str | None) -> Answer:
        if self.swift is None:
            return await run_in_threadpool(self._looked_up, scope, slug, footprint_id)
        admission = await self._admitted(scope, slug, self.swift)
        return await run_in_threadpool(self._read, scope, admission, footprint_id)

    def _looked_up(self, scope: Scope, slug: str | None, footprint_id: str | None) -> Answer:
        """Where the store cannot tell when it changes, each caller is looked up, in the thread that answers it."""
        return self._read(scope, self._admit(_key(scope, slug)), footprint_id)

    def _read(self, scope: Scope, admission: Admission, footprint_id: str | None) -> Answer:
        reads = self._node.store.reads
        if footprint_id is not None:
            return self.get(reads, admission, footprint_id)
        request = Request(scope)
        return self.list(reads, admission, request, Page.read(request))

    def _admit(self, key: Key) -> Admission:
        token, slug, certificate = key
        return admit(self._node, self._tokens, token, slug, certificate, self._limit)

    async def _admitted(self, scope: Scope, slug: str | None, swift: SwiftReads) -> Admission:
        """The caller, looked up and remembered unless that was done."""
        admitted: Admission | None = scope.get(_ADMITTED)
        if admitted is not None:
            return admitted
        key, version = _key(scope, slug), swift.version()
        admission = await run_in_threadpool(self._admit, key)
        self._admissions.hold(key, version, admission)
        return admission

    def get(self, reads: Reads, admission: Admission, footprint_id: str) -> Answer:
        """GetFootprint."""
        document = read_document(reads, admission.org, footprint_id, grants=admission.grants, at=self.now())
        return Answer(b'{"data":' + document + b"}")

    def list(self, reads: Reads, admission: Admission, request: Request, page: Page) -> Answer:
        """ListFootprints."""
        listed = list_documents(
            reads,
            admission.org,
            from_query(page.filters),
            grants=admission.grants,
            at=self.now(),
            after=page.after,
            limit=page.limit,
        )
        body = data_of([document for _, document in listed.found])
        goes_on = listed.goes_on and listed.found
        return Answer(body, page.link_after(request, listed.found[-1][0]) if goes_on else None)


def _key(scope: Scope, slug: str | None) -> Key:
    """Who calls, in one spelling: blanks in the header make no other caller."""
    found = [value for name, value in scope["headers"] if name == b"authorization"]
    authorization = sole_authorization([str(value, "latin-1") for value in found])
    try:
        token = bearer_token(authorization)
    except NotAuthenticated:
        token = ""  # told when the organisation is known to be there
    return token, slug, certificate_of(scope)
