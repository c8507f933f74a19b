"""What every use case is given: the node's ports, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from carbonbridge.core.errors import AccessDenied
from carbonbridge.node.ports.records import AuditEntry, Role
from carbonbridge.node.ports.store import Store, Transaction
from carbonbridge.node.ports.world import Clock, Peers, Signer, Vault


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever calls a use case, as the access token says.

    Attributes:
        client_id: the OAuth client, or ``node`` for work the node does by itself.
        org: the organisation it belongs to; None for an administrator.
        connection_id: the connection a partner speaks for.
    """

    client_id: str
    role: Role
    org: str | None = None
    connection_id: str | None = None

    def must_operate(self, org: str) -> None:
        """Only an operator of that very organisation passes.

        Raises:
            AccessDenied
        """
        if self.role is not Role.OPERATOR or self.org != org:
            raise AccessDenied(
                "this needs an operator of the organisation", next_step=f"Use an operator client of {org!r}."
            )

    def must_administer(self) -> None:
        """Only an administrator of the node passes.

        Raises:
            AccessDenied
        """
        if self.role is not Role.ADMINISTRATOR:
            raise AccessDenied("this needs an administrator of the node")

    def must_partner(self, org: str) -> str:
        """Only a partner's client of that organisation passes; returns its connection id.

        Raises:
            AccessDenied
        """
        if self.role is not Role.PARTNER or self.org != org or self.connection_id is None:
            raise AccessDenied("this needs a partner's client of the organisation")
        return self.connection_id


@dataclass(frozen=True, slots=True)
class Node:
    """The ports, wired once in ``main`` and handed to every use case.

    Attributes:
        public_url: the node's address as partners see it, no trailing slash.
        v2_category: ``productCategoryCpc`` in v2 of footprints without a classification by UN CPC; None: they
            are not shown there.
        wake: tells the workers that there is new work in the outbox; called after the commit.
    """

    store: Store
    clock: Clock
    signer: Signer
    vault: Vault
    peers: Peers
    public_url: str
    v2_category: str | None = None
    wake: Callable[[], None] = field(default=lambda: None)

    def base_url(self, slug: str) -> str:
        """PACT base URL of an organisation, which is also the ``iss`` of its statements."""
        return f"{self.public_url}/o/{slug}"

    def operator(self, org: str) -> Actor:
        """The node acting for an organisation (automatic answers, recalculation)."""
        return Actor(client_id="node", role=Role.OPERATOR, org=org)


@dataclass(frozen=True, slots=True)
class Act:
    """A use case in the middle of its transaction.

    Attributes:
        at: the instant that everything in it happens at, UTC.
    """

    node: Node
    tx: Transaction
    at: datetime
    actor: Actor

    def audit(self, verb: str, subject: str, *, org: str | None, **detail: object) -> None:
        """Write one line of the audit trail, in the transaction of what it records."""
        self.tx.audit.add(
            AuditEntry(
                at=self.at, org=org, actor=self.actor.client_id, verb=verb, subject=subject, detail=detail
            )
        )


@contextmanager
def acting(node: Node, actor: Actor) -> Iterator[Act]:
    """One use case: one transaction, committed when the block ends; only then are the workers told, if there is work.

    Raises:
        StorageFailed: nothing can be relied on any more.
    """
    with node.store.transaction() as tx:
        yield Act(node, tx, node.clock.now(), actor)
        is_stirred = tx.events.is_stirred
    if is_stirred:
        node.wake()
