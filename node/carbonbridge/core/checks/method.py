"""Steps 8 to 11: was it calculated in a way the target accepts, from good enough data?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from carbonbridge.core.agreement import DirectionalClause, ElectricityRule, FactorSet, Relation
from carbonbridge.core.certificate import Certificate
from carbonbridge.core.checks.case import Case
from carbonbridge.core.checks.wording import finding, outcome
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.verdict import Check, CheckClass, Outcome

_CODES = (
    "M-STD",
    "M-SUPERSEDED",
    "M-STAGE",
    "M-GWP",
    "M-ELEC",
    "M-ELEC-AGE",
    "M-CUT",
    "M-OFFSET",
    "Q-PRIMARY",
    "Q-DQR",
)

_NONE = "nothing in particular"


def method_checks(case: Case) -> Iterator[Check]:
    """The checks of steps 8, 9, 10 and 11."""
    clause, certificate = case.clause, case.certificate
    if clause is None or certificate is None:
        yield from (case.undecided(code) for code in _CODES if code != "M-OFFSET")
        yield _offset(certificate)
        return
    yield _standard(clause, certificate)
    yield _superseded(clause, certificate)
    yield _stages(clause, certificate)
    yield _warming_potentials(clause, certificate)
    yield _factors(clause.method.electricity, certificate)
    yield _factor_age(clause.method.electricity, certificate, case.inputs.at.year)
    yield _at_most("M-CUT", clause.method.cut_off_max_percent, certificate.cfp.cut_off)
    yield _offset(certificate)
    yield _at_least("Q-PRIMARY", clause.quality.min_primary_share, certificate.cfp.primary_share)
    yield _at_most("Q-DQR", clause.quality.max_dqr, certificate.cfp.dqr)


def _standard(clause: DirectionalClause, certificate: Certificate) -> Check:
    rows = [row for row in clause.method.standards if row.origin == certificate.standard]
    relations = {row.relation for row in rows}
    required = (
        "; ".join(sorted(f"{row.origin} ({row.relation})" for row in clause.method.standards)) or "none"
    )
    found = str(certificate.standard)
    if relations & {Relation.IDENTICAL, Relation.EQUIVALENT}:
        return finding("M-STD", Outcome.PASSED, required=required, found=found)
    near = [row for row in rows if row.relation is not Relation.NOT_EQUIVALENT]
    if not near:
        return finding("M-STD", Outcome.FAILED, required=required, found=found)
    notes = [row.note for row in near if row.note is not None]
    what = min(notes, key=lambda note: (note.en, note.zh)) if notes else None
    return finding(
        "M-STD", Outcome.FAILED, required=required, found=found, what=what, check_class=CheckClass.SOFT
    )


def _superseded(clause: DirectionalClause, certificate: Certificate) -> Check:
    used = {certificate.standard.code, certificate.rule.code}
    used |= {certificate.pcr.code} if certificate.pcr else set()
    replaced = [
        rule
        for rule in clause.method.precedence
        if rule.superseded in used
        and certificate.issued_at >= rule.applies_to_issue_from + timedelta(days=rule.grace_days)
    ]
    required = "; ".join(sorted({str(rule.superior) for rule in replaced})) or _NONE
    found = ", ".join(sorted(used))
    return finding("M-SUPERSEDED", outcome(not replaced), required=required, found=found)


def _stages(clause: DirectionalClause, certificate: Certificate) -> Check:
    included = {stage.stage for stage in certificate.cfp.stages if stage.included}
    required = clause.method.required_stages
    return finding(
        "M-STAGE",
        outcome(included.issuperset(required)),
        required=", ".join(required) or _NONE,
        found=", ".join(sorted(included)) or "no stage stated",
    )


def _warming_potentials(clause: DirectionalClause, certificate: Certificate) -> Check:
    accepted = clause.method.gwp_accept
    fits = not accepted or certificate.cfp.gwp_set in accepted
    return finding(
        "M-GWP", outcome(fits), required=", ".join(accepted) or _NONE, found=certificate.cfp.gwp_set
    )


def _factors(rule: ElectricityRule | None, certificate: Certificate) -> Check:
    uses = certificate.cfp.electricity
    found = "; ".join(f"{u.series} {u.edition}: {format_decimal(u.factor)}" for u in uses) or "not stated"
    if rule is None:
        return finding("M-ELEC", Outcome.PASSED, required=_NONE, found=found)
    required = f"{rule.factor_series} " + "; ".join(_factor(item) for item in rule.published)
    if not uses:
        return finding("M-ELEC", Outcome.UNKNOWN, required=required.strip(), found=found)
    fits = all(
        use.series is rule.factor_series
        and (not rule.published or FactorSet(edition=use.edition, factor=use.factor) in rule.published)
        for use in uses
    )
    return finding("M-ELEC", outcome(fits), required=required.strip(), found=found)


def _factor_age(rule: ElectricityRule | None, certificate: Certificate, year: int) -> Check:
    limit = rule.max_factor_age_years if rule else None
    oldest = min((use.edition for use in certificate.cfp.electricity), default=None)
    found = "not stated" if oldest is None else str(oldest)
    if limit is None:
        return finding("M-ELEC-AGE", Outcome.PASSED, required=_NONE, found=found)
    required = f"{year - limit} or later"
    if oldest is None:
        return finding("M-ELEC-AGE", Outcome.UNKNOWN, required=required, found=found)
    return finding("M-ELEC-AGE", outcome(oldest >= year - limit), required=required, found=found)


def _offset(certificate: Certificate | None) -> Check:
    if certificate is None:
        return finding("M-OFFSET", Outcome.UNKNOWN, required="no offset", found="no certificate")
    inside = certificate.cfp.offsets_included
    return finding(
        "M-OFFSET", outcome(not inside), required="no offset", found="offset" if inside else "no offset"
    )


def _at_most(code: str, limit: Decimal | None, value: Decimal | None) -> Check:
    met = None if value is None or limit is None else value <= limit
    return _limit(code, f"at most {format_decimal(limit)}" if limit is not None else _NONE, met, value)


def _at_least(code: str, limit: Decimal | None, value: Decimal | None) -> Check:
    met = None if value is None or limit is None else value >= limit
    return _limit(code, f"at least {format_decimal(limit)}" if limit is not None else _NONE, met, value)


def _limit(code: str, required: str, met: bool | None, value: Decimal | None) -> Check:
    found = "not stated" if value is None else format_decimal(value)
    if required == _NONE:
        return finding(code, Outcome.PASSED, required=required, found=found)
    return finding(code, Outcome.UNKNOWN if met is None else outcome(met), required=required, found=found)


def _factor(item: FactorSet) -> str:
    return f"{item.edition}: {format_decimal(item.factor)}"
