"""The lead firms ask; the suppliers answer, most at once, one by a person's decision; verdicts follow."""

from __future__ import annotations

from functools import partial
from typing import Any

from carbonbridge.client import NodeClient
from carbonbridge.demo.report import Step, Text
from carbonbridge.demo.story.supply import ask
from carbonbridge.demo.world import World, data, until

#: Lead firm → its suppliers.
LEADS = {"module": ("cell", "glass", "frame"), "battery": ("battery-cell",)}

#: What the demonstration's agreements lead to, and one reason that must be among the reasons.
EXPECTED = {
    ("module", "cell"): ("conditional", "D-APPLIED"),
    ("module", "glass"): ("accepted", None),
    ("module", "frame"): ("rejected", "T-TYPE"),
    ("battery", "battery-cell"): ("accepted", None),
}


def request(world: World, step: Step) -> None:
    """Each lead firm asks each of its suppliers."""
    for lead, suppliers in LEADS.items():
        for supplier in suppliers:
            step.facts[f"{lead}→{supplier}"] = ask(world, lead, supplier)
    arrived = until("every request arrives", lambda: _arrived(world))
    step.check(
        "every request arrived at its supplier",
        "所有请求均已送达供应商",
        len(arrived) == 4,
        f"{len(arrived)} / 4",
    )


def answer(world: World, step: Step) -> None:
    """Policies answer by themselves; the frame maker's operator decides."""
    frame = world.operators["frame"]
    waiting = until(
        "the frame maker has a request to decide", lambda: frame.requests("incoming", "open") or None
    )
    step.check(
        "the frame maker's request waits for a person",
        "铝边框厂的请求等待人工决定",
        len(waiting) == 1,
        len(waiting),
    )
    frame.fulfil(waiting[0]["id"])
    for lead, suppliers in LEADS.items():
        client = world.operators[lead]
        done = until(
            f"{lead} has all its answers",
            partial(_all_fulfilled, client, len(suppliers)),
        )
        received = client.received()
        name = data("parties")["organisations"][lead]["name"]
        step.check(
            f"{name}: one answer to each request",
            f"{name}：每个请求恰有一个答复",
            len(done) == len(suppliers) == len(received),
            Text(
                f"{len(done)} fulfilled, {len(received)} footprints",
                f"{len(done)} 个已答复，{len(received)} 份足迹",
            ),
        )


def recognise(world: World, step: Step) -> None:
    """What the lead firms' schemes make of the certificates."""
    for (lead, supplier), (expected, reason) in EXPECTED.items():
        verdict = until(f"{lead} recognises {supplier}", partial(_verdict, world, lead, supplier))
        reasons = [check["code"] for check in verdict["checks"] if check["outcome"] != "pass"]
        names = data("parties")["organisations"]
        step.check(
            f"{names[supplier]['name']} → {verdict['toScheme']}: {expected}",
            f"{names[supplier]['name']} → {verdict['toScheme']}：{VERDICTS_ZH[expected]}",
            verdict["verdict"] == expected and (reason is None or reason in reasons),
            Text(
                ", ".join([verdict["verdict"], *reasons]),
                "，".join([VERDICTS_ZH[verdict["verdict"]], *reasons]),
            ),
        )
        step.facts[f"{lead}→{supplier}"] = verdict


VERDICTS_ZH = {"accepted": "采信", "conditional": "有条件采信", "rejected": "不采信"}


def _arrived(world: World) -> list[dict[str, Any]] | None:
    found = [
        item
        for lead, suppliers in LEADS.items()
        for supplier in suppliers
        for item in world.operators[supplier].requests("incoming")
        if item["connectionId"] == world.connections[supplier, lead]
    ]
    return found if len(found) == sum(map(len, LEADS.values())) else None


def _all_fulfilled(client: NodeClient, count: int) -> list[dict[str, Any]] | None:
    done = client.requests("outgoing", "fulfilled")
    return done if len(done) == count else None


def _verdict(world: World, lead: str, supplier: str) -> dict[str, Any] | None:
    client = world.operators[lead]
    for item in client.verdicts():
        if item["connectionId"] == world.connections[lead, supplier]:
            return client.verdict(item["id"])
    return None
