"""Get and List of 100: the node beside the naive version and the bare server, asked by ``wrk`` in turns."""

from __future__ import annotations

import random
import re
import shutil
import statistics
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import track
from tests.perf.figures import Figure, figure
from tests.perf.pact import catalogue, processes
from tests.perf.pact.processes import FORWARDED, Pair, Running
from tests.perf.pact.shop import ORG, Shop

from carbonbridge.client.authority import Authority
from carbonbridge.node.keys.vault import FileVault

ROUNDS = 3
_SECONDS = 2
_CONNECTIONS = 8

#: Different footprints and pages that are asked for.
_GETS, _PAGES = 5000, 200

#: Ratio of the node to the naive version, and to the bare server; megabytes of a worker at most.
GOALS = {"get": (20, 0.4), "list of 100": (30, 0.15)}
MOST_MEGABYTES = 300

_LUA = """
local paths = {}
for line in io.lines("FILE") do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def measure(shop: Shop) -> list[Figure]:
    """Over HTTPS, as PACT is served; and over plain HTTP behind a proxy, where the server itself costs least."""
    if shutil.which("wrk") is None:
        raise SystemExit("make bench AREA=pact needs wrk: install Debian's package wrk")
    with TemporaryDirectory() as name:
        folder = Path(name)
        tls = Authority.create(folder).issue("bench", folder)
        secure, peak = _rates(shop, folder, tls)
        plain, _ = _rates(shop, folder, None)
    figures = [
        figure("pact", kind, secure["node", kind], "1/s", against=(other, secure[other, kind]), goal=goal)
        for kind, goals in GOALS.items()
        for other, goal in zip(("naive", "bare"), goals, strict=True)
    ]
    figures += [
        figure("pact", f"{kind}, plain HTTP", plain["node", kind], "1/s", against=(other, plain[other, kind]))
        for kind in GOALS
        for other in ("naive", "bare")
    ]
    return [*figures, figure("pact", "peak memory of a worker", peak, "MB", goal=MOST_MEGABYTES, most=True)]


def _rates(shop: Shop, folder: Path, tls: Pair | None) -> tuple[dict[tuple[str, str], float], float]:
    """Calls per second, medians of interleaved runs; and the node's peak memory."""
    lot = random.Random(7)
    seqs = [lot.randrange(1, shop.size - 100) for _ in range(_PAGES)]
    vault = FileVault(shop.config.data_dir / "keys" / "vault.key")
    base = f"/o/{ORG}/3/footprints"
    one = [f"{base}/{catalogue.own_id(lot.randrange(shop.size))}" for _ in range(_GETS)]
    asked = {
        ("node", "get"): one,
        ("node", "list of 100"): [f"{base}?limit=100&cursor={vault.wrap(seq)}" for seq in seqs],
        ("naive", "get"): one,
        ("naive", "list of 100"): [f"{base}?limit=100&after={seq}" for seq in seqs],
        ("bare", "get"): one,
        ("bare", "list of 100"): [base],
    }
    data = shop.config.data_dir
    with ExitStack() as stack:
        node = stack.enter_context(processes.node(shop, tls))
        token = processes.token(node, shop.partner)
        for name, kind in (("one", "get"), ("page", "list of 100")):
            (folder / name).write_bytes(_body(node, asked["node", kind][0], token))
        naive = {"database": str(data / "node.db"), "key": str(data / "keys" / "token.jwk")}
        ready = {"get": str(folder / "one"), "page": str(folder / "page")}
        servers = {
            "node": node,
            "naive": stack.enter_context(processes.script("naive", tls, **naive)),
            "bare": stack.enter_context(processes.script("bare", tls, **ready)),
        }
        seen: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
        for _ in track(range(ROUNDS), "asking over HTTP" + ("S" if tls else "")):
            for key, paths in asked.items():
                seen[key].append(_wrk(servers[key[0]], paths, token, folder))
        peak = node.peak_megabytes()
    return {key: statistics.median(values) for key, values in seen.items()}, peak


def _body(node: Running, path: str, token: str) -> bytes:
    connection = node.connection()
    connection.request("GET", path, headers=FORWARDED | {"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    connection.close()
    return body


def _wrk(server: Running, paths: list[str], token: str, folder: Path) -> float:
    """Calls per second; every one must succeed."""
    (folder / "paths").write_text("\n".join(paths) + "\n", "ascii")
    (folder / "ask.lua").write_text(_LUA.replace("FILE", str(folder / "paths")), "ascii")
    headers = FORWARDED | {"Authorization": f"Bearer {token}"}
    told = subprocess.run(
        [
            *("wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}", "-s", str(folder / "ask.lua")),
            *(f"-H{name}: {value}" for name, value in headers.items()),
            server.url,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "Non-2xx" not in told, told
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found, told
    return float(found[1])
