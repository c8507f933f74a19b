"""How often callers may call: clients by their id once the token is known to be good, strangers by their address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from starlette.datastructures import Headers

from carbonbridge.core.rate import RateLimit
from carbonbridge.node.config import Config, IPNetwork

#: What one IPv6 subscriber has at the least: addresses within it are one caller.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one node; each process of it counts for itself.

    Attributes:
        clients: calls with a token, by client id.
        addresses: token requests, by address: each may cost us a slow hash.
        proxies: whose word on the caller's address is taken.
    """

    clients: RateLimit
    addresses: RateLimit
    proxies: tuple[IPNetwork, ...] = ()

    @classmethod
    def of(cls, config: Config) -> Limits:
        """As configured."""
        return cls(
            RateLimit(config.rate_per_minute),
            RateLimit(config.token_rate_per_minute),
            config.trusted_proxies,
        )

    def check_address(self, scope: Mapping[str, Any], now: float) -> None:
        """Count a token request.

        Raises:
            TooManyRequests: the address has sent enough of them.
        """
        self.addresses.check(_address(scope, self.proxies), now)


def _address(scope: Mapping[str, Any], proxies: tuple[IPNetwork, ...]) -> str:
    """Where a call comes from; a proxy's last word is its own, those before it are whatever the caller made up."""
    nearest = scope["client"][0] if scope.get("client") else ""
    try:
        address = _plain(nearest)
        if any(address in network for network in proxies):
            told = ",".join(Headers(scope=dict(scope)).getlist("x-forwarded-for")).rpartition(",")[2]
            address = _plain(told.strip())
    except ValueError:
        return nearest
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


def _plain(text: str) -> IPv4Address | IPv6Address:
    """An address; one of IPv4 that is written as one of IPv6 is that of IPv4."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
