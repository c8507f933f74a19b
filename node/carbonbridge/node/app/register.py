"""Register: organisations of the node, and what its registers know of schemes, bodies and factors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from carbonbridge.core.errors import AccessDenied, BadInput, Conflict
from carbonbridge.core.organisation import AnswerPolicy, Jurisdiction, Organisation, OrganisationKind, kind_of
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.registers.keepers import check_keeper
from carbonbridge.core.registers.reading import read_entry
from carbonbridge.node.app.context import Actor, Node, acting
from carbonbridge.node.app.entries import platform, put_version
from carbonbridge.node.app.signing import put_keys
from carbonbridge.node.ports.records import SigningKey
from carbonbridge.node.ports.store import Transaction


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
        put_keys(act, slug)
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

    Args:
        valid_from: from when it holds; now unless stated. It may lie in the past, which changes no decision of before.

    Returns:
        The id of the entry.

    Raises:
        AccessDenied: the caller does not administer the node; or the register is kept by the node itself.
        BadInput: names the first field at fault.
    """
    actor.must_administer()
    if kind is RegisterKind.ORGANISATION_KEYS:
        raise AccessDenied("the node keeps this register itself", field="kind")
    entry_id, entry = read_entry(kind, document)
    with acting(node, actor) as act:
        _check_references(act.tx, kind, entry, valid_from or act.at)
        put_version(act, kind, entry_id, entry, valid_from=valid_from)
        act.audit("register", entry_id, org=None, kind=kind.value)
    return entry_id


def keep_entry(
    node: Node,
    actor: Actor,
    org: str,
    kind: RegisterKind,
    document: dict[str, Any],
    *,
    valid_from: datetime | None = None,
) -> str:
    """The same by an organisation that is entitled to keep the register, which signs for it.

    An entry stays with the organisation that put it there, but for those of certification bodies, of which several
    organisations keep a part each. What an administrator put, an entitled organisation may take over.

    Raises:
        AccessDenied: not an operator of the organisation; or it is not for the organisation to say this.
        BadInput: names the first field at fault.
    """
    actor.must_operate(org)
    entry_id, entry = read_entry(kind, document)
    with acting(node, actor) as act:
        tx = act.tx
        keeper = tx.parties.organisation(org)
        begins = valid_from or act.at
        before = tx.registry.at(kind, entry_id, begins)
        check_keeper(keeper.kind, kind, entry, None if before is None else before.document)
        if kind is RegisterKind.BODY:
            if keeper.certification_body and entry_id != node.base_url(org):
                raise AccessDenied("a certification body keeps its own entry alone", field="id")
        else:
            _check_owner(tx, kind, entry_id, org)
        _check_references(tx, kind, entry, begins)
        put_version(act, kind, entry_id, entry, org=org, valid_from=valid_from)
        act.audit("register", entry_id, org=org, kind=kind.value)
    return entry_id


def _check_owner(tx: Transaction, kind: RegisterKind, entry_id: str, org: str) -> None:
    history = tx.registry.history(kind, entry_id)
    if history and history[-1].org not in (None, org, platform(tx)):
        raise AccessDenied(
            "another organisation keeps this entry",
            field="id",
            next_step="Put an entry of your own under another id, or ask the node's administrator.",
        )


def _check_references(tx: Transaction, kind: RegisterKind, entry: dict[str, Any], at: datetime) -> None:
    """A grant of a mark that is not there would grant nothing."""
    if kind is RegisterKind.MARK_GRANT and tx.registry.at(RegisterKind.MARK, entry["mark"], at) is None:
        raise BadInput("is no mark of the register", field="mark", next_step="Register the mark first.")
