"""One live node for all tests of the interface; each test brings its own organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from tests.core.footprints import footprint_document
from tests.support.live import LiveNode, Login, live_node


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveNode]:
    with live_node(tmp_path_factory.mktemp("live"), MAX_BODY_BYTES="65536") as running:
        yield running


_numbers = count(1)


@pytest.fixture
def owner(live: LiveNode) -> Login:
    """An operator of a fresh organisation."""
    return live.organisation(f"org-{next(_numbers)}")


@pytest.fixture
def publish(live: LiveNode, owner: Login) -> Callable[..., dict[str, Any]]:
    """Publish a footprint of the owner; returns the document that was sent."""
    company_ids = next(
        item["companyIds"]
        for item in live.ask(live.administrator, "GET", "/organisations")
        if item["baseUrl"] == owner.base_url
    )

    def do(**changes: Any) -> dict[str, Any]:
        document = footprint_document(**{"id": str(uuid4()), "companyIds": company_ids, **changes})
        live.ask(owner, "POST", "/footprints", {"footprint": document}, 201)
        return document

    return do
