"""Versions of register entries: numbered, signed and kept, in the transaction of whoever puts them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from carbonbridge.core.errors import NotFound
from carbonbridge.core.organisation import Organisation
from carbonbridge.core.register import REGISTER_ENTRY, RegisterEntry, RegisterKind
from carbonbridge.core.statement import STATEMENT_TYP, compose, read_unverified
from carbonbridge.node.app.context import Act
from carbonbridge.node.app.derived import derived_id
from carbonbridge.node.ports.records import StatementRecord
from carbonbridge.node.ports.registry import RegisterVersion
from carbonbridge.node.ports.store import Transaction


def put_version(
    act: Act,
    kind: RegisterKind,
    entry_id: str,
    document: dict[str, Any],
    *,
    org: str | None = None,
    valid_from: datetime | None = None,
) -> RegisterVersion:
    """Add a version of an entry.

    Args:
        document: read and written by the record of its kind.
        org: who keeps and signs it; None: the operator of the node (:func:`platform`), as soon as there is one.
        valid_from: from when it holds; now unless stated.
    """
    operator = platform(act.tx)
    _sign_waiting(act, operator)
    version = RegisterVersion(
        kind=kind,
        entry_id=entry_id,
        version=act.tx.registry.next_version(kind, entry_id),
        document=document,
        valid_from=valid_from or act.at,
        recorded_at=act.at,
    )
    if (signer := org or operator) is not None:
        version = _signed(act, version, signer)
    act.tx.registry.put(version)
    return version


def _sign_waiting(act: Act, signer: str | None) -> None:
    """Sign what was recorded before the node had an organisation, if it has one now."""
    if signer is None:
        return
    for version in act.tx.registry.unsigned():
        act.tx.registry.sign(_signed(act, version, signer))


def platform(tx: Transaction) -> str | None:
    """Slug of the organisation that signs what the node's administrators register.

    The default organisation; the oldest one where none is the default; None where there is none at all.
    """
    try:
        return tx.parties.default_organisation().slug
    except NotFound:
        oldest = min(tx.parties.organisations(), key=_age, default=None)
        return None if oldest is None else oldest.slug


def _age(organisation: Organisation) -> tuple[datetime, str]:
    return organisation.created_at, organisation.slug


def _signed(act: Act, version: RegisterVersion, org: str) -> RegisterVersion:
    entry = RegisterEntry(
        version.kind, version.entry_id, version.version, version.valid_from, version.document
    )
    payload = compose(
        statement_type=REGISTER_ENTRY,
        statement_id=derived_id(REGISTER_ENTRY, version.kind, version.entry_id, str(version.version)),
        iss=act.node.base_url(org),
        sub=version.entry_id,
        iat=act.at,
        body=entry.body(),
    )
    compact = act.node.signer.sign(org, payload, typ=STATEMENT_TYP)
    statement = read_unverified(compact)
    act.tx.footprints.add_statement(
        StatementRecord(
            statement.digest, org, REGISTER_ENTRY, statement.iss, version.entry_id, compact, act.at
        )
    )
    return replace(version, org=org, statement=statement.digest)
