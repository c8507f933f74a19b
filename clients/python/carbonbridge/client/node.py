"""The operator's client of a CarbonBridge node."""

from __future__ import annotations

from carbonbridge.client.operations.footprints import Footprints
from carbonbridge.client.operations.parties import Parties
from carbonbridge.client.operations.products import Products
from carbonbridge.client.operations.registers import Registers
from carbonbridge.client.runner import AsyncHostClient, HostClient, identify
from carbonbridge.client.transport import Sender, Wire
from carbonbridge.core.keys import SigningKey


class NodeClient(Parties, Registers, Footprints, Products, HostClient):
    """The whole operator's API; waits for each answer.

    Args:
        base_url: base URL of the organisation (``https://host/o/name``), or of the node for an administrator.
        client_id: of an operator or administrator.
        client_secret: its secret.
        key: its private key, instead of a secret, if it was enrolled with the public half.
        wire: CA file, time limit, client certificate; or another way to send.

    Raises:
        BadInput: the address is not an https base URL, or the CA file cannot be used.

    Example:
        >>> with NodeClient("https://node.example/o/module", "id", "secret") as node:  # doctest: +SKIP
        ...     node.calculate("module-550")
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        key: SigningKey | None = None,
        wire: Wire | Sender | None = None,
    ) -> None:
        plain = wire if isinstance(wire, Wire) else None
        login, made = identify(base_url, client_id, client_secret, None, key, plain)
        super().__init__(login, made if wire is None else wire)


class AsyncNodeClient(Parties, Registers, Footprints, Products, AsyncHostClient):
    """The same on an event loop: every method is awaitable; see :class:`NodeClient`."""

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str | None = None,
        *,
        key: SigningKey | None = None,
        wire: Wire | None = None,
    ) -> None:
        super().__init__(*identify(base_url, client_id, client_secret, None, key, wire))
