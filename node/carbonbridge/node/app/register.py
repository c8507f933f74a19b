"""Register: organisations of the node, and what its registers know of schemes, bodies and factors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from carbonbridge.core.agreement import RecognitionAgreement
from carbonbridge.core.errors import BadInput, Conflict
from carbonbridge.core.factor import FactorSet
from carbonbridge.core.organisation import AnswerPolicy, Jurisdiction, Organisation, OrganisationKind, kind_of
from carbonbridge.core.scheme import IssuerEntry, Scheme
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.entries import put_version, sign_waiting
from carbonbridge.node.ports.records import RegisterKind, SigningKey


def register_organisation(
    node: Node,
    actor: Actor,
    *,
    slug: str,
    name: str,
    company_ids: Sequence[str],
    jurisdiction: Jurisdiction = Jurisdiction.OTHER,
    scheme: str | None = None,
    kind: OrganisationKind | None = None,
    certification_body: bool | None = None,
    answer_policy: AnswerPolicy = AnswerPolicy.AUTOMATIC,
    is_default: bool = False,
) -> Organisation:
    """Add a tenant, with a signing key of its own.

    Args:
        kind: what it is; an enterprise unless stated.
        certification_body: the same as kind ``certification_body``, as it was said before there were kinds.

    Raises:
        AccessDenied: the caller does not administer the node.
        BadInput: a field breaks its rule (:class:`.Organisation`).
        Conflict: the slug is taken, or the node has a default organisation already.
    """
    actor.must_administer()
    organisation = Organisation(
        slug=slug,
        name=name,
        company_ids=tuple(company_ids),
        created_at=node.clock.now(),
        jurisdiction=jurisdiction,
        scheme=scheme,
        kind=kind_of(kind, certification_body),
        answer_policy=answer_policy,
        is_default=is_default,
    )
    # First: a key without an organisation does no harm, an organisation without a key could sign nothing.
    public_jwk = node.signer.create_key(slug)
    with acting(node, actor) as act:
        if is_default and any(other.is_default for other in act.tx.parties.organisations()):
            raise Conflict("the node has a default organisation already", field="isDefault")
        act.tx.parties.add_organisation(organisation)
        act.tx.parties.add_key(SigningKey(public_jwk["kid"], slug, public_jwk, act.at))
        sign_waiting(act)
        act.audit("register", slug, org=slug, kind="organisation")
    return organisation


def register_entry(
    node: Node,
    actor: Actor,
    kind: RegisterKind,
    document: dict[str, Any],
    *,
    valid_from: datetime | None = None,
) -> str:
    """Put an entry into its register; the same id takes the place of what was there, which stays in the history.

    A set of emission factors has no name of its own: it may bring an ``id`` beside its members, or is the
    node's ``default`` set.

    Returns:
        The id of the entry.

    Raises:
        AccessDenied: the caller does not administer the node.
        BadInput: names the first field at fault.
    """
    actor.must_administer()
    entry_id, entry = _read(kind, document)
    with acting(node, actor) as act:
        put_version(act, kind, entry_id, entry, valid_from=valid_from)
        act.audit("register", entry_id, org=None, kind=kind.value)
    return entry_id


def _read(kind: RegisterKind, document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    match kind:
        case RegisterKind.SCHEME:
            scheme = Scheme.read(document)
            return scheme.id, scheme.document()
        case RegisterKind.AGREEMENT:
            agreement = RecognitionAgreement.read(document)
            return agreement.id, agreement.document()
        case RegisterKind.ISSUER:
            issuer = IssuerEntry.read(document)
            return issuer.id, issuer.document()
        case RegisterKind.FACTOR_SET:
            return _read_factors(document)
        case _:
            raise BadInput("this register cannot be kept yet", field="kind")


def _read_factors(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    members = dict(document)
    entry_id = members.pop("id", "default")
    if not isinstance(entry_id, str) or not entry_id.strip():
        raise BadInput("must be text", field="id")
    return entry_id, FactorSet.read(members).document()
