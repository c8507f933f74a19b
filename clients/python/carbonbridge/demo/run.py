"""Runs the story step by step, shows how far it is, and writes what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.demo.desk import Desk
from carbonbridge.demo.network import Network
from carbonbridge.demo.report import Report, Step, Text, write
from carbonbridge.demo.settle import settle
from carbonbridge.demo.story import importer, interoperate, products, requests, supply
from carbonbridge.demo.world import World, data

Act = Callable[[World, Step], None]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step of the story and what it does."""

    key: str
    title: Text
    act: Act


def start(world: World, step: Step) -> None:
    """Four nodes come up."""
    world.network.start()
    step.facts = {name: node.url for name, node in world.network.nodes.items()}
    count = len(world.network.nodes)
    step.check(
        "every node answers over HTTPS",
        "各节点均以 HTTPS 应答",
        count == len(data("parties")["nodes"]),
        count,
    )


def settle_in(world: World, step: Step) -> None:
    """Parties, registers, connections."""
    settle(world)
    wanted = 2 * len(data("parties")["connections"]) + len(data("parties")["importer"]["suppliers"])
    step.check(
        "every organisation has its operator",
        "每个组织都有操作员",
        len(world.operators) == len(data("parties")["organisations"]),
        len(world.operators),
    )
    step.check(
        "every connection stands",
        "所有连接均已建立",
        len(world.connections) == wanted,
        len(world.connections),
    )


STORY = (
    Chapter("start", Text("The network starts", "网络启动"), start),
    Chapter(
        "settle",
        Text("Organisations, schemes, agreements and connections", "组织、制度、互认协议与连接"),
        settle_in,
    ),
    Chapter(
        "supply", Text("Suppliers publish certified footprints", "供应商发布经认证的碳足迹"), supply.publish
    ),
    Chapter("ask", Text("The lead firms ask their suppliers", "链主企业向供应商请求数据"), requests.request),
    Chapter(
        "answer",
        Text("The suppliers answer, one by a decision", "供应商答复，其中一家人工决定"),
        requests.answer,
    ),
    Chapter(
        "recognise", Text("Cross-region verdicts on the certificates", "跨区域互认结论"), requests.recognise
    ),
    Chapter(
        "calculate", Text("Module and battery are calculated", "核算光伏组件与电池包"), products.calculate
    ),
    Chapter("publish", Text("Module and battery are published", "发布光伏组件与电池包"), products.publish),
    Chapter("export", Text("The answers for Europe", "面向欧盟的答复"), products.export),
    Chapter(
        "pull",
        Text("The EU importer pulls the module's footprint", "欧盟进口商获取组件碳足迹"),
        importer.pull,
    ),
    Chapter(
        "interoperate",
        Text("Linter, PACT v2, conformance suite", "检查工具、PACT v2 与一致性测试"),
        interoperate.interoperate,
    ),
    Chapter(
        "correct",
        Text("A correction ripples from polysilicon to the importer", "更正从多晶硅一路传到进口商"),
        importer.correct,
    ),
)


class Run:
    """One run of the demo.

    Args:
        output: folder for documents, logs and ``report.json``; its network part is emptied first.
        lang: ``en`` or ``zh``.
        console: where to show.
    """

    def __init__(self, output: Path, lang: str, console: Console) -> None:
        self.output = output
        self.lang = lang
        self.console = console
        self.report = Report()
        self.world = World(Network(output / "network", list(data("parties")["nodes"])))

    def tell(self) -> None:
        """Play all chapters; one that fails is the last."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task("", total=len(STORY))
            with Desk(self.world, datetime.now(UTC)) as desk:
                for chapter in STORY:
                    progress.update(task, description=chapter.title.to(self.lang))
                    step = self._play(chapter)
                    progress.advance(task)
                    self._show(step)
                    if not step.held:
                        break
                if desk.failure:
                    self.console.print(str(desk.failure), style="red", markup=False)
        write(self.output / "report.json", self.report.document())

    def stop(self) -> None:
        """Close the clients, stop the nodes."""
        self.world.close()
        self.world.network.stop()

    def _play(self, chapter: Chapter) -> Step:
        step = Step(chapter.key, chapter.title)
        self.report.steps.append(step)
        begin = perf_counter()
        try:
            chapter.act(self.world, step)
        except CarbonBridgeError as error:
            step.check("the step comes to its end", "本步骤顺利结束", False, error)
        step.seconds = perf_counter() - begin
        return step

    def _show(self, step: Step) -> None:
        mark = "[green]✓[/]" if step.held else "[red]✗[/]"
        self.console.print(f"{mark} [bold]{step.title.to(self.lang)}[/]  [dim]{step.seconds:.1f} s[/]")
        for check in step.checks:
            colour = "dim" if check.held else "red"
            self.console.print(
                f"    {check.what.to(self.lang)}  {check.seen.to(self.lang)}",
                style=colour,
                markup=False,
                highlight=False,
            )
