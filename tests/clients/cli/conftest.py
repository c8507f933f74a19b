"""The command line in this process: how it ended, what it printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from carbonbridge.client.cli.main import main


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys) -> Run:
    def command_line(*words: str) -> Ended:
        status = main(list(words))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        return Ended(int(status), printed.out, printed.err)

    return command_line


@pytest.fixture
def at_host(run, host, monkeypatch) -> Run:
    """With the settings of an operator at the host."""
    monkeypatch.setenv("CARBONBRIDGE_NODE", f"{host.url}/o/x")
    monkeypatch.setenv("CARBONBRIDGE_CLIENT_ID", "id")
    monkeypatch.setenv("CARBONBRIDGE_CLIENT_SECRET", "geheim")
    monkeypatch.setenv("CARBONBRIDGE_CA_FILE", str(host.ca_file))
    return run
