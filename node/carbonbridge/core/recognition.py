"""Recognition: is this certified footprint accepted by that scheme, at that level, for that purpose, at
that time?

A pure function of pinned inputs. Every check is three-valued and always runs; the verdict is the worst
finding. Where several agreements name the same direction, each is tried and the most favourable verdict
stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carbonbridge.core.checks.agreement import agreement_checks
from carbonbridge.core.checks.case import Case, RecognitionInputs, open_case
from carbonbridge.core.checks.delta import adjusted, electricity_deltas
from carbonbridge.core.checks.evidence import evidence_checks
from carbonbridge.core.checks.method import method_checks
from carbonbridge.core.document import canonical, digest
from carbonbridge.core.verdict import AgreementUsed, Check, Decision, Pinned, Verdict

__all__ = ["EVALUATOR", "RecognitionInputs", "evaluate"]

EVALUATOR = "carbonbridge-recognition/1"

_SEVERITY = (Decision.ACCEPTED, Decision.CONDITIONAL, Decision.REJECTED)


def evaluate(inputs: RecognitionInputs) -> Verdict:
    """Decide.

    Args:
        inputs: everything the verdict depends on, and nothing else.

    Returns:
        The verdict; equal inputs give equal bytes (:meth:`.Verdict.canonical`).

    Raises:
        BadInput: the footprint has no canonical form.
    """
    case = open_case(_sorted(inputs))
    pinned = _pin(inputs)
    verdicts = [_decide(candidate, pinned) for candidate in _candidates(case)]
    return min(verdicts, key=_preference)


def _sorted(inputs: RecognitionInputs) -> RecognitionInputs:
    """Registers in an order of their own: the first entry under an id counts, whatever order they came in."""
    return replace(
        inputs,
        issuers=tuple(sorted(inputs.issuers, key=lambda item: canonical(item.document()))),
        schemes=tuple(sorted(inputs.schemes, key=lambda item: canonical(item.document()))),
    )


def _candidates(case: Case) -> list[Case]:
    """The case under each clause of its direction; as it is where there is none or none is needed."""
    if case.certificate is None or case.native:
        return [case]
    way = (case.certificate.scheme, case.inputs.to_scheme)
    found = [
        replace(case, agreement=agreement, clause=clause)
        for agreement in case.inputs.agreements
        for clause in agreement.clauses
        if (clause.from_scheme, clause.to_scheme) == way
    ]
    return found or [case]


def _decide(case: Case, pinned: tuple[Pinned, ...]) -> Verdict:
    delta_check, deltas = electricity_deltas(case)
    found = [*evidence_checks(case), *agreement_checks(case), *method_checks(case), delta_check]
    checks = tuple(sorted(found, key=lambda check: (check.step, check.code)))
    inputs, certificate, agreement = case.inputs, case.certificate, case.agreement
    value = certificate.cfp.value if certificate else None
    return Verdict(
        verdict=_worst(checks),
        native=case.native,
        from_scheme=certificate.scheme if certificate else None,
        to_scheme=inputs.to_scheme,
        level=inputs.level,
        purpose=inputs.purpose,
        at=inputs.at,
        footprint_id=_text(inputs.footprint.get("id")),
        certificate_id=certificate.id if certificate else None,
        agreement=AgreementUsed(id=agreement.id, version=agreement.version) if agreement else None,
        checks=checks,
        deltas=deltas or (),
        certified_value=value,
        adjusted_value=None if value is None or deltas is None else adjusted(value, deltas),
        per=certificate.cfp.per if certificate else None,
        inputs=pinned,
        evaluator=EVALUATOR,
    )


def _worst(checks: tuple[Check, ...]) -> Decision:
    return max((check.decision for check in checks), key=_SEVERITY.index)


def _preference(verdict: Verdict) -> tuple[int, int, bytes]:
    """Most favourable first, then fewest reasons, then anything that is always the same."""
    return _SEVERITY.index(verdict.verdict), len(verdict.reasons), verdict.canonical()


def _pin(inputs: RecognitionInputs) -> tuple[Pinned, ...]:
    pins = [
        _pinned("footprint", str(inputs.footprint.get("id")), canonical(dict(inputs.footprint))),
        Pinned(
            kind="certifiedFootprint", name=str(inputs.footprint.get("id")), digest=inputs.footprint_digest
        ),
        _pinned("publisherKeys", inputs.publisher, canonical(_plain(inputs.publisher_keys))),
        *(_pinned("issuer", item.id, canonical(item.document())) for item in inputs.issuers),
        *(_pinned("scheme", item.id, canonical(item.document())) for item in inputs.schemes),
        *(
            _pinned("agreement", f"{item.id} {item.version}", canonical(item.document()))
            for item in inputs.agreements
        ),
    ]
    if inputs.certificate is not None:
        pins.append(_pinned("certificate", "vc+jwt", inputs.certificate.encode()))
    if inputs.seal is not None:
        pins.append(_pinned("seal", "statement+jws", inputs.seal.encode()))
    return tuple(sorted(pins, key=lambda pin: (pin.kind, pin.name, pin.digest)))


def _pinned(kind: str, name: str, data: bytes) -> Pinned:
    return Pinned(kind=kind, name=name, digest=digest(data))


def _plain(keys: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {kid: dict(jwk) for kid, jwk in keys.items()}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
