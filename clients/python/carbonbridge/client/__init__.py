"""CarbonBridge for programs: a PACT v3 client, a client of a node's operator API, offline verification.

Every client comes blocking (``PactClient``, ``NodeClient``) and awaiting (``AsyncPactClient``,
``AsyncNodeClient``).
Errors are those of :mod:`carbonbridge.core.errors`.
"""

from carbonbridge.client.node import AsyncNodeClient, NodeClient
from carbonbridge.client.pact import AsyncPactClient, PactClient
from carbonbridge.client.transport import Wire
from carbonbridge.client.verification import Verification, verify_footprint

__all__ = [
    "AsyncNodeClient",
    "AsyncPactClient",
    "NodeClient",
    "PactClient",
    "Verification",
    "Wire",
    "verify_footprint",
]
