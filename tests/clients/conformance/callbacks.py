"""The fake host's callbacks: sent from a thread, tried again after a 503."""

from __future__ import annotations

import ssl
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx

from carbonbridge.client.conformance import PactVersion
from carbonbridge.client.conformance.target import CALLBACK_ID, CALLBACK_SECRET
from carbonbridge.client.conformance.version import Event


class Callbacks:
    """Answers requests at their source."""

    def __init__(self, ca_file: str) -> None:
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._threads: list[Thread] = []
        self._closed = Signal()

    def be(self, pact: PactVersion, quirks: set[str]) -> None:
        self.close()
        self._closed = Signal()
        self._pact, self._quirks = pact, quirks
        self._asked: set[str] = set()

    def close(self) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def await_end(self) -> None:
        """Return when the run is over, or nearly so."""
        self._closed.wait(10)

    def answer(self, request: dict[str, Any], found: list[dict[str, Any]]) -> None:
        thread = Thread(target=self._deliver, args=(request, found, self._closed))
        self._threads.append(thread)
        thread.start()

    def _deliver(self, request: dict[str, Any], found: list[dict[str, Any]], closed: Signal) -> None:
        if "one answer a product" in self._quirks:
            product = str({**request["data"], "comment": ""})
            if product in self._asked:
                return
            self._asked.add(product)
        event = self._event(request, found)
        if "fulfilled differs" in self._quirks:
            event["data"]["pfs"] = [{**item, "comment": "!"} for item in found]
        with httpx.Client(verify=self._tls, timeout=5, trust_env=False) as http:
            try:
                self._until_taken(http, request["source"], event, closed)
                if "callback twice" in self._quirks:
                    self._post(http, request["source"], event)
            except httpx.HTTPError:
                pass  # the run is over

    def _until_taken(self, http: httpx.Client, source: str, event: dict[str, Any], closed: Signal) -> None:
        while self._post(http, source, event) == 503:
            if "no retry" in self._quirks or closed.wait(0.05):
                return
            if "new id" in self._quirks:
                event["id"] = str(uuid4())

    def _event(self, request: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
        data: dict[str, Any] = {"requestEventId": request["id"], "pfs": found}
        if not found:
            error = {"code": "NotFound", "message": "" if "no message" in self._quirks else "no such product"}
            data = {"requestEventId": request["id"], "error": error}
        if "request ids are uuids" in self._quirks:
            data["requestEventId"] = request["id"].split("/")[0]
        kind = Event.FULFILLED if found else Event.REJECTED
        event = {
            "type": self._pact.event_type(kind),
            "specversion": "1.0",
            "id": "same" if "same id" in self._quirks else str(uuid4()),
            "source": "https://fake.example",
            "time": "2026-05-01T00:00:00Z",
            "data": data,
        }
        if "no time" in self._quirks:
            del event["time"]
        return event

    def _post(self, http: httpx.Client, source: str, event: dict[str, Any]) -> int:
        token = "garbage"
        if "no token fetched" not in self._quirks:
            auth = (CALLBACK_ID, CALLBACK_SECRET)
            form = {"grant_type": "client_credentials"}
            token = http.post(f"{source}/auth/token", auth=auth, data=form).json()["access_token"]
        path = "/callback" if "callback elsewhere" in self._quirks else f"/{self._pact.major}/events"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
        return http.post(source + path, json=event, headers=headers).status_code
