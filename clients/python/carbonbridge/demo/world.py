"""The demo's world: who there is, on which node, with which credentials, and the data that ship with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from time import monotonic, sleep
from typing import Any, TypeVar

from carbonbridge.client import NodeClient, Wire
from carbonbridge.demo.network import Credentials, DemoFailed, Network

T = TypeVar("T")

#: Longest wait for something that happens by itself: an event delivered, a product recalculated.
PATIENCE_SECONDS = 30

#: Bill of materials of each organisation's products; the last one is what it sells.
CATALOGUES: dict[str, tuple[str, tuple[str, ...]]] = {
    "poly": ("pv", ("mg-silicon", "polysilicon")),
    "wafer": ("pv", ("ingot", "wafer")),
    "cell": ("pv", ("cell",)),
    "glass": ("pv", ("glass",)),
    "frame": ("pv", ("frame",)),
    "module": ("pv", ("module",)),
    "cathode": ("battery", ("hydroxide", "cathode")),
    "battery-cell": ("battery", ("cell",)),
    "battery": ("battery", ("pack",)),
}


@cache
def data(name: str) -> Any:
    """One of the shipped data files, parsed; not to be changed."""
    return json.loads((files("carbonbridge.demo") / "data" / f"{name}.json").read_text("utf-8"))


def products(org: str) -> list[dict[str, Any]]:
    """The bills of materials of an organisation, what it sells last."""
    name, keys = CATALOGUES[org]
    return [data(name)["products"][key] for key in keys]


def sold(org: str) -> dict[str, Any]:
    """The product that an organisation sells."""
    return products(org)[-1]


def until(what: str, look: Callable[[], T | None]) -> T:
    """Wait for something that a node does by itself.

    Raises:
        DemoFailed: it did not happen in time.
    """
    give_up = monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        if monotonic() > give_up:
            raise DemoFailed(
                f"waited {PATIENCE_SECONDS} s in vain: {what}", next_step="Read the logs of the nodes."
            )
        sleep(0.03)
    return found


@dataclass(slots=True)
class World:
    """The running network, as its operators see it.

    Attributes:
        operators: one client an organisation.
        connections: (owner, partner) → id of the owner's connection to the partner.
        logins: credentials of every operator.
        importer: the importer's credentials at the module maker.
        issuers: the certification bodies as the nodes' registers have them.
    """

    network: Network
    operators: dict[str, NodeClient] = field(default_factory=dict)
    connections: dict[tuple[str, str], str] = field(default_factory=dict)
    logins: dict[str, Credentials] = field(default_factory=dict)
    importer: Credentials | None = None
    issuers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wire(self) -> Wire:
        """Trusts the throw-away authority."""
        return Wire(ca_file=self.network.ca_file)

    def base_url(self, org: str) -> str:
        """PACT base URL of an organisation."""
        return f"{self.network.nodes[data('parties')['organisations'][org]['node']].url}/o/{org}"

    def administrator(self, node: str) -> NodeClient:
        """A client of the node's administrator; the caller closes it."""
        login = self.network.nodes[node].administrator
        return NodeClient(self.network.nodes[node].url, login.client_id, login.client_secret, wire=self.wire)

    def operate(self, org: str, login: Credentials) -> None:
        """Take up an operator's credentials."""
        self.logins[org] = login
        self.operators[org] = NodeClient(
            self.base_url(org), login.client_id, login.client_secret, wire=self.wire
        )

    def footprint_in_force(self, org: str) -> dict[str, Any] | None:
        """The published footprint of what an organisation sells; None while there is none."""
        product = self.operators[org].product(sold(org)["id"])
        footprint_id = product.get("footprintId")
        return self.operators[org].footprint(footprint_id) if footprint_id else None

    def close(self) -> None:
        """Close the clients."""
        for client in self.operators.values():
            client.close()


def credentials(answer: dict[str, Any]) -> Credentials:
    """What an enrolment answered."""
    return Credentials(answer["clientId"], answer["clientSecret"])
