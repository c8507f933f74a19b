"""From v3 to v2: a document that says the same, and what it could not say (mapping of v2.3 and v3.0).

One document serves v2.0 to v2.3: it has what the newest knows, and the older ones pass over it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.certified import vouchers_of
from carbonbridge.core.footprint import CERTIFIED_EXTENSION, ProductFootprint
from carbonbridge.core.pact_v2.amount import over, total
from carbonbridge.core.pact_v2.assurance import assurance_of
from carbonbridge.core.pact_v2.carbon_footprint import CarbonFootprintV2
from carbonbridge.core.pact_v2.carry import carry
from carbonbridge.core.pact_v2.loss import Happened, Ledger, LossReport, NotExpressible
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.number import as_number
from carbonbridge.core.pact_v2.vocabulary import DeclaredUnit as UnitV2
from carbonbridge.core.pact_v2.words import (
    FIGURES,
    NEARLY,
    ONLY_V3,
    SAME,
    SAME_ABOVE,
    STANDARDS,
    STANDARDS_OF_V2_3,
    TEXTS,
    V2,
    category_of,
)
from carbonbridge.core.quantity import format_decimal
from carbonbridge.core.vocabulary import DeclaredUnit

#: v2 counts the versions of one footprint; one of v3 has the first only.
_VERSION = 0

_PERCENT = Decimal(100)


def to_v2(document: object, *, category: str | None = None) -> tuple[dict[str, Any], LossReport]:
    """Say in v2 what a v3 footprint says.

    Args:
        document: v3 footprint, parsed JSON.
        category: ``productCategoryCpc`` for a footprint that has no classification by UN CPC.

    Raises:
        NotExpressible: v2 has no honest words for it; says which field is in the way.
        BadInput: not a v3 footprint.
    """
    footprint = ProductFootprint.read(document)
    ledger = Ledger()
    written = footprint.document()
    result = {
        "id": footprint.id,
        "specVersion": V2,
        "version": _VERSION,
        **{name: written[name] for name in ("precedingPfIds", *SAME_ABOVE) if name in written},
        **_classifications(footprint, category, ledger),
        "pcf": _pcf(footprint.pcf, ledger),
    }
    result["comment"] = _comment(footprint, ledger)
    if extensions := _extensions(written, ledger):
        result["extensions"] = extensions
    carry(footprint.model_extra, result, ProductFootprintV2.model_fields, "", ledger)
    carry(footprint.pcf.model_extra, result["pcf"], CarbonFootprintV2.model_fields, "pcf.", ledger)
    return result, LossReport(footprint.specVersion, V2, tuple(ledger.losses))


def _pcf(pcf: CarbonFootprint, ledger: Ledger) -> dict[str, Any]:
    unit, amount = _unit(pcf, ledger)
    written = pcf.document()
    scale = _Scale(amount, ledger)
    result: dict[str, Any] = {
        "declaredUnit": unit.value,
        "unitaryProductAmount": format_decimal(amount),
        "productMassPerDeclaredUnit": scale.of(
            pcf.productMassPerDeclaredUnit, "pcf.productMassPerDeclaredUnit"
        ),
        **{name: written[name] for name in SAME if name in written},
        **{name: written.get(name, "") for name in TEXTS},
    }
    for old, new in (*FIGURES.items(), *NEARLY.items()):
        if (value := getattr(pcf, new)) is not None:
            result[old] = scale.of(value, f"pcf.{new}")
    for old, new in NEARLY.items():
        if getattr(pcf, new):
            ledger.add(
                f"pcf.{new}",
                Happened.APPROXIMATED,
                f"v2's {old} is defined a little differently",
                f"v2 的 {old} 定义略有不同",
            )
    result |= _land_management(pcf, scale) | _totals(pcf, scale)
    for name, value in (("biogenicCarbonContent", "0"), ("packagingEmissionsIncluded", False)):
        if name not in result:
            result[name] = value
            ledger.add(f"pcf.{name}", Happened.DEFAULTED, "v2 demands it, v3 does not", "v2 必填，v3 选填")
    result |= _factors(pcf, ledger) | _standards(pcf, ledger) | _shares(pcf, ledger)
    if pcf.dqi is not None:
        ledger.add(
            "pcf.dqi", Happened.DROPPED, "v2 wants six ratings of another scale", "v2 要求另一尺度的六项评分"
        )
    if pcf.verification is not None and (assurance := assurance_of(pcf.verification, ledger)) is not None:
        result["assurance"] = assurance
    return result


def _unit(pcf: CarbonFootprint, ledger: Ledger) -> tuple[UnitV2, Decimal]:
    """The v2 unit, and how many of it the product has."""
    unit, path = pcf.declaredUnitOfMeasurement, "pcf.declaredUnitOfMeasurement"
    if unit is DeclaredUnit.PIECE and pcf.productMassPerDeclaredUnit:
        ledger.add(path, Happened.DERIVED, "pieces, told in kilograms by their mass", "按质量由件折算为千克")
        return UnitV2.KILOGRAM, pcf.productMassPerDeclaredUnit
    try:
        return UnitV2(unit.value), pcf.declaredUnitAmount
    except ValueError:
        raise NotExpressible(
            f"PACT v2 has no {unit.value}" + (" without a mass" if unit is DeclaredUnit.PIECE else ""),
            field=path,
        ) from None


class _Scale:
    """From figures per declared amount to figures per one unit."""

    def __init__(self, amount: Decimal, ledger: Ledger) -> None:
        self._amount = amount
        self.ledger = ledger

    def of(self, value: Decimal, path: str) -> str:
        """The figure per one unit."""
        quotient, exact = over(value, self._amount)
        if not exact:
            self.ledger.add(
                path, Happened.APPROXIMATED, "rounded to 28 digits", "四舍六入五成双至 28 位有效数字"
            )
        return format_decimal(quotient)


def _land_management(pcf: CarbonFootprint, scale: _Scale) -> dict[str, Any]:
    emissions, removals = pcf.landManagementBiogenicCO2Emissions, pcf.landManagementBiogenicCO2Removals
    if emissions is None and removals is None:
        return {}
    path = "pcf.landManagementBiogenicCO2Emissions"
    if emissions and removals:
        scale.ledger.add(
            path,
            Happened.DERIVED,
            "v2 has one figure for emissions and removals",
            "v2 将排放与清除合为一个数值",
        )
    return {"landManagementGhgEmissions": scale.of(total(emissions, removals), path)}


def _totals(pcf: CarbonFootprint, scale: _Scale) -> dict[str, Any]:
    """The two main figures. v2's without biogenic leaves out land use and biogenic emissions, which v3's holds."""
    path = "pcf.pcfExcludingBiogenicUptake"
    land = (pcf.landManagementBiogenicCO2Emissions, pcf.landManagementBiogenicCO2Removals)
    parts = (pcf.landUseChangeGhgEmissions, *land, pcf.biogenicNonCO2Emissions)
    without = total(pcf.pcfExcludingBiogenicUptake, -total(*parts))
    if without < 0:
        raise NotExpressible(
            "is negative without land use and biogenic emissions, and v2 knows no negative footprint",
            field=path,
        )
    if any(parts):
        scale.ledger.add(
            path,
            Happened.DERIVED,
            "v2's figure leaves land use and biogenic emissions out: they are subtracted",
            "v2 的数值不含土地利用和生物源排放：已扣除",
        )
    elif None in (parts[0], parts[3]) or land == (None, None):
        scale.ledger.add(
            path,
            Happened.APPROXIMATED,
            "v2's figure leaves land use and biogenic emissions out, which are not stated",
            "v2 的数值不含土地利用和生物源排放，而原文未说明",
        )
    return {
        "pCfExcludingBiogenic": scale.of(without, path),
        "pCfIncludingBiogenic": scale.of(pcf.pcfIncludingBiogenicUptake, "pcf.pcfIncludingBiogenicUptake"),
    }


def _factors(pcf: CarbonFootprint, ledger: Ledger) -> dict[str, Any]:
    """Both the old single report and the list: the older schemas of v2 demand either."""
    newest = max(int(report[2:]) for report in pcf.ipccCharacterizationFactors)
    known = min(max(newest, 5), 6)
    if newest != known:
        ledger.add(
            "pcf.ipccCharacterizationFactors",
            Happened.APPROXIMATED,
            f"characterizationFactors knows AR5 and AR6 only: AR{known}; the list is as it was",
            f"characterizationFactors 只有 AR5 和 AR6：取 AR{known}；列表保持原样",
        )
    return {
        "characterizationFactors": f"AR{known}",
        "ipccCharacterizationFactorsSources": list(pcf.ipccCharacterizationFactors),
    }


def _standards(pcf: CarbonFootprint, ledger: Ledger) -> dict[str, Any]:
    path, named = "pcf.crossSectoralStandards", pcf.crossSectoralStandards
    used = [STANDARDS[name].value for name in named if name in STANDARDS]
    if not used:
        raise NotExpressible(
            f"names none of the standards that PACT v2 knows ({', '.join(STANDARDS)})", field=path
        )
    for index, name in enumerate(named):
        if name not in STANDARDS_OF_V2_3:
            ledger.dropped(f"{path}.{index}", "v2")
    return {
        "crossSectoralStandardsUsed": used,
        "crossSectoralStandards": [name for name in named if name in STANDARDS_OF_V2_3],
    }


def _shares(pcf: CarbonFootprint, ledger: Ledger) -> dict[str, Any]:
    if pcf.exemptedEmissionsPercent > _PERCENT:
        raise NotExpressible("is more than 100", field="pcf.exemptedEmissionsPercent")
    result: dict[str, Any] = {"exemptedEmissionsPercent": as_number(pcf.exemptedEmissionsPercent)}
    share = pcf.primaryDataShare
    if share is not None and share <= _PERCENT:
        result["primaryDataShare"] = as_number(share)
    elif share is not None:
        ledger.add("pcf.primaryDataShare", Happened.DROPPED, "is more than 100", "大于 100")
    return result


def _classifications(footprint: ProductFootprint, category: str | None, ledger: Ledger) -> dict[str, Any]:
    """The UN CPC code, which v2 demands, and the others."""
    found, others = None, []
    for value in footprint.productClassifications or ():
        code = category_of(value)
        if code is not None and found is None:
            found = code
        else:
            others.append(value)
    if found is None:
        if category is None:
            raise NotExpressible(
                "holds no classification by UN CPC (urn:cpc:…), which PACT v2 demands",
                field="productClassifications",
            )
        found = category
        ledger.add(
            "productCategoryCpc",
            Happened.DEFAULTED,
            "no classification by UN CPC: the one that is configured",
            "没有 UN CPC 分类：取配置的默认值",
        )
    return {"productCategoryCpc": found} | ({"productClassifications": others} if others else {})


def _comment(footprint: ProductFootprint, ledger: Ledger) -> str:
    """The comment, and a line that names what v2 cannot say."""
    lost = [f"pcf.{name}" for name in ONLY_V3 if getattr(footprint.pcf, name) is not None]
    for path in lost:
        ledger.dropped(path, "v2")
    lines = [footprint.comment] if footprint.comment else []
    if lost:
        lines.append(f"Stated in PACT v3 only: {', '.join(lost)}")
    return "\n".join(lines)


def _extensions(written: dict[str, Any], ledger: Ledger) -> list[dict[str, Any]]:
    extensions: list[dict[str, Any]] = written.get("extensions") or []
    if vouchers_of(written) is None:
        return extensions
    ledger.add(
        "extensions",
        Happened.DROPPED,
        "seal and certificate hold for the v3 document alone",
        "封签与证书只适用于 v3 文档",
    )
    return [item for item in extensions if item["dataSchema"] != CERTIFIED_EXTENSION]
