"""Requests to the host under test: every answer is taken as it is, plain HTTP and broken bodies included.

The SDK's own transport refuses what a conformance run has to try (plain HTTP) and hides what it has to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from carbonbridge.client.conformance.case import Failed
from carbonbridge.client.conformance.redaction import Redaction
from carbonbridge.client.conformance.wording import Text, verbatim
from carbonbridge.client.transport import Wire, distrust, proxies_read
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.exchange import MAX_RESPONSE

_MOST_REDIRECTS = 5
_SHOWN = 400


class NoAnswer(Exception):
    """The host gave no HTTP answer: refused, broken off, too late, or not trusted."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{urlsplit(url).netloc} cannot be reached: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Received:
    """An answer.

    Attributes:
        headers: names in lower case; a header that came twice is joined by a comma.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The parsed body if it says that it is ``application/json``, else None.

        Raises:
            Failed: it says so and is not.
        """
        if not self.body or "application/json" not in self.headers.get("content-type", "").lower():
            return None
        try:
            return read_json(self.body, limit=MAX_RESPONSE)
        except BadInput as error:
            raise Failed(Text(f"broken JSON: {error.message}", f"JSON 无法解析：{error.message}")) from None

    @property
    def data(self) -> Any:
        """The body's member ``data``; None if there is none."""
        body = self.json
        return body.get("data") if isinstance(body, dict) else None

    @property
    def code(self) -> Any:
        """The body's error code; None if there is none."""
        body = self.json
        return body.get("code") if isinstance(body, dict) else None

    def shown(self) -> Text:
        """Status, media type and the begin of the body."""
        media = self.headers.get("content-type", "-")
        text = " ".join(self.body[: 4 * _SHOWN].decode("utf-8", "replace").split())
        short = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
        return verbatim(f"{self.status} ({media}) {short}".rstrip())


class Probe:
    """Sends requests and keeps what was sent, without secrets, for the report.

    Args:
        wire: trust and the seconds that one call may take in all.
        redaction: what must not be shown.
    """

    def __init__(self, wire: Wire, redaction: Redaction) -> None:
        self._seconds = wire.timeout
        self._redaction = redaction
        with proxies_read():
            self._http = httpx.Client(verify=wire.context(), timeout=wire.timeout, follow_redirects=False)
        self.sent: list[str] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Received:
        """One request; redirects are followed within the same origin, as browsers and the official suite do.

        Raises:
            NoAnswer: there is none, or none in time.
        """
        for _ in range(_MOST_REDIRECTS):
            self.sent.append(self._redaction.command_line(method, url, headers, body))
            answer = self._once(method, url, headers, body)
            target = urljoin(url, answer.headers.get("location", url))
            repeats = answer.status in (307, 308) or (answer.status in (301, 302, 303) and method == "GET")
            if not repeats or _origin(target) != _origin(url):
                return answer
            url = target
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Received:
        deadline = monotonic() + self._seconds
        try:
            with self._http.stream(method, url, headers=dict(headers), content=body) as answer:
                data = bytearray()
                for chunk in answer.iter_bytes():
                    data += chunk
                    if monotonic() > deadline or len(data) > MAX_RESPONSE:
                        raise NoAnswer(url, f"no whole answer within {self._seconds:g} s")
                return Received(answer.status_code, dict(answer.headers), bytes(data))
        except httpx.TimeoutException:
            raise NoAnswer(url, f"no answer within {self._seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            untrusted = distrust(error)
            reason = (
                f"its certificate is not trusted ({untrusted}): see --ca-file" if untrusted else str(error)
            )
            raise NoAnswer(url, reason or type(error).__name__) from None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
