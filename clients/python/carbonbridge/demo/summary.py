"""The end of the story for people: what was made, of what, resting on what, and where to look next."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table
from rich.tree import Tree

from carbonbridge.core.lineage import Kind, Lineage
from carbonbridge.core.quantity import CONTEXT
from carbonbridge.demo.report import Report, Text, write
from carbonbridge.demo.story.requests import VERDICTS_ZH
from carbonbridge.demo.world import World, data, sold

_COLOURS = {"accepted": "green", "native": "green", "conditional": "yellow", "rejected": "red"}

#: Who can close a gap, as the exports name them.
_WHO_ZH = {
    "the manufacturer": "制造商",
    "the recycler": "回收商",
    "the supplier": "供应商",
    "the European Commission": "欧盟委员会",
    "the operator": "装置运营方",
    "the operator who made it": "该前体的生产方",
    "a verifier accredited by a national accreditation body of the Union or the EEA": (
        "经欧盟或欧洲经济区国家认可的核查机构"
    ),
}


class Summary:
    """What the demo shows and writes at the end.

    Args:
        world: the running network.
        report: the steps.
        lang: ``en`` or ``zh``.
    """

    def __init__(self, world: World, report: Report, lang: str) -> None:
        self._world = world
        self._facts = {step.key: step.facts for step in report.steps}
        self._lang = lang

    def show(self, console: Console) -> None:
        """Print it."""
        for part in self.parts():
            console.print(part)
            console.print()

    def save(self, folder: Path) -> None:
        """Write the documents, and the summary as text."""
        export = self._facts["export"]
        write(folder / "battery-carbon-footprint.json", export["battery"]["carbonFootprint"])
        write(folder / "battery-answer.json", export["battery"])
        for good in ("unwrought-aluminium", "frame-profiles"):
            write(folder / f"cbam-{good}.json", export[good])
        for lead in ("module", "battery"):
            write(folder / f"{lead}-footprint.json", self._world.footprint_in_force(lead))
            write(folder / f"{lead}-lineage.json", self._world.operators[lead].lineage(sold(lead)["id"]))
        for way, verdict in self._facts["recognise"].items():
            write(folder / "verdicts" / f"{way.replace('→', '-from-')}.json", verdict)
        with (folder / "summary.txt").open("w", encoding="utf-8") as sink:
            self.show(Console(file=sink, width=140))

    def parts(self) -> Iterator[RenderableType]:
        """The tables and trees."""
        yield self._figures()
        for lead in ("module", "battery"):
            document = self._world.operators[lead].lineage(sold(lead)["id"])
            yield self._tree(self._opened(Lineage.read(document["lineage"])).with_shares())
        yield self._verdicts()
        yield self._gaps()

    def _figures(self) -> Table:
        table = self._table(
            Text("Results", "结果"),
            Text("product", "产品"),
            Text("figure", "数值"),
            Text("per", "单位"),
            Text("primary data", "初级数据"),
            Text("rests on recognised certificates", "基于已采信证书"),
        )
        for lead in ("module", "battery"):
            product = sold(lead)
            record = self._world.operators[lead].lineage(product["id"])
            footprint = self._world.footprint_in_force(lead) or {}
            covered = certified_coverage(Lineage.read(record["lineage"]))
            for figure in record["figures"]:
                share = footprint.get("pcf", {}).get("primaryDataShare", "")
                name, unit = product["name"][self._lang], figure["name"][self._lang]
                table.add_row(
                    name, f"{Decimal(figure['value']):.2f} kgCO2e", unit, f"{share} %", f"{covered:.1f} %"
                )
        change = self._facts["correct"]["module"]["change"]
        table.caption = Text(
            f"after the correction, which moved the module by {Decimal(change):.3f} kgCO2e/m²",
            f"更正后的数值；更正使组件变化 {Decimal(change):.3f} kgCO2e/平方米",
        ).to(self._lang)
        return table

    def _tree(self, root: Lineage) -> Tree:
        tree = Tree(f"[bold]{self._name(root)}[/]  {root.value:.3f} kgCO2e")
        self._grow(tree, root)
        return tree

    def _opened(self, lineage: Lineage) -> Lineage:
        """The tree with the suppliers' own trees in it: the demo plays every operator, a real buyer sees one tier."""
        children = tuple(self._opened(child) for child in lineage.children)
        supplier = self._supplier(lineage)
        if supplier is not None:
            document = self._world.operators[supplier].lineage(sold(supplier)["id"])
            inside = self._opened(Lineage.read(document["lineage"]))
            children = inside.times(CONTEXT.divide(lineage.value, inside.value)).children
        return lineage.model_copy(update={"children": children})

    @staticmethod
    def _supplier(lineage: Lineage) -> str | None:
        """The organisation whose footprint a line uses."""
        parties = data("parties")["organisations"]
        if lineage.kind is not Kind.SUPPLIER:
            return None
        return next((slug for slug, party in parties.items() if party["name"] == lineage.company), None)

    def _grow(self, tree: Tree, lineage: Lineage) -> None:
        for child in sorted(lineage.children, key=lambda item: -abs(item.value)):
            verdict = (
                f"  [{_COLOURS.get(child.verdict, 'white')}]{self._verdict(child.verdict)}[/]"
                if child.verdict
                else ""
            )
            line = f"{self._name(child)}  {child.amount:.6g} {child.unit}  [bold]{child.value:.3f}[/]"
            share = f"  {child.share:.1f} %" if child.share is not None else ""
            branch = tree.add(f"{line}{share}  [dim]{self._source(child)}[/]{verdict}")
            self._grow(branch, child)

    def _source(self, lineage: Lineage) -> str:
        """Where a line's figure comes from."""
        if lineage.kind is Kind.SUPPLIER:
            return f"{Text('supplier', '供应商').to(self._lang)} {lineage.company}"
        if lineage.kind is Kind.PRODUCT:
            return Text("own product", "自有产品").to(self._lang)
        if lineage.factor is None:
            return Text("direct emission", "直接排放").to(self._lang)
        return f"{Text('factor', '因子').to(self._lang)} {lineage.factor.source.name} {lineage.factor.source.version}"

    def _verdicts(self) -> Table:
        table = self._table(
            Text("Verdicts", "互认结论"),
            Text("footprint", "足迹"),
            Text("towards", "目标制度"),
            Text("verdict", "结论"),
            Text("why", "理由"),
        )
        names = data("parties")["organisations"]
        for way, verdict in self._facts["recognise"].items():
            supplier = way.split("→")[1]
            reasons = [
                check["message"][self._lang] for check in verdict["checks"] if check["outcome"] != "pass"
            ]
            shown = f"[{_COLOURS[verdict['verdict']]}]{self._verdict(verdict['verdict'])}[/]"
            table.add_row(names[supplier]["name"], verdict["toScheme"], shown, "\n".join(reasons) or "–")
        return table

    def _gaps(self) -> Table:
        table = self._table(
            Text("Missing for Europe", "面向欧盟尚缺"),
            Text("answer", "答复"),
            Text("field", "字段"),
            Text("who", "由谁提供"),
        )
        for name, answer in self._facts["export"].items():
            for gap in answer["gaps"]:
                table.add_row(
                    Text("battery", "电池护照").to(self._lang) if name == "battery" else name,
                    gap["field"],
                    Text(gap["who"], _WHO_ZH.get(gap["who"], gap["who"])).to(self._lang),
                )
        return table

    def _table(self, title: Text, *headings: Text) -> Table:
        table = Table(title=title.to(self._lang), title_justify="left", show_lines=False)
        for heading in headings:
            table.add_column(heading.to(self._lang), overflow="fold")
        return table

    def _name(self, lineage: Lineage) -> str:
        return lineage.name.get(self._lang) or next(iter(lineage.name.values()))

    def _verdict(self, verdict: str) -> str:
        return VERDICTS_ZH.get(verdict, verdict) if self._lang == "zh" else verdict


def certified_coverage(root: Lineage) -> Decimal:
    """Percent of a product's footprint that rests on suppliers' footprints with a recognised certificate."""
    recognised = [line for line in root.children if line.verdict in {"accepted", "conditional"}]
    return sum((line.share or Decimal(0) for line in recognised), Decimal(0))


def logins(world: World, lang: str) -> Iterator[str]:
    """Where everybody lives, and with which credentials."""
    yield Text("The network stays up until Ctrl-C", "网络保持运行，按 Ctrl-C 结束").to(lang)
    everybody = [(org, world.base_url(org), login) for org, login in world.logins.items()]
    if world.importer:
        everybody.append(("importer", world.base_url("module"), world.importer))
    client, secret = Text("client id", "客户端编号").to(lang), Text("client secret", "客户端密钥").to(lang)
    for name, url, login in everybody:
        yield f"{name}\n  URL  {url}\n  {client}  {login.client_id}\n  {secret}  {login.client_secret}"


def curls(world: World) -> Iterator[str]:
    """One copy-and-paste command a party: its own footprints, or for the importer what it is shown."""
    ca = world.network.ca_file
    everybody = [
        (org, world.base_url(org), login, "api/v1/footprints") for org, login in world.logins.items()
    ]
    if world.importer:
        everybody.append(("importer", world.base_url("module"), world.importer, "3/footprints"))
    for name, url, login, path in everybody:
        token = (
            f"curl -s --cacert {ca} -u {login.client_id}:{login.client_secret}"
            f" -d grant_type=client_credentials {url}/auth/token"
            """ | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])'"""
        )
        yield f'# {name}\ncurl -s --cacert {ca} -H "Authorization: Bearer $({token})" {url}/{path}'
