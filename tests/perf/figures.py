"""Figures of the bench: medians of interleaved runs, told as ratios within one run (the machine is small and noisy)."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a value, what it is measured against in the same run, their ratio, and the goal if there is one."""

    area: str
    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    goal: float | None = None
    holds: bool | None = None


def figure(
    area: str,
    name: str,
    value: float,
    unit: str,
    *,
    against: tuple[str, float] | None = None,
    goal: float | None = None,
    most: bool = False,
) -> Figure:
    """A figure, with its ratio to ``against`` (name, value) if that is given.

    Args:
        goal: of the ratio, or where there is none of the value: the least that will do.
        most: the goal is the most that will do.
    """
    ratio = value / against[1] if against else None
    told = value if ratio is None else ratio
    holds = None if goal is None else (told <= goal if most else told >= goal)
    return Figure(
        area,
        name,
        round(value, 2),
        unit,
        against[0] if against else None,
        ratio and round(ratio, 4),
        goal,
        holds,
    )


def rates(works: Mapping[str, Callable[[], int]], rounds: int = 7) -> dict[str, float]:
    """Median rate (per second) of each work, which returns how many things it did; in turns, so that noise hits all."""
    seen: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            begin = perf_counter()
            count = work()
            seen[name].append(count / (perf_counter() - begin))
    return {name: statistics.median(values) for name, values in seen.items()}


def write(path: Path, figures: list[Figure]) -> None:
    """One JSON object a figure."""
    path.write_text(json.dumps([asdict(item) for item in figures], indent=2) + "\n", "utf-8")
