"""The closed lists of PACT v3.0, spelled as PACT spells them (specification v3.0.3, data model).

``crossSectoralStandards`` is an open list and has no place here: unknown standards must be accepted.
"""

from __future__ import annotations

from enum import StrEnum


class DeclaredUnit(StrEnum):
    """``declaredUnitOfMeasurement``: the unit whose ``declaredUnitAmount`` a footprint is for."""

    LITER = "liter"
    KILOGRAM = "kilogram"
    CUBIC_METER = "cubic meter"
    KILOWATT_HOUR = "kilowatt hour"
    MEGAJOULE = "megajoule"
    TON_KILOMETER = "ton kilometer"
    SQUARE_METER = "square meter"
    PIECE = "piece"
    HOUR = "hour"
    MEGABIT_SECOND = "megabit second"


class FootprintStatus(StrEnum):
    """``status``: the one field of a published footprint that may change, and only to deprecated."""

    ACTIVE = "Active"
    DEPRECATED = "Deprecated"


class Region(StrEnum):
    """``geographyRegionOrSubregion``: regions and subregions of the UN geoscheme."""

    AFRICA = "Africa"
    AMERICAS = "Americas"
    ASIA = "Asia"
    EUROPE = "Europe"
    OCEANIA = "Oceania"
    AUSTRALIA_AND_NEW_ZEALAND = "Australia and New Zealand"
    CENTRAL_ASIA = "Central Asia"
    EASTERN_ASIA = "Eastern Asia"
    EASTERN_EUROPE = "Eastern Europe"
    LATIN_AMERICA_AND_THE_CARIBBEAN = "Latin America and the Caribbean"
    MELANESIA = "Melanesia"
    MICRONESIA = "Micronesia"
    NORTHERN_AFRICA = "Northern Africa"
    NORTHERN_AMERICA = "Northern America"
    NORTHERN_EUROPE = "Northern Europe"
    POLYNESIA = "Polynesia"
    SOUTH_EASTERN_ASIA = "South-eastern Asia"
    SOUTHERN_ASIA = "Southern Asia"
    SOUTHERN_EUROPE = "Southern Europe"
    SUB_SAHARAN_AFRICA = "Sub-Saharan Africa"
    WESTERN_ASIA = "Western Asia"
    WESTERN_EUROPE = "Western Europe"


class CcuCalculationApproach(StrEnum):
    """``ccuCalculationApproach``: how captured and used carbon is accounted for."""

    CUT_OFF = "Cut-off"
    CREDIT = "Credit"


class RuleOperator(StrEnum):
    """``productOrSectorSpecificRules.operator``: who publishes the rule."""

    PEF = "PEF"
    EPD_INTERNATIONAL = "EPD International"
    OTHER = "Other"


class VerificationCoverage(StrEnum):
    """``verification.coverage``: what was verified."""

    MODEL = "PCF calculation model"
    PROGRAM = "PCF program"
    PRODUCT = "product level"


class EventType(StrEnum):
    """CloudEvents ``type`` of the four events of PACT v3."""

    REQUEST_CREATED = "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3"
    REQUEST_FULFILLED = "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3"
    REQUEST_REJECTED = "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3"
    PUBLISHED = "org.wbcsd.pact.ProductFootprint.PublishedEvent.3"


class KeyKind(StrEnum):
    """What a footprint can be found by; our word for the four list filters of ListFootprints."""

    PRODUCT = "product"
    COMPANY = "company"
    CLASSIFICATION = "classification"
    GEOGRAPHY = "geography"
