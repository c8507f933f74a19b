"""A publication: a footprint with seal and certificate, signed, kept with everything that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carbonbridge.core.certified import Vouchers, vouchers_of, with_vouchers
from carbonbridge.core.connection import ConnectionState
from carbonbridge.core.credential import read_certificate, verify_certificate
from carbonbridge.core.disclosure import FootprintFacts, opening
from carbonbridge.core.document import digest, read_json
from carbonbridge.core.errors import BadInput, Conflict, NotFound
from carbonbridge.core.footprint import (
    check_no_null,
    facts_of,
    footprint_digest,
    read_footprint,
    with_status,
)
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.scheme import IssuerEntry
from carbonbridge.core.seal import compose_seal
from carbonbridge.core.statement import STATEMENT_TYP, compose
from carbonbridge.core.vocabulary import EventType, FootprintStatus
from carbonbridge.node.app import work
from carbonbridge.node.app.context import Act, Node
from carbonbridge.node.app.derived import derived_id
from carbonbridge.node.app.rendition import renditions
from carbonbridge.node.app.translation import check_current
from carbonbridge.node.ports.records import Original, PublishedFootprint, StatementRecord
from carbonbridge.node.ports.store import Transaction

_FOOTPRINT = "footprint"


@dataclass(frozen=True, slots=True)
class Publication:
    """A signed footprint, not yet published.

    Attributes:
        company_ids: of the footprint, as it has them.
        preceding: ids of the footprints that it names in ``precedingPfIds``.
        document: the bytes that PACT will serve, and the body of the statement.
        digest: what seal and certificate are over.
        certificate: compact ``vc+jwt``.
        compact: the statement.
        statement: its name, ``sha256:<hex>``.
    """

    facts: FootprintFacts
    company_ids: tuple[str, ...]
    preceding: tuple[str, ...]
    document: bytes = field(repr=False)
    digest: str
    certificate: str | None = field(repr=False)
    compact: str = field(repr=False)
    statement: str


def sign(node: Node, org: str, document: bytes, certificate: str | None, at: datetime) -> Publication:
    """Read a footprint, seal it, add seal and certificate, sign the whole.

    Raises:
        BadInput: not a PACT footprint, one with nulls, a deprecated one, or one that carries our extension already.
        NotFound: the organisation has no key.
    """
    return sign_content(node, org, read_json(document), certificate, at)


def sign_content(node: Node, org: str, content: Any, certificate: str | None, at: datetime) -> Publication:
    """The same of a footprint that was read from JSON already.

    Raises:
        BadInput, NotFound: see :func:`sign`.
    """
    footprint = read_footprint(content)
    check_no_null(content)
    if footprint.status is not FootprintStatus.ACTIVE:
        raise BadInput("a footprint is published as Active", field="status")
    if vouchers_of(content) is not None:
        raise BadInput(
            "holds a seal already",
            field="extensions",
            next_step="Leave that extension out: the node adds it; give the certificate beside it.",
        )
    digest_ = footprint_digest(content)
    iss = node.base_url(org)
    seal = compose_seal(
        seal_id=node.clock.new_id(), iss=iss, footprint_id=footprint.id, iat=at, footprint_digest=digest_
    )
    body = with_vouchers(content, node.signer.sign(org, seal, typ=STATEMENT_TYP), certificate)
    payload = compose(
        statement_type=_FOOTPRINT,
        statement_id=node.clock.new_id(),
        iss=iss,
        sub=footprint.id,
        iat=at,
        body=body,
        is_object=True,
    )
    compact = node.signer.sign(org, payload, typ=STATEMENT_TYP)
    return Publication(
        facts=facts_of(footprint),
        company_ids=footprint.companyIds,
        preceding=footprint.precedingPfIds or (),
        document=body,
        digest=digest_,
        certificate=certificate,
        compact=compact,
        statement=digest(compact.encode("ascii")),
    )


def record(
    act: Act,
    org: str,
    publication: Publication,
    product_id: str | None,
    original: Original | None = None,
) -> bool:
    """Publish in the caller's transaction: statement, footprint, deprecation of what it replaces, events.

    Args:
        original: the v2 document that it was converted from.

    Returns:
        False if the very footprint is published already: then nothing is done.

    Raises:
        BadInput: it is not the organisation's, replaces what is not, or its certificate does not hold.
        Conflict: another footprint has the id.
    """
    facts = publication.facts
    check_owner(companies(act.tx, org), publication)
    if (kept := held(act.tx, org, facts.id)) is not None:
        check_same(kept, publication)
        return False
    if original is not None:
        check_current(act.tx, original)
    replaced = check(act, org, publication)
    # Nobody else can have added the footprint since it was looked for: transactions of an organisation are in turns.
    act.tx.footprints.add_all(
        org, [statement_of(act, org, publication)], [footprint_of(act, org, publication, product_id)]
    )
    if original is not None:
        act.tx.originals.put(original)
    for old in replaced:
        deprecate(act, org, old)
    announce(act, org, [facts, *(old.facts for old in replaced)])
    detail = {"statement": publication.statement, "replaces": [old.id for old in replaced]}
    act.audit("publish", facts.id, org=org, **detail)
    return True


def companies(tx: Transaction, org: str) -> frozenset[str]:
    """The organisation's company ids, case-folded."""
    return frozenset(company_id.casefold() for company_id in tx.parties.organisation(org).company_ids)


def check(act: Act, org: str, publication: Publication) -> list[PublishedFootprint]:
    """Whether it may be published; returns the footprints that it replaces.

    Raises:
        BadInput: its certificate does not hold, or it replaces what is not the organisation's.
    """
    if publication.certificate is not None:
        _check_certificate(act, org, publication.certificate, publication.digest)
    return _preceding(act.tx, org, publication)


def statement_of(act: Act, org: str, publication: Publication) -> StatementRecord:
    """The record of the signed statement."""
    iss, sub = act.node.base_url(org), publication.facts.id
    return StatementRecord(publication.statement, org, _FOOTPRINT, iss, sub, publication.compact, act.at)


def footprint_of(act: Act, org: str, publication: Publication, product_id: str | None) -> PublishedFootprint:
    """The record of the footprint."""
    facts = publication.facts
    return PublishedFootprint(
        org, facts.id, publication.document, facts, publication.statement, act.at, product_id
    )


def deprecate(act: Act, org: str, old: PublishedFootprint) -> None:
    """Another footprint takes its place."""
    act.tx.footprints.deprecate(org, old.id, with_status(old.document, FootprintStatus.DEPRECATED))


def held(tx: Transaction, org: str, footprint_id: str) -> PublishedFootprint | None:
    """An own footprint, None if there is none of that id (UUIDs are the same in either letter case)."""
    try:
        return tx.footprints.get(org, footprint_id.lower())
    except NotFound:
        return None


def check_owner(ours: frozenset[str], publication: Publication) -> None:
    """A footprint names one at least of the organisation's company ids (case-folded).

    Raises:
        BadInput: it does not.
    """
    if ours.isdisjoint(company_id.casefold() for company_id in publication.company_ids):
        raise BadInput("names none of the organisation's company ids", field="companyIds")


def check_same(kept: PublishedFootprint, publication: Publication) -> None:
    """A footprint that is published already may be published again, if it is the very same.

    Raises:
        Conflict: it is another one.
    """
    content = read_json(kept.document)
    vouchers = vouchers_of(content) or Vouchers()
    if (footprint_digest(content), vouchers.certificate) != (publication.digest, publication.certificate):
        raise Conflict(
            "another footprint has this id, and a published footprint never changes",
            field="id",
            next_step="Give the correction an id of its own, and name the old one in precedingPfIds.",
        )


def _check_certificate(act: Act, org: str, compact: str, digest_: str) -> None:
    said = read_certificate(compact)
    if said.body.id == act.node.base_url(org):
        raise BadInput("an organisation does not certify its own footprints", field="certificate")
    try:
        issuer = IssuerEntry.read(act.tx.registers.get(RegisterKind.ISSUER, said.body.id, act.at))
    except NotFound:
        raise BadInput(
            f"{said.body.id[:200]} is not a registered certification body",
            field="certificate",
            next_step="Ask the node's administrator to register the body with its keys.",
        ) from None
    certificate = verify_certificate(compact, issuer.public_keys())
    if certificate.footprint_digest != digest_:
        raise BadInput(
            "certifies another footprint, or another version of this one",
            field="certificate",
            next_step="Publish exactly the document that was certified.",
        )


def _preceding(tx: Transaction, org: str, publication: Publication) -> list[PublishedFootprint]:
    """The footprints that the new one takes the place of: those it names that are in force."""
    found = []
    for index, footprint_id in enumerate(publication.preceding):
        old = held(tx, org, footprint_id)
        if old is None:
            raise BadInput("is no footprint of the organisation", field=f"precedingPfIds.{index}")
        if old.facts.status is FootprintStatus.ACTIVE:
            found.append(old)
    return found


def announce(act: Act, org: str, changed: list[FootprintFacts]) -> None:
    """One event to each partner, naming those of the footprints that it may see, the new one first."""
    names_in_v2: dict[str, str] | None = None
    for connection in act.tx.parties.connections(org):
        if (
            connection.state is not ConnectionState.ACTIVE
            or not connection.notify
            or connection.base_url is None
        ):
            continue
        opened = opening(act.tx.parties.grants(org, connection.id), act.at)
        ids = [facts.id for facts in changed if opened.shows(facts)]
        if connection.pact is PactVersion.V2:
            if names_in_v2 is None:
                names_in_v2 = _names_in_v2(act, org, [facts.id for facts in changed])
            ids = [names_in_v2[each] for each in ids if each in names_in_v2]
        ids = list(dict.fromkeys(ids))
        if ids:
            event_id = derived_id("published", org, changed[0].id, connection.id)
            work.send(act, connection, EventType.PUBLISHED, event_id, {"pfIds": ids}, pact=connection.pact)


def _names_in_v2(act: Act, org: str, ids: list[str]) -> dict[str, str]:
    """The v2 ids of those that v2 shows; versions of one footprint share theirs."""
    footprints = [act.tx.footprints.get(org, each) for each in dict.fromkeys(ids)]
    shown = renditions(act.node, act.tx, org, footprints)
    return {rendition.footprint.id: rendition.v2_id for rendition in shown}
