"""Every forged token, wherever it is shown: 401, and not a word more than that."""

from __future__ import annotations

import base64
from collections.abc import Callable

import httpx
import pytest
from tests.attacks.forgeries import FORGERIES, Case, Forge, case
from tests.attacks.world import World

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-forgeries")

ADDRESSES = ("/o/owner/api/v1/clients", "/o/owner/3/footprints")

Headers = list[tuple[str, bytes]]


def answers(world: World, headers: Headers, *, query: str = "") -> list[httpx.Response]:
    return [world.live.send("GET", address + query, headers=headers) for address in ADDRESSES]


def bearer(token: str) -> Headers:
    return [("Authorization", b"Bearer " + token.encode("latin-1"))]


def refused(world: World, responses: list[httpx.Response]) -> None:
    for response in responses:
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert not any(secret in response.text for secret in world.secrets())
    assert responses[1].json()["code"] in ("BadRequest", "TokenExpired")


def test_the_tools_of_the_forger_make_sound_tokens_too(world: World) -> None:
    """So that what is refused below is refused for what is forged in it."""
    found = case(world)
    for token in (found.token, found.own(), found.head(), found.kept(), found.own(nbf=found.claims["iat"])):
        assert [response.status_code for response in answers(world, bearer(token))] == [200, 200]


def test_there_are_enough_of_them_and_no_two_alike(world: World) -> None:
    found = case(world)
    made = {forge(found) for forge in FORGERIES.values()}
    assert len(made) == len(FORGERIES) >= 60
    assert found.token not in made


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_token(world: World, forge: Forge) -> None:
    refused(world, answers(world, bearer(forge(case(world)))))


PRESENTATIONS: dict[str, Callable[[Case, bytes], Headers]] = {
    "no header": lambda case, token: [],
    "no scheme": lambda case, token: [("Authorization", token)],
    "no blank": lambda case, token: [("Authorization", b"Bearer" + token)],
    "colon": lambda case, token: [("Authorization", b"Bearer: " + token)],
    "scheme twice": lambda case, token: [("Authorization", b"Bearer Bearer " + token)],
    **{
        f"scheme {scheme}": lambda case, token, scheme=scheme: [
            ("Authorization", scheme.encode() + b" " + token)
        ]
        for scheme in ("DPoP", "Basic", "Token", "Digest", "JWT", "MAC", "Negotiate", "Bearer\t")
    },
    "Basic with the secret": lambda case, token: [
        (
            "Authorization",
            b"Basic "
            + base64.b64encode(f"{case.world.owner.client_id}:{case.world.owner.client_secret}".encode()),
        )
    ],
    "Basic with the token": lambda case, token: [
        ("Authorization", b"Basic " + base64.b64encode(b":" + token))
    ],
    "two headers alike": lambda case, token: [("Authorization", b"Bearer " + token)] * 2,
    "sound one first": lambda case, token: [
        ("Authorization", b"Bearer " + token),
        ("Authorization", b"Bearer x"),
    ],
    "sound one last": lambda case, token: [
        ("Authorization", b"Bearer x"),
        ("Authorization", b"Bearer " + token),
    ],
    "Basic beside it": lambda case, token: [
        ("Authorization", b"Basic YTpi"),
        ("authorization", b"Bearer " + token),
    ],
    "joined by a comma": lambda case, token: [("Authorization", b"Bearer " + token + b", Bearer x")],
    "auth-param": lambda case, token: [("Authorization", b'Bearer token="' + token + b'"')],
    **{
        f"header {name}": lambda case, token, name=name: [(name, b"Bearer " + token)]
        for name in ("Proxy-Authorization", "X-Authorization", "X-Forwarded-Authorization", "X-Access-Token")
    },
    "cookie": lambda case, token: [("Cookie", b"access_token=" + token + b"; Authorization=Bearer " + token)],
}


@pytest.mark.parametrize("present", PRESENTATIONS.values(), ids=PRESENTATIONS)
def test_sound_token_shown_in_another_way(world: World, present: Callable[[Case, bytes], Headers]) -> None:
    found = case(world)
    refused(world, answers(world, present(found, found.token.encode())))


def test_sound_token_in_the_address(world: World) -> None:
    """RFC 6750 §2.3 is not offered: addresses end in logs."""
    refused(world, answers(world, [], query=f"?access_token={case(world).token}"))
