"""What a node keeps, as plain values: the rows of the store without the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.disclosure import FootprintFacts, Grant


class Role(StrEnum):
    """What an OAuth client may do."""

    PARTNER = "partner"  #: the PACT interface of one organisation, as one connection
    OPERATOR = "operator"  #: everything of one organisation
    ADMINISTRATOR = "administrator"  #: the node: organisations and registers, no organisation's data


class AuthMethod(StrEnum):
    """How a client authenticates at the token endpoint, in the names of OpenID Connect Core 1.0 §9 and RFC 8705."""

    BASIC = "client_secret_basic"
    KEY = "private_key_jwt"
    CERTIFICATE = "tls_client_auth"


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth 2.0 client (RFC 6749 §2).

    Attributes:
        org: the organisation it belongs to; None for an administrator.
        connection_id: the connection it speaks for; partners only.
        jwks: the public keys (RFC 7517) of a client that signs assertions.
        certificate: SHA-256 thumbprint of the certificate (RFC 8705 §3.1, base64url) of one that comes over mutual TLS.
    """

    client_id: str
    role: Role
    created_at: datetime
    org: str | None = None
    connection_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    jwks: dict[str, Any] | None = field(default=None, repr=False)
    certificate: str | None = None

    @property
    def auth_method(self) -> AuthMethod:
        """The one way in which it authenticates at the token endpoint."""
        if self.jwks is not None:
            return AuthMethod.KEY
        return AuthMethod.BASIC if self.certificate is None else AuthMethod.CERTIFICATE

    def is_good(self, at: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client, and how far it may come: all that has to be known of whoever calls.

    Attributes:
        state: of the connection that it speaks for; None if it speaks for none.
        grants: of that connection, in force or not.
    """

    client: Client
    state: ConnectionState | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def is_connected(self) -> bool:
        """Whether it may call as far as its connection goes; only partners' clients have one."""
        return self.client.connection_id is None or self.state is ConnectionState.ACTIVE


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret of a client; at most two are good at once, while the newer takes the older's place.

    Attributes:
        hash: slow and salted; the secret itself is shown once and never stored.
        expires_at: first instant at which it is no longer good.
    """

    id: str
    org: str | None
    client_id: str
    hash: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        """Whether it may still be used."""
        return self.expires_at is None or at < self.expires_at


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public half of an organisation's statement key; the private half stays with the Signer.

    Attributes:
        created_at: it signs from then on.
        valid_until: first instant at which it signs no more; what it signed before stays good.
        revoked_from: first instant at which somebody else may have signed with it.
    """

    kid: str
    org: str
    public_jwk: dict[str, Any]
    created_at: datetime
    valid_until: datetime | None = None
    revoked_from: datetime | None = None


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
class Original:
    """The v2 document that a footprint of ours or of a partner was converted from.

    Attributes:
        footprint_id: of the v3 footprint.
        v2_id: its own id, which all versions of it share.
        document: the bytes as they were given.
        preceding: v3 id of the version before, if we had one.
        latest: there is no later version of it; only that one is shown in v2.
        connection_id: the partner it came from; None: it is our own.
    """

    org: str
    footprint_id: str
    v2_id: str
    version: int
    document: bytes = field(repr=False)
    preceding: str | None = None
    latest: bool = True
    connection_id: str | None = None


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
