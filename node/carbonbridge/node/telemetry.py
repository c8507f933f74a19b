"""Logs (JSON, one object a line, on standard error) and metrics (Prometheus).

Logs carry ids and numbers, never bodies or secrets; :func:`redact` is the net below that rule. What is bound
with :func:`correlated` stands in every line written meanwhile.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from prometheus_client import Counter, Histogram
from structlog.typing import FilteringBoundLogger

from carbonbridge.core.errors import CarbonBridgeError

HTTP_REQUESTS = Counter(
    "carbonbridge_http_requests_total", "HTTP requests answered", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram("carbonbridge_http_request_seconds", "Time to answer an HTTP request", ["route"])
WORK = Counter("carbonbridge_work_total", "Work of the outbox that was tried", ["verb", "outcome"])
PEER_CALLS = Counter("carbonbridge_peer_calls_total", "Calls to partners' hosts", ["outcome"])

#: What is being done, for log lines and error answers.
CORRELATION: ContextVar[str | None] = ContextVar("correlation_id", default=None)

#: Where the lines of calls go; None below level ``info``.
_calls: TextIO | None = None

_counted: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

#: A path without anything that could be a secret or needs to be cut.
_PLAIN_PATH = re.compile(r"[/\w-]{1,200}", re.ASCII)

_SECRET_NAMES = re.compile(
    r"secret|password|token|authori[sz]ation|private|credential|cookie|^d$", re.IGNORECASE
)
_SECRET_TEXTS = re.compile(
    r"(?i:\b(?:Bearer|Basic))\s+[\w~+/.=-]+"  # credentials as they stand in a header
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a compact JWS
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # user and password in a URL
)
_REDACTED = "[redacted]"
_LONGEST = 500
_MOST_FRAMES = 20

#: Libraries that would write secrets or one line a request below this level.
_QUIET = ("authlib", "httpcore", "httpx", "asyncio", "sqlalchemy", "alembic")

EventDict = MutableMapping[str, Any]


def _on_standard_error(*_: object) -> structlog.PrintLogger:
    """Standard output belongs to what a verb answers; looked up at each line, as somebody may redirect it."""
    return structlog.PrintLogger(sys.stderr)


# Until :func:`configure_logs` is called: structlog's own default is standard output.
structlog.configure(logger_factory=_on_standard_error)


def logger(name: str) -> FilteringBoundLogger:
    """A logger; ``logger(__name__).info("what happened", org=…, footprint_id=…)``."""
    bound: FilteringBoundLogger = structlog.get_logger(name)
    return bound


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Within the block, every log line carries the correlation id."""
    token = CORRELATION.set(correlation_id)
    try:
        yield
    finally:
        CORRELATION.reset(token)


def correlation_id() -> str | None:
    """The correlation id of what is being done."""
    return CORRELATION.get()


def log_call(name: str, method: str, path: str, status: int, seconds: float) -> None:
    """Write the line of an HTTP call that was answered.

    The one line that every call writes: put together by hand, as the machinery for the others takes longer than the
    quickest calls themselves.

    Args:
        name: the correlation id, which like the method is a plain word.
        path: as it was called.
    """
    if _calls is None:
        return
    shown = path if _PLAIN_PATH.fullmatch(path) else json.dumps(_clean(path), ensure_ascii=False)[1:-1]
    at = datetime.now(UTC).isoformat()[:-6]
    _calls.write(
        f'{{"event": "call", "method": "{method}", "path": "{shown}", "status": {status}, '
        f'"milliseconds": {seconds * 1000:.1f}, "correlation_id": "{name}", "level": "info", '
        f'"logger": "carbonbridge.node.api", "timestamp": "{at}Z"}}\n'
    )


def count_call(method: str, route: str, status: int, seconds: float) -> None:
    """Count an HTTP call under its route."""
    key = (method, route, status)
    counted = _counted.get(key)
    if counted is None:
        counted = HTTP_REQUESTS.labels(method, route, str(status)), HTTP_SECONDS.labels(route)
        _counted[key] = counted
    counted[0].inc()
    counted[1].observe(seconds)


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Write the logs of the node and of its libraries as JSON.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        stream: standard error unless stated.
    """
    global _calls  # noqa: PLW0603 - as process-wide as the logging it belongs to
    stream = stream or sys.stderr
    _calls = stream if level in ("debug", "info") else None
    shared: list[structlog.typing.Processor] = [
        add_correlation,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def add_correlation(_: object, __: str, event: EventDict) -> EventDict:
    """Put the correlation id into the line."""
    if (name := CORRELATION.get()) is not None:
        event["correlation_id"] = name
    return event


def describe_exception(_: object, __: str, event: EventDict) -> EventDict:
    """Put an exception into the line: type, frames without their variables, message only where it is safe.

    The text of a foreign exception may quote the input (pydantic's does), so it stays out of the log.
    """
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if not isinstance(error, BaseException):
        return event
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    event["exception"] = f"{type(error).__module__}.{type(error).__qualname__}"
    event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    if isinstance(error, CarbonBridgeError | OSError):
        event["reason"] = str(error)
    return event


def redact(_: object, __: str, event: EventDict) -> EventDict:
    """Take out what looks like a secret, and cut what looks like a document."""
    for name, value in event.items():
        event[name] = _REDACTED if _SECRET_NAMES.search(name) else _clean(value)
    return event


def _clean(value: object) -> object:
    match value:
        case str():
            text = _SECRET_TEXTS.sub(_REDACTED, value)
            return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
        case bytes():
            return f"({len(value)} bytes)"
        case dict():
            return {
                name: _REDACTED if _SECRET_NAMES.search(str(name)) else _clean(item)
                for name, item in value.items()
            }
        case list() | tuple():
            return [_clean(item) for item in value]
    return value
