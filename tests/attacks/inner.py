"""URLs that lead inwards, in every disguise we know; and an Internet for tests, which says who was called.

``{port}`` is the port of the canary.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from httpcore import ConnectError, NetworkStream, SyncBackend

#: The hostile partner's name, and the addresses on the Internet that names of this test have.
PARTNER = "partner.test"
PUBLIC, DECOY = "20.0.0.1", "20.0.0.2"

#: Names, and what they resolve to, one look-up after the other; the last answer stays.
NAMES: Mapping[str, list[list[str]]] = {
    PARTNER: [[PUBLIC]],
    "rebind.test": [[DECOY], ["127.0.0.1"]],
    "rebind-late.test": [[DECOY], [DECOY], [DECOY], ["127.0.0.1"]],
    "rebind-back.test": [["127.0.0.1"], [DECOY]],
    "rebind6.test": [[DECOY], ["::1"]],
    "several.test": [[DECOY, "127.0.0.1"]],
    "several-first.test": [["127.0.0.1", DECOY]],
    "several6.test": [[DECOY, "::1"]],
    "several-private.test": [[DECOY, DECOY, "10.0.0.1"]],
    "plain.test": [["127.0.0.1"]],
    "plain6.test": [["::1"]],
    "unspecified.test": [["0.0.0.0"]],
    "unspecified6.test": [["::"]],
    "private.test": [["192.168.0.1"]],
    "shared.test": [["100.64.0.1"]],
    "ula.test": [["fd00::1"]],
    "site-local.test": [["fec0::1"]],
    "link-local.test": [["fe80::1%1"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "mapped-private.test": [["::ffff:10.0.0.1"]],
    "mapped-metadata.test": [["::ffff:169.254.169.254"]],
    "compatible.test": [["::127.0.0.1"]],
    "translated.test": [["::ffff:0:127.0.0.1"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "nat64-local.test": [["64:ff9b:1::7f00:1"]],
    "6to4.test": [["2002:7f00:1::"]],
    "6to4-private.test": [["2002:a00:1::"]],
    "teredo.test": [["2001:0:4136:e378:8000:63bf:80ff:fffe"]],
    "azure.test": [["168.63.129.16"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "metadata": [["169.254.169.254"]],
    "instance-data": [["169.254.169.254"]],
    "kubernetes.default.svc": [["10.96.0.1"]],
    "localtest.me": [["127.0.0.1"]],
    "127.0.0.1.nip.io": [["127.0.0.1"]],
    "localhost.localdomain": [["127.0.0.1"]],
    "ip6-localhost": [["::1"]],
}

_HOSTS = (
    # loopback: decimal, octal, hexadecimal, short, and mixed
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.127.127.127", "127.255.255.254", "127.000.000.001"),
    *("2130706433", "017700000001", "0177.0.0.1", "0177.0.0.01", "0177.1", "0x7f000001", "0x7F000001"),
    *("0x7f.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0x0.0.1", "0000177.0.0.1", "0x000000007f000001"),
    *("0", "00", "0x0", "0.0.0.0", "0.0", "0.0.0.0.", "4294967296", "6425673729", "383.0.0.1", "127.0.0.257"),
    *("localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost.."),
    # private and special networks
    *("10.0.0.1", "10.255.255.254", "167772161", "012.0.0.1", "0xa.1", "172.16.0.1", "172.31.255.254"),
    *("2886729729", "192.168.0.1", "3232235521", "0300.0250.0.1", "0xc0a80001", "192.168.1", "100.64.0.1"),
    *("192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "4294967295", "0xffffffff"),
    # clouds' metadata
    *(
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xA9FEA9FE",
        "025177524776",
        "0251.0376.0251.0376",
    ),
    *("0xa9.0xfe.0xa9.0xfe", "0xa9.254.0251.254", "169.254.43518", "169.16689662", "425.510.425.510"),
    *("100.100.100.200", "1684301000", "168.63.129.16", "0xa83f8110", "169.254.0.23", "169.254.170.2"),
    # IPv6, and IPv4 inside it
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]"),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]"),
    *("[::ffff:0.0.0.0]", "[::127.0.0.1]", "[::7f00:1]", "[::a9fe:a9fe]", "[::ffff:0:127.0.0.1]"),
    *("[::ffff:0:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]"),
    *(
        "[64:ff9b:1::7f00:1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2002:a9fe:a9fe::]",
    ),
    *("[2002:6464:64c8::1]", "[2001::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:db8::1]"),
    *("[3fff::1]", "[5f00::1]", "[100::1]", "[fc00::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "[fec0::1]"),
    *("[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fe80::a9fe:a9fe%251]", "[::1%25lo]", "[::1%251]"),
    *("[ff01::1]", "[ff02::1]", "[v1.fe80::1]", "[127.0.0.1]", "[::1", "::1", "[[::1]]", "[::1]x"),
    # digits, dots and letters that only look like others
    *("127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "𝟭𝟮𝟳.0.0.1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"),
    *("ｌｏｃａｌｈｏｓｔ", "local\u00adhost", "localhost\u3002", "loc\u200balhost", "xn--", "ⅼocalhost"),
    # what two parsers may read differently
    *("127.0.0.1%00", "127.0.0.1%09", "127.0.0.1%2f.partner.test", "%31%32%37.0.0.1", "127.0.0%2e1"),
    *("local%68ost", "127.0.0.1\t", "12\t7.0.0.1", "127.0.0.1\n", "\n127.0.0.1", " 127.0.0.1", "127.0.0.1 "),
    *("127.0.0.1\r\nHost: partner.test", "127.0.0.1\0.partner.test", "127.0.0.1;.partner.test"),
    *("127.0.0.1,partner.test", "partner.test,127.0.0.1", "127.0.0.1\\.partner.test", "{{127.0.0.1}}"),
    *(name for name in NAMES if name != PARTNER),
)

_URLS = (
    # userinfo, and what looks like it
    "https://partner.test@127.0.0.1:{port}",
    "https://partner.test:443@127.0.0.1:{port}",
    "https://partner.test%40127.0.0.1:{port}",
    "https://partner.test\\@127.0.0.1:{port}",
    "https://127.0.0.1:{port}\\@partner.test",
    "https://127.0.0.1:{port}@partner.test",
    "https://a@127.0.0.1:{port}@partner.test",
    "https://a@partner.test@127.0.0.1:{port}",
    "https://partner.test#@127.0.0.1:{port}",
    "https://127.0.0.1:{port}#@partner.test",
    "https://partner.test?@127.0.0.1:{port}",
    "https://127.0.0.1:{port}?@partner.test",
    "https://127.0.0.1:{port}/.partner.test",
    "https://partner.test:443:{port}",
    "https://partner.test &@127.0.0.1:{port}# @partner.test",
    # backslashes, slashes, schemes
    "https:\\\\127.0.0.1:{port}",
    "https:/\\127.0.0.1:{port}",
    "https:127.0.0.1:{port}",
    "https:/127.0.0.1:{port}",
    "https:///127.0.0.1:{port}",
    "https:////127.0.0.1:{port}",
    "HTTPS://127.0.0.1:{port}",
    "ht\ttps://127.0.0.1:{port}",
    "\thttps://127.0.0.1:{port}",
    "https\n://127.0.0.1:{port}",
    "http://127.0.0.1:{port}",
    "http://169.254.169.254/latest/meta-data",
    "ws://127.0.0.1:{port}",
    "wss://127.0.0.1:{port}",
    "ftp://127.0.0.1:{port}",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/d",
    "ldap://127.0.0.1:{port}",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "unix:///var/run/docker.sock",
    "jar:https://127.0.0.1:{port}!/",
    "//127.0.0.1:{port}",
    "127.0.0.1:{port}",
    # ports
    "https://127.0.0.1:00{port}",
    "https://127.0.0.1:+{port}",
    "https://127.0.0.1: {port}",
    "https://127.0.0.1:{port}:",
    "https://127.0.0.1:0",
    "https://127.0.0.1:99999",
    "https://127.0.0.1:22",
    "https://127.0.0.1:",
)

PAYLOADS = (*(f"https://{name}:{{port}}" for name in _HOSTS), *_URLS)


class TestInternet(SyncBackend):
    """The way to a socket, behind the guard: the partner is there, everything else on the Internet is away.

    Attributes:
        called: every address that somebody wanted to connect to.
    """

    __test__ = False

    def __init__(self, partner_port: int) -> None:
        self._partner_port = partner_port
        self._looked_up: dict[str, int] = {}
        self.called: list[str] = []

    def begin(self) -> None:
        """Forget what was."""
        self._looked_up.clear()
        self.called.clear()

    def connect_tcp(self, host: str, port: int, *rest: Any) -> NetworkStream:
        self.called.append(host)
        if host == PUBLIC:
            return super().connect_tcp("127.0.0.1", self._partner_port, *rest)
        if ip_address(host).is_global:
            raise ConnectError("nobody there")
        return super().connect_tcp(host, port, *rest)  # the guard has failed: let the canary see it

    def getaddrinfo(self, host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        """The test's names; numbers in all their spellings, as the system reads them; nothing else."""
        answers = NAMES.get(host.rstrip(".").lower() if host != "localhost.." else host)
        if answers is None:
            flags = 0 if host.lower().rstrip(".") == "localhost" else socket.AI_NUMERICHOST
            return _SYSTEM(host, port, *rest, **(more | {"flags": flags}))
        count = self._looked_up[host] = self._looked_up.get(host, 0) + 1
        found = answers[min(count, len(answers)) - 1]
        return [
            (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port))
            for text in found
        ]


_SYSTEM = socket.getaddrinfo
