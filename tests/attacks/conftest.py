"""One live node for every attack, its log, and a check at the end that the log holds nothing it should not."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import structlog
from tests.attacks.world import World
from tests.core.footprints import footprint_document
from tests.support.live import live_node

from carbonbridge.node.telemetry import configure_logs


@contextmanager
def logs_to(stream: io.StringIO) -> Iterator[None]:
    """The node's logs as in production, until the block ends."""
    root = logging.getLogger()
    handlers, level, said = root.handlers[:], root.level, structlog.get_config()
    configure_logs("info", stream)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.configure(**said)


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    """What the node has logged so far."""
    return io.StringIO()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, log: io.StringIO) -> Iterator[World]:
    """A node with two tenants; after all attacks it is healthy, and its log has told no secret."""
    folder = tmp_path_factory.mktemp("attacked")
    with logs_to(log), live_node(folder, MAX_BODY_BYTES="1048576") as live:
        world = World(live)
        yield world
        assert live.send("GET", "/healthz").status_code == 200
        written = log.getvalue()
    told = [secret for secret in world.secrets() if secret in written]
    assert not told
    assert "Traceback" not in written
    assert "endpoint failed" not in written
    assert "use case failed" not in written


@pytest.fixture
def footprint(world: World) -> Callable[..., dict[str, Any]]:
    """A fresh sound footprint of the first tenant."""

    def make(**changes: Any) -> dict[str, Any]:
        return footprint_document(**{"id": str(uuid4()), "companyIds": world.company_ids, **changes})

    return make
