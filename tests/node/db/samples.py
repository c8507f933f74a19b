"""One of each record, to be varied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from carbonbridge.core.connection import Connection
from carbonbridge.core.disclosure import FootprintFacts, Grant, GrantScope
from carbonbridge.core.organisation import Organisation
from carbonbridge.core.request import Direction, FootprintRequest
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind
from carbonbridge.node.ports.records import (
    CalculationRecord,
    Client,
    InboxEvent,
    Lane,
    OutboxItem,
    OutboxVerb,
    ProductRecord,
    PublishedFootprint,
    ReceivedFootprint,
    Role,
    SigningKey,
    StatementRecord,
    VerdictRecord,
)
from carbonbridge.node.ports.store import Store

#: With microseconds, which both databases must keep.
T0 = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)

#: Text in two scripts and a character outside the first plane.
NAME = "晶硅 Ærø 🜨"


def organisation(slug: str = "acme", **changes: Any) -> Organisation:
    values = {"name": NAME, "company_ids": ("urn:lei:1", "urn:lei:2"), "created_at": T0}
    return Organisation(slug=slug, **(values | changes))


def connection(org: str = "acme", own_id: str = "c1", **changes: Any) -> Connection:
    values: dict[str, Any] = {
        "name": NAME,
        "company_ids": ("urn:lei:9",),
        "created_at": T0,
        "base_url": "https://partner.example",
        "client_id": "us",
        "sealed_secret": b"\x00\xff",
        "jwks": {"keys": [{"kid": "k"}]},
    }
    return Connection(id=own_id, org=org, **(values | changes))


def client(org: str | None = "acme", client_id: str = "client-1", **changes: Any) -> Client:
    values: dict[str, Any] = {
        "role": Role.OPERATOR,
        "secret_hash": "hash",
        "created_at": T0,
        "expires_at": T0 + HOUR,
    }
    return Client(client_id=client_id, org=org, **(values | changes))


def key(org: str = "acme", kid: str = "kid-1") -> SigningKey:
    return SigningKey(kid=kid, org=org, public_jwk={"kty": "OKP", "x": "…"}, created_at=T0)


def grant(own_id: str = "g1", **changes: Any) -> Grant:
    values: dict[str, Any] = {
        "connection_id": "c1",
        "scope": GrantScope.PRODUCT,
        "value": "urn:Product:1",
        "valid_from": T0,
        "valid_until": T0 + HOUR,
    }
    return Grant(id=own_id, **(values | changes))


def facts(own_id: str = "f1", **changes: Any) -> FootprintFacts:
    values: dict[str, Any] = {
        "status": FootprintStatus.ACTIVE,
        "valid_from": T0,
        "valid_until": T0 + 24 * HOUR,
        "keys": frozenset({(KeyKind.PRODUCT, "urn:product:1"), (KeyKind.GEOGRAPHY, "cn")}),
    }
    return FootprintFacts(id=own_id, **(values | changes))


def statement(org: str = "acme", digest: str = "sha256:1") -> StatementRecord:
    return StatementRecord(digest, org, "footprint", "https://node.example/o/acme", "f1", "e30.e30.e30", T0)


def published(org: str = "acme", own_id: str = "f1", **changes: Any) -> PublishedFootprint:
    values: dict[str, Any] = {
        "document": b'{"pcf":{ "n" : 1.50}}',
        "facts": facts(own_id),
        "statement_digest": "sha256:1",
        "published_at": T0,
        "product_id": "p1",
    }
    return PublishedFootprint(org=org, id=own_id, **(values | changes))


def received(
    org: str = "acme", connection_id: str = "c1", own_id: str = "r1", **changes: Any
) -> ReceivedFootprint:
    values: dict[str, Any] = {
        "document": b'{"a": 1.50}',
        "facts": facts(own_id),
        "digest": "sha256:2",
        "received_at": T0,
        "created": T0 - HOUR,
    }
    return ReceivedFootprint(org=org, connection_id=connection_id, id=own_id, **(values | changes))


def verdict(org: str = "acme", own_id: str = "v1", **changes: Any) -> VerdictRecord:
    values: dict[str, Any] = {
        "connection_id": "c1",
        "footprint_id": "r1",
        "verdict": "recognised",
        "document": b"{}",
        "decided_at": T0,
    }
    return VerdictRecord(id=own_id, org=org, **(values | changes))


def request(org: str = "acme", own_id: str = "q1", **changes: Any) -> FootprintRequest:
    values: dict[str, Any] = {
        "connection_id": "c1",
        "direction": Direction.INCOMING,
        "event_id": f"event/{own_id}",
        "criteria": {"productId": ["urn:product:1"]},
        "comment": NAME,
        "created_at": T0,
    }
    return FootprintRequest(id=own_id, org=org, **(values | changes))


def event(org: str = "acme", event_id: str = "e1", **changes: Any) -> InboxEvent:
    values: dict[str, Any] = {
        "connection_id": "c1",
        "source": "https://partner.example",
        "type": "org.wbcsd.pact.ProductFootprint.PublishedEvent.3",
        "body": b"{}",
        "received_at": T0,
    }
    return InboxEvent(org=org, event_id=event_id, **(values | changes))


def item(org: str = "acme", own_id: str = "i1", **changes: Any) -> OutboxItem:
    values: dict[str, Any] = {
        "verb": OutboxVerb.DELIVER,
        "queue": "c1",
        "payload": {"b": 1, "a": [None, "x"]},
        "created_at": T0,
        "next_at": T0,
        "body": b"{}",
    }
    return OutboxItem(id=own_id, org=org, **(values | changes))


def room(most: int) -> dict[Lane, int]:
    """As much work of every lane."""
    return dict.fromkeys(Lane, most)


def product(org: str = "acme", own_id: str = "p1", **changes: Any) -> ProductRecord:
    values: dict[str, Any] = {"spec": {"name": {"zh": "晶硅"}, "lines": []}, "created_at": T0}
    return ProductRecord(org=org, id=own_id, **(values | changes))


def calculation(org: str = "acme", own_id: str = "k1", **changes: Any) -> CalculationRecord:
    values: dict[str, Any] = {
        "product_id": "p1",
        "draft": b"{}",
        "lineage": {"z": 1, "a": 2},
        "created_at": T0,
    }
    return CalculationRecord(id=own_id, org=org, **(values | changes))


def found(store: Store, *orgs: str) -> None:
    """Organisations, each with the connections c1 and c2."""
    with store.transaction() as tx:
        for org in orgs:
            tx.parties.add_organisation(organisation(org))
            tx.parties.add_connection(connection(org, "c1"))
            tx.parties.add_connection(connection(org, "c2"))
