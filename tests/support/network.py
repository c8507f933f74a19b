"""A network inside one process: real use cases, stores, signers and vaults; only the wire is replaced.

Calls to a partner become calls of the partner's own use cases, as the connection's client there. The wire itself is
tested with the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.stores import Stores

from carbonbridge.core.connection import Connection
from carbonbridge.core.criteria import from_query
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.errors import Blame, CarbonBridgeError, PartnerRefused, PartnerUnreachable
from carbonbridge.core.organisation import AnswerPolicy, Organisation, OrganisationKind
from carbonbridge.core.pact_v2.filter import Filter
from carbonbridge.core.pact_v2.vocabulary import PactVersion
from carbonbridge.node.app.connect import connect, set_credentials
from carbonbridge.node.app.context import Actor, Node
from carbonbridge.node.app.enrol import enrol_client
from carbonbridge.node.app.read import get_footprint, list_footprints
from carbonbridge.node.app.read_v2 import get_footprint_v2, list_footprints_v2
from carbonbridge.node.app.receive import receive
from carbonbridge.node.app.register import register_organisation
from carbonbridge.node.app.settle import settle
from carbonbridge.node.app.share import share
from carbonbridge.node.app.signing import published_keys
from carbonbridge.node.jobs import LEASE, perform
from carbonbridge.node.keys.signer import FileSigner
from carbonbridge.node.keys.vault import FileVault
from carbonbridge.node.ports.records import Lane, OutboxItem, OutboxState, Role

ADMINISTRATOR = Actor(client_id="administrator", role=Role.ADMINISTRATOR)


class SteppingClock:
    """Stands still but for a millisecond a look, until it is told to go on."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def advance(self, step: timedelta) -> None:
        self._now += step

    def new_id(self) -> str:
        return str(uuid4())

    def jitter(self) -> float:
        return 0.0


@dataclass(frozen=True)
class Tenant:
    """An organisation on its node, and its operator."""

    node: Node
    organisation: Organisation

    @property
    def org(self) -> str:
        return self.organisation.slug

    @property
    def operator(self) -> Actor:
        return Actor(client_id=f"operator-{self.org}", role=Role.OPERATOR, org=self.org)

    @property
    def base_url(self) -> str:
        return self.node.base_url(self.org)


@dataclass
class InProcessPeers:
    """The way out, which leads back in.

    Attributes:
        down: base URLs that do not answer.
        mute: base URLs that do what they are asked, and whose answer is lost on the way back.
    """

    tenants: dict[str, Tenant] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def send_event(self, connection: Connection, event: bytes, pact: PactVersion = PactVersion.V3) -> None:
        tenant, actor = self._reach(connection, "event")
        try:
            receive(tenant.node, actor, tenant.org, event, pact)
        except CarbonBridgeError as error:
            raise _told(error) from None
        if tenant.base_url in self.mute:
            raise PartnerUnreachable("the answer was lost")

    def get_footprint(
        self, connection: Connection, footprint_id: str, pact: PactVersion = PactVersion.V3
    ) -> bytes:
        tenant, actor = self._reach(connection, "get")
        try:
            if pact is PactVersion.V2:
                return get_footprint_v2(tenant.node, actor, tenant.org, footprint_id).document
            return get_footprint(tenant.node, actor, tenant.org, footprint_id).document
        except CarbonBridgeError as error:
            raise _told(error) from None

    def list_footprints(
        self,
        connection: Connection,
        criteria: list[tuple[str, str]],
        pact: PactVersion = PactVersion.V3,
    ) -> list[bytes]:
        tenant, actor = self._reach(connection, "list")
        if pact is PactVersion.V2:
            page = list_footprints_v2(tenant.node, actor, tenant.org, Filter(), limit=100)
            return [rendition.document for rendition in page.shown]
        found = list_footprints(tenant.node, actor, tenant.org, from_query(criteria), limit=100)
        return [footprint.document for footprint in found]

    def keys(self, connection: Connection) -> dict[str, Any]:
        tenant, _ = self._reach(connection, "keys")
        with tenant.node.store.snapshot() as tx:
            return published_keys(tx, tenant.org)

    def _reach(self, connection: Connection, what: str) -> tuple[Tenant, Actor]:
        assert connection.base_url is not None
        assert connection.client_id is not None
        self.calls.append(what)
        tenant = self.tenants.get(connection.base_url)
        if tenant is None or connection.base_url in self.down:
            raise PartnerUnreachable("nobody answers")
        with tenant.node.store.snapshot() as tx:
            client = tx.parties.client(connection.client_id)
        return tenant, Actor(client.client_id, client.role, client.org, client.connection_id)


def _told(error: CarbonBridgeError) -> CarbonBridgeError:
    """What the caller sees of an error of the called."""
    return PartnerRefused(str(error)) if error.blame is Blame.CALLER else PartnerUnreachable(str(error))


class Network:
    """Nodes, organisations and connections, each made in one line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SteppingClock()
        self.peers = InProcessPeers()
        self.nodes: list[Node] = []
        self._stores = Stores()

    def node(self, name: str = "node") -> Node:
        folder = self.folder / name
        folder.mkdir()
        node = Node(
            store=self._stores.open(folder),
            clock=self.clock,
            signer=FileSigner(folder / "keys"),
            vault=FileVault(folder / "vault.key"),
            peers=self.peers,
            public_url=f"https://{name}.example",
        )
        self.nodes.append(node)
        return node

    def close(self) -> None:
        self._stores.close()

    def tenant(
        self,
        node: Node,
        slug: str,
        *,
        answer_policy: AnswerPolicy = AnswerPolicy.AUTOMATIC,
        scheme: str | None = None,
        certification_body: bool = False,
        kind: OrganisationKind | None = None,
    ) -> Tenant:
        organisation = register_organisation(
            node,
            ADMINISTRATOR,
            slug=slug,
            name=slug.title(),
            company_ids=[f"urn:pact:{slug}.example:company-id:1"],
            answer_policy=answer_policy,
            scheme=scheme,
            kind=kind,
            certification_body=certification_body or None,
        )
        tenant = Tenant(node, organisation)
        self.peers.tenants[tenant.base_url] = tenant
        return tenant

    def connect(self, one: Tenant, other: Tenant) -> tuple[str, str]:
        """Connect two organisations both ways; returns the id of each one's connection to the other."""
        ids = [_add(one, other), _add(other, one)]
        for owner, own_id, partner, partner_id in (
            (one, ids[0], other, ids[1]),
            (other, ids[1], one, ids[0]),
        ):
            made = enrol_client(owner.node, owner.operator, owner.org, Role.PARTNER, connection_id=own_id)
            set_credentials(
                partner.node,
                partner.operator,
                partner.org,
                partner_id,
                client_id=made.client_id,
                client_secret=made.secret,
            )
        return ids[0], ids[1]

    def supply(self, supplier: Tenant, buyer: Tenant) -> tuple[str, str]:
        """Connect, and let the buyer see everything; returns the supplier's and the buyer's connection id."""
        to_buyer, to_supplier = self.connect(supplier, buyer)
        share(supplier.node, supplier.operator, supplier.org, to_buyer, scope=GrantScope.ALL)
        return to_buyer, to_supplier

    def run(self, *nodes: Node) -> int:
        """Do all work that is due, on these nodes or on all, until there is none; returns how much there was."""
        done = 0
        while items := [(node, item) for node in nodes or self.nodes for item in claim(node)]:
            for node, item in items:
                attempt(node, item)
            done += len(items)
        return done


def claim(node: Node) -> Sequence[OutboxItem]:
    now = node.clock.now()
    with node.store.transaction() as tx:
        return tx.events.claim(now, now + LEASE, dict.fromkeys(Lane, 10))


def attempt(node: Node, item: OutboxItem) -> None:
    """What a worker does with one piece of work."""
    try:
        perform(node, item)
    except CarbonBridgeError as error:
        settle(node, item, error)
    else:
        settle(node, item, None)


def partner(tenant: Tenant, connection_id: str) -> Actor:
    """The partner of a connection, calling."""
    return Actor(f"partner-{connection_id}", Role.PARTNER, tenant.org, connection_id)


def outbox(tenant: Tenant, state: OutboxState | None = None) -> list[OutboxItem]:
    with tenant.node.store.snapshot() as tx:
        return tx.events.outbox(tenant.org, state)


def _add(owner: Tenant, partner: Tenant) -> str:
    return connect(
        owner.node,
        owner.operator,
        owner.org,
        name=partner.organisation.name,
        company_ids=partner.organisation.company_ids,
        base_url=partner.base_url,
    ).id
