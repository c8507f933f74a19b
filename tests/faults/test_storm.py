"""Ten thousand deliveries, shuffled, repeated and late, by several senders at once, are as once and in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.faults.size import sized
from tests.faults.storm import Abroad, Hub, words
from tests.support.network import Network

from carbonbridge.node.app.context import Node
from carbonbridge.node.db.store import SqlStore

#: Of each example.
DELIVERIES = sized(150, 10_000)
EXAMPLES = sized(3, 2)


@pytest.fixture
def abroad() -> Abroad:
    return Abroad()


@pytest.fixture
def node(tmp_path: Path, store: SqlStore, abroad: Abroad) -> Iterator[Node]:
    with closing(Network(tmp_path)) as network:
        yield replace(network.node(), store=store, peers=abroad)


@pytest.mark.soak
@pytest.mark.timeout(sized(240, 3600))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, *sized([Phase.shrink], [])],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**32),
    partners=st.integers(2, 4),
    copies=st.sampled_from((2, 3, 5)),
    waves=st.integers(1, 5),
    threads=st.integers(2, 4),
)
def test_a_storm_is_as_once_and_in_order(
    node: Node, abroad: Abroad, seed: int, partners: int, copies: int, waves: int, threads: int
) -> None:
    lot = random.Random(seed)
    names = [f"partner{number}" for number in range(partners)]
    story = words(lot, abroad, names, DELIVERIES // copies)
    orderly, haunted = Hub(node, names, story), Hub(node, names, story)
    for word in story:
        orderly.hear(word)
    orderly.work()
    deliveries = [*story, *lot.choices(story, k=DELIVERIES - len(story))]
    lot.shuffle(deliveries)
    assert len(deliveries) == DELIVERIES
    for wave in range(waves):  # work is done between the waves: what comes again comes after its effects
        haunted.hear_all(deliveries[wave::waves], threads)
        haunted.work()
    expected, found = orderly.state(abroad), haunted.state(abroad)
    assert found == expected
    assert expected["waiting"] == 0
    assert set(expected["answers"].values()) <= {1}
    assert {word.kind for word in story} == {
        "Published",
        "RequestCreated",
        "RequestFulfilled",
        "RequestRejected",
    }
