"""Steps 1 to 3: is there an agreement for this direction, level, purpose, time and product?"""

from __future__ import annotations

from collections.abc import Iterator

from carbonbridge.core.agreement import ProductSelector, RecognitionAgreement, within
from carbonbridge.core.certificate import Certificate
from carbonbridge.core.checks.case import Case
from carbonbridge.core.checks.wording import finding, outcome
from carbonbridge.core.instant import format_instant
from carbonbridge.core.product_code import Specificity, specificity
from carbonbridge.core.scheme import ProductCode
from carbonbridge.core.verdict import Check, Outcome


def agreement_checks(case: Case) -> Iterator[Check]:
    """The checks of steps 1, 2 and 3."""
    yield _agreement(case)
    yield from _reach(case)
    yield _chain(case)
    yield _product(case)


def _agreement(case: Case) -> Check:
    certificate, agreement = case.certificate, case.agreement
    if certificate is None or case.native:
        return case.undecided("A-NONE")
    required = f"{certificate.scheme} → {case.inputs.to_scheme}"
    found = "none" if agreement is None else f"{agreement.id} version {agreement.version}"
    return finding("A-NONE", outcome(agreement is not None), required=required, found=found)


def _reach(case: Case) -> Iterator[Check]:
    agreement, clause, inputs = case.agreement, case.clause, case.inputs
    if agreement is None or clause is None:
        yield from (case.undecided(code) for code in ("A-NOTINFORCE", "A-LEVEL", "A-PURPOSE"))
        return
    end = "open" if agreement.in_force_to is None else format_instant(agreement.in_force_to)
    yield finding(
        "A-NOTINFORCE",
        outcome(agreement.in_force(inputs.at)),
        required=f"in force on {format_instant(inputs.at)}",
        found=f"{agreement.status}, {format_instant(agreement.in_force_from)} .. {end}",
    )
    granted = inputs.level <= clause.level
    yield finding("A-LEVEL", outcome(granted), required=inputs.level, found=clause.level)
    yield finding(
        "A-PURPOSE",
        outcome(inputs.purpose in clause.purposes),
        required=inputs.purpose,
        found=", ".join(clause.purposes),
    )


def _chain(case: Case) -> Check:
    certificate = case.certificate
    if certificate is None or case.native or case.clause is not None:
        return case.undecided("A-CHAIN") if case.clause is None else _direct("direct")
    via = _between(case.inputs.agreements, certificate.scheme, case.inputs.to_scheme)
    if not via:
        return _direct("no way at all")
    return finding("A-CHAIN", Outcome.FAILED, required="a direct agreement", found=f"only by way of {via}")


def _direct(found: str) -> Check:
    return finding("A-CHAIN", Outcome.PASSED, required="no chain", found=found)


def _between(agreements: tuple[RecognitionAgreement, ...], origin: str, target: str) -> str:
    """The schemes through which origin would reach the target; empty if it does not."""
    steps = {(c.from_scheme, c.to_scheme) for agreement in agreements for c in agreement.clauses}
    reached, way = {origin}, {origin: ""}
    while grown := sorted((a, b) for a, b in steps if a in reached and b not in reached):
        for a, b in grown:
            reached.add(b)
            way.setdefault(b, way[a] if a == origin else f"{way[a]} → {a}".removeprefix(" → "))
    return way.get(target, "")


def _product(case: Case) -> Check:
    agreement, certificate = case.agreement, case.certificate
    if agreement is None or certificate is None:
        return case.undecided("P-OUT")
    found = _codes(certificate)
    annexes = [a for a in agreement.annexes if within(case.inputs.at, a.in_force_from, a.in_force_to)]
    selectors = [selector for annex in annexes for selector in annex.selectors]
    required = "; ".join(sorted({_selector(selector) for selector in selectors})) or "no annex in force"
    if not certificate.product.codes:
        return finding("P-OUT", Outcome.UNKNOWN, required=required, found="no product code")
    verdicts = {
        included for code in certificate.product.codes for included in _most_specific(code, selectors)
    }
    if not verdicts:
        return finding("P-OUT", Outcome.FAILED, required=required, found=found)
    if verdicts == {True, False}:
        return finding("P-AMBIGUOUS", Outcome.UNKNOWN, required=required, found=found)
    code = "P-OUT" if True in verdicts else "P-EXCLUDED"
    return finding(code, outcome(True in verdicts), required=required, found=found)


def _most_specific(code: ProductCode, selectors: list[ProductSelector]) -> set[bool]:
    """What the most specific selectors of the code's system say: included, excluded, both, or nothing."""
    best: Specificity | None = None
    said: set[bool] = set()
    for selector in selectors:
        if selector.system != code.system:
            continue
        rank = specificity(code.code, selector.code, selector.match)
        if rank is None or (best is not None and rank < best):
            continue
        said = said | {not selector.exclude} if rank == best else {not selector.exclude}
        best = rank
    return said


def _codes(certificate: Certificate) -> str:
    return "; ".join(f"{code.system} {code.code}" for code in certificate.product.codes)


def _selector(selector: ProductSelector) -> str:
    sign = "not " if selector.exclude else ""
    return f"{sign}{selector.system} {selector.code} ({selector.match})"
