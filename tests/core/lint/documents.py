"""A footprint against which no rule has anything, and changes to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.core.footprints import footprint_document

from carbonbridge.core.lint.finding import Finding
from carbonbridge.core.lint.linter import lint

TODAY = date(2026, 3, 1)

#: What the small footprint of the core's tests leaves out.
REPORTED = {
    "packagingEmissionsIncluded": False,
    "ccsTechnologicalCO2CaptureIncluded": False,
    "primaryDataShare": "100",
    "dqi": {"technologicalDQR": "1", "geographicalDQR": "2.5", "temporalDQR": "5"},
    "biogenicCarbonContent": "0",
    "landUseChangeGhgEmissions": "0",
    "biogenicCO2Uptake": "0",
    "biogenicNonCO2Emissions": "0",
    "landManagementFossilGhgEmissions": "0",
    "landManagementBiogenicCO2Emissions": "0",
    "boundaryProcessesDescription": "cradle to gate",
    "allocationRulesDescription": "by mass",
}


def reported(figures: dict[str, Any] | None = None, /, **changes: Any) -> dict[str, Any]:
    """The whole footprint; figures that are None are left out."""
    document = footprint_document(REPORTED | (figures or {}), **changes)
    document["pcf"] = {name: value for name, value in document["pcf"].items() if value is not None}
    return {name: value for name, value in document.items() if value is not None}


def findings(
    figures: dict[str, Any] | None = None, today: date = TODAY, /, **changes: Any
) -> list[tuple[str, str]]:
    """Code and field of what the linter finds in such a footprint."""
    return [(found.code, found.field) for found in found_in(reported(figures, **changes), today)]


def found_in(document: object, today: date = TODAY) -> tuple[Finding, ...]:
    return lint(document, today=today).findings
