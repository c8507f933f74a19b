"""Products, calculations, lineage, footprints, exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from carbonbridge.client.call import Object
from carbonbridge.client.cli.session import Session, read_object, understood, write_file
from carbonbridge.client.cli.show import Columns, done, facts, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import FOOTPRINTS, lineage_tree
from carbonbridge.core.document import write_json
from carbonbridge.core.lineage import Lineage

Product = Annotated[str, typer.Argument(help="Id of the product.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the document here.")]


@verb("carbonbridge footprints", "carbonbridge footprints 7a1c… --json > footprint.json")
def footprints(
    session: Session,
    footprint: Annotated[str | None, typer.Argument(help="Id; one footprint in full.")] = None,
) -> None:
    """Our own footprints."""
    if footprint is None:
        found = session.ask(lambda node: node.footprints())
        show(session, found, lambda: table(found, FOOTPRINTS))
        return
    one = session.ask(lambda node: node.footprint(footprint))
    show(
        session, one, lambda: facts(one, {**FOOTPRINTS, "companies": "companyIds", "products": "productIds"})
    )


@verb("carbonbridge put-product module-550 module.json --publication certified --certification-body gba-cb")
def put_product(
    session: Session,
    product: Product,
    file: Annotated[Path, typer.Argument(help="Bill of materials, JSON; - is standard input.")],
    *,
    recalculate: Annotated[
        bool, typer.Option("--recalculate/--no-recalculate", help="Calculate anew when an input changes.")
    ] = True,
    publication: Annotated[
        Literal["manual", "automatic", "certified"],
        typer.Option("--publication", help="What happens to a new calculation."),
    ] = "manual",
    certification_body: Annotated[
        str | None, typer.Option("--certification-body", help="Name of the body on the same node.")
    ] = None,
) -> None:
    """Add or replace a product and its bill of materials."""
    spec = read_object(file)
    done(
        session,
        session.ask(
            lambda node: node.put_product(product, spec, recalculate, publication, certification_body)
        ),
    )


@verb("carbonbridge products", "carbonbridge products module-550 --json")
def products(
    session: Session,
    product: Annotated[str | None, typer.Argument(help="Id; one product in full.")] = None,
) -> None:
    """The products that we calculate."""
    columns: Columns = {
        "id": "id",
        "name": "spec.productNameCompany",
        "publication": "publication",
        "certification body": "certificationBody",
        "stale": "stale",
        "footprint": "footprintId",
    }
    if product is None:
        found = session.ask(lambda node: node.products())
        show(session, found, lambda: table(found, columns))
        return
    one = session.ask(lambda node: node.product(product))
    show(session, one, lambda: facts(one, columns))


@verb("carbonbridge calculate module-550")
def calculate(session: Session, product: Product) -> None:
    """Calculate a product from the inputs of today."""
    done(session, session.ask(lambda node: node.calculate(product)))


@verb("carbonbridge calculations --product module-550")
def calculations(
    session: Session,
    product: Annotated[str | None, typer.Option("--product", help="Only of this product.")] = None,
) -> None:
    """Calculations and where they stand."""
    found = session.ask(lambda node: node.calculations(product))
    columns = {
        "id": "id",
        "product": "productId",
        "kgCO2e": "draft.pcf.pcfExcludingBiogenicUptake",
        "state": "state",
        "certification body": "bodyOrg",
        "why": "reason",
        "created": "createdAt",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge lineage module-550")
def lineage(session: Session, product: Product) -> None:
    """The tree of what a product's figure is made of."""
    answer = session.ask(lambda node: node.lineage(product))
    tree = understood(lambda: Lineage.read(answer.get("lineage")))
    figures = answer.get("figures")
    columns = {"kgCO2e": "value", "per": "unit", "name": "name"}
    show(session, answer, lambda: lines(lineage_tree(tree), table(figures, columns) if figures else None))


@verb("carbonbridge export battery pack-75 battery.json --out passport.json")
def battery(
    session: Session,
    product: Product,
    file: Annotated[
        Path, typer.Argument(help="What the manufacturer states, JSON: model, plant, service life …")
    ],
    out: Out = None,
) -> None:
    """The carbon-footprint part of a battery passport, with its gaps."""
    stated = {"battery": read_object(file)}
    _exported(session, session.ask(lambda node: node.export_battery(product, stated)), out)


@verb("carbonbridge export cbam activities.json --good frame-profiles --year 2026 --out summary.json")
def cbam(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Data set of activities (not footprints), JSON.")],
    good: Annotated[str, typer.Option("--good", help="Id of the good in the data set.")],
    year: Annotated[int, typer.Option("--year", help="Calendar year of the import.")],
    out: Out = None,
) -> None:
    """The operator's summary for CBAM, with its gaps."""
    asked = {"dataset": read_object(file), "goodId": good, "importYear": year}
    _exported(session, session.ask(lambda node: node.export_cbam(asked)), out)


def _exported(session: Session, answer: Object, out: Path | None) -> None:
    if out is not None:
        write_file(out, write_json(answer) + b"\n")
    gaps = answer.get("gaps") or []
    columns = {"field": "field", "gaps": "why", "who can supply it": "who"}
    written = {"document": lambda _: str(out)} if out else {name: name for name in answer if name != "gaps"}
    show(session, answer, lambda: lines(facts(answer, written), table(gaps, columns)))
