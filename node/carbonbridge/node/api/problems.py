"""Errors on the wire: ``{code, message}`` on PACT's paths, RFC 9457 ``problem+json`` on our own.

What went wrong inside the node is told to the log, and to the caller only by the correlation id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from carbonbridge.core.document import write_json
from carbonbridge.core.errors import (
    AccessDenied,
    AddressForbidden,
    BadInput,
    CarbonBridgeError,
    Conflict,
    NotAuthenticated,
    NotFound,
    NotSupported,
    PartnerRefused,
    PartnerUnreachable,
    StorageFailed,
    StoreBusy,
    TokenExpired,
    TooLarge,
)
from carbonbridge.core.pact_v2.vocabulary import NO_SUCH_FOOTPRINT
from carbonbridge.node.telemetry import correlation_id, logger

log = logger(__name__)

#: Our own interface; every other path is PACT's, or answers like it.
OWN = "/api/v1"

#: The first that fits; what fits none is the node's own fault.
_STATUS: tuple[tuple[type[CarbonBridgeError], int], ...] = (
    (TooLarge, 413),
    (BadInput, 400),
    (NotAuthenticated, 401),
    (AccessDenied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (AddressForbidden, 400),
    (NotSupported, 501),
    (PartnerRefused, 502),
    (PartnerUnreachable, 502),
    (StorageFailed, 503),
    (StoreBusy, 503),
)

#: PACT v3's codes by status; it has none for the rest, which are the caller's: BadRequest.
_PACT_CODES = {
    403: "AccessDenied",
    404: "NotFound",
    500: "InternalError",
    501: "NotImplemented",
    503: "InternalError",
}


#: Where v2 is served, and what it calls the codes of v3; what it does not implement it answers with 400.
_V2 = re.compile(r"(/o/[^/]+)?/2/")
_V2_CODES = {"NotFound": NO_SUCH_FOOTPRINT}


def install(app: FastAPI) -> None:
    """Translate every error that leaves an endpoint."""
    app.add_exception_handler(CarbonBridgeError, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _failed)


def problem(path: str, error: CarbonBridgeError, status: int | None = None) -> Response:
    """The answer to a call that failed.

    Args:
        path: of the call.
        status: where the error does not say enough.
    """
    status = status or status_of(error)
    headers = _headers(error, status)
    if OWN not in path:
        code = _pact_code(status, error)
        if _V2.match(path):
            code = _V2_CODES.get(code, code)
            status = 400 if status == 501 else status
        body: dict[str, object] = {"code": code, "message": str(error)}
        # PACT's clients know 400, not 409.
        return Response(write_json(body), 400 if status == 409 else status, headers, "application/json")
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
        "field": error.field,
        "nextStep": error.next_step,
        "correlationId": correlation_id(),
    }
    present = {name: value for name, value in body.items() if value is not None}
    return Response(write_json(present), status, headers, "application/problem+json")


def status_of(error: CarbonBridgeError) -> int:
    """The HTTP status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _pact_code(status: int, error: CarbonBridgeError) -> str:
    if isinstance(error, TokenExpired):
        return error.code
    return _PACT_CODES.get(status, "BadRequest" if status < 500 else "InternalError")


def _headers(error: CarbonBridgeError, status: int) -> dict[str, str] | None:
    if status == 401:
        return {
            "WWW-Authenticate": 'Bearer error="invalid_token"'
            if isinstance(error, TokenExpired)
            else "Bearer"
        }
    return {"Retry-After": "1"} if isinstance(error, StoreBusy) else None


def failure(path: str, error: Exception, stop: Callable[[], None]) -> Response:
    """The answer to a call that failed in whatever way; what failed inside is told to the log.

    Args:
        stop: called when the store has failed.
    """
    if not isinstance(error, CarbonBridgeError):
        log.error("an endpoint failed", exc_info=error)
        return problem(path, _internal(), 500)
    status = status_of(error)
    if status in (500, 503) and not isinstance(error, StoreBusy):
        log.error("a use case failed", exc_info=error)
        if isinstance(error, StorageFailed):
            stop()
        return problem(path, _internal(), status)
    return problem(path, error, status)


async def _failed(request: Request, error: Exception) -> Response:
    return failure(request.url.path, error, request.app.state.stop)


async def _invalid(request: Request, error: Exception) -> Response:
    """A path or query parameter is wrong; bodies are read by :mod:`.call`."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    path = ".".join(str(step) for step in first["loc"][1:])
    return problem(request.url.path, BadInput(str(first["msg"]), field=path or None))


async def _framework(request: Request, error: Exception) -> Response:
    """No such path, or not this method."""
    if not isinstance(error, HTTPException):
        raise error
    kind = NotFound if error.status_code == 404 else BadInput
    response = problem(request.url.path, kind(str(error.detail).lower()), error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _gone(request: Request, error: Exception) -> Response:
    """The caller hung up in the middle of its body: no failure of ours, and nobody hears the answer."""
    return problem(request.url.path, BadInput("the body broke off"))


def _internal() -> CarbonBridgeError:
    return CarbonBridgeError(
        "the node failed to do this",
        next_step=f"Try again later, or give its operator this number: {correlation_id()}.",
    )
