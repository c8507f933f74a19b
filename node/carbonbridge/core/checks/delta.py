"""Step 12: differences that can be computed are computed and shown; the certified value is never replaced."""

from __future__ import annotations

from decimal import Decimal

from carbonbridge.core.agreement import ElectricityRule, FactorSet
from carbonbridge.core.certificate import Certificate, Electricity
from carbonbridge.core.checks.case import Case
from carbonbridge.core.checks.wording import finding
from carbonbridge.core.quantity import CONTEXT, format_decimal
from carbonbridge.core.scheme import Wording
from carbonbridge.core.verdict import Check, CheckClass, Delta, Outcome


def electricity_deltas(case: Case) -> tuple[Check, tuple[Delta, ...] | None]:
    """The check of step 12 and the deltas; None where one of them cannot be computed: no estimates."""
    rule = case.clause.method.electricity if case.clause else None
    certificate = case.certificate
    if case.clause is None or certificate is None:
        return case.undecided("D-APPLIED"), () if case.native else None
    if rule is None or rule.target is None:
        return finding("D-APPLIED", Outcome.PASSED, required="any factor", found="no adjustment"), ()
    target = f"{rule.target.edition}: {format_decimal(rule.target.factor)} kgCO2e/kWh"
    uses = certificate.cfp.electricity
    if not uses or any(use.kwh is None and use.factor != rule.target.factor for use in uses):
        return _missing(rule, target), None
    deltas = tuple(_delta(use, rule.target) for use in uses)
    total = adjusted(Decimal(0), deltas)
    return _applied(rule, target, certificate, total), deltas


def adjusted(certified: Decimal, deltas: tuple[Delta, ...]) -> Decimal:
    """The certified value with all deltas."""
    for delta in deltas:
        certified = CONTEXT.add(certified, delta.value)
    return certified


def _delta(use: Electricity, target: FactorSet) -> Delta:
    change = CONTEXT.subtract(target.factor, use.factor)
    return Delta(
        series=use.series,
        edition_used=use.edition,
        edition_target=target.edition,
        used=use.factor,
        target=target.factor,
        kwh=use.kwh,
        value=CONTEXT.multiply(use.kwh, change) if use.kwh is not None else Decimal(0),
    )


def _beyond(total: Decimal, percent: Decimal, value: Decimal) -> bool:
    bound = CONTEXT.multiply(percent, CONTEXT.abs(value))
    return CONTEXT.multiply(Decimal(100), CONTEXT.abs(total)) > bound


def _missing(rule: ElectricityRule, target: str) -> Check:
    what = Wording(
        en="Disclose the kWh per declared unit for each electricity factor, or use the target's factor.",
        zh="请披露各电力因子对应的单位产品用电量（kWh），或采用目标体系的电力因子。",
    )
    # With a bound, a hidden amount could hide a difference beyond it.
    weight = CheckClass.HARD if rule.bound_percent is not None else None
    return finding(
        "D-MISSING",
        Outcome.UNKNOWN,
        required=target,
        found="kWh not disclosed",
        what=what,
        check_class=weight,
    )


def _applied(rule: ElectricityRule, target: str, certificate: Certificate, total: Decimal) -> Check:
    value = certificate.cfp.value
    found = f"{format_decimal(total)} kgCO2e on {format_decimal(value)}"
    if rule.bound_percent is not None and _beyond(total, rule.bound_percent, value):
        limit = f"at most {format_decimal(rule.bound_percent)} %"
        return finding("D-BOUND", Outcome.FAILED, required=limit, found=found)
    if not total:
        return finding("D-APPLIED", Outcome.PASSED, required=target, found=found)
    both = (format_decimal(value), format_decimal(CONTEXT.add(value, total)))
    what = Wording(
        en=f"Show the certified value {both[0]} and the adjusted value {both[1]} with both factors.",
        zh=f"须同时展示认证值 {both[0]} 与调整值 {both[1]}，并注明两套电力因子。",
    )
    return finding("D-APPLIED", Outcome.FAILED, required=target, found=found, what=what)
