"""Which addresses a node may call.

A partner names its own address, and its host names its token endpoint. Neither may lead us to this machine, to
our network, or to the cloud's metadata (server-side request forgery).
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from carbonbridge.core.errors import AddressForbidden, PartnerUnreachable

IPAddress = IPv4Address | IPv6Address

#: Prefixes that carry an IPv4 address in their last 32 bits (RFC 6052, RFC 4291 §2.5.5).
_CARRIERS = tuple(IPv6Network(prefix) for prefix in ("64:ff9b::/96", "::/96", "::ffff:0:0/96"))
#: Never a host on the Internet, whatever the library's tables say: site-local (RFC 3879), NAT64 of a network
#: (RFC 8215), documentation (RFC 9637), protocol assignments (RFC 6890; Teredo and a cloud's metadata among them); and
#: the platform inside a virtual machine of Azure, which has an address that looks public (Azure documentation, "What is
#: IP address 168.63.129.16?").
_NEVER = tuple(
    ip_network(prefix)
    for prefix in (
        *("fec0::/10", "64:ff9b:1::/48", "3fff::/20", "2001::/23", "192.0.0.0/24"),
        "168.63.129.16/32",
    )
)
_LOOPBACK = IPv6Address(1)


def check_address(address: IPAddress, *, allow_loopback: bool) -> None:
    """Pass only addresses on the Internet.

    Args:
        allow_loopback: pass this machine's loopback addresses as well.

    Raises:
        AddressForbidden: loopback, private, link-local, multicast or reserved, or such a one inside another.
    """
    inner = _carried(address)
    if inner.is_loopback and allow_loopback:
        return
    if (
        not inner.is_global
        or inner.is_multicast
        or inner.is_reserved
        or any(inner in network for network in _NEVER)
    ):
        raise AddressForbidden(
            f"{address} is not an address on the Internet, which are the only ones this node calls",
            next_step="Correct the partner's base URL.",
        )


def resolve(host: str, port: int, *, allow_loopback: bool) -> list[IPAddress]:
    """The addresses of a host, every one of them checked.

    Raises:
        AddressForbidden: one of them may not be called: a host with such a mixture is not called at all.
        PartnerUnreachable: the name does not resolve now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a host name"
        raise PartnerUnreachable(f"the name of the partner's host does not resolve ({reason})") from None
    # A link-local address comes with a zone (fe80::1%eth0), which plays no part in the check.
    addresses = list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
    for address in addresses:
        check_address(address, allow_loopback=allow_loopback)
    return addresses


def _carried(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 address, where there is one."""
    if isinstance(address, IPv4Address) or address == _LOOPBACK:
        return address
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
