"""Area ``pact``: a million footprints in the store, asked for by partners, and how they get there.

What is measured runs in processes of its own: a node as it is served in production (SQLite, behind a proxy that it
trusts), the naive version of the same two reads, and a bare server of as many bytes. ``wrk`` asks them in turns.

``SIZE=100000 make bench AREA=pact`` measures with fewer footprints.
"""

from __future__ import annotations

from tests.perf.figures import Figure
from tests.perf.pact import filters, ingest, reads
from tests.perf.pact.shop import SIZE, SMALL, shop

from carbonbridge.node.telemetry import configure_logs


def measure() -> list[Figure]:
    """All figures; builds the stores first, which takes minutes, unless they are there from the last time."""
    configure_logs("warning")
    large = shop("sqlite", SIZE)
    figures = [*ingest.measure(large), *reads.measure(large)]
    for kind in ("sqlite", "postgresql"):
        figures += filters.measure(kind, shop(kind, SMALL), shop(kind, SIZE))
    return figures
