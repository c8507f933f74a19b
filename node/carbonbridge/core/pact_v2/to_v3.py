"""From v2 to v3: a document that says the same, and what it could not say (mapping of v2.3 and v3.0)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.certified import vouchers_of
from carbonbridge.core.footprint import CERTIFIED_EXTENSION, ProductFootprint
from carbonbridge.core.pact_v2.amount import times, total
from carbonbridge.core.pact_v2.assurance import verification_of
from carbonbridge.core.pact_v2.carbon_footprint import CarbonFootprintV2, DataQualityIndicators
from carbonbridge.core.pact_v2.carry import carry
from carbonbridge.core.pact_v2.loss import Happened, Ledger, LossReport
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.vocabulary import DeclaredUnit
from carbonbridge.core.pact_v2.words import (
    FIGURES,
    NEARLY,
    SAME,
    SAME_ABOVE,
    STANDARDS,
    TEXTS,
    V3,
    classification_of,
)
from carbonbridge.core.quantity import format_decimal

#: Units whose product has no mass to speak of (specification v2.3.3, ``productMassPerDeclaredUnit``).
_MASSLESS = (DeclaredUnit.KILOWATT_HOUR, DeclaredUnit.MEGAJOULE, DeclaredUnit.TON_KILOMETER)

_RATINGS = ("technologicalDQR", "geographicalDQR", "temporalDQR")


def id_of_version(footprint_id: str, version: int) -> str:
    """The v3 id of a later version of a v2 footprint: UUIDv5 in the namespace of its id, of the version."""
    return str(uuid5(UUID(footprint_id), str(version)))


def to_v3(document: object, *, preceding: str | None = None) -> tuple[dict[str, Any], LossReport]:
    """Say in v3 what a v2 footprint says.

    A version of a footprint that we hold already becomes a footprint of its own, as v3 wants it.

    Args:
        document: v2 footprint, parsed JSON.
        preceding: v3 id of the version before; None: this is the first we hear of, and it keeps its id.

    Raises:
        BadInput: not a v2 footprint; or a figure that is too large or too small to be one.
    """
    footprint = ProductFootprintV2.read(document)
    ledger = Ledger()
    written = footprint.document()
    result = {
        "id": footprint.id if preceding is None else id_of_version(footprint.id, footprint.version),
        "specVersion": V3,
        **{name: written[name] for name in SAME_ABOVE if name in written},
        "pcf": _pcf(footprint.pcf, ledger),
    }
    before = [*([] if preceding is None else [preceding]), *(footprint.precedingPfIds or ())]
    if before:
        result["precedingPfIds"] = list(dict.fromkeys(before))
    result["productClassifications"] = _classifications(footprint)
    if comment := _comment(footprint, ledger):
        result["comment"] = comment
    if extensions := _extensions(written, ledger):
        result["extensions"] = extensions
    if footprint.updated is not None:
        ledger.dropped("updated", "v3")
    if footprint.version:
        ledger.dropped("version", "v3")
    carry(footprint.model_extra, result, ProductFootprint.model_fields, "", ledger)
    carry(footprint.pcf.model_extra, result["pcf"], CarbonFootprint.model_fields, "pcf.", ledger)
    ProductFootprint.read(result)
    return result, LossReport(footprint.specVersion, V3, tuple(ledger.losses))


def _pcf(pcf: CarbonFootprintV2, ledger: Ledger) -> dict[str, Any]:
    amount = pcf.unitaryProductAmount
    written = pcf.document()
    result: dict[str, Any] = {
        "declaredUnitOfMeasurement": pcf.declaredUnit.value,
        "declaredUnitAmount": format_decimal(amount),
        "productMassPerDeclaredUnit": format_decimal(_mass(pcf, ledger)),
    }
    for name in SAME:
        if name in written:
            result[name] = written[name]
    for name in TEXTS:
        if written[name]:
            result[name] = written[name]
    for old, new in (*FIGURES.items(), *NEARLY.items()):
        value: Decimal | None = getattr(pcf, old)
        if value is not None:
            result[new] = _scaled(value, amount, f"pcf.{old}", ledger)
    for old in NEARLY:
        if getattr(pcf, old):
            ledger.add(
                f"pcf.{old}",
                Happened.APPROXIMATED,
                f"v3's {NEARLY[old]} is defined a little differently",
                f"v3 的 {NEARLY[old]} 定义略有不同",
            )
    result |= _land_management(pcf, ledger)
    result |= _totals(pcf, ledger)
    if not pcf.packagingEmissionsIncluded and result.pop("packagingGhgEmissions", None) is not None:
        ledger.add(
            "pcf.packagingGhgEmissions",
            Happened.DROPPED,
            "not defined where packaging is not included",
            "未包含包装排放时不得填写",
        )
    result["ipccCharacterizationFactors"] = list(
        pcf.ipccCharacterizationFactorsSources or (pcf.characterizationFactors.value,)
    )
    result["crossSectoralStandards"] = _standards(pcf)
    result["exemptedEmissionsPercent"] = format_decimal(pcf.exemptedEmissionsPercent)
    if pcf.primaryDataShare is not None:
        result["primaryDataShare"] = format_decimal(pcf.primaryDataShare)
    if pcf.dqi is not None:
        result |= _dqi(pcf.dqi, ledger)
    if pcf.assurance is not None and (verification := verification_of(pcf.assurance, ledger)) is not None:
        result["verification"] = verification
    return result


def _scaled(value: Decimal, amount: Decimal, path: str, ledger: Ledger) -> str:
    product, exact = times(value, amount)
    if not exact:
        ledger.add(path, Happened.APPROXIMATED, "rounded to 28 digits", "四舍六入五成双至 28 位有效数字")
    return format_decimal(product)


def _mass(pcf: CarbonFootprintV2, ledger: Ledger) -> Decimal:
    path = "pcf.productMassPerDeclaredUnit"
    amount = pcf.unitaryProductAmount
    if pcf.productMassPerDeclaredUnit is not None:
        return times(pcf.productMassPerDeclaredUnit, amount)[0]
    if pcf.declaredUnit is DeclaredUnit.KILOGRAM:
        ledger.add(path, Happened.DERIVED, "a kilogram has the mass of one", "每千克的质量即为 1 千克")
        return amount
    if pcf.declaredUnit in _MASSLESS:
        ledger.add(path, Happened.DEFAULTED, "energy and transport have no mass", "能源与运输没有质量")
    else:
        ledger.add(
            path,
            Happened.DEFAULTED,
            "not stated: 0 stands for unknown, and no amount by mass can be calculated with",
            "未说明：以 0 表示未知，不能按质量折算",
        )
    return Decimal(0)


def _land_management(pcf: CarbonFootprintV2, ledger: Ledger) -> dict[str, Any]:
    value, path = pcf.landManagementGhgEmissions, "pcf.landManagementGhgEmissions"
    if value is None:
        return {}
    kind = "Removals" if value < 0 else "Emissions"
    if value:
        ledger.add(
            path,
            Happened.APPROXIMATED,
            f"v2 does not part fossil from biogenic: all of it is counted as biogenic {kind.lower()}",
            f"v2 不区分化石与生物源：全部计为生物源{'清除' if value < 0 else '排放'}",
        )
    name = f"landManagementBiogenicCO2{kind}"
    return {name: _scaled(value, pcf.unitaryProductAmount, path, ledger)}


def _totals(pcf: CarbonFootprintV2, ledger: Ledger) -> dict[str, Any]:
    """The two main figures. v3's without uptake holds land use and biogenic emissions, which v2's leaves out."""
    parts = (pcf.dLucGhgEmissions, pcf.landManagementGhgEmissions, pcf.otherBiogenicGhgEmissions)
    path, biogenic = "pcf.pCfExcludingBiogenic", total(*parts)
    if any(parts):
        ledger.add(
            path,
            Happened.DERIVED,
            "v3's figure holds land use and biogenic emissions as well: they are added",
            "v3 的数值还包含土地利用和生物源排放：已计入",
        )
    elif None in parts:
        ledger.add(
            path,
            Happened.APPROXIMATED,
            "v3's figure holds land use and biogenic emissions as well, which are not stated",
            "v3 的数值还包含土地利用和生物源排放，而原文未说明",
        )
    without = total(pcf.pCfExcludingBiogenic, biogenic)
    with_ = pcf.pCfIncludingBiogenic
    if with_ is None:
        with_ = total(without, pcf.biogenicCarbonWithdrawal)
        known = pcf.biogenicCarbonWithdrawal is not None
        ledger.add(
            "pcf.pCfIncludingBiogenic",
            Happened.DERIVED if known else Happened.APPROXIMATED,
            "not stated: the figure without uptake plus the uptake"
            if known
            else "not stated, nor is the uptake: the same as the figure without it",
            "未说明：由不含吸收的数值加吸收量得出" if known else "未说明，吸收量也未说明：取不含吸收的数值",
        )
    amount = pcf.unitaryProductAmount
    return {
        "pcfExcludingBiogenicUptake": _scaled(without, amount, path, ledger),
        "pcfIncludingBiogenicUptake": _scaled(with_, amount, "pcf.pCfIncludingBiogenic", ledger),
    }


def _standards(pcf: CarbonFootprintV2) -> list[str]:
    used = [name for name, standard in STANDARDS.items() if standard in pcf.crossSectoralStandardsUsed]
    return list(dict.fromkeys([*(pcf.crossSectoralStandards or ()), *used]))


def _dqi(dqi: DataQualityIndicators, ledger: Ledger) -> dict[str, Any]:
    for name in DataQualityIndicators.NUMBERS:
        if name not in _RATINGS and getattr(dqi, name) is not None:
            ledger.dropped(f"pcf.dqi.{name}", "v3")
    ratings = {name: getattr(dqi, name) for name in _RATINGS}
    if None in ratings.values():
        for name, rating in ratings.items():
            if rating is not None:
                ledger.add(
                    f"pcf.dqi.{name}", Happened.DROPPED, "v3 wants all three ratings", "v3 要求三项评分齐全"
                )
        return {}
    ledger.add(
        "pcf.dqi",
        Happened.APPROXIMATED,
        "rated from 1 to 3, read as if from 1 to 5: there is no formula between the scales",
        "原评分为 1 至 3，按 1 至 5 读取：两种尺度之间没有换算公式",
    )
    return {"dqi": {name: format_decimal(rating) for name, rating in ratings.items()}}


def _classifications(footprint: ProductFootprintV2) -> list[str]:
    known = list(footprint.productClassifications or ())
    category = classification_of(footprint.productCategoryCpc)
    return known if category.casefold() in map(str.casefold, known) else [*known, category]


def _comment(footprint: ProductFootprintV2, ledger: Ledger) -> str:
    pcf = footprint.pcf
    told = {
        "statusComment": footprint.statusComment,
        "pcf.uncertaintyAssessmentDescription": pcf.uncertaintyAssessmentDescription,
        "pcf.biogenicAccountingMethodology": pcf.biogenicAccountingMethodology,
    }
    lines = [footprint.comment] if footprint.comment else []
    for path, value in told.items():
        if value:
            ledger.to_comment(path, "v3")
            lines.append(f"{path}: {value}")
    return "\n".join(lines)


def _extensions(written: dict[str, Any], ledger: Ledger) -> list[dict[str, Any]]:
    extensions: list[dict[str, Any]] = written.get("extensions") or []
    if vouchers_of(written) is None:
        return extensions
    ledger.add(
        "extensions",
        Happened.DROPPED,
        "a seal does not hold for the converted document",
        "封签不适用于转换后的文档",
    )
    return [item for item in extensions if item["dataSchema"] != CERTIFIED_EXTENSION]
