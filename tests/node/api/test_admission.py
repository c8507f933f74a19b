"""A caller who was let in before is let in no longer than is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.live import LiveNode, Login

from carbonbridge.core.instant import format_instant
from carbonbridge.node.db.store import SqlStore

Publish = Callable[..., dict[str, Any]]


def seen(live: LiveNode, partner: Login) -> list[str]:
    response = live.call(partner, "GET", "/3/footprints")
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["data"]]


def test_what_changes_between_two_calls_counts_at_once(
    live: LiveNode, owner: Login, publish: Publish
) -> None:
    connection, partner = live.partner(owner, share=False)
    first = publish()["id"]
    path = f"/3/footprints/{first}"
    assert seen(live, partner) == []
    assert live.call(partner, "GET", path).status_code == 404
    grant = live.ask(owner, "POST", "/grants", {"connectionId": connection, "scope": "all"})["id"]
    assert seen(live, partner) == seen(live, partner) == [first]
    second = publish(precedingPfIds=[first])["id"]
    assert seen(live, partner) == [first, second]
    assert live.call(partner, "GET", path).json()["data"]["status"] == "Deprecated"
    live.ask(owner, "DELETE", f"/grants/{grant}")
    assert seen(live, partner) == []
    assert live.call(partner, "GET", path).status_code == 404


def test_a_client_that_is_revoked_is_out_at_its_next_call(live: LiveNode, owner: Login) -> None:
    connection, partner = live.partner(owner)
    assert seen(live, partner) == []
    live.ask(owner, "PUT", f"/connections/{connection}/state", {"state": "suspended"})
    assert live.call(partner, "GET", "/3/footprints").status_code == 403
    live.ask(owner, "PUT", f"/connections/{connection}/state", {"state": "active"})
    assert seen(live, partner) == []
    live.ask(owner, "DELETE", f"/clients/{partner.client_id}")
    assert live.call(partner, "GET", "/3/footprints").status_code == 401


def test_another_process_changes_the_store(live: LiveNode, owner: Login) -> None:
    _, partner = live.partner(owner)
    assert seen(live, partner) == []
    other = SqlStore(live.config.database_url)
    with other.transaction() as tx:
        org = owner.base_url.rpartition("/")[2]
        tx.parties.revoke_client(org, partner.client_id, live.node.clock.now())
    other.close()
    assert live.call(partner, "GET", "/3/footprints").status_code == 401


def test_a_client_or_a_grant_that_ends_without_a_change(
    live: LiveNode, owner: Login, publish: Publish
) -> None:
    """Time passes, and nothing is written meanwhile: the end that was set counts all the same."""
    own_id = publish()["id"]
    connection, _ = live.partner(owner, share=False)
    soon = format_instant(live.node.clock.now() + timedelta(seconds=1.5))
    made = live.ask(owner, "POST", "/clients", {"connectionId": connection, "expiresAt": soon})
    partner = Login(owner.base_url, made["clientId"], made["clientSecret"])
    asked = {"connectionId": connection, "scope": "all", "validUntil": soon}
    live.ask(owner, "POST", "/grants", asked)
    statuses = {200: 0, 401: 0}
    while not statuses[401]:
        response = live.call(partner, "GET", f"/3/footprints/{own_id}")
        if response.status_code != 404:  # the grant may end a moment before the client
            statuses[response.status_code] += 1
    assert statuses[200] > 0
