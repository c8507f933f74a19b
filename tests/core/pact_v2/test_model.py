from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.core.footprints_v2 import footprint_v2

from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_v2.model import ProductFootprintV2, is_v2, parse_footprint_v2

DQI = {
    "coveragePercent": 80,
    "technologicalDQR": Decimal("1.5"),
    "temporalDQR": 2,
    "geographicalDQR": 3,
    "completenessDQR": 1,
    "reliabilityDQR": Decimal("2.25"),
}


def test_what_was_read_is_written_again() -> None:
    document = footprint_v2(
        {"primaryDataShare": Decimal("56.12"), "exemptedEmissionsPercent": Decimal("0.5"), "dqi": DQI},
        updated="2026-02-02T08:00:00Z",
        ourOwn={"kept": True},
    )

    assert ProductFootprintV2.read(document).document() == document


def test_numbers_are_json_numbers() -> None:
    figures = {"primaryDataShare": Decimal("56.12"), "dqi": DQI}

    written = read_json(write_json(ProductFootprintV2.read(footprint_v2(figures)).document()))

    assert written["pcf"]["primaryDataShare"] == Decimal("56.12")
    assert written["pcf"]["exemptedEmissionsPercent"] == 0
    assert written["pcf"]["dqi"] == DQI


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "2.2.0", "2.3.3", "2.0.1-20230314"])
def test_the_oldest_form_is_read_under_every_minor_version(version: str) -> None:
    document = footprint_v2(specVersion=version)
    for newer in (
        "productMassPerDeclaredUnit",
        "ipccCharacterizationFactorsSources",
        "crossSectoralStandards",
    ):
        del document["pcf"][newer]

    assert parse_footprint_v2(write_json(document)).specVersion == version


def test_null_is_the_same_as_absent() -> None:
    document = footprint_v2({"dqi": None}, updated=None)

    assert "updated" not in ProductFootprintV2.read(document).document()


@pytest.mark.parametrize(
    ("figures", "changes", "field"),
    [
        ({"exemptedEmissionsPercent": "0"}, {}, "pcf.exemptedEmissionsPercent"),
        ({"exemptedEmissionsPercent": True}, {}, "pcf.exemptedEmissionsPercent"),
        ({"primaryDataShare": 101}, {}, "pcf.primaryDataShare"),
        ({"primaryDataShare": "56.12"}, {}, "pcf.primaryDataShare"),
        ({"dqi": DQI | {"temporalDQR": 4}}, {}, "pcf.dqi.temporalDQR"),
        ({"dqi": DQI | {"temporalDQR": "2.0"}}, {}, "pcf.dqi.temporalDQR"),
        ({"pCfExcludingBiogenic": "-1"}, {}, "pcf.pCfExcludingBiogenic"),
        ({"pCfExcludingBiogenic": 1}, {}, "pcf.pCfExcludingBiogenic"),
        ({"biogenicCarbonWithdrawal": "1"}, {}, "pcf.biogenicCarbonWithdrawal"),
        ({"unitaryProductAmount": "0"}, {}, "pcf.unitaryProductAmount"),
        ({"declaredUnit": "piece"}, {}, "pcf.declaredUnit"),
        ({"geographyCountrySubdivision": "DE-BW"}, {}, "pcf.geographyCountrySubdivision"),
        ({"crossSectoralStandardsUsed": ["ISO14067"]}, {}, "pcf.crossSectoralStandardsUsed.0"),
        ({"characterizationFactors": "AR4"}, {}, "pcf.characterizationFactors"),
        ({"assurance": {"assurance": True}}, {}, "pcf.assurance.providerName"),
        ({}, {"version": -1}, "version"),
        ({}, {"version": "1"}, "version"),
        ({}, {"specVersion": "3.0.3"}, "specVersion"),
        ({}, {"productCategoryCpc": ""}, "productCategoryCpc"),
        ({}, {"productIds": []}, "productIds"),
    ],
)
def test_what_breaks_the_schema_is_named(
    figures: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        ProductFootprintV2.read(footprint_v2(figures, **changes))

    assert caught.value.field == field


@pytest.mark.parametrize("name", ["comment", "version", "productCategoryCpc", "pcf"])
def test_what_v2_demands_is_missed(name: str) -> None:
    document = footprint_v2()
    del document[name]

    with pytest.raises(BadInput) as caught:
        ProductFootprintV2.read(document)

    assert caught.value.field == name


def test_the_version_tells_v2_from_v3() -> None:
    assert is_v2(footprint_v2())
    assert not is_v2(footprint_v2(specVersion="3.0.3"))
    assert not is_v2([])
    assert not is_v2({"specVersion": 2})
