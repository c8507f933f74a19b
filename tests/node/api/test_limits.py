"""Rate limits over the wire: who is counted, what is answered, and what is never counted."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from tests.support.live import LiveNode, Login, live_node

from carbonbridge.core.errors import TooManyRequests
from carbonbridge.core.rate import RateLimit
from carbonbridge.node.api.limits import Limits

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("limits")

CALLS, TOKENS = 40, 30


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNode]:
    folder = tmp_path_factory.mktemp("limits")
    with live_node(folder, RATE_PER_MINUTE=str(CALLS), TOKEN_RATE_PER_MINUTE=str(TOKENS)) as live:
        yield live


@pytest.fixture(scope="module")
def strict_owner(strict: LiveNode) -> Login:
    return strict.organisation("strict")


def until_refused(live: LiveNode, login: Login, method: str, path: str, most: int) -> int:
    """How many calls pass."""
    for number in range(most):
        if live.call(login, method, path, json={}).status_code == 429:
            return number
    raise AssertionError("no limit")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/3/footprints"), ("GET", "/3/footprints/x"), ("POST", "/3/events")]
)
def test_a_client_is_counted_and_told_when_to_come_back(
    strict: LiveNode, strict_owner: Login, method: str, path: str
) -> None:
    _, partner = strict.partner(strict_owner)
    _, other = strict.partner(strict_owner)
    strict.token(other)
    # The bucket fills while we count: two calls in three seconds.
    assert CALLS <= until_refused(strict, partner, method, path, 2 * CALLS) <= CALLS + 10
    refused = strict.call(partner, method, path, json={})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) in (1, 2)
    assert refused.json()["code"] == "BadRequest"
    assert "too many" in refused.json()["message"]
    assert strict.call(other, "GET", "/3/footprints").status_code == 200, "others go on"
    assert strict.send("GET", "/healthz").status_code == 200


def test_our_own_interface_answers_with_a_problem(strict: LiveNode) -> None:
    operator = strict.organisation("counted")
    until_refused(strict, operator, "GET", "/api/v1/products", 2 * CALLS)
    refused = strict.call(operator, "GET", "/api/v1/products")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["code"] == "TooManyRequests"
    assert refused.headers["Retry-After"]


def test_a_forged_token_counts_for_nobody(strict: LiveNode, strict_owner: Login) -> None:
    _, partner = strict.partner(strict_owner)
    forged = strict.token(partner)[:-4] + "AAAA"
    for _ in range(2 * CALLS):
        response = strict.send(
            "GET", f"{partner.base_url}/3/footprints", headers={"Authorization": f"Bearer {forged}"}
        )
        assert response.status_code == 401
    assert strict.call(partner, "GET", "/3/footprints").status_code == 200


def test_guessing_secrets_is_slow_from_one_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    with live_node(tmp_path_factory.mktemp("guess"), TOKEN_RATE_PER_MINUTE="5") as live:
        statuses = [
            live.send(
                "POST", "/auth/token", auth=("a", "b"), data={"grant_type": "client_credentials"}
            ).status_code
            for _ in range(8)
        ]
        assert statuses[:5] == [401] * 5
        assert statuses[5:] == [429] * 3
        refused = live.send("POST", "/auth/token")
        assert 1 <= int(refused.headers["Retry-After"]) <= 12
        for path in ("/healthz", "/metrics", "/openapi.json"):
            assert live.send("GET", path).status_code == 200


def address(limits: Limits, client: str, forwarded: str | None = None) -> bool:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    try:
        limits.check_address({"type": "http", "client": (client, 1), "headers": headers}, 0.0)
    except TooManyRequests:
        return False
    return True


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("192.0.2.1", None), ("192.0.2.1", None), True),
        (("192.0.2.1", None), ("192.0.2.2", None), False),
        (("2001:db8::1", None), ("2001:db8::ffff", None), True),
        (("2001:db8::1", None), ("2001:db8:0:1::1", None), False),
        # IPv4 in the clothes of IPv6 is IPv4.
        (("::ffff:192.0.2.1", None), ("::ffff:192.0.2.2", None), False),
        (("::ffff:192.0.2.1", None), ("192.0.2.1", None), True),
        # A stranger's word about itself counts for nothing,
        (("192.0.2.1", "198.51.100.1"), ("192.0.2.1", "198.51.100.2"), True),
        # the proxy's for everything, and only the last.
        (("10.0.0.1", "198.51.100.1"), ("10.0.0.2", "198.51.100.1"), True),
        (("10.0.0.1", "198.51.100.1"), ("10.0.0.1", "198.51.100.2"), False),
        (("10.0.0.1", "1.1.1.1, 198.51.100.1"), ("10.0.0.1", "2.2.2.2, 198.51.100.1"), True),
        (("10.0.0.1", "nonsense"), ("10.0.0.1", None), True),
    ],
)
def test_who_counts_as_one_address(
    first: tuple[str, str | None], second: tuple[str, str | None], same: bool
) -> None:
    limits = Limits(RateLimit(0), RateLimit(1), (ip_network("10.0.0.0/8"),))
    assert address(limits, *first)
    assert address(limits, *second) is not same


def test_the_defaults_are_generous(live: LiveNode) -> None:
    assert (live.config.rate_per_minute, live.config.token_rate_per_minute) == (6000, 600)


def test_no_limit_where_none_is_wanted() -> None:
    limits = Limits(RateLimit(0), RateLimit(0))
    assert all(address(limits, "192.0.2.1") for _ in range(1000))
