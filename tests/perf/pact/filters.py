"""Every filter of ListFootprints, alone and in pairs, and a page in the middle: how long the slow ones take.

The tables are read through once before: on a machine that has just been started, a page of a hundred footprints that
lie far apart costs a hundred reads of the disk, whatever the program.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from itertools import combinations
from time import perf_counter
from urllib.parse import quote, urlencode

from rich.progress import track
from sqlalchemy import create_engine
from tests.perf.figures import Figure, figure
from tests.perf.pact import catalogue, processes
from tests.perf.pact.processes import FORWARDED
from tests.perf.pact.shop import ORG, Shop

from carbonbridge.core.instant import format_instant
from carbonbridge.node.keys.vault import FileVault

#: Milliseconds at the 99th percentile; and how many times slower than the small store at most.
P99_MS, TIMES = 10, 3

#: Calls of each case.
_CALLS = 40

Drawn = Callable[[random.Random, int], str]


def _instant(lot: random.Random, size: int) -> str:
    return format_instant(catalogue.when(lot.randrange(size), size) + timedelta(days=lot.randrange(300)))


#: Values as partners ask for: mostly some that exist, common or rare, now and then one that does not.
FILTERS: dict[str, Drawn] = {
    "productId": lambda lot, size: catalogue.product_id(lot.randrange(int(size * 1.1))),
    "companyId": lambda lot, size: catalogue.company_id(lot.randrange(int(catalogue.COMPANIES * 1.1))),
    "geography": lambda lot, size: lot.choice([*catalogue.COUNTRIES, "XX"]),
    "classification": lambda lot, size: catalogue.classification(lot.randrange(catalogue.CLASSES)),
    "status": lambda lot, size: lot.choice(["Active", "Deprecated", "deprecated"]),
    "validOn": _instant,
    "validAfter": _instant,
    "validBefore": _instant,
}

CASES = [*((name,) for name in FILTERS), *combinations(FILTERS, 2), ("page in the middle",)]


def measure(kind: str, small: Shop, large: Shop) -> list[Figure]:
    """The 99th percentile over all cases, and the case that suffers most from the size, on one kind of database."""
    for shop in (small, large):
        _warm(shop)
    few, many = _times(small), _times(large)
    every = sorted(seconds for values in many.values() for seconds in values)
    p99 = every[int(len(every) * 0.99)] * 1000
    worst = max(many, key=lambda case: _p99(many[case]))
    ratios = {case: statistics.median(many[case]) / statistics.median(few[case]) for case in many}
    slowed = max(ratios, key=lambda case: ratios[case])
    medians = [statistics.median([s for values in seen.values() for s in values]) for seen in (many, few)]
    return [
        figure("pact", f"{kind}: p99 of filters and pairs", p99, "ms", goal=P99_MS, most=True),
        figure("pact", f"{kind}: p99 of the worst ({'+'.join(worst)})", _p99(many[worst]) * 1000, "ms"),
        figure(
            "pact",
            f"{kind}: median among {large.size}",
            medians[0] * 1000,
            "ms",
            against=(f"among {small.size}", medians[1] * 1000),
            goal=TIMES,
            most=True,
        ),
        figure(
            "pact",
            f"{kind}: most slowed ({'+'.join(slowed)})",
            statistics.median(many[slowed]) * 1000,
            "ms",
            against=(f"among {small.size}", statistics.median(few[slowed]) * 1000),
            goal=TIMES,
            most=True,
        ),
    ]


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def _warm(shop: Shop) -> None:
    """Read what listings read once: a node that has been at work for a while has it in memory."""
    with create_engine(shop.config.database_url).connect() as connection:
        connection.exec_driver_sql("SELECT sum(length(document)) FROM footprint")
        connection.exec_driver_sql("SELECT count(*), max(valid_from) FROM footprint_posting WHERE seq > 0")


def _times(shop: Shop) -> dict[tuple[str, ...], list[float]]:
    """Seconds of each call, by case; the cases in turns."""
    lot = random.Random(11)
    vault = FileVault(shop.config.data_dir / "keys" / "vault.key")
    cursor = vault.wrap(shop.size // 2)
    seen: dict[tuple[str, ...], list[float]] = {case: [] for case in CASES}
    with processes.node(shop) as node:
        headers = FORWARDED | {"Authorization": f"Bearer {processes.token(node, shop.partner)}"}
        connection = HTTPConnection("127.0.0.1", node.port)
        for number in track(range(_CALLS + 2), f"filters among {shop.size}"):
            for case in CASES:
                pairs = [(name, FILTERS[name](lot, shop.size)) for name in case if name in FILTERS]
                query = urlencode(pairs or [("cursor", cursor)], quote_via=quote)
                begin = perf_counter()
                connection.request("GET", f"/o/{ORG}/3/footprints?{query}", headers=headers)
                response = connection.getresponse()
                body = response.read()
                seconds = perf_counter() - begin
                assert response.status == 200, body
                if number >= 2:  # the first ones fill caches and prepare statements
                    seen[case].append(seconds)
        connection.close()
    return seen
