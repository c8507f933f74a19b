"""The mapping between v2 and v3: what holds for any document."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.footprints import footprint_document
from tests.core.footprints_v2 import footprint_v2
from tests.support.schema_v2 import validator

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.footprint import check_no_null, read_footprint
from carbonbridge.core.pact_v2.loss import NotExpressible
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.to_v2 import to_v2
from carbonbridge.core.pact_v2.to_v3 import to_v3
from carbonbridge.core.vocabulary import DeclaredUnit

_figures = st.decimals("0", "1000000", allow_nan=False, allow_infinity=False, places=6)
_negatives = st.decimals("-1000000", "0", allow_nan=False, allow_infinity=False, places=6)
_amounts = st.sampled_from(["12.5", "1", "2000", "0.789", "3", "7e-3", "1e9"]) | st.decimals(
    "0.001", "1000000", places=3
).map(str)

_BOTH_WAYS = {
    "fossilGhgEmissions": _figures,
    "fossilCarbonContent": _figures,
    "biogenicCarbonContent": _figures,
    "dLucGhgEmissions": _figures,
    "otherBiogenicGhgEmissions": _figures,
    "iLucGhgEmissions": _figures,
    "aircraftGhgEmissions": _figures,
    "packagingGhgEmissions": _figures,
    "biogenicCarbonWithdrawal": _negatives,
    "landManagementGhgEmissions": _figures | _negatives,
    "pCfExcludingBiogenic": _figures,
    "pCfIncludingBiogenic": _figures | _negatives,
    "productMassPerDeclaredUnit": _figures,
}
_REQUIRED = {
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "biogenicCarbonContent",
    "pCfExcludingBiogenic",
    "pCfIncludingBiogenic",
    "productMassPerDeclaredUnit",
}


def _documents(amounts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: values for name, values in _BOTH_WAYS.items() if name in _REQUIRED}
    optional = {name: values for name, values in _BOTH_WAYS.items() if name not in _REQUIRED}
    figures = st.fixed_dictionaries(required, optional=optional).map(
        lambda found: {name: format(value, "f") for name, value in found.items()}
    )
    return st.builds(
        lambda found, amount, percent: footprint_v2(
            found | {"unitaryProductAmount": amount, "exemptedEmissionsPercent": percent}
        ),
        figures,
        amounts,
        st.integers(0, 100) | st.decimals("0", "5", places=2),
    )


def _check_round_trip(document: dict[str, Any]) -> None:
    there, report = to_v3(document)
    back, _ = to_v2(there)
    read, again = ProductFootprintV2.read(document), ProductFootprintV2.read(read_json(write_json(back)))

    assert not [loss for loss in report.losses if "28" in loss.en]
    for name in (*_BOTH_WAYS, "unitaryProductAmount", "exemptedEmissionsPercent"):
        assert getattr(again.pcf, name) == getattr(read.pcf, name), name
    for name in ("id", "companyIds", "productIds", "productCategoryCpc", "created", "status", "comment"):
        assert getattr(again, name) == getattr(read, name), name


@settings(deadline=None)
@given(_documents(st.just("12.5")))
def test_there_and_back_with_twelve_and_a_half(document: dict[str, Any]) -> None:
    _check_round_trip(document)


@settings(deadline=None)
@given(_documents(_amounts))
def test_there_and_back_is_where_it_began(document: dict[str, Any]) -> None:
    _check_round_trip(document)


_signs = {
    **dict.fromkeys(
        (
            "fossilGhgEmissions",
            "fossilCarbonContent",
            "biogenicCarbonContent",
            "recycledCarbonContent",
            "landUseChangeGhgEmissions",
            "landCarbonLeakage",
            "landManagementFossilGhgEmissions",
            "landManagementBiogenicCO2Emissions",
            "biogenicNonCO2Emissions",
            "landAreaOccupation",
            "aircraftGhgEmissions",
            "packagingGhgEmissions",
            "outboundLogisticsGhgEmissions",
            "ccuCarbonContent",
            "primaryDataShare",
            "exemptedEmissionsPercent",
            "productMassPerDeclaredUnit",
        ),
        _figures,
    ),
    **dict.fromkeys(
        (
            "landManagementBiogenicCO2Removals",
            "biogenicCO2Uptake",
            "ccsTechnologicalCO2Capture",
            "technologicalCO2Removals",
        ),
        _negatives,
    ),
    **dict.fromkeys(("pcfExcludingBiogenicUptake", "pcfIncludingBiogenicUptake"), _figures | _negatives),
    "packagingEmissionsIncluded": st.booleans(),
    "declaredUnitOfMeasurement": st.sampled_from([unit.value for unit in DeclaredUnit]),
    "declaredUnitAmount": _amounts,
    "crossSectoralStandards": st.lists(
        st.sampled_from(["ISO14067", "PEF", "PACT-3.0", "GB/T 24067"]), min_size=1, unique=True
    ),
    "ipccCharacterizationFactors": st.lists(
        st.sampled_from(["AR4", "AR5", "AR6", "AR7", "AR" + "9" * 5000]), min_size=1, unique=True
    ),
}
_VALIDATORS = [validator(minor) for minor in range(4)]

_new_documents = st.fixed_dictionaries({}, optional=_signs).map(
    lambda found: footprint_document(
        {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in found.items()}
    )
)


@settings(deadline=None)
@given(_new_documents)
def test_a_v3_footprint_is_told_soundly_or_not_at_all(document: dict[str, Any]) -> None:
    """One document satisfies the schemas of all four minor versions."""
    try:
        told, report = to_v2(document)
    except NotExpressible:
        return
    written = json.loads(write_json(told))
    for each in _VALIDATORS:
        each.validate(written)
    assert b"null" not in write_json(told)
    assert not (
        written["pcf"].get("packagingGhgEmissions") and not written["pcf"]["packagingEmissionsIncluded"]
    )
    stated = {name for name in ("recycledCarbonContent", "landAreaOccupation") if name in document["pcf"]}
    assert stated <= {loss.field.removeprefix("pcf.") for loss in report.losses}


@settings(deadline=None)
@given(_documents(_amounts))
def test_what_is_written_is_sound_and_holds_no_null(document: dict[str, Any]) -> None:
    there, _ = to_v3(document)
    back, _ = to_v2(there)

    check_no_null(there)
    assert read_footprint(there).document() == there
    assert ProductFootprintV2.read(back).document() == back
    assert b"null" not in write_json(there) + write_json(back)
