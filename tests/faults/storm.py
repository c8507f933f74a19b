"""A storm of events: what several partners have to say to an organisation, and what it holds in the end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from tests.core.footprints import footprint_document
from tests.support.documents import document_of, product_id
from tests.support.network import ADMINISTRATOR, Tenant, attempt, claim, partner

from carbonbridge.core.connection import Connection
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import jwks
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.request import Direction, FootprintRequest
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.connect import connect
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.receive import receive
from carbonbridge.node.app.register import register_organisation
from carbonbridge.node.app.share import share
from carbonbridge.node.ports.records import OutboxState, OutboxVerb

SOURCES = ("https://one.example", "//two.example/3/events")
UNKNOWN = "urn:pact:nobody.example:product-id:x"

_slugs = count()


@dataclass
class Abroad:
    """The partners' hosts: each serves its footprints as they are now, and takes what it is sent.

    Attributes:
        documents: by partner and footprint id.
        taken: (organisation, partner, event) as they came.
    """

    documents: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    taken: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list, repr=False)

    def send_event(self, connection: Connection, event: bytes, pact: PactVersion) -> None:
        self.taken.append((connection.org, connection.name, read_json(event)))

    def get_footprint(self, connection: Connection, footprint_id: str, pact: PactVersion) -> bytes:
        return self.documents[connection.name, footprint_id]

    def list_footprints(self, connection: Connection, criteria: object, pact: PactVersion) -> list[bytes]:
        raise NotImplementedError

    def keys(self, connection: Connection) -> dict[str, Any]:
        return jwks([])


@dataclass(frozen=True)
class Word:
    """One event, before it is told to anybody: requests have numbers instead of ids."""

    partner: str
    kind: str
    id: str
    source: str
    data: dict[str, Any]
    is_refused: bool = False


def words(lot: random.Random, abroad: Abroad, partners: Sequence[str], distinct: int) -> list[Word]:
    """Events of all four types, in the order in which they happened; some are forged.

    An answer's ``requestEventId`` is ``(partner, number)`` of the question.
    """
    told: list[Word] = []
    numbers = {name: count() for name in partners}
    known: dict[str, list[dict[str, Any]]] = {name: [] for name in partners}
    for index in range(distinct):
        name = lot.choice(partners)
        footprints = [_footprint(lot, abroad, name, known[name]) for _ in range(lot.choice((1, 1, 2)))]
        source, refused = lot.choice(SOURCES), False
        data: dict[str, Any]
        match lot.randrange(9):
            case 0 | 1:
                kind, data = "RequestCreated", {"productId": [lot.choice((UNKNOWN, product_id("hub")))]}
            case 2 | 3:
                kind = "RequestFulfilled"
                data = {"requestEventId": (name, next(numbers[name])), "pfs": footprints}
            case 4:
                error = {"code": "NotFound", "message": f"no {index}"}
                kind, data = (
                    "RequestRejected",
                    {"requestEventId": (name, next(numbers[name])), "error": error},
                )
            case 5 if len(partners) > 1:
                # Somebody else's question, or nobody's.
                other = lot.choice([each for each in partners if each != name])
                kind, refused = "RequestFulfilled", True
                data = {"requestEventId": lot.choice(((other, 0), "never asked")), "pfs": footprints}
            case _:
                kind, data = "Published", {"pfIds": [item["id"] for item in footprints]}
        # Ids say nothing by themselves: those of two partners, or of two sources, may be the same.
        told.append(
            Word(name, kind, f"event {index // 2 if kind == 'Published' else index}", source, data, refused)
        )
    first: dict[tuple[str, str, str], Word] = {}
    for word in told:
        first.setdefault((word.partner, word.source, word.id), word)
    return list(first.values())


def _footprint(lot: random.Random, abroad: Abroad, name: str, known: list[dict[str, Any]]) -> dict[str, Any]:
    """A footprint of a partner: one that it spoke of lately, or a new one."""
    if known and lot.random() < 0.6:
        return lot.choice(known[-20:])
    document = footprint_document(id=str(UUID(int=lot.getrandbits(128), version=4)))
    # Meanwhile it has been replaced: what an old answer says comes too late, whenever it comes.
    abroad.documents[name, document["id"]] = write_json(document | {"status": "Deprecated"})
    known.append(document)
    return document


class Hub:
    """A new organisation with partners, which has asked each of them as much as is answered in the story."""

    def __init__(self, node: Node, partners: Sequence[str], story: Sequence[Word]) -> None:
        slug = f"hub{next(_slugs)}"
        company_ids = [f"urn:pact:{slug}.example:company-id:1"]
        self.organisation = register_organisation(
            node, ADMINISTRATOR, slug=slug, name=slug, company_ids=company_ids
        )
        self.tenant = Tenant(node, self.organisation)
        self.node = node
        self.connections = {name: self._connect(name) for name in partners}
        publish(node, self.tenant.operator, slug, document_of(self.tenant, productIds=[product_id("hub")]))
        answered = [word.data.get("requestEventId") for word in story]
        asked = sorted(
            {each for each in answered if isinstance(each, tuple)} | {(name, 0) for name in partners}
        )
        self.requests = {key: self._ask(key[0]) for key in asked}
        self.names = {request: str(key) for key, request in self.requests.items()}
        self.work()

    def _connect(self, name: str) -> str:
        made = connect(
            self.node,
            self.tenant.operator,
            self.tenant.org,
            name=name,
            company_ids=["urn:x:p"],
            base_url=f"https://{name}.example",
            client_id="c",
            client_secret="s",
        ).id
        share(self.node, self.tenant.operator, self.tenant.org, made, scope=GrantScope.ALL)
        return made

    def _ask(self, name: str) -> str:
        criteria = FootprintCriteria(product_id=("urn:x:y",))
        asked = ask(self.node, self.tenant.operator, self.tenant.org, self.connections[name], criteria)
        return asked.event_id

    def hear(self, word: Word) -> None:
        """Take one delivery in; one that is forged is refused, however often it comes."""
        data = dict(word.data)
        if isinstance(key := data.get("requestEventId"), tuple):
            data["requestEventId"] = self.requests[key]
        event = {
            "type": f"org.wbcsd.pact.ProductFootprint.{word.kind}Event.3",
            "specversion": "1.0",
            "id": word.id,
            "source": word.source,
            "time": "2026-05-01T00:00:00Z",
            "data": data,
        }
        actor = partner(self.tenant, self.connections[word.partner])
        try:
            receive(self.node, actor, self.tenant.org, write_json(event))
        except BadInput as error:
            if not word.is_refused:
                raise
            if error.field != "data.requestEventId":
                raise
        else:
            if word.is_refused:
                raise AssertionError("a forged answer was taken")

    def hear_all(self, deliveries: Sequence[Word], threads: int) -> None:
        """Many deliveries, by several senders at once."""
        with ThreadPoolExecutor(threads) as pool:
            list(
                pool.map(
                    lambda part: [self.hear(word) for word in part],
                    (deliveries[n::threads] for n in range(threads)),
                )
            )

    def work(self) -> None:
        """Do what is due."""
        while items := claim(self.node):
            for item in items:
                attempt(self.node, item)

    def state(self, abroad: Abroad) -> dict[str, Any]:
        """What it holds, in words that are the same for any two organisations."""
        org, partners = self.tenant.org, {own: name for name, own in self.connections.items()}
        with self.node.store.snapshot() as tx:
            requests = tx.requests.find(org)
            received = tx.footprints.received_all(org)
            outbox = tx.events.outbox(org)
            audit = tx.audit.find(org, limit=10**6)
        names = self.names | {item.id: item.event_id for item in requests if item.id not in self.names}
        return {
            "requests": sorted(
                (
                    partners[item.connection_id],
                    names.get(item.event_id, item.event_id),
                    item.direction,
                    item.state,
                    write_json(_answer(item)),
                )
                for item in requests
            ),
            "received": sorted((partners[item.connection_id], item.id, item.document) for item in received),
            # How often a footprint is looked at depends on what came first: an old version, or the last.
            "work": Counter(
                (item.verb, item.state, partners.get(item.payload.get("connectionId", "")))
                for item in outbox
                if item.verb is not OutboxVerb.RECOGNISE
            ),
            "waiting": sum(item.state is not OutboxState.DONE for item in outbox),
            "heard": Counter(entry.subject for entry in audit if entry.verb == "receive"),
            "answers": Counter(
                (name, event["data"]["requestEventId"], event["type"])
                for own, name, event in abroad.taken
                if own == org and "requestEventId" in event["data"]
            ),
        }


def _answer(request: FootprintRequest) -> object:
    """An answer of ours names our footprint, whose id is our own."""
    if request.direction is Direction.OUTGOING or request.answer is None:
        return request.answer
    return len(request.answer.get("footprintIds", ()))
