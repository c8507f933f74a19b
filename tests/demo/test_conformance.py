"""``carbonbridge demo conformance`` and ``carbonbridge conformance`` against each other, as two strangers run them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.demo.test_demo import running

from carbonbridge.client.authority import Authority
from carbonbridge.client.conformance import PactVersion
from carbonbridge.demo.network import free_port

pytestmark = pytest.mark.xdist_group("demo-conformance")

SECONDS = 120


def start(*words: str) -> subprocess.Popen[str]:
    """A process without anybody's settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")}
    command = [sys.executable, "-m", "carbonbridge.client", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**inherited, "COLUMNS": "200"})


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in out + err
    return out, err


@dataclass
class Prepared:
    """A prepared node, and what a suite beside it needs."""

    folder: Path
    process: subprocess.Popen[str]
    shown: list[str]
    suite_port: int

    @property
    def values(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "credentials.json").read_text())
        return found

    def suite(self, *words: str) -> subprocess.Popen[str]:
        """Our suite against it."""
        secret = self.folder / "secret"
        secret.write_text(self.values["clientSecret"] + "\n")
        return start(
            *("conformance", self.values["baseUrl"], "--client-id", self.values["clientId"]),
            *("--client-secret-file", str(secret), "--timeout", "20", "--callback-wait", "60"),
            *("--ca-file", str(self.folder / "output" / "conformance" / "authority" / "ca.pem")),
            *("--callback-port", str(self.suite_port)),
            *(
                "--callback-cert",
                str(self.folder / "tls.pem"),
                "--callback-key",
                str(self.folder / "tls.key"),
            ),
            *words,
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("prepared")
    authority = Authority.create(folder / "suite-authority")
    authority.issue("suite", folder)
    port, suite_port = free_port(), free_port()
    process = start(
        *("demo", "conformance", "--suite-url", f"https://localhost:{suite_port}/", "--allow-loopback"),
        *("--suite-ca-file", str(authority.ca_file), "--port", str(port), "--output", str(folder / "output")),
        *("--credentials-file", str(folder / "credentials.json"), "--once-ready-file", str(folder / "ready")),
    )
    assert process.stdout is not None
    shown = []
    for line in process.stdout:
        shown.append(line)
        if "Ctrl-C" in line:
            break
    made = Prepared(folder, process, shown, suite_port)
    yield made
    process.send_signal(signal.SIGINT)
    rest, _ = finish(process)
    assert "stopping the node" in rest
    assert process.returncode == 0
    assert running(folder) == []


def test_the_values_to_enter_are_shown_and_written_for_the_owner_alone(prepared: Prepared) -> None:
    text = "".join(prepared.shown)
    assert prepared.values.keys() == {"baseUrl", "clientId", "clientSecret"}
    for value in prepared.values.values():
        assert value in text
    assert f"https://localhost:{prepared.suite_port}/3/events" in text
    assert stat.S_IMODE((prepared.folder / "credentials.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("pact", list(PactVersion))
def test_the_suite_passes_unattended(prepared: Prepared, pact: PactVersion) -> None:
    report, xml = prepared.folder / f"{pact}.json", prepared.folder / f"{pact}.xml"
    suite = prepared.suite("--pact", pact, "--strict", "--json", str(report), "--junit", str(xml))
    out, err = finish(suite)
    assert suite.returncode == 0, out + err
    told = json.loads(report.read_text())
    assert told["passed"] is True
    assert told["counts"] == {"passed": len(told["cases"]), "failed": 0, "pending": 0, "skipped": 0}
    assert told["callbackUrl"] == f"https://localhost:{prepared.suite_port}"
    assert 'failures="0"' in xml.read_text()
    assert prepared.values["clientSecret"] not in out + err + report.read_text() + xml.read_text()


def test_callbacks_that_cannot_arrive_are_pending_and_no_pass(prepared: Prepared) -> None:
    """The node's connection leads elsewhere than to this suite: there is nobody at the address that is registered."""
    words = ("--callback-port", "0", "--callback-wait", "0", "--case", "13", "--lang", "zh")
    suite = prepared.suite(*words)
    out, err = finish(suite)
    assert suite.returncode == 1, out + err
    assert "等待中" in out
    assert "test_client_id" in out


def test_a_public_address_that_leads_nowhere_from_here(tmp_path: Path) -> None:
    port = free_port()
    words = ("--suite-url", "https://suite.example", "--public-url", f"https://pact.example:{port}")
    ready = tmp_path / "ready"
    process = start(
        *("demo", "conformance", *words, "--port", str(port), "--output", str(tmp_path / "output")),
        *("--once-ready-file", str(ready), "--lang", "zh"),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    process.send_signal(signal.SIGTERM)
    rest, errors = finish(process)
    assert process.returncode == 0, rest + errors
    assert ready.read_text() == f"https://pact.example:{port}/o/conformance\n"
    assert running(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--suite-url", "http://plain.example"], "https"),
        (["--suite-url", "https://x.example", "--tls-cert", "c.pem"], "go together"),
        (["--suite-url", "https://x.example", "--suite-ca-file", "no-such.pem"], "no-such.pem"),
        (["--suite-url", "https://x.example", "--public-url", "http://plain.example"], "https"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    process = start("demo", "conformance", "--output", str(tmp_path / "output"), *words)
    out, err = finish(process)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1
    assert told in err
