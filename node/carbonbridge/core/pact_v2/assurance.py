"""``assurance`` of v2 and ``verification`` of v3, one from the other."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.carbon_footprint import Verification
from carbonbridge.core.pact_v2.carbon_footprint import Assurance
from carbonbridge.core.pact_v2.loss import Happened, Ledger
from carbonbridge.core.pact_v2.vocabulary import AssuranceCoverage
from carbonbridge.core.pact_v2.words import COVERAGES
from carbonbridge.core.vocabulary import VerificationCoverage

#: Of one name and form on both sides.
_SAME = ("completedAt", "standardName")


def verification_of(assurance: Assurance, ledger: Ledger) -> dict[str, Any] | None:
    """The v3 verification; None where v2 says that there was no assurance."""
    if not assurance.assurance:
        ledger.add(
            "pcf.assurance",
            Happened.DROPPED,
            "not assured: v3 says so by having no verification",
            "未经核证：v3 以没有 verification 表示",
        )
        return None
    written = assurance.document()
    result = {name: written[name] for name in _SAME if name in written}
    if assurance.providerName:
        result["providerName"] = assurance.providerName
    lines = [assurance.comments] if assurance.comments else []
    coverage = None if assurance.coverage is None else COVERAGES.get(assurance.coverage)
    if coverage is not None:
        result["coverage"] = coverage.value
        if assurance.coverage is AssuranceCoverage.SYSTEM:
            _nearly("pcf.assurance.coverage", ledger)
    told = {
        "coverage": assurance.coverage if coverage is None else None,
        "level": assurance.level,
        "boundary": assurance.boundary,
    }
    for name, value in told.items():
        if value is not None:
            ledger.to_comment(f"pcf.assurance.{name}", "v3")
            lines.append(f"{name}: {value.value}")
    return result | ({"comments": "\n".join(lines)} if lines else {})


def assurance_of(verification: Verification, ledger: Ledger) -> dict[str, Any] | None:
    """The v2 assurance; None where v3 does not name the provider, without whom v2 knows none."""
    if not verification.providerName:
        ledger.add(
            "pcf.verification",
            Happened.DROPPED,
            "v2 has no assurance without the provider's name",
            "v2 的核证必须写明机构名称",
        )
        return None
    written = verification.document()
    result = {"assurance": True, "providerName": verification.providerName}
    result |= {name: written[name] for name in _SAME if name in written}
    lines = [verification.comments] if verification.comments else []
    old = {new: old for old, new in COVERAGES.items()}
    if verification.coverage is not None and verification.coverage in old:
        result["coverage"] = old[verification.coverage].value
        if verification.coverage is VerificationCoverage.PROGRAM:
            _nearly("pcf.verification.coverage", ledger)
    elif verification.coverage is not None:
        ledger.to_comment("pcf.verification.coverage", "v2")
        lines.append(f"coverage: {verification.coverage.value}")
    return result | ({"comments": "\n".join(lines)} if lines else {})


def _nearly(path: str, ledger: Ledger) -> None:
    ledger.add(
        path,
        Happened.APPROXIMATED,
        "a PCF system in v2 and a PCF program in v3 are nearly the same",
        "v2 的 PCF system 与 v3 的 PCF program 含义相近",
    )
