"""Two nodes that trade: suppliers publish and answer, a buyer asks, and a ledger keeps what was acknowledged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from uuid import UUID

from tests.core.footprints import footprint_document
from tests.faults.process import PATIENCE, NodeProcess

from carbonbridge.client import NodeClient, Wire
from carbonbridge.core.document import write_json

BUYER = "buyer"

#: The suppliers, and who answers for them.
SUPPLIERS = {"swift": "automatic", "careful": "manual"}


@dataclass(frozen=True)
class Published:
    """A publish that was acknowledged: what was sent, and the name of the statement."""

    org: str
    document: bytes
    statement: str


@dataclass
class Ledger:
    """What nodes have acknowledged. Dictionaries only grow, each key is written by one thread: no lock is needed."""

    #: by footprint id
    published: dict[str, Published] = field(default_factory=dict)
    #: request id of the buyer → supplier
    asked: dict[str, str] = field(default_factory=dict)
    #: request id of the supplier → state
    answered: dict[str, str] = field(default_factory=dict)
    #: answers that came second and were told so
    conflicts: list[str] = field(default_factory=list)

    @property
    def least(self) -> int:
        """How much was acknowledged of the kind of which there was least."""
        return min(len(self.published), len(self.asked), len(self.answered))


@dataclass(frozen=True)
class Account:
    """An operator's credentials; each thread makes a client of its own."""

    base_url: str
    client_id: str
    client_secret: str
    ca_file: Path

    @contextmanager
    def client(self) -> Iterator[NodeClient]:
        wire = Wire(ca_file=self.ca_file, timeout=20)
        with NodeClient(self.base_url, self.client_id, self.client_secret, wire=wire) as client:
            yield client


def company(slug: str) -> str:
    return f"urn:pact:{slug}.example:company-id:1"


def product(slug: str, name: str) -> str:
    return f"urn:pact:{slug}.example:product-id:{name}"


def footprint(slug: str, name: str, preceding: str | None, lot: random.Random) -> bytes:
    """A fresh footprint of a supplier's product, which takes the place of another."""
    value = str(lot.randint(1, 10**9))
    document = footprint_document(
        {
            "pcfExcludingBiogenicUptake": value,
            "pcfIncludingBiogenicUptake": value,
            "fossilGhgEmissions": value,
        },
        id=str(UUID(int=lot.getrandbits(128), version=4)),
        companyIds=[company(slug)],
        productIds=[product(slug, name)],
    )
    if preceding is not None:
        document["precedingPfIds"] = [preceding]
    return write_json(document)


class Trade:
    """The parties, on nodes that live.

    Attributes:
        accounts: by organisation.
        connections: of the buyer, to each supplier.
    """

    def __init__(self, buyers: NodeProcess, suppliers: NodeProcess) -> None:
        self.ledger = Ledger()
        self.accounts = {BUYER: settle_in(buyers, BUYER, "automatic")}
        for slug, policy in SUPPLIERS.items():
            self.accounts[slug] = settle_in(suppliers, slug, policy)
        self.connections = {slug: self._connect(slug) for slug in SUPPLIERS}

    def _connect(self, slug: str) -> str:
        with self.accounts[BUYER].client() as buyer, self.accounts[slug].client() as supplier:
            ours = buyer.connect(slug, [company(slug)], base_url=supplier.login.base_url)["id"]
            theirs = supplier.connect(BUYER, [company(BUYER)], base_url=buyer.login.base_url)["id"]
            for one, its, other, others in ((buyer, ours, supplier, theirs), (supplier, theirs, buyer, ours)):
                made = one.enrol_partner(its)
                other.set_credentials(others, made["clientId"], made["clientSecret"])
            supplier.share(theirs, "all")
        return ours

    def await_rest(self) -> None:
        """Wait until every request has its answer and all outboxes are empty, as long as there is progress."""
        pause = Event()
        give_up, left = monotonic() + PATIENCE, 0
        with ExitStack() as stack:
            clients = {slug: stack.enter_context(account.client()) for slug, account in self.accounts.items()}
            # The buyer's twice: what a supplier was just delivering may have put new work there. Nothing but a question
            # makes work for a supplier, and nobody asks any more.
            busy = [clients[slug] for slug in (BUYER, *SUPPLIERS, BUYER)]
            while any(
                waiting := [client.requests(state="open") + client.outbox("pending") for client in busy]
            ):
                before, left = left, sum(map(len, waiting))
                give_up = monotonic() + PATIENCE if left != before else give_up
                assert monotonic() < give_up, "the nodes do not come to rest"
                pause.wait(0.1)


def settle_in(node: NodeProcess, slug: str, policy: str = "automatic") -> Account:
    """Add an organisation to a node that answers; returns its operator."""
    login = node.administrator
    ca_file = node.authority.ca_file
    with Account(node.url, login.client_id, login.secret, ca_file).client() as administrator:
        made = administrator.register_organisation(
            {"slug": slug, "name": slug.title(), "companyIds": [company(slug)], "answerPolicy": policy}
        )
        operator = administrator.enrol_operator(slug)
    return Account(made["baseUrl"], operator["clientId"], operator["clientSecret"], ca_file)
