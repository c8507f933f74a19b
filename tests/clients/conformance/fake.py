"""A PACT host for tests: all right as it is, perverse in the ways that a test asks for."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import UUID, uuid4

from tests.clients.conformance.callbacks import Callbacks
from tests.clients.conformance.stock import Document, perverted, stock
from tests.support.hosts import Answer, Asked

from carbonbridge.client.conformance import PactVersion
from carbonbridge.client.conformance.sample import GEOGRAPHIES, default_validity, instant
from carbonbridge.client.conformance.version import Event

LOGIN = ("tester", "tester-secret-0123456789")
KEYS = {"productId": "productIds", "companyId": "companyIds", "classification": "productClassifications"}


class FakeHost:
    """Answers requests; what is wrong with it is in ``quirks``."""

    def __init__(self, ca_file: str) -> None:
        self.url = ""
        self.callbacks = Callbacks(ca_file)
        self.be(PactVersion.V3_0)

    def be(self, pact: PactVersion, *quirks: str) -> None:
        """Start anew as a host of this kind."""
        self.pact = pact
        self.quirks = set(quirks)
        self.footprints = perverted(stock(pact), self.quirks)
        self.tokens: set[str] = set()
        self.taken: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.visits = count()
        self.callbacks.be(pact, self.quirks)

    def visited(self) -> bool:
        """Whether the set-up is over."""
        return next(self.visits) > 0

    def has(self, quirk: str) -> bool:
        return quirk in self.quirks

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.path.partition("?")
        asked_for = {name.lower(): value for name, value in asked.headers.items()}
        if path == "/.well-known/openid-configuration" and self.has("openid"):
            scheme = "http" if self.has("token over http") else "https"
            return self._json({"token_endpoint": f"{self.url.replace('https', scheme)}/oauth/token"})
        if asked.method == "POST" and path == ("/oauth/token" if self.has("openid") else "/auth/token"):
            return self._token(asked_for, asked.body)
        if not path.startswith(f"/{self.pact.major}/"):
            return self._error(404, self.pact.not_found)
        given = asked_for.get("authorization", "").removeprefix("Bearer ")
        if self.has("echoes") and self.tokens and "?" not in asked.path and self.visited():
            return Answer(418, asked.headers.get("Authorization", "").encode())
        if not self._good(given):
            return self._error(401, "TokenExpired" if self.has("bearer code") else "BadRequest")
        rest = path[2:]
        if rest == "/events" and asked.method == "POST":
            return self._event(asked_for, asked.body)
        if rest == "/footprints":
            return self._list(query)
        return self._get(unquote(rest.removeprefix("/footprints/")))

    def _good(self, token: str) -> bool:
        if self.has("signatures unchecked"):
            return token.rpartition(".")[0] in {one.rpartition(".")[0] for one in self.tokens}
        return token in self.tokens or (self.has("no token needed") and not token)

    def _token(self, headers: dict[str, str], body: bytes) -> Answer:
        pair = base64.b64decode(headers.get("authorization", "Basic ").split(" ")[1]).decode()
        if pair != ":".join(LOGIN) and not self.has("any secret"):
            return self._json({"error": "invalid_client"}, 401)
        if self.has("echoes") and self.visited():
            return self._json({"error": "echo", "error_description": headers["authorization"]}, 400)
        if b"client_credentials" not in body and not self.has("any grant"):
            return self._json({"error": "unsupported_grant_type"}, 400)
        claims: dict[str, Any] = {"aud": self.url, "exp": int(time.time()) + 900, "jti": str(uuid4())}
        if self.has("endless token"):
            del claims["exp"]
        parts = ({"alg": "HS256"}, claims, {"signature": str(uuid4())})
        token = ".".join(
            base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
        )
        self.tokens.add(token)
        told = {"access_token": token, "token_type": "bearer", "expires_in": 900}
        if self.has("no expires_in"):
            del told["expires_in"]
        return self._json(told, headers={"Cache-Control": "no-store"})

    def _get(self, name: str) -> Answer:
        if self.has("silent"):
            self.callbacks.await_end()
        for document in self.footprints:
            if document["id"] == name:
                return self._json({"data": document | ({"comment": "!"} if self.has("get differs") else {})})
        return self._error(404, self.pact.not_found)

    def _list(self, query: str) -> Answer:
        pairs = parse_qsl(query, keep_blank_values=True)
        given = pairs if self.has("names as written") else [(_spelled(name), value) for name, value in pairs]
        criteria = [(name, value) for name, value in given if name not in ("limit", "after")]
        limit = dict(given).get("limit", "100")
        if not limit.isdecimal():
            return self._error(400, "BadRequest") if not self.has("any limit") else self._list("")
        if any(
            name == "status" and value.lower() not in ("active", "deprecated", "") for name, value in criteria
        ) and self.has("status checked"):
            return self._error(400, "BadRequest")
        if self.has("companies checked") and any(
            n == "companyId" and v[:4].lower() != "urn:" for n, v in criteria
        ):
            return self._error(400, "BadRequest")
        found = [item for item in self.footprints if self.has("no filters") or self._matches(item, criteria)]
        if self.has("order changes") and next(self.visits) % 2:
            found.reverse()
        if not found and self.has("null for nothing"):
            return self._json({"data": None})
        if self.has("links work once"):
            if "after" in dict(given) and query in self.links:
                return self._error(400, "BadRequest")
            self.links.add(query)
        return self._page(found, criteria, int(limit), int(dict(given).get("after", "0")))

    def _page(self, found: list[Document], criteria: list[tuple[str, str]], limit: int, after: int) -> Answer:
        headers = {}
        if 0 < limit < len(found) - after and not self.has("no link"):
            kept = [] if self.has("links forget filters") else criteria
            kept = [*kept, *([] if self.has("links forget limit") else [("limit", str(limit))])]
            query = "&".join(f"{name}={value}" for name, value in [*kept, ("after", str(after + limit))])
            base = "https://inside.example" if self.has("inner links") else self.url
            relation = "rel=next" if self.has("unquoted rel") else 'rel="next"'
            first = f'<{base}/{self.pact.major}/footprints?limit={limit}>; rel="first", '
            link = f"<{base}/{self.pact.major}/footprints?{query}>; {relation}"
            headers["Link"] = (first if self.has("first link") else "") + link
        return self._json({"data": found[after : after + limit]}, headers=headers)

    def _matches(self, item: Document, criteria: list[tuple[str, str]]) -> bool:
        names = {name for name, _ in criteria}
        return all(
            self._holds(item, name, [value for other, value in criteria if other == name]) for name in names
        )

    def _holds(self, item: Document, name: str, values: list[str]) -> bool:
        if values == [""] and not self.has("empty is nothing"):
            return True
        if name == "$filter":
            [(since,)] = [
                match.groups() for match in [re.fullmatch(r"created ge '(.*)'", values[0])] if match
            ]
            return bool(item["created"] >= since)
        if name in ("validOn", "validAfter", "validBefore"):
            return self._valid(item, name, values[0])
        fold = str if self.has("letter case") else str.casefold
        own = [fold(one) for one in self._values(item, name)]
        if name == "status" and self.has("deprecated is active too"):
            own.append(fold("Active"))
        return bool(set(own) & {fold(value) for value in values})

    def _values(self, item: Document, name: str) -> Iterator[str]:
        if name == "geography":
            for place in GEOGRAPHIES:
                if value := item["pcf"].get(place):
                    yield value
                    if self.has("hierarchy"):
                        yield value.split("-")[0]
        elif name == "status":
            yield item["status"]
        else:
            yield from item.get(KEYS.get(name, name), ())

    def _valid(self, item: Document, name: str, value: str) -> bool:
        when = instant(value if self.has("blank stays") else value.replace(" ", "+"))
        if when is None:
            return False
        default = default_validity(item)
        start = instant(item.get("validityPeriodStart")) or default[0]
        end = instant(item.get("validityPeriodEnd")) or default[1]
        assert start is not None
        assert end is not None
        return {"validOn": start <= when <= end, "validAfter": start > when, "validBefore": end < when}[name]

    def _event(self, headers: dict[str, str], body: bytes) -> Answer:
        if self.has("cloudevents only") and "cloudevents" not in headers.get("content-type", ""):
            return self._error(415, "BadRequest")
        event = self._read(body)
        if event is None:
            return Answer(200) if self.has("anything goes") else self._error(400, "BadRequest")
        kind = event["type"]
        if kind == self.pact.event_type(Event.PUBLISHED):
            return self._published(event["data"]["pfIds"])
        key = (event["source"], event["id"])
        wanted = event["data"].get("productId") or event["data"].get("pf", {}).get("productIds", [])
        found = [item for item in self.footprints if set(wanted) & set(item["productIds"])]
        if not found and self.has("refused at once"):
            return self._error(404, self.pact.not_found)
        if key not in self.taken or self.has("events twice"):
            self.taken.add(key)
            self.callbacks.answer(event, [{**item} for item in found])
        return self._taken()

    def _taken(self) -> Answer:
        return Answer(202 if self.has("202") else 200, b"ok" if self.has("says ok") else b"")

    def _published(self, names: list[str]) -> Answer:
        known = {item["id"] for item in self.footprints}
        if self.has("must be known") and not set(names) & known:
            return self._error(404, self.pact.not_found)
        return self._taken()

    def _read(self, body: bytes) -> Any:
        """The event, or None if it is none."""
        try:
            event = json.loads(body)
            assert all(event[name] for name in ("id", "source", "time"))
            assert event["specversion"] == "1.0"
            assert event["type"] in [self.pact.event_type(one) for one in Event]
            if event["type"] == self.pact.event_type(Event.PUBLISHED):
                assert event["data"]["pfIds"]
                for name in event["data"]["pfIds"]:
                    UUID(name)
            assert isinstance(event["data"], dict)
        except (ValueError, LookupError, TypeError, AssertionError):
            return None
        return event

    def _json(self, body: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
        media = {"Content-Type": "application/json"}
        return Answer(status, json.dumps(body).encode(), media | (headers or {}))

    def _error(self, status: int, code: str) -> Answer:
        if self.has("html errors"):
            return Answer(status, b"<h1>no</h1>", {"Content-Type": "text/html"})
        kind = "application/problem+json" if self.has("problem json") else "application/json"
        return self._json({"code": code, "message": "no"}, status, {"Content-Type": kind})


def _spelled(name: str) -> str:
    known = [*KEYS, "geography", "status", "validOn", "validAfter", "validBefore", "limit", "after"]
    return {one.casefold(): one for one in known}.get(name.casefold(), name)
