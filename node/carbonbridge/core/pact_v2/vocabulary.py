"""The closed lists of PACT v2, where they differ from those of v3 (specification v2.3, data model)."""

from __future__ import annotations

from enum import StrEnum

#: v2's error code for a footprint that is not there, which v3 calls ``NotFound``.
NO_SUCH_FOOTPRINT = "NoSuchFootprint"


class PactVersion(StrEnum):
    """The major version of the protocol that a conversation is held in."""

    V2 = "2"
    V3 = "3"


class DeclaredUnit(StrEnum):
    """``declaredUnit``: the unit that a v2 footprint's figures are per one of."""

    LITER = "liter"
    KILOGRAM = "kilogram"
    CUBIC_METER = "cubic meter"
    KILOWATT_HOUR = "kilowatt hour"
    MEGAJOULE = "megajoule"
    TON_KILOMETER = "ton kilometer"
    SQUARE_METER = "square meter"


class CharacterizationFactors(StrEnum):
    """``characterizationFactors``: the IPCC assessment report; superseded in 2.3 by an open list."""

    AR5 = "AR5"
    AR6 = "AR6"


class StandardUsed(StrEnum):
    """``crossSectoralStandardsUsed``: superseded in 2.3 by ``crossSectoralStandards``."""

    GHG_PROTOCOL = "GHG Protocol Product standard"
    ISO_14067 = "ISO Standard 14067"
    ISO_14044 = "ISO Standard 14044"


class BiogenicAccounting(StrEnum):
    """``biogenicAccountingMethodology``: how biogenic emissions and removals were counted."""

    PEF = "PEF"
    ISO = "ISO"
    GHGP = "GHGP"
    QUANTIS = "Quantis"


class AssuranceCoverage(StrEnum):
    """``assurance.coverage``: what was assured."""

    CORPORATE = "corporate level"
    LINE = "product line"
    SYSTEM = "PCF system"
    PRODUCT = "product level"


class AssuranceLevel(StrEnum):
    """``assurance.level``: how deeply it was looked at."""

    LIMITED = "limited"
    REASONABLE = "reasonable"


class AssuranceBoundary(StrEnum):
    """``assurance.boundary``: from where to where."""

    GATE_TO_GATE = "Gate-to-Gate"
    CRADLE_TO_GATE = "Cradle-to-Gate"


class EventType(StrEnum):
    """CloudEvents ``type`` of the four events of PACT v2."""

    REQUEST_CREATED = "org.wbcsd.pathfinder.ProductFootprintRequest.Created.v1"
    REQUEST_FULFILLED = "org.wbcsd.pathfinder.ProductFootprintRequest.Fulfilled.v1"
    REQUEST_REJECTED = "org.wbcsd.pathfinder.ProductFootprintRequest.Rejected.v1"
    PUBLISHED = "org.wbcsd.pathfinder.ProductFootprint.Published.v1"
