"""Footprints of a host that is all right, in v3 and in v2, and what a perverse host makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.core.footprints import footprint_document

from carbonbridge.client.conformance import PactVersion

Document = dict[str, Any]

COMPANY = "urn:pact:fake.example:company-id:1"


def stock(pact: PactVersion) -> list[Document]:
    """Four footprints: two countries, a subdivision, a region; the last is deprecated."""
    places = [
        {"geographyCountry": "CN"},
        {"geographyCountrySubdivision": "CN-GD"},
        {"geographyRegionOrSubregion": "Eastern Asia"},
        {"geographyCountry": "DE"},
    ]
    make = _v3 if pact.major == 3 else _v2
    return [make(number, place, pact) for number, place in enumerate(places)]


def _v3(number: int, place: dict[str, str], _: PactVersion) -> Document:
    figures = {"declaredUnitOfMeasurement": "kilogram", "primaryDataShare": "80", **place}
    document = footprint_document(
        figures,
        **_common(number),
        productIds=[f"urn:pact:fake.example:product-id:P{number}"],
        productClassifications=[f"urn:cpc:{1111 + number // 2}"],
        dqi={},
    )
    del document["dqi"]
    document["pcf"]["dqi"] = dict.fromkeys(("technologicalDQR", "geographicalDQR", "temporalDQR"), "1.5")
    if "geographyCountrySubdivision" not in place:
        del document["pcf"]["geographyCountrySubdivision"]
    return document


def _v2(number: int, place: dict[str, str], pact: PactVersion) -> Document:
    return {
        **_common(number),
        "specVersion": f"{pact.value}.0",
        "version": 0,
        "companyName": "Fake",
        "productDescription": "",
        "productIds": [f"urn:pact:fake.example:product-id:P{number}"],
        "productCategoryCpc": "1111",
        "productNameCompany": f"P{number}",
        "comment": "",
        "pcf": {
            "declaredUnit": "kilogram",
            "unitaryProductAmount": "1",
            "pCfExcludingBiogenic": "9.1",
            "fossilGhgEmissions": "9.1",
            "fossilCarbonContent": "0",
            "biogenicCarbonContent": "0",
            "characterizationFactors": "AR6",
            "ipccCharacterizationFactorsSources": ["AR6"],
            "crossSectoralStandardsUsed": ["ISO Standard 14067"],
            "boundaryProcessesDescription": "",
            "referencePeriodStart": "2025-01-01T00:00:00Z",
            "referencePeriodEnd": "2026-01-01T00:00:00Z",
            "exemptedEmissionsPercent": 0.5,
            "exemptedEmissionsDescription": "",
            "packagingEmissionsIncluded": False,
            "primaryDataShare": 80,
            **place,
        },
    }


def _common(number: int) -> Document:
    return {
        "id": f"3893bb5d-da16-4dc1-9185-11d97476c25{number}",
        "created": f"2026-02-0{number + 1}T08:00:00Z",
        "status": "Deprecated" if number == 3 else "Active",
        "companyIds": [COMPANY],
        "validityPeriodStart": "2026-01-01T00:00:00Z",
        "validityPeriodEnd": "2028-12-31T00:00:00Z",
    }


def _set(path: str, value: object, *, every: bool = False) -> Callable[[list[Document]], None]:
    def change(footprints: list[Document]) -> None:
        for document in footprints if every else footprints[:1]:
            *way, name = path.split(".")
            place = document
            for step in way:
                place = place[step]
            if value is LEFT_OUT:
                place.pop(name, None)
            else:
                place[name] = value

    return change


LEFT_OUT = object()


def _two_places(footprints: list[Document]) -> None:
    footprints[1]["pcf"]["geographyCountry"] = "CN"


def _one_bound(footprints: list[Document]) -> None:
    _set("validityPeriodStart", "2026-06-01T00:00:00Z", every=True)(footprints)
    _set("validityPeriodEnd", LEFT_OUT, every=True)(footprints)


#: Quirk → what it does to the footprints.
DATA_QUIRKS: dict[str, Callable[[list[Document]], None]] = {
    "null": _set("comment", None),
    "number": _set("pcf.fossilGhgEmissions", 9.1),
    "abc": _set("pcf.fossilGhgEmissions", "1abc"),
    "exponent": _set("pcf.fossilGhgEmissions", "9.1e0"),
    "negative": _set("pcf.fossilGhgEmissions", "-0.5"),
    "positive uptake": _set("pcf.biogenicCO2Uptake", "10"),
    "no amount": _set("pcf.declaredUnitAmount", "0"),
    "rating 99": _set("pcf.dqi.temporalDQR", "99"),
    "share 101": _set("pcf.primaryDataShare", "101"),
    "empty array": _set("extensions", []),
    "urn with a blank": _set("productIds", ["urn:pact:fake.example:product-id:P0", "urn:x:a b"]),
    "offset dates": _set("validityPeriodStart", "2026-01-01T00:00:00+00:00", every=True),
    "too long validity": _set("validityPeriodEnd", "2031-01-01T00:00:00Z"),
    "one bound": _one_bound,
    "two places": _two_places,
    "packaging": _set("pcf.packagingEmissionsIncluded", False),
    "no sources": _set("pcf.ipccCharacterizationFactorsSources", LEFT_OUT),
    "no geography": _set("pcf.geographyCountry", LEFT_OUT),
    "no classification": _set("productClassifications", LEFT_OUT),
    "hash": _set("productClassifications", ["urn:eclass:0173-1#01-AAA123#001", "urn:cpc:1111"]),
    "required is missing": _set("companyName", LEFT_OUT),
}


def perverted(footprints: list[Document], quirks: set[str]) -> list[Document]:
    """The footprints as a host with these quirks has them."""
    for name in quirks & DATA_QUIRKS.keys():
        DATA_QUIRKS[name](footprints)
    if "packaging" in quirks:
        footprints[0]["pcf"]["packagingGhgEmissions"] = "1"
    if "one footprint" in quirks:
        return footprints[:1]
    return [] if "no footprint" in quirks else footprints
