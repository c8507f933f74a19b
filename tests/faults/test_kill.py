"""Killed at any moment: what was acknowledged is there, and everything happened once (SIGKILL, again and again)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.faults.books import books
from tests.faults.process import Death, NodeProcess, node_process
from tests.faults.size import sized
from tests.faults.trade import Trade
from tests.faults.traffic import Traffic, traffic
from tests.support.databases import Server

from carbonbridge.demo.authority import Authority

#: Of each of the two nodes.
KILLS = sized(4, 100)

SEED = 20260301


def die_again_and_again(node: NodeProcess, times: int, seed: int, traffic: Traffic) -> None:
    """One death after the other; in the end the node lives."""
    lot = random.Random(seed)
    node.kill()
    for _ in range(times - 1):
        death = Death.drawn(lot)
        node.start(death)
        node.await_death(death)
        traffic.check()
    node.start()
    node.await_answer()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[list[dict[str, str]]]:
    """Settings for a database of each node."""
    if request.param == "sqlite":
        yield [{}, {}]
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as one, server.database() as other:
        yield [{"DATABASE_URL": one}, {"DATABASE_URL": other}]


@pytest.mark.soak
@pytest.mark.timeout(sized(240, 3600))
def test_killed_at_any_moment(databases: list[dict[str, str]], tmp_path: Path) -> None:
    authority = Authority.create(tmp_path / "authority")
    with (
        node_process(tmp_path / "buyers", authority, **databases[0]) as buyers,
        node_process(tmp_path / "suppliers", authority, **databases[1]) as suppliers,
    ):
        nodes = (buyers, suppliers)
        for node in nodes:
            node.start()
        for node in nodes:
            node.await_answer()
        trade = Trade(buyers, suppliers)
        with traffic(trade, SEED) as people:
            with ThreadPoolExecutor(len(nodes)) as killers:
                deaths = [
                    killers.submit(die_again_and_again, node, KILLS, SEED + index, people)
                    for index, node in enumerate(nodes, start=1)
                ]
            for death in deaths:
                death.result()
            people.close(least=KILLS)
        assert [node.stop() for node in nodes] == [0, 0]
        with books(trade, *nodes) as both:
            both.check()
    ledger = trade.ledger
    print(
        f"{2 * KILLS} kills; acknowledged: {len(ledger.published)} publishes, {len(ledger.asked)} requests, "
        f"{len(ledger.answered)} answers by hand; {len(ledger.conflicts)} second answers refused"
    )
