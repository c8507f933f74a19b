"""A supplier and a buyer on nodes of their own, connected both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.network import Network, Tenant


@dataclass
class Pair:
    """A supplier that shares everything with a buyer.

    Attributes:
        to_buyer: the supplier's connection.
        to_supplier: the buyer's connection.
    """

    network: Network
    supplier: Tenant
    buyer: Tenant
    to_buyer: str
    to_supplier: str


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with closing(Network(tmp_path)) as made:
        yield made


@pytest.fixture
def pair(network: Network) -> Pair:
    supplier = network.tenant(network.node("north"), "supplier")
    buyer = network.tenant(network.node("south"), "buyer")
    return Pair(network, supplier, buyer, *network.supply(supplier, buyer))
