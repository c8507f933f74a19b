"""The module and the battery are calculated, published, and answered for in Europe."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from carbonbridge.core.errors import BadInput
from carbonbridge.demo.report import Step, Text
from carbonbridge.demo.story.supply import put_products
from carbonbridge.demo.world import World, data, sold, until

#: Published plausibility for the data's electricity factor (0.6205 kgCO2e/kWh): kgCO2e per kWp and per kWh of cells.
MODULE_PER_KWP = Decimal(486)
TOLERANCE = Decimal("0.03")


def calculate(world: World, step: Step) -> None:
    """Each lead firm calculates its product from what it received."""
    for lead in ("module", "battery"):
        put_products(world, lead)
        calculation = world.operators[lead].calculate(sold(lead)["id"])
        figures = {item["unit"]: Decimal(item["value"]) for item in calculation["figures"]}
        step.facts[lead] = {
            "calculation": calculation["id"],
            "figures": {k: str(v) for k, v in figures.items()},
        }
        if lead == "module":
            off = abs(figures["kWp"] / MODULE_PER_KWP - 1)
            step.check(
                "PV module: within 3 % of 486 kgCO2e/kWp",
                "光伏组件：与 486 kgCO2e/kWp 相差 3 % 以内",
                off <= TOLERANCE,
                Text(
                    f"{figures['kWp']:.2f} kgCO2e/kWp, {figures['piece']:.2f} kgCO2e per piece",
                    f"{figures['kWp']:.2f} kgCO2e/kWp，每块 {figures['piece']:.2f} kgCO2e",
                ),
            )
        else:
            step.check(
                "battery: a figure per kWh of capacity",
                "电池包：得到每千瓦时容量的数值",
                Decimal(50) < figures["kWh"] < Decimal(120),
                f"{figures['kWh']:.2f} kgCO2e/kWh",
            )


def publish(world: World, step: Step) -> None:
    """Both are published; from now on the module is recalculated and republished by itself."""
    for lead in ("module", "battery"):
        client = world.operators[lead]
        product = sold(lead)
        draft = next(item for item in client.calculations(product["id"]) if item["state"] == "draft")
        client.publish_calculation(draft["id"])
        client.put_product(product["id"], product, publication="automatic")
        footprint = until(f"{lead} publishes", partial(world.footprint_in_force, lead))
        pcf = footprint["pcf"]
        step.check(
            f"{product['productNameCompany']}: published with share and quality of its data",
            f"{product['name']['zh']}：已发布，附初级数据占比与数据质量",
            footprint["id"] == draft["id"] and "primaryDataShare" in pcf and "dqi" in pcf,
            Text(
                f"primary data {pcf.get('primaryDataShare')} %", f"初级数据 {pcf.get('primaryDataShare')} %"
            ),
        )
        step.facts[lead] = footprint


def export(world: World, step: Step) -> None:
    """The answers for Europe, each with the list of what is missing."""
    battery = world.operators["battery"].export_battery(
        sold("battery")["id"], {"battery": data("battery")["battery"]}
    )
    passport = battery["carbonFootprint"]
    step.check(
        "battery passport: carbon-footprint part with its life-cycle stages",
        "电池护照：碳足迹部分，含各生命周期阶段",
        passport["batteryCarbonFootprint"] > 0 and len(passport["carbonFootprintPerLifecycleStage"]) >= 2,
        Text(
            f"{passport['batteryCarbonFootprint']:.4f} kgCO2e per kWh delivered, {len(battery['gaps'])} gaps named",
            f"每交付 1 kWh {passport['batteryCarbonFootprint']:.4f} kgCO2e，列明 {len(battery['gaps'])} 个缺项",
        ),
    )
    step.facts["battery"] = battery
    for good, kind in (("unwrought-aluminium", "simple"), ("frame-profiles", "complex")):
        summary = world.operators["frame"].export_cbam(
            {"dataset": data("cbam"), "goodId": good, "importYear": 2026}
        )
        see = summary["answer"]["see"]
        step.check(
            f"CBAM summary, {kind} good {good}: direct and indirect apart, gaps named",
            f"CBAM 摘要，{'简单' if kind == 'simple' else '复杂'}商品 {good}：直接与间接分列，缺项列明",
            "direct" in see and "indirect" in see and bool(summary["gaps"]),
            Text(
                f"direct {see['direct']}, indirect {see['indirect']} tCO2e/t",
                f"直接 {see['direct']}，间接 {see['indirect']} tCO2e/t",
            ),
        )
        step.facts[good] = summary
    refused = _refuses_footprint(world)
    step.check(
        "a product footprint is refused as a CBAM value",
        "产品碳足迹不得改称 CBAM 数值",
        refused is not None,
        Text(refused or "", "产品碳足迹不是 CBAM 数值：边界、因子与分配方法均不同" if refused else ""),
    )


def _refuses_footprint(world: World) -> str | None:
    """The reason, if the node refuses to relabel a footprint."""
    footprint: dict[str, Any] | None = world.footprint_in_force("frame")
    try:
        world.operators["frame"].export_cbam({"dataset": footprint, "goodId": "frame", "importYear": 2026})
    except BadInput as error:
        return error.message
    return None
