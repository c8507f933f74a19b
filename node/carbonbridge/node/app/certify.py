"""Certify: what a certification body does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carbonbridge.core.credential import CERTIFICATE_TYP, compose_certificate
from carbonbridge.core.document import digest
from carbonbridge.core.errors import AccessDenied, BadInput, NotFound
from carbonbridge.core.footprint import parse_footprint
from carbonbridge.core.organisation import Organisation
from carbonbridge.node.app.certificate import draw_up
from carbonbridge.node.app.context import Act, Actor, Node, acting
from carbonbridge.node.app.publish import publish_in
from carbonbridge.node.ports.records import CalculationRecord, CalculationState, StatementRecord
from carbonbridge.node.ports.store import Transaction


def certify(node: Node, actor: Actor, body_org: str, document: bytes, fields: Mapping[str, Any]) -> str:
    """Issue a certificate over a footprint.

    Args:
        document: the PACT footprint without our extension.
        fields: what the body states; see :func:`.certificate.draw_up`.

    Returns:
        The compact ``vc+jwt``.

    Raises:
        AccessDenied: the caller does not operate the body, or the organisation is none.
        BadInput: the footprint or a field is at fault, or the footprint is the body's own.
    """
    actor.must_operate(body_org)
    with acting(node, actor) as act:
        return _issue(act, _body(act.tx, body_org), document, fields)


def decide(
    node: Node,
    actor: Actor,
    body_org: str,
    calculation_id: str,
    *,
    certify: bool,
    reason: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> CalculationRecord:
    """Decide an application: certified, the footprint is published at once; otherwise it is declined.

    Args:
        certify: yes or no.
        reason: why not; needed for a no.
        fields: what the body states in the certificate; needed for a yes.

    Raises:
        AccessDenied: the caller does not operate the body, or the organisation is none.
        NotFound: no such application lies with the body.
        BadInput: no reason, or a field of the certificate is at fault.
    """
    actor.must_operate(body_org)
    with acting(node, actor) as act:
        body = _body(act.tx, body_org)
        calculation = _application(act.tx, body_org, calculation_id)
        if certify:
            compact = _issue(act, body, calculation.draft, fields or {})
            decided = publish_in(act, calculation, compact)
        else:
            if not reason or not reason.strip():
                raise BadInput("is needed to decline", field="reason")
            decided = replace(calculation, state=CalculationState.DECLINED, reason=reason)
            act.tx.products.replace_calculation(decided)
        act.audit("decide", calculation.id, org=body_org, certify=certify)
    return decided


def _body(tx: Transaction, body_org: str) -> Organisation:
    body = tx.parties.organisation(body_org)
    if not body.certification_body:
        raise AccessDenied("the organisation is not a certification body")
    return body


def _application(tx: Transaction, body_org: str, calculation_id: str) -> CalculationRecord:
    for calculation in tx.products.submitted_to(body_org, CalculationState.SUBMITTED):
        if calculation.id == calculation_id:
            return calculation
    raise NotFound("no such application lies with this certification body", field="calculation")


def _issue(act: Act, body: Organisation, document: bytes, fields: Mapping[str, Any]) -> str:
    """Sign the certificate and keep a copy with the body."""
    footprint = parse_footprint(document)
    own = {company_id.casefold() for company_id in body.company_ids}
    if not own.isdisjoint(company_id.casefold() for company_id in footprint.companyIds):
        raise BadInput("a certification body does not certify its own footprints", field="companyIds")
    node = act.node
    url = node.base_url(body.slug)
    certificate_id = node.clock.new_id()
    certificate = draw_up(act, body, document, fields, certificate_id)
    compact = node.signer.sign(body.slug, compose_certificate(certificate), typ=CERTIFICATE_TYP)
    name = digest(compact.encode("ascii"))
    act.tx.footprints.add_statement(
        StatementRecord(name, body.slug, "certificate", url, footprint.id, compact, act.at)
    )
    act.audit("certify", certificate.id, org=body.slug, footprintId=footprint.id, statement=name)
    return compact
