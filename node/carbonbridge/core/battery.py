"""The carbon-footprint part of a battery passport, from a calculated battery.

Two forms: the BatteryPass data model ``CarbonFootprintForBatteries`` 1.2.0, and the declaration of Article
7(1) of Regulation (EU) 2023/1542. Nothing is invented: what is not known is left out and stands in the
list of gaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any, Literal

from carbonbridge.core.calculation import Calculation
from carbonbridge.core.errors import BadInput
from carbonbridge.core.gap import Gap
from carbonbridge.core.lineage import Kind, Lineage
from carbonbridge.core.product import Stage
from carbonbridge.core.quantity import CONTEXT, format_decimal, round_significant
from carbonbridge.core.record import Positive, StrictRecord, Text

#: No act defines classes yet, and the data model demands a text (DIN DKE SPEC 99100, 6.3.7).
CLASS_NOT_DEFINED = "not yet defined"

#: Our stages as the data model spells them.
_SPELLED = {
    Stage.RAW_MATERIAL: "RawMaterialExtraction",
    Stage.MAIN_PRODUCTION: "MainProduction",
    Stage.DISTRIBUTION: "Distribution",
    Stage.END_OF_LIFE: "Recycling",
}
_DIGITS = 9


class Address(StrictRecord):
    """As in BatteryPass ``GeneralProductInformation``."""

    address_country: Text
    postal_code: Text
    street_address: Text


class Manufacturer(StrictRecord):
    """Who places the battery on the market."""

    name: Text
    identifier: Text
    address: Address


class Plant(StrictRecord):
    """Where the battery model is made: a declaration is per model and plant."""

    name: Text
    address_country: Text
    subdivision: Text | None = None
    city: Text | None = None


class Battery(StrictRecord):
    """What the manufacturer states of a battery model; one declared unit of its product is one battery.

    Attributes:
        full_cycles_per_year: full-equivalent cycles (draft methodology: 60 for M1 and N1 vehicles).
        service_years: length of the commercial warranty.
        methodology: the version of the method, since none is adopted.
        study: link to the public version of the supporting study.
    """

    model: Text
    category: Literal["lmt", "ev", "industrial", "stationary"]
    chemistry: Text | None = None
    manufacturer: Manufacturer
    plant: Plant
    rated_energy_kwh: Positive
    usable_energy_kwh: Positive
    full_cycles_per_year: Positive
    service_years: Positive
    methodology: Text
    declaration_of_conformity: Text | None = None
    study: Text | None = None
    performance_class: Text | None = None

    @property
    def energy_delivered(self) -> Decimal:
        """kWh over the expected service life (functional unit)."""
        with localcontext(CONTEXT):
            return self.usable_energy_kwh * self.full_cycles_per_year * self.service_years


class BatteryAnswer(StrictRecord):
    """The two forms and what is missing in them.

    Attributes:
        carbon_footprint: BatteryPass ``CarbonFootprintForBatteries`` 1.2.0; kgCO2e/kWh delivered, as JSON
            numbers, which that model demands.
        declaration: Article 7(1) (a) to (g) and the figures behind them.
    """

    carbon_footprint: dict[str, Any]
    declaration: dict[str, Any]
    gaps: tuple[Gap, ...]


def battery_carbon_footprint(calculation: Calculation, battery: Battery) -> BatteryAnswer:
    """Express a battery's calculated footprint per kWh delivered, stage by stage. Same input, same result.

    Raises:
        BadInput: the footprint is not per one piece.
    """
    pcf = calculation.footprint["pcf"]
    if (pcf["declaredUnitOfMeasurement"], pcf["declaredUnitAmount"]) != ("piece", "1"):
        raise BadInput("must be calculated per one piece, one battery", field="declaredUnitOfMeasurement")
    stages = _stages(calculation.lineage)
    absolute = calculation.lineage.value
    with localcontext(CONTEXT):
        delivered = battery.energy_delivered
        per_stage = {
            _SPELLED[stage]: _figure(stages[stage] / delivered) for stage in Stage if stage in stages
        }
        total = _figure(absolute / delivered)
        per_capacity = _figure(absolute / battery.rated_energy_kwh)
    carbon_footprint: dict[str, Any] = {
        "batteryCarbonFootprint": float(total),
        "carbonFootprintPerLifecycleStage": [
            {"lifecycleStage": stage, "carbonFootprint": float(value)} for stage, value in per_stage.items()
        ],
        "carbonFootprintPerformanceClass": battery.performance_class or CLASS_NOT_DEFINED,
        "absoluteCarbonFootprint": float(_figure(absolute)),
    }
    if battery.study:
        carbon_footprint["carbonFootprintStudy"] = battery.study
    declaration = battery.document() | {
        "unit": "kgCO2e per kWh of total energy over the expected service life",
        "carbonFootprint": format_decimal(total),
        "carbonFootprintPerStage": {stage: format_decimal(value) for stage, value in per_stage.items()},
        "energyDeliveredKwh": format_decimal(delivered),
        "carbonFootprintPerKwhOfCapacity": format_decimal(per_capacity),
        "footprintId": calculation.footprint["id"],
    }
    return BatteryAnswer(
        carbon_footprint=carbon_footprint,
        declaration=declaration,
        gaps=tuple(_gaps(battery, stages, calculation.lineage)),
    )


def _stages(lineage: Lineage) -> dict[Stage, Decimal]:
    """kgCO2e per stage: what goes into a raw material is raw material, the rest tells its own stage."""
    found: dict[Stage, Decimal] = {}

    def add(node: Lineage, above: Stage | None) -> None:
        stage = above if above is Stage.RAW_MATERIAL else node.stage or above
        if not node.children:
            where = stage or Stage.MAIN_PRODUCTION
            found[where] = CONTEXT.add(found.get(where, Decimal(0)), node.value)
        for child in node.children:
            add(child, stage)

    add(lineage, None)
    return found


def _figure(value: Decimal) -> Decimal:
    """Nine significant digits: the same in every JSON number that reads them."""
    return round_significant(value, _DIGITS)


def _gaps(battery: Battery, stages: dict[Stage, Decimal], lineage: Lineage) -> Iterator[Gap]:
    for stage, who in ((Stage.DISTRIBUTION, "the manufacturer"), (Stage.END_OF_LIFE, "the recycler")):
        if stage not in stages:
            yield Gap(
                field=f"carbonFootprintPerLifecycleStage.{_SPELLED[stage]}",
                why="the footprint ends at the gate: no data, and no part of the total",
                who=who,
            )
    for line in lineage.children:
        if line.kind is Kind.SUPPLIER and not line.children and line.stage is Stage.MAIN_PRODUCTION:
            yield Gap(
                field="carbonFootprintPerLifecycleStage.RawMaterialExtraction",
                why=f"the footprint of {line.id} is not split by stage: all of it counts as main production",
                who=line.company or "the supplier",
            )
    if battery.performance_class is None:
        yield Gap(
            field="carbonFootprintPerformanceClass",
            why="no act defines the classes yet (Article 7(2))",
            who="the European Commission",
        )
    if battery.study is None:
        yield Gap(
            field="carbonFootprintStudy",
            why="no link to a public version of the study (Article 7(1)(g)); the data model demands one",
            who="the manufacturer",
        )
    if battery.declaration_of_conformity is None:
        yield Gap(
            field="declarationOfConformity",
            why="no identifier of the EU declaration of conformity (Article 7(1)(f))",
            who="the manufacturer",
        )
    yield Gap(
        field="methodology",
        why="the methodology act for this category is not known to be adopted: the figures follow a draft",
        who="the European Commission",
    )
