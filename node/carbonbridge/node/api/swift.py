"""The shortest way to an answer: outermost, and only for what needs no waiting.

A caller who was let in before asks for one footprint, or for an unfiltered page of usual length, and the store is
swift: then the answer is made here, in one piece, with everything that the layers below would have done. In any other
case, failures included, nothing is done, and the layers below do it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.node.api.edge import NO_SNIFF, NO_STORE, correlation
from carbonbridge.node.api.pages import Page
from carbonbridge.node.api.reads import Answer, HotReads, path_of
from carbonbridge.node.telemetry import count_call, log_call

#: Footprints of a page that is read at once.
_MOST = 100


class Swift:
    """Answers what it can at once, and hands everything else on.

    Args:
        app: everything else.
        hot: the reads.
        is_secure: whether a call came over HTTPS, where a proxy has to say so.
    """

    def __init__(self, app: ASGIApp, hot: HotReads, is_secure: Callable[[Scope], bool] | None) -> None:
        self._app = app
        self._hot = hot
        self._is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        begun = perf_counter()
        found = None
        if scope["type"] == "http" and scope["method"] == "GET":
            found = path_of(scope)
        answer = None if found is None else self._answer(scope, *found)
        if found is None or answer is None:
            await self._app(scope, receive, send)
            return
        name = correlation(scope)
        headers = [*answer.headers(), (b"x-correlation-id", name.encode("ascii")), NO_SNIFF, NO_STORE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
        seconds = perf_counter() - begun
        count_call("GET", self._hot.route(found[1]), 200, seconds)
        log_call(name, "GET", scope["path"], 200, seconds)

    def _answer(self, scope: Scope, slug: str | None, footprint_id: str | None) -> Answer | None:
        if self._is_secure is not None and not self._is_secure(scope):
            return None
        hot = self._hot
        try:
            admission = hot.held(scope, slug)
            if admission is None or hot.swift is None or not admission.is_simple:
                return None
            if footprint_id is not None:
                return hot.get(hot.swift, admission, footprint_id)
            request = Request(hot.described(scope))
            page = Page.read(request)
            if page.filters or page.limit > _MOST or not admission.sees_all(hot.now()):
                return None
            return hot.list(hot.swift, admission, request, page)
        except CarbonBridgeError:
            return None
