"""Recognise: verify a received footprint, give the verdict, and tell the products that rest on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from carbonbridge.core.agreement import Level, RecognitionAgreement
from carbonbridge.core.certified import Vouchers, vouchers_of
from carbonbridge.core.connection import Connection, ConnectionState
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import AddressForbidden, BadInput, PartnerRefused, SignatureInvalid
from carbonbridge.core.keyring import KeyRing, read_timed, timed_jwk
from carbonbridge.core.keys import jwks, read_jwks
from carbonbridge.core.recognition import RecognitionInputs, evaluate
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.scheme import IssuerEntry, Scheme
from carbonbridge.core.statement import verify
from carbonbridge.core.verdict import Verdict
from carbonbridge.core.vocabulary import KeyKind
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Node, acting
from carbonbridge.node.app.stale import mark_stale
from carbonbridge.node.ports.records import ReceivedFootprint, VerdictRecord
from carbonbridge.node.ports.store import Transaction

#: What we want a footprint for, as agreements name it.
PURPOSE = "product-calculation"

Keys = dict[str, dict[str, Any]]


def recognise(node: Node, org: str, connection_id: str, footprint_id: str, *, ask: bool = False) -> None:
    """Give the verdict on a received footprint, towards the scheme of the organisation that received it.

    An organisation without a scheme gives no verdict; its products are told all the same.

    Args:
        ask: if the seal is by a key we do not know, ask the partner for its keys. Else that is left to work of its
            own, which may wait for a partner that does not answer; this does not.

    Raises:
        NotFound: there is no such footprint.
        PartnerUnreachable: the partner's keys are needed and cannot be had now.
    """
    with node.store.snapshot() as tx:
        received = tx.footprints.received(org, connection_id, footprint_id)
        connection = tx.parties.connection(org, connection_id)
    seal = (vouchers_of(read_json(received.document)) or Vouchers()).seal
    refreshed: Keys | None = None
    if seal is not None and _lacks_key(connection, seal):
        if not ask:
            with acting(node, node.operator(org)) as act:
                work.refresh(act, org, connection_id, footprint_id)
            return
        refreshed = _refreshed(node, connection)
    with acting(node, node.operator(org)) as act:
        tx = act.tx
        received = tx.footprints.received(org, connection_id, footprint_id)
        connection = tx.parties.connection(org, connection_id)
        if refreshed is not None:
            connection = replace(connection, jwks=jwks(refreshed.values()))
            tx.parties.replace_connection(connection)
        scheme = tx.parties.organisation(org).scheme
        if scheme is not None:
            verdict = evaluate(_inputs(tx, connection, received, scheme, act.at))
            tx.footprints.add_verdict(_record(node, received, verdict))
            act.audit("recognise", footprint_id, org=org, verdict=verdict.verdict.value)
        product_ids = {value for kind, value in received.facts.keys if kind is KeyKind.PRODUCT}
        mark_stale(act, org, product_ids)


def _lacks_key(connection: Connection, seal: str) -> bool:
    """Whether the seal is by a key we have not pinned, and there is a host that may publish it."""
    if connection.base_url is None or connection.state is not ConnectionState.ACTIVE:
        return False
    try:
        verify(seal, _pinned(connection))
    except SignatureInvalid as error:
        return error.field == "kid"
    except BadInput:
        return False
    return False


def _refreshed(node: Node, connection: Connection) -> Keys | None:
    """The pinned keys with those that the partner publishes now; None if it publishes no other."""
    pinned = _pinned(connection)
    try:
        published = read_jwks(node.peers.keys(connection))
    except (PartnerRefused, AddressForbidden, BadInput):
        return None  # it publishes none that can be used: the verdict will say so
    return _with_ends(published, pinned) if published.keys() - pinned.keys() else None


def _with_ends(published: Keys, pinned: Keys) -> Keys:
    """A key once pinned stays what it was, but may end: a partner adds keys, and says which are good no more."""
    merged = {**published, **pinned}
    for kid in published.keys() & pinned.keys():
        try:
            ring = KeyRing.of(read_timed(kid, jwk) for jwk in (pinned[kid], published[kid]))
        except BadInput:
            continue  # another key under the name of a pinned one, or a time that is none
        merged[kid] = timed_jwk(ring.entries[kid])
    return merged


def _pinned(connection: Connection) -> Keys:
    return read_jwks(connection.jwks) if connection.jwks is not None else {}


def _inputs(
    tx: Transaction, connection: Connection, received: ReceivedFootprint, to_scheme: str, at: datetime
) -> RecognitionInputs:
    document = read_json(received.document)
    vouchers = vouchers_of(document) or Vouchers()
    registers = tx.registers
    return RecognitionInputs(
        footprint=document,
        footprint_digest=received.digest,
        certificate=vouchers.certificate,
        seal=vouchers.seal,
        publisher=connection.base_url or connection.name,
        publisher_keys=_pinned(connection),
        issuers=tuple(IssuerEntry.read(entry) for entry in registers.find(RegisterKind.ISSUER, at)),
        schemes=tuple(Scheme.read(entry) for entry in registers.find(RegisterKind.SCHEME, at)),
        agreements=tuple(
            RecognitionAgreement.read(entry) for entry in registers.find(RegisterKind.AGREEMENT, at)
        ),
        to_scheme=to_scheme,
        level=Level.DATA,
        purpose=PURPOSE,
        at=at,
    )


def _record(node: Node, received: ReceivedFootprint, verdict: Verdict) -> VerdictRecord:
    return VerdictRecord(
        id=node.clock.new_id(),
        org=received.org,
        connection_id=received.connection_id,
        footprint_id=received.id,
        verdict=verdict.verdict.value,
        document=verdict.canonical(),
        decided_at=verdict.at,
    )
