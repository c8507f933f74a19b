"""The EU importer pulls the module's footprint; a correction at the start of the chain reaches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from carbonbridge.core.quantity import format_decimal
from carbonbridge.demo.network import DemoFailed
from carbonbridge.demo.report import Step
from carbonbridge.demo.world import World, data, products, sold, until


def pull(world: World, step: Step) -> None:
    """The importer, a plain PACT client in a process of its own, pulls the module's footprint."""
    footprints = pull_all(world, "first")
    step.check(
        "the importer sees one footprint", "进口商看到一份碳足迹", len(footprints) == 1, len(footprints)
    )
    held = footprints[0]
    published = world.footprint_in_force("module")
    step.check(
        "it is what the module maker published, to the last member",
        "与组件厂发布的内容逐项一致",
        held == published,
        held["pcf"]["pcfExcludingBiogenicUptake"],
    )
    step.facts["held"] = held["id"]


def correct(world: World, step: Step) -> None:
    """The polysilicon maker corrects its footprint; wafer, cell and module follow, to the importer."""
    chain = ("poly", "wafer", "cell", "module")
    before = {org: _in_force(world, org) for org in chain}
    corrected = data("pv")["corrections"]["polysilicon"]
    client = world.operators["poly"]
    client.put_product(corrected["id"], corrected, publication="certified", certification_body="js-cb")
    client.calculate(corrected["id"])
    after = {
        org: until(f"{org} publishes the corrected figure", partial(_replaced, world, org, before[org]))
        for org in chain
    }
    for org in chain:
        step.check(
            f"{data('parties')['organisations'][org]['name']}: new footprint names the old one",
            f"{data('parties')['organisations'][org]['name']}：新足迹注明所替代的旧足迹",
            before[org]["id"] in after[org]["precedingPfIds"],
            f"{_value(before[org]):.3f} → {_value(after[org]):.3f}",
        )
    change = _value(after["module"]) - _value(before["module"])
    expected = (_value(after["poly"]) - _value(before["poly"])) * polysilicon_per_module()
    step.check(
        "the module changed by exactly what the bills of materials say",
        "组件数值的变化与物料清单完全一致",
        change == expected,
        f"{format_decimal(change)} kgCO2e/m²",
    )
    _check_importer(world, step, before["module"]["id"], after["module"])
    step.facts["module"] = {
        "before": before["module"]["id"],
        "after": after["module"]["id"],
        "change": format_decimal(change),
    }


def polysilicon_per_module() -> Decimal:
    """kg of polysilicon in one m² of module, by the bills of materials of everybody in between."""
    ingot, wafer = products("wafer")
    per = Decimal(1)
    for product, line_id in (
        (ingot, "polysilicon"),
        (wafer, "ingot"),
        (sold("cell"), "wafer"),
        (sold("module"), "cell"),
    ):
        line = next(item for item in product["lines"] if item["id"] == line_id)
        per *= Decimal(line["amount"]) * Decimal(line.get("lossFactor", "1"))
    return per


def pull_all(world: World, run: str) -> list[dict[str, Any]]:
    """Everything the importer is shown, by ``carbonbridge pull`` in a process of its own."""
    if world.importer is None:
        raise DemoFailed("the importer has no credentials")
    folder: Path = world.network.folder / "importer" / run
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")},
        "CARBONBRIDGE_CLIENT_ID": world.importer.client_id,
        "CARBONBRIDGE_CLIENT_SECRET": world.importer.client_secret,
        "CARBONBRIDGE_CA_FILE": str(world.network.ca_file),
    }
    command = [
        sys.executable,
        "-m",
        "carbonbridge.client",
        "pull",
        world.base_url("module"),
        "--out",
        str(folder),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise DemoFailed(f"the importer could not pull: {done.stderr.strip()}")
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def _check_importer(world: World, step: Step, old_id: str, new: dict[str, Any]) -> None:
    held = {item["id"]: item for item in pull_all(world, "after the correction")}
    step.check(
        "the importer holds the new number, and sees that the old one is deprecated",
        "进口商已持有新数值，并看到旧足迹已弃用",
        held.get(new["id"]) == new and held.get(old_id, {}).get("status") == "Deprecated",
        f"{_value(new):.3f} kgCO2e/m²",
    )


def _in_force(world: World, org: str) -> dict[str, Any]:
    footprint = world.footprint_in_force(org)
    if footprint is None:
        raise DemoFailed(f"{org} has published nothing")
    return footprint


def _replaced(world: World, org: str, before: dict[str, Any]) -> dict[str, Any] | None:
    footprint = world.footprint_in_force(org)
    return footprint if footprint and footprint["id"] != before["id"] else None


def _value(footprint: dict[str, Any]) -> Decimal:
    return Decimal(footprint["pcf"]["pcfExcludingBiogenicUptake"])
