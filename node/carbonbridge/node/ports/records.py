"""What a node keeps, as plain values: the rows of the store without the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from carbonbridge.core.disclosure import FootprintFacts


class Role(StrEnum):
    """What an OAuth client may do."""

    PARTNER = "partner"  #: the PACT interface of one organisation, as one connection
    OPERATOR = "operator"  #: everything of one organisation
    ADMINISTRATOR = "administrator"  #: the node: organisations and registers, no organisation's data


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth 2.0 client (RFC 6749 §2).

    Attributes:
        org: the organisation it belongs to; None for an administrator.
        connection_id: the connection it speaks for; partners only.
        secret_hash: slow salted hash; the secret itself is shown once and never stored.
    """

    client_id: str
    role: Role
    secret_hash: str = field(repr=False)
    created_at: datetime
    org: str | None = None
    connection_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public half of an organisation's statement key; the private half stays with the Signer."""

    kid: str
    org: str
    public_jwk: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A signed statement as received or made, byte for byte."""

    digest: str
    org: str
    type: str
    iss: str
    sub: str
    compact: str = field(repr=False)
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedFootprint:
    """One of the organisation's own footprints.

    Attributes:
        document: the bytes PACT serves: the signed body, with ``status`` replaced once deprecated.
        facts: what filters and disclosure need to know of it.
        product_id: the own product whose calculation it is, if any.
        seq: its place in the listing, which the store gives it.
    """

    org: str
    id: str
    document: bytes = field(repr=False)
    facts: FootprintFacts
    statement_digest: str
    published_at: datetime
    product_id: str | None = None
    seq: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ReceivedFootprint:
    """A partner's footprint: used in calculations, never served to anybody.

    Attributes:
        connection_id: the partner it came from; ids of two partners may collide without harm.
        document: the bytes as received.
        digest: sha256 of the canonical footprint without status and certificate extension.
        verdict_id: the verdict in force, None until recognised.
    """

    org: str
    connection_id: str
    id: str
    document: bytes = field(repr=False)
    facts: FootprintFacts
    digest: str
    received_at: datetime
    created: datetime
    verdict_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """An event as it came in; (org, connection, source, event id) is its identity (CloudEvents 1.0 §3.1.1)."""

    org: str
    connection_id: str
    source: str
    event_id: str
    type: str
    body: bytes = field(repr=False)
    received_at: datetime


class OutboxVerb(StrEnum):
    """Work that follows a commit. Each is a use case in ``app``."""

    DELIVER = "deliver"  #: POST an event to a partner
    FETCH = "fetch"  #: GET footprints a partner announced
    ANSWER = "answer"  #: decide an incoming request by policy
    RECOGNISE = "recognise"  #: verify a received footprint and give the verdict
    REFRESH = "refresh"  #: the same, after asking the partner for the keys we lack
    CALCULATE = "calculate"  #: recalculate a stale product


#: Work that needs no other host.
LOCAL_VERBS = frozenset({OutboxVerb.ANSWER, OutboxVerb.RECOGNISE, OutboxVerb.CALCULATE})


class Lane(StrEnum):
    """Who does a piece of work: each lane has threads of its own, so that silent partners delay nobody else."""

    LOCAL = "local"  #: needs no other host
    OUTGOING = "outgoing"  #: calls a partner, for the first time
    SUSPECT = "suspect"  #: calls a partner, and its last attempt failed


class OutboxState(StrEnum):
    """Where a piece of work stands."""

    PENDING = "pending"
    DONE = "done"
    ABANDONED = "abandoned"  #: the dead-letter view


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Durable work. Items of one queue run one at a time and in order; queues are independent of each other.

    Attributes:
        queue: the connection id for outgoing calls, ``{org}/{product}`` for calculations, and so on.
        payload: what the verb needs, JSON.
        body: the exact bytes of an event to deliver.
        attempts: how often it was tried.
        next_at: not before this.
    """

    id: str
    org: str
    verb: OutboxVerb
    queue: str
    payload: dict[str, Any]
    created_at: datetime
    next_at: datetime
    body: bytes | None = field(default=None, repr=False)
    attempts: int = 0
    state: OutboxState = OutboxState.PENDING
    last_error: str | None = None

    @property
    def lane(self) -> Lane:
        """Which threads do it now."""
        if self.verb in LOCAL_VERBS:
            return Lane.LOCAL
        return Lane.SUSPECT if self.attempts else Lane.OUTGOING


class Publication(StrEnum):
    """What happens to a new calculation of a product."""

    MANUAL = "manual"  #: a person publishes it
    AUTOMATIC = "automatic"  #: published at once, uncertified
    CERTIFIED = "certified"  #: submitted to the certification body, published when it certifies


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product the organisation calculates.

    Attributes:
        spec: the bill of materials, as given (JSON).
        recalculate: recalculate by itself when an input changes.
        certification_body: slug of the body on this node to which calculations are submitted.
        stale: an input changed since the last calculation.
        footprint_id: the published footprint in force.
    """

    org: str
    id: str
    spec: dict[str, Any]
    created_at: datetime
    recalculate: bool = True
    publication: Publication = Publication.MANUAL
    certification_body: str | None = None
    stale: bool = True
    footprint_id: str | None = None


class CalculationState(StrEnum):
    """Where a calculation stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  #: lies with the certification body
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  #: a newer calculation took its place before it was published
    DECLINED = "declined"  #: the certification body said no


@dataclass(frozen=True, slots=True)
class CalculationRecord:
    """One calculation: the draft footprint and how it came about.

    Attributes:
        id: the id of the footprint it becomes.
        draft: the PACT footprint without certificate extension, UTF-8 JSON.
        lineage: the lineage tree (JSON).
        inputs: the (connection id, footprint id) pairs it used, JSON list of pairs.
        body_org: the certification body it was submitted to.
        reason: why the body declined.
    """

    id: str
    org: str
    product_id: str
    draft: bytes = field(repr=False)
    lineage: dict[str, Any] = field(repr=False)
    created_at: datetime
    state: CalculationState = CalculationState.DRAFT
    body_org: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """A verdict, kept as the bytes it was; never edited, only followed by a newer one."""

    id: str
    org: str
    connection_id: str
    footprint_id: str
    verdict: str
    document: bytes = field(repr=False)
    decided_at: datetime


class RegisterKind(StrEnum):
    """The node-wide registers (thin: the later register issues statements)."""

    SCHEME = "scheme"
    AGREEMENT = "agreement"
    ISSUER = "issuer"  #: certification bodies and their keys
    FACTOR_SET = "factor-set"  #: emission factors, with source and edition


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when.

    Attributes:
        actor: client id, ``connection:<id>`` or ``node``.
        verb: the use case's name.
        subject: the object's id.
        detail: small facts; never a secret or a footprint.
    """

    at: datetime
    org: str | None
    actor: str
    verb: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    seq: int | None = None
