"""The product catalogue, offline."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from carbonbridge.client.cli.session import Session
from carbonbridge.client.cli.show import Columns, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.words import say
from carbonbridge.core.catalogue import EDITION, SOURCE, Found, matches

Code = Annotated[str | None, typer.Argument(help="Code in GB/T 7635.1-2002, such as 46422.017, or its URN.")]
Stat = Annotated[str | None, typer.Option("--stat", metavar="CODE", help="Statistical product code.")]

_COLUMNS: Columns = {
    "row": lambda found: found["row"],
    "industry": "industryClass",
    "product": lambda found: _marked(found, "product"),
    "name in GB/T 7635.1": lambda found: _marked(found, "name"),
    "GB/T 7635.1": "gbt7635",
    "statistical code": "stat",
}


@verb("carbonbridge catalogue 46422.017", "carbonbridge catalogue 46422.017 --stat 39130303", calls="nobody")
def catalogue(session: Session, code: Code = None, *, stat: Stat = None) -> None:
    """The rows of the Jiangsu product catalogue that a product falls in, the most specific first."""
    rows = [_document(found) for found in matches(code, stat)]
    answer = {"edition": EDITION, "source": SOURCE, "rows": rows}
    lost = any(row["inferred"] for row in rows)
    note = Text(say("[…]: lost in the published text, inferred from the codes.")) if lost else None
    show(session, answer, lambda: lines(table(rows, _COLUMNS), note))


def _document(found: Found) -> dict[str, object]:
    row = found.row
    return {
        "row": row.no,
        "industryClass": row.industry_class,
        "product": row.product,
        "name": row.name,
        "gbt7635": row.gbt,
        "stat": row.stat,
        "urns": list(row.urns),
        "inferred": sorted(row.inferred),
    }


def _marked(found: dict[str, object], cell: str) -> str:
    text, inferred = found[cell], found["inferred"]
    return f"[{text}]" if isinstance(inferred, list) and cell in inferred else str(text)
