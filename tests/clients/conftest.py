"""A host to call, and an environment without settings."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.clients.host import Host, serving


@pytest.fixture
def host(tmp_path) -> Iterator[Host]:
    with serving(tmp_path / "host") as running:
        yield running


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Tests must not depend on whoever runs them; proxies must not stand before loopback."""
    for name in os.environ:
        if name.startswith("CARBONBRIDGE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    # Nobody but the test's own authority is trusted; reading the system's hundreds takes longer than most tests.
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, os.devnull)
