"""How footprints get in: one by one over HTTP, each acknowledged durable, and by the bulk import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from shutil import copy, copytree
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.perf.figures import Figure, figure
from tests.perf.pact import catalogue, processes
from tests.perf.pact.processes import FORWARDED
from tests.perf.pact.shop import ORG, SMALL, Shop, shop

#: Footprints a second, at least.
SINGLE, BULK = 300, 5000

_CLIENTS = 8
_EACH = 150


def measure(large: Shop) -> list[Figure]:
    """Rates; the bulk import is the one that made the large store, from the first process to the last commit."""
    with _copied(shop("sqlite", SMALL)) as small, processes.node(small) as node:
        token = processes.token(node, small.operator)
        numbers = count(10_000_000)

        def publish(_: int) -> None:
            connection = HTTPConnection("127.0.0.1", node.port)
            headers = FORWARDED | {"Authorization": f"Bearer {token}"}
            for _ in range(_EACH):
                body = {"footprint": catalogue.footprint(next(numbers) * 100 + 1, 10**12)}
                connection.request("POST", f"/o/{ORG}/api/v1/footprints", json.dumps(body), headers)
                response = connection.getresponse()
                told = response.read()
                assert response.status == 201, told
            connection.close()

        with ThreadPoolExecutor(_CLIENTS) as pool:
            begin = perf_counter()
            list(pool.map(publish, range(_CLIENTS)))
            single = _CLIENTS * _EACH / (perf_counter() - begin)
    return [
        figure("pact", "single publishes, durable", single, "1/s", goal=SINGLE),
        figure("pact", f"bulk import of {large.size}", large.rate, "1/s", goal=BULK),
    ]


@contextmanager
def _copied(kept: Shop) -> Iterator[Shop]:
    """A copy of a store, to be written to."""
    with TemporaryDirectory() as name:
        data = Path(name) / "data"
        copytree(kept.config.data_dir / "keys", data / "keys")
        copy(kept.config.data_dir / "node.db", data / "node.db")
        yield replace(
            kept, config=replace(kept.config, data_dir=data, database_url=f"sqlite:///{data / 'node.db'}")
        )
