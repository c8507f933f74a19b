"""``make bench``: measure, print a table, write ``bench-results.json``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from tests.perf.figures import Figure, write

AREAS = ("core", "pact")


def table(figures: list[Figure]) -> Table:
    """The figures for people."""
    result = Table(title="CarbonBridge bench: medians of interleaved runs; read the ratios")
    for heading in ("area", "figure", "value", "unit", "against", "ratio", "goal", "holds"):
        result.add_column(heading, justify="right" if heading in {"value", "ratio", "goal"} else "left")
    for item in figures:
        cells = [item.area, item.name, item.value, item.unit, item.against, item.ratio, item.goal, item.holds]
        result.add_row(*("" if cell is None else str(cell) for cell in cells))
    return result


def main() -> int:
    """Run the areas asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--area", choices=("all", *AREAS), default="all")
    chosen = parser.parse_args().area
    console = Console()
    figures: list[Figure] = []
    for area in track(AREAS if chosen == "all" else (chosen,), "measuring", console=console):
        figures += importlib.import_module(f"tests.perf.{area}").measure()
    write(Path("bench-results.json"), figures)
    console.print(table(figures))
    return 0 if all(item.holds is not False for item in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
