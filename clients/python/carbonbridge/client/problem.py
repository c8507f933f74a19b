"""Error answers back as the core's errors: RFC 9457 ``problem+json``, or PACT's ``{code, message}``."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.document import read_json
from carbonbridge.core.errors import (
    AccessDenied,
    AddressForbidden,
    BadInput,
    CarbonBridgeError,
    Conflict,
    Misconfigured,
    NotAuthenticated,
    NotFound,
    NotSupported,
    PartnerRefused,
    PartnerUnreachable,
    ProofInvalid,
    SignatureInvalid,
    TokenExpired,
    TooLarge,
    TooManyRequests,
)

_BY_CODE: dict[str, type[CarbonBridgeError]] = {
    kind.code: kind
    for kind in (
        AccessDenied,
        AddressForbidden,
        BadInput,
        CarbonBridgeError,
        Conflict,
        Misconfigured,
        NotAuthenticated,
        NotFound,
        NotSupported,
        PartnerRefused,
        PartnerUnreachable,
        ProofInvalid,
        SignatureInvalid,
        TokenExpired,
        TooLarge,
        TooManyRequests,
    )
}

#: For answers without a code that we know: from a proxy, say.
_BY_STATUS: dict[int, type[CarbonBridgeError]] = {
    400: BadInput,
    401: NotAuthenticated,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: BadInput,
    501: NotSupported,
}

_LONGEST = 500


def refusal(status: int, body: bytes) -> CarbonBridgeError:
    """The error that an answer stands for.

    Args:
        status: HTTP status, 300 or more.
        body: the answer's body, whatever it is.
    """
    problem = _object(body)
    kind = _kind(status, problem)
    message = _text(problem, "detail") or _text(problem, "message") or _text(problem, "title")
    error = kind(
        message or f"the host answered with status {status}",
        field=_text(problem, "field"),
        next_step=_text(problem, "nextStep") or _next_step(status),
    )
    correlation = _text(problem, "correlationId")
    if correlation and status >= 500 and correlation not in str(error):
        error.add_note(f"correlation id {correlation}")
    return error


def _kind(status: int, problem: dict[str, Any]) -> type[CarbonBridgeError]:
    code = _text(problem, "code")
    # PACT has no code for a bearer that is no good but BadRequest, so the status says more.
    if status == NOT_AUTHENTICATED and code != TokenExpired.code:
        return NotAuthenticated
    if status == BUSY:
        return TooManyRequests
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return PartnerUnreachable if status >= 500 else PartnerRefused


NOT_AUTHENTICATED = 401
BUSY = 429


def _next_step(status: int) -> str | None:
    if 300 <= status < 400:
        return "The host moved; give its new address, redirects are not followed."
    if status == NOT_AUTHENTICATED:
        return "Check the client id and secret, and that they are for this address."
    return "Try again later." if status >= 500 or status == BUSY else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = read_json(body)
    except BadInput:
        return {}
    return value if isinstance(value, dict) else {}


def _text(problem: dict[str, Any], name: str) -> str | None:
    value = problem.get(name)
    return value[:_LONGEST] if isinstance(value, str) and value.strip() else None
