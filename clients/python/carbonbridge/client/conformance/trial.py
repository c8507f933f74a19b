"""One run against one host: what the set-up has found out, and the requests that the cases are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from carbonbridge.client.conformance.callback import Delivery, Receiver
from carbonbridge.client.conformance.case import Failed, Pending
from carbonbridge.client.conformance.probe import Probe, Received
from carbonbridge.client.conformance.redaction import Redaction
from carbonbridge.client.conformance.sample import Sample
from carbonbridge.client.conformance.target import Target, random_text
from carbonbridge.client.conformance.version import Event, PactVersion
from carbonbridge.client.conformance.wording import Text
from carbonbridge.core.document import write_json

CLOUDEVENTS = "application/cloudevents+json; charset=UTF-8"


@dataclass(slots=True)
class Trial:
    """The run that a case is part of.

    Attributes:
        receiver: where the host's callbacks arrive.
        wait_seconds: longest wait for callbacks, once everything is sent.
        settle_seconds: how long to listen for a callback that must not come.
        run_id: begins the id of every event of this run.
        token_endpoint, token, footprints: found by the set-up.
        warnings: of the case that is running.
    """

    target: Target
    probe: Probe
    receiver: Receiver
    redaction: Redaction
    wait_seconds: float = 30.0
    settle_seconds: float = 1.0
    run_id: str = field(default_factory=lambda: str(uuid4()))
    token_endpoint: str = ""
    token: str = field(default="", repr=False)
    footprints: list[dict[str, Any]] = field(default_factory=list, repr=False)
    warnings: list[Text] = field(default_factory=list)
    _give_up: float | None = None

    @property
    def pact(self) -> PactVersion:
        """The version that is tested."""
        return self.target.pact

    @property
    def root(self) -> str:
        """Base URL and the version's first path segment."""
        return f"{self.target.base_url}/{self.pact.major}"

    @property
    def sample(self) -> Sample:
        """The first footprint of the listing: all ids and filter values are taken from it."""
        return Sample(self.footprints[0])

    def bearer(self, token: str | None = None) -> dict[str, str]:
        """Headers of an authenticated request."""
        return {
            "Authorization": f"Bearer {self.token if token is None else token}",
            "Accept": "application/json",
        }

    def get(self, path: str, token: str | None = None) -> Received:
        """GET below the version's root (``/footprints?limit=1``) or at a whole address.

        Queries go out as they are: the official suite does not encode them either.
        """
        url = path if path.startswith("http") else self.root + path
        return self.probe.send("GET", url, self.bearer(token))

    def query(self, *pairs: tuple[str, str], encoded: bool = False) -> Received:
        """ListFootprints with a query; not percent-encoded unless asked for."""
        query_text = "&".join(
            f"{name}={quote(value, safe='') if encoded else value}" for name, value in pairs
        )
        return self.get("/footprints" + (f"?{query_text}" if query_text else ""))

    def listed(self, *pairs: tuple[str, str], encoded: bool = True) -> list[dict[str, Any]]:
        """The footprints on the first page of a listing that must succeed.

        Raises:
            Failed: it does not, or is no listing.
        """
        return self.page(self.query(*pairs, encoded=encoded))

    def page(self, answer: Received) -> list[dict[str, Any]]:
        """The footprints of an answer that must be a listing.

        Raises:
            Failed: it is none.
        """
        data = answer.data
        if (
            answer.status != 200
            or not isinstance(data, list)
            or not all(isinstance(item, dict) for item in data)
        ):
            raise Failed(answer.shown())
        return data

    def event(self, event: Event, data: Mapping[str, object], suffix: str | None = None) -> dict[str, Any]:
        """An event of ours.

        Args:
            suffix: the case that its id names, so that the answer to it can be told; a new id unless given.
        """
        return {
            "type": self.pact.event_type(event),
            "specversion": "1.0",
            "id": str(uuid4()) if suffix is None else self.event_id(suffix),
            "source": self.receiver.url,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": dict(data),
        }

    def event_id(self, suffix: str) -> str:
        """``{run}/12``: no UUID, which hosts have to echo as it is."""
        return f"{self.run_id}/{suffix}"

    def post(
        self,
        event: Mapping[str, object] | bytes,
        *,
        token: str | None = None,
        media: str = CLOUDEVENTS,
        url: str | None = None,
    ) -> Received:
        """Deliver an event, or what is none, to the host's Events action."""
        body = event if isinstance(event, bytes) else write_json(event)
        headers = self.bearer(token) | {"Content-Type": media}
        return self.probe.send("POST", url or f"{self.root}/events", headers, body)

    def ask(self, product_ids: Sequence[str], suffix: str, comment: str | None = None) -> Received:
        """Deliver a request for products."""
        data = self.pact.wanted([*product_ids]) | {
            "comment": comment or "Please send PCF data for this year."
        }
        return self.post(self.event(Event.CREATED, data, suffix))

    def callbacks(self, suffix: str, count: int = 1, cause: Text | None = None) -> list[Delivery]:
        """The host's callbacks to one of our requests, waited for until the run's limit.

        Raises:
            Pending: fewer have come.
        """
        if self._give_up is None:
            self._give_up = monotonic() + self.wait_seconds
        found = self.receiver.wait(self.event_id(suffix), count, self._give_up)
        if len(found) < count:
            raise Pending(self._still_awaited(len(found), count), cause)
        return found

    def _still_awaited(self, came: int, count: int) -> Text:
        where, limit = self.receiver.url, f"{self.wait_seconds:g}"
        strays = ", ".join(sorted(self.receiver.strays(self.run_id)))[:200]
        return Text(
            f"{came} of {count} callbacks at {where} within {limit} s"
            + (f"; others came with requestEventId {strays}" if strays else ""),
            f"{limit} 秒内在 {where} 收到 {came}/{count} 个回调"
            + (f"；另有回调的 requestEventId 为 {strays}" if strays else ""),
        )

    def taken(self, suffix: str) -> Delivery | None:
        """The first callback to a request that our receiver has taken; None if all that came were refused.

        Raises:
            Pending: none has come at all.
        """
        found = self.callbacks(suffix)
        while True:
            for delivery in found:
                if delivery.answered == 200:
                    return delivery
            try:
                found = self.callbacks(suffix, len(found) + 1)
            except Pending:
                return None

    def settled(self, suffix: str) -> list[Delivery]:
        """All callbacks to a request, after listening a while for one too many."""
        found = self.callbacks(suffix)
        return self.receiver.wait(self.event_id(suffix), len(found) + 1, monotonic() + self.settle_seconds)

    def warn(self, en: str, zh: str) -> None:
        """Note what is not as it should be, and no failure."""
        self.warnings.append(Text(en, zh))

    def forged_token(self) -> str:
        """A bearer that no host has given."""
        return f"very-invalid-access-token-{random_text(16)}"


def must(held: bool, received: Text | Callable[[], Text], cause: Text | None = None) -> None:
    """Fail the case unless something holds.

    Raises:
        Failed: it does not.
    """
    if not held:
        raise Failed(received() if callable(received) else received, cause)


def must_answer(answer: Received, *statuses: int, cause: Text | None = None) -> None:
    """Fail the case unless the status is one of these.

    Raises:
        Failed: it is another.
    """
    must(answer.status in statuses, answer.shown, cause)
