"""Addresses a node may and may not call."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import AddressForbidden, PartnerUnreachable
from carbonbridge.node.peers.address import check_address, resolve
from carbonbridge.node.peers.network import DEADLINE, CheckedNetwork

FORBIDDEN = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.0.192",
    "2001:2::1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "2001::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "4000::1",
    "5f00::1",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_forbidden(text: str) -> None:
    with pytest.raises(AddressForbidden):
        check_address(ip_address(text), allow_loopback=False)


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_the_internet_is_open(text: str) -> None:
    check_address(ip_address(text), allow_loopback=False)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_allowing_loopback_opens_nothing_else(text: str) -> None:
    address = ip_address(text)
    if text in (
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ):
        check_address(address, allow_loopback=True)
    else:
        with pytest.raises(AddressForbidden):
            check_address(address, allow_loopback=True)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_fares_the_same_inside_ipv6(address: IPv4Address) -> None:
    number = int(address)
    carried = [(0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80)]
    for carrier in map(IPv6Address, carried):
        assert _open(carrier) == _open(address)


def _open(address: IPv4Address | IPv6Address) -> bool:
    try:
        check_address(address, allow_loopback=False)
    except AddressForbidden:
        return False
    return True


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0", "::1"])
def test_spellings_of_this_machine_do_not_resolve_past_the_check(host: str) -> None:
    with pytest.raises(AddressForbidden):
        resolve(host, 443, allow_loopback=False)


@pytest.mark.parametrize("text", FORBIDDEN)
@pytest.mark.parametrize("others", [[], ["8.8.8.8"], ["8.8.8.8", "2606:4700::1111"]])
@pytest.mark.parametrize("first", [True, False])
def test_name_that_resolves_inwards_is_not_called_at_all(
    monkeypatch: pytest.MonkeyPatch, text: str, others: list[str], *, first: bool
) -> None:
    """Whatever else it resolves to, in whatever order: no connection is tried."""
    found = [text, *others] if first else [*others, text]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(0, 0, 6, "", (each, 443)) for each in found]
    )
    network, connected = CheckedNetwork(allow_loopback=False), []
    monkeypatch.setattr(network._plain, "connect_tcp", lambda *given: connected.append(given))
    token = DEADLINE.set(monotonic() + 60)
    with pytest.raises(AddressForbidden):
        network.connect_tcp("partner.example", 443)
    DEADLINE.reset(token)
    assert connected == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", ".", "a..b"])
def test_name_that_does_not_resolve(host: str) -> None:
    with pytest.raises(PartnerUnreachable):
        resolve(host, 443, allow_loopback=True)
