"""Records as our own interface shows them: camelCase, instants with Z, absent values left out, never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from carbonbridge.core.connection import Connection
from carbonbridge.core.disclosure import Grant
from carbonbridge.core.instant import format_instant
from carbonbridge.core.organisation import Organisation
from carbonbridge.core.request import FootprintRequest
from carbonbridge.node.api.answers import Spliced
from carbonbridge.node.app.figures import figures_of
from carbonbridge.node.app.rotate import Rotated
from carbonbridge.node.ports.records import (
    AuditEntry,
    AuthMethod,
    CalculationRecord,
    Client,
    ClientSecret,
    OutboxItem,
    ProductRecord,
    ReceivedFootprint,
    SigningKey,
    VerdictRecord,
)
from carbonbridge.node.ports.registry import RegisterVersion

View = dict[str, Any]


def organisation_view(organisation: Organisation, base_url: str) -> View:
    """A tenant."""
    return _present(
        slug=organisation.slug,
        name=organisation.name,
        companyIds=list(organisation.company_ids),
        baseUrl=base_url,
        jurisdiction=organisation.jurisdiction.value,
        scheme=organisation.scheme,
        kind=organisation.kind.value,
        certificationBody=organisation.certification_body,
        answerPolicy=organisation.answer_policy.value,
        isDefault=organisation.is_default,
        createdAt=_at(organisation.created_at),
    )


def register_view(version: RegisterVersion) -> View:
    """A version of a register entry; ``statement`` names what the keeper signed."""
    return _present(
        kind=version.kind.value,
        id=version.entry_id,
        version=version.version,
        validFrom=_at(version.valid_from),
        recordedAt=_at(version.recorded_at),
        keeper=version.org,
        statement=version.statement,
        document=version.document,
    )


def signing_key_view(key: SigningKey) -> View:
    """The public half of a signing key, and its time."""
    return _present(
        kid=key.kid,
        validFrom=_at(key.created_at),
        validUntil=_at(key.valid_until),
        revokedFrom=_at(key.revoked_from),
        jwk=key.public_jwk,
    )


def client_view(client: Client, secrets: Sequence[ClientSecret]) -> View:
    """An OAuth client; of its secrets, when they begin and end."""
    return _present(
        clientId=client.client_id,
        role=client.role.value,
        org=client.org,
        connectionId=client.connection_id,
        createdAt=_at(client.created_at),
        expiresAt=_at(client.expires_at),
        revokedAt=_at(client.revoked_at),
        method=client.auth_method.value,
        secrets=[secret_view(secret) for secret in secrets] or None,
        keyIds=None if client.jwks is None else [key["kid"] for key in client.jwks["keys"]],
        certificate=client.certificate,
    )


def secret_view(secret: ClientSecret) -> View:
    """When a secret begins and ends."""
    return _present(id=secret.id, createdAt=_at(secret.created_at), expiresAt=_at(secret.expires_at))


def rotated_view(rotated: Rotated) -> View:
    """The one time that a new secret is shown."""
    return _present(
        clientId=rotated.client_id,
        clientSecret=rotated.secret,
        secretId=rotated.record.id,
        expiresAt=_at(rotated.record.expires_at),
        oldUntil=_at(rotated.old_until),
    )


def connection_view(connection: Connection) -> View:
    """A partner; whether there are credentials, but not which secret."""
    return _present(
        id=connection.id,
        name=connection.name,
        companyIds=list(connection.company_ids),
        baseUrl=connection.base_url,
        authBaseUrl=connection.auth_base_url,
        clientId=connection.client_id,
        method=_method(connection),
        notify=connection.notify,
        pact=connection.pact.value,
        state=connection.state.value,
        createdAt=_at(connection.created_at),
    )


def grant_view(grant: Grant) -> View:
    """What is shared with whom."""
    return _present(
        id=grant.id,
        connectionId=grant.connection_id,
        scope=grant.scope.value,
        value=grant.value,
        validFrom=_at(grant.valid_from),
        validUntil=_at(grant.valid_until),
    )


def request_view(request: FootprintRequest) -> View:
    """A request of either direction."""
    return _present(
        id=request.id,
        connectionId=request.connection_id,
        direction=request.direction.value,
        eventId=request.event_id,
        pact=request.pact.value,
        criteria=request.criteria,
        comment=request.comment,
        state=request.state.value,
        answer=request.answer,
        createdAt=_at(request.created_at),
        decidedAt=_at(request.decided_at),
    )


def received_view(footprint: ReceivedFootprint, verdict: VerdictRecord | None) -> View:
    """A partner's footprint, as it came, with the verdict in force."""
    return _present(
        id=footprint.id,
        connectionId=footprint.connection_id,
        digest=footprint.digest,
        receivedAt=_at(footprint.received_at),
        verdictId=footprint.verdict_id,
        verdict=None if verdict is None else verdict.verdict,
        footprint=Spliced(footprint.document),
    )


def verdict_view(verdict: VerdictRecord) -> View:
    """A verdict in short; the document has every check."""
    return _present(
        id=verdict.id,
        connectionId=verdict.connection_id,
        footprintId=verdict.footprint_id,
        verdict=verdict.verdict,
        decidedAt=_at(verdict.decided_at),
    )


def product_view(product: ProductRecord) -> View:
    """A product with its bill of materials."""
    return _present(
        id=product.id,
        spec=product.spec,
        recalculate=product.recalculate,
        publication=product.publication.value,
        certificationBody=product.certification_body,
        stale=product.stale,
        footprintId=product.footprint_id,
        createdAt=_at(product.created_at),
    )


def calculation_view(calculation: CalculationRecord) -> View:
    """A calculation with its draft footprint."""
    return _present(
        id=calculation.id,
        org=calculation.org,
        productId=calculation.product_id,
        state=calculation.state.value,
        bodyOrg=calculation.body_org,
        reason=calculation.reason,
        draft=Spliced(calculation.draft),
        createdAt=_at(calculation.created_at),
    )


def lineage_view(calculation: CalculationRecord, product: ProductRecord) -> View:
    """What a calculation is made of, and the figure in the units of the trade."""
    return _present(
        calculationId=calculation.id,
        productId=calculation.product_id,
        lineage=calculation.lineage,
        figures=[figure.document() for figure in figures_of(calculation, product)],
    )


def outbox_view(item: OutboxItem, names: Mapping[str, str]) -> View:
    """A piece of work; an event's body stays inside.

    Args:
        names: of the partners, by connection id.
    """
    connection_id = item.payload.get("connectionId")
    return _present(
        id=item.id,
        verb=item.verb.value,
        queue=item.queue,
        connectionId=connection_id,
        partner=names.get(connection_id or ""),
        eventType=item.payload.get("eventType"),
        payload=item.payload,
        state=item.state.value,
        attempts=item.attempts,
        lastError=item.last_error,
        createdAt=_at(item.created_at),
        nextAt=_at(item.next_at),
    )


def audit_view(entry: AuditEntry) -> View:
    """A line of the audit trail."""
    return _present(
        seq=entry.seq,
        at=_at(entry.at),
        org=entry.org,
        actor=entry.actor,
        verb=entry.verb,
        subject=entry.subject,
        detail=entry.detail,
    )


def _method(connection: Connection) -> str | None:
    """How we authenticate at the partner's host."""
    if connection.client_id is None:
        return None
    return (AuthMethod.BASIC if connection.sealed_key is None else AuthMethod.KEY).value


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _present(**members: object) -> View:
    return {name: value for name, value in members.items() if value is not None}
