"""Steps 0 and 4 to 7: is the certificate genuine, in force, and about this footprint?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from carbonbridge.core.agreement import RequiredAccreditation, within
from carbonbridge.core.certificate import Accreditation, Certificate, CertificateStatus
from carbonbridge.core.checks.case import Case, decimal_at, value_at
from carbonbridge.core.checks.wording import finding, outcome
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.quantity import CONTEXT, convert, format_decimal
from carbonbridge.core.scheme import Wording
from carbonbridge.core.seal import sealed_digest
from carbonbridge.core.statement import verify
from carbonbridge.core.verdict import Check, Outcome

#: Certified values are printed rounded: 0.1 % apart is the same value.
ROUNDING = Decimal("0.001")

_UNCERTIFIED = Wording(
    en="The footprint is not certified: it carries no certificate, so there is nothing to recognise.",
    zh="该足迹未经认证：未附证书，无可供互认的内容。",
)


def evidence_checks(case: Case) -> Iterator[Check]:
    """The checks of steps 0, 4, 5, 6 and 7."""
    yield _certificate_there(case)
    yield _signature(case)
    yield _seal(case)
    yield _attestation(case)
    yield from _scheme(case)
    yield from _issuer(case)
    yield from _validity(case)
    yield from _identity(case)


def _certificate_there(case: Case) -> Check:
    required = "a certificate in the footprint's extension"
    if case.certificate is not None:
        return finding("E-FIELD", Outcome.PASSED, required=required, found=case.certificate.number)
    if case.inputs.certificate is None:
        return finding("E-FIELD", Outcome.FAILED, required=required, found="none", message=_UNCERTIFIED)
    return finding("E-FIELD", Outcome.FAILED, required=required, found=case.defect or "unreadable")


def _signature(case: Case) -> Check:
    required = "the signature of a registered certification body"
    if case.certificate is None:
        return finding("E-SIG", Outcome.UNKNOWN, required=required, found="no certificate")
    body = case.certificate.body.id
    if case.signers:
        return finding("E-SIG", Outcome.PASSED, required=required, found=body)
    found = f"{body}: the signature does not hold" if case.entries else f"{body}: not in the register"
    return finding("E-SIG", Outcome.FAILED, required=required, found=found)


def _seal(case: Case) -> Check:
    inputs = case.inputs
    required = f"{inputs.publisher} over {case.inputs.footprint_digest}"
    if inputs.seal is None:
        return finding("E-SEAL", Outcome.UNKNOWN, required=required, found="no seal")
    if not inputs.publisher_keys:
        return finding("E-SEAL", Outcome.UNKNOWN, required=required, found="no key of the publisher is known")
    try:
        statement = verify(inputs.seal, inputs.publisher_keys)
        digest = sealed_digest(statement)
    except BadInput as error:
        return finding("E-SEAL", Outcome.FAILED, required=required, found=error.message)
    same = statement.iss == inputs.publisher and digest == case.inputs.footprint_digest
    return finding("E-SEAL", outcome(same), required=required, found=f"{statement.iss} over {digest}")


def _attestation(case: Case) -> Check:
    clause, certificate = case.clause, case.certificate
    if clause is None or certificate is None:
        return case.undecided("T-TYPE")
    fits = (
        certificate.attestation_type in clause.attestation_types
        and certificate.claim_class in clause.claim_classes
    )
    return finding(
        "T-TYPE",
        outcome(fits),
        required=f"{', '.join(clause.attestation_types)}; claim: {', '.join(clause.claim_classes)}",
        found=f"{certificate.attestation_type}; claim: {certificate.claim_class}",
    )


def _scheme(case: Case) -> Iterator[Check]:
    certificate, scheme = case.certificate, case.scheme
    if certificate is None or scheme is None:
        found = "no certificate" if certificate is None else f"{certificate.scheme}: not in the register"
        for code in ("T-CLASS", "T-MARK"):
            yield finding(code, Outcome.UNKNOWN, required="a registered scheme", found=found)
        return
    fits = certificate.scheme_class is scheme.scheme_class
    yield finding("T-CLASS", outcome(fits), required=scheme.scheme_class, found=certificate.scheme_class)
    fits = certificate.mark is None or certificate.mark in scheme.marks
    yield finding(
        "T-MARK",
        outcome(fits),
        required=", ".join(scheme.marks) or "no mark",
        found=certificate.mark or "no mark",
    )


def _issuer(case: Case) -> Iterator[Check]:
    certificate, at = case.certificate, case.inputs.at
    if certificate is None:
        yield finding("I-APPROVAL", Outcome.UNKNOWN, required="an approved body", found="no certificate")
    else:
        approved = any(
            certificate.scheme in entry.schemes
            and within(certificate.issued_at, entry.approved_from, entry.approved_until)
            and within(at, entry.approved_from, entry.approved_until)
            for entry in case.signers or case.entries
        )
        yield finding(
            "I-APPROVAL",
            outcome(approved),
            required=f"approved for {certificate.scheme} on {_day(certificate)} and {format_instant(at)}",
            found="approved" if approved else "not approved",
        )
    if case.clause is None or certificate is None:
        yield case.undecided("I-DENY")
        yield case.undecided("I-ACCR-SCOPE")
        return
    rule, body = case.clause.issuers, certificate.body
    yield finding(
        "I-DENY",
        outcome(body.id not in rule.deny),
        required="not denied",
        found="denied" if body.id in rule.deny else "not denied",
    )
    fits = not rule.accreditation or any(
        _covers(have, want) for have in body.accreditation for want in rule.accreditation
    )
    yield finding(
        "I-ACCR-SCOPE",
        outcome(fits),
        required="; ".join(_scope(item) for item in rule.accreditation) or "none",
        found="; ".join(_scope(item) for item in body.accreditation) or "none",
    )


def _validity(case: Case) -> Iterator[Check]:
    certificate, at = case.certificate, case.inputs.at
    if certificate is None:
        for code in ("C-STATUS", "C-EXPIRED"):
            yield finding(code, Outcome.UNKNOWN, required="a valid certificate", found="no certificate")
        return
    valid = certificate.status is CertificateStatus.VALID
    yield finding("C-STATUS", outcome(valid), required=CertificateStatus.VALID, found=certificate.status)
    yield finding(
        "C-EXPIRED",
        outcome(within(at, certificate.valid_from, certificate.valid_to)),
        required=f"{format_instant(certificate.valid_from)} .. {format_instant(certificate.valid_to)}",
        found=format_instant(at),
    )


def _identity(case: Case) -> Iterator[Check]:
    certificate, inputs = case.certificate, case.inputs
    if certificate is None:
        for code in ("E-HASH", "B-MODEL", "B-VALUE"):
            yield finding(code, Outcome.UNKNOWN, required="a certificate", found="no certificate")
        return
    yield finding(
        "E-HASH",
        outcome(certificate.footprint_digest == case.inputs.footprint_digest),
        required=case.inputs.footprint_digest,
        found=certificate.footprint_digest,
    )
    listed = inputs.footprint.get("productIds")
    ids = [str(item) for item in listed] if isinstance(listed, list) else []
    certified = {item.casefold() for item in certificate.product.ids}
    inside = bool(ids) and all(item.casefold() in certified for item in ids)
    yield finding(
        "B-MODEL",
        outcome(inside),
        required=", ".join(certificate.product.ids),
        found=", ".join(ids) or "no product id",
    )
    yield _value(case, certificate)


def _value(case: Case, certificate: Certificate) -> Check:
    footprint, cfp = case.inputs.footprint, certificate.cfp
    value = decimal_at(footprint, "pcf", "pcfExcludingBiogenicUptake")
    amount = decimal_at(footprint, "pcf", "declaredUnitAmount")
    unit = value_at(footprint, "pcf", "declaredUnitOfMeasurement")
    ends = [value_at(footprint, "pcf", name) for name in ("referencePeriodStart", "referencePeriodEnd")]
    period = f"{format_instant(cfp.period.start)} .. {format_instant(cfp.period.end)}"
    required = f"{format_decimal(cfp.value)} kgCO2e per {_per(cfp.per.amount, cfp.per.unit)}, {period}"
    if value is None or amount is None or amount <= 0 or not isinstance(unit, str):
        return finding("B-VALUE", Outcome.UNKNOWN, required=required, found="no value per declared unit")
    found = f"{format_decimal(value)} kgCO2e per {_per(amount, unit)}, {ends[0]} .. {ends[1]}"
    try:
        per_unit = CONTEXT.divide(cfp.value, convert(cfp.per.amount, cfp.per.unit, unit))
        stated = [parse_instant(end, field="referencePeriod") for end in ends]
    except BadInput as error:
        return finding("B-VALUE", Outcome.FAILED, required=required, found=f"{found} ({error.message})")
    apart = CONTEXT.abs(CONTEXT.subtract(CONTEXT.divide(value, amount), per_unit))
    same = apart <= CONTEXT.multiply(ROUNDING, CONTEXT.abs(per_unit)) and stated == [
        cfp.period.start,
        cfp.period.end,
    ]
    return finding("B-VALUE", outcome(same), required=required, found=found)


def _covers(have: Accreditation, want: RequiredAccreditation) -> bool:
    return (have.arrangement, have.main_scope, have.sub_scope) == (
        want.arrangement,
        want.main_scope,
        want.sub_scope,
    )


def _scope(item: Accreditation | RequiredAccreditation) -> str:
    return f"{item.arrangement}: {item.main_scope}, {item.sub_scope}"


def _day(certificate: Certificate) -> str:
    return format_instant(certificate.issued_at)


def _per(amount: Decimal, unit: str) -> str:
    return f"{format_decimal(amount)} {unit}"
