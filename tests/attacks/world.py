"""Who is on the attacked node, and the raw ways to call it."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from uuid import uuid4

import httpx
from tests.support.live import COMPANY, LiveNode, Login

#: Takes connections from nobody: what the node wants to deliver there waits.
NOWHERE = "https://localhost:1"


class World:
    """Two tenants, a partner of each, and those who are not welcome any more.

    Attributes:
        owner, other: operators of the two tenants.
        partner, stranger: partners of the first and of the second tenant.
        revoked: a partner's client of the first tenant, shut out after it got its token.
        suspended: a partner of the first tenant whose connection is suspended since.
    """

    def __init__(self, live: LiveNode) -> None:
        self.live = live
        self.owner = live.organisation("owner", certificationBody=True)
        self.company_ids = [COMPANY.format(1)]
        self.other = live.organisation("other")
        self.connection, self.partner = self.connect(self.owner)
        self.foreign_connection, self.stranger = self.connect(self.other)
        _, self.revoked = self.connect(self.owner)
        suspended, self.suspended = self.connect(self.owner)
        self.tokens = {login: live.token(login) for login in self.logins()}
        live.ask(self.owner, "DELETE", f"/clients/{self.revoked.client_id}")
        live.ask(self.owner, "PUT", f"/connections/{suspended}/state", {"state": "suspended"})

    def connect(self, owner: Login) -> tuple[str, Login]:
        """A partner that has an address and may see everything."""
        return self.live.partner(owner, baseUrl=NOWHERE, clientId="ours", clientSecret="our-secret-there")

    def logins(self) -> list[Login]:
        return [
            self.live.administrator,
            self.owner,
            self.other,
            self.partner,
            self.stranger,
            self.revoked,
            self.suspended,
        ]

    def secrets(self) -> list[str]:
        """What must stand in no log and no answer."""
        return [*(login.client_secret for login in self.logins()), *self.tokens.values(), "our-secret-there"]

    def event(self, data: object, kind: str = "Published", **changes: Any) -> dict[str, Any]:
        """An event from the first tenant's partner."""
        return {
            "type": f"org.wbcsd.pact.ProductFootprint.{kind}Event.3",
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "https://partner.example",
            "time": "2026-05-01T00:00:00Z",
            "data": data,
            **changes,
        }

    def tell(self, event: object, login: Login | None = None) -> httpx.Response:
        """Send an event to the organisation of a partner; the first tenant's unless stated."""
        return self.live.call(login or self.partner, "POST", "/3/events", json=event)

    def books(self) -> list[Any]:
        """Everything the first tenant holds that an attack could have changed; the audit trail tells the rest."""
        paths = ("audit?limit=1000", "footprints", "received", "requests", "connections", "products")
        return [self.live.ask(self.owner, "GET", f"/{path}") for path in paths]

    def raw(self, data: bytes, *, tls: bool = True) -> bytes:
        """Bytes to the node's port, and the bytes that come back until it closes.

        Raises:
            TimeoutError: it does not.
        """
        with socket.create_connection(("127.0.0.1", self.live.config.port), timeout=10) as plain:
            wire = self._context().wrap_socket(plain, server_hostname="localhost") if tls else plain
            answer = bytearray()
            try:
                wire.sendall(data)
                while part := wire.recv(65536):
                    answer += part
            except TimeoutError:
                raise
            except OSError:
                pass  # broken off
            finally:
                wire.close()
        return bytes(answer)

    def hang_up(self, data: bytes) -> None:
        """Bytes to the node's port, and away."""
        with (
            socket.create_connection(("127.0.0.1", self.live.config.port), timeout=10) as plain,
            self._context().wrap_socket(plain, server_hostname="localhost") as wire,
        ):
            wire.sendall(data)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.live.authority.ca_file))
