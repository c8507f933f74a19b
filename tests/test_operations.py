"""The first hours of docs/operations.md, step by step as they are written there, on a live node."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from tests.support.live import environment

from carbonbridge.client.cli.main import main
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.lint.linter import lint_all
from carbonbridge.core.lint.reading import documents
from carbonbridge.demo.authority import Authority

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHOWN_SECRET = re.compile(r"client secret\s+(\S+)")

#: Longest run of one verb until what the node does by itself has arrived.
LOOKS = 300


def steps() -> list[str]:
    """Every line of the shell blocks of two sections: from setting a node up to the last look."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    walked = [part for part in page.split("\n## ") if part.startswith(("Start a node", "First hours"))]
    assert len(walked) == 2
    return [line for part in walked for block in FENCE.findall(part) for line in block.splitlines()]


@dataclass
class Shell:
    """As much of a shell as the page needs.

    Attributes:
        places: what the page calls its hosts and folders → where they are in the test.
        log: where the node writes its log, once it has been started.
        operators: client id of each organisation's operator; the page leaves it to the reader to remember them.
        ran: the command lines, to see that none was left out.
    """

    run: Callable[..., str]
    set: Callable[[str, str], None]
    places: dict[str, str]
    log: Path
    operators: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    last: str = ""

    def step(self, line: str) -> None:
        for name, place in self.places.items():
            line = line.replace(name, place)
        if line.startswith("carbonbridge "):
            words = shlex.split(os.path.expandvars(line))[1:]
            self.last = self.run(*words) or self.last
            self.ran.append(line)
            if words[:2] == ["enrol", "--organisation"]:
                self.operators[words[2]] = self.shown(SHOWN_ID)
            return
        name, value = line.removeprefix("export ").split("=", 1)
        self.set(name, self.value(name, value))

    def value(self, name: str, value: str) -> str:
        if found := re.fullmatch(r"\$\(cat (\S+)\)", value):
            return Path(found[1]).read_text("utf-8")
        if value != "…":
            return value
        if name == "CARBONBRIDGE_CLIENT_SECRET":
            return self.shown(SHOWN_SECRET)
        organisation = os.environ.get("CARBONBRIDGE_NODE", "").partition("/o/")[2]
        if name == "CARBONBRIDGE_CLIENT_ID" and organisation:
            return self.operators[organisation]
        return self.shown(SHOWN_ID)

    def shown(self, what: re.Pattern[str]) -> str:
        found = what.search(self.last)
        assert found, f"nothing of the kind was printed: {self.last}"
        return found[found.re.groups]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The node's address, never let go: no other test's node can come to listen there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> dict[str, str]:
    """A folder with the examples, and what a node on loopback has to be told beside the page."""
    for name in os.environ:
        if name.startswith("CARBONBRIDGE_"):
            monkeypatch.delenv(name)
    shutil.copytree(EXAMPLES, tmp_path / "docs" / "examples")
    monkeypatch.chdir(tmp_path)
    port = listener.getsockname()[1]
    told = environment(tmp_path, Authority.create(tmp_path / "authority"), port)
    for name in ("HOST", "PORT", "CA_FILE", "ALLOW_LOOPBACK_PEERS"):
        monkeypatch.setenv(f"CARBONBRIDGE_{name}", told[f"CARBONBRIDGE_{name}"])
    return told


@pytest.fixture
def shell(
    settings: dict[str, str],
    tmp_path: Path,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shell]:
    nodes: list[subprocess.Popen[bytes]] = []
    log = tmp_path / "node.log"

    def run(*words: str) -> str:
        if words == ("serve",):
            # It need not be waited for: whoever calls early waits in the socket's queue.
            nodes.append(started(listener, log))
            return ""
        status = main(list(words))
        printed = capsys.readouterr()
        assert status == 0, f"{words}: {printed.err}"
        return printed.out

    places = {
        "https://node.example": settings["CARBONBRIDGE_PUBLIC_URL"],
        "https://partner.example": settings["CARBONBRIDGE_PUBLIC_URL"],
        "/var/lib/carbonbridge": settings["CARBONBRIDGE_DATA_DIR"],
        "/etc/carbonbridge/node.crt": settings["CARBONBRIDGE_TLS_CERT"],
        "/etc/carbonbridge/node.key": settings["CARBONBRIDGE_TLS_KEY"],
    }
    yield Shell(run, monkeypatch.setenv, places, log)
    for node in nodes:
        node.communicate()


def started(listener: socket.socket, log: Path) -> subprocess.Popen[bytes]:
    """A node that has the socket to itself, and ends with this process if that is killed."""
    fd = listener.fileno()
    command = [sys.executable, "-m", "carbonbridge.client", "serve", f"--fd={fd}", "--until-stdin-closes"]
    with log.open("ab") as sink:
        node = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=sink, pass_fds=[fd])
    listener.close()
    return node


@contextmanager
def told_with(log: Path) -> Iterator[None]:
    """Whatever fails in the block is told with what the node has logged."""
    try:
        yield
    except Exception as error:
        if log.exists():
            error.add_note(f"the node's log:\n{log.read_text('utf-8')[-20_000:]}")
        raise


def test_every_step_of_the_first_hours_works(shell: Shell, tmp_path: Path) -> None:
    lines = steps()
    footprint = read_json((EXAMPLES / "footprint.json").read_bytes())["id"]
    with told_with(shell.log):
        for line in lines:
            shell.step(line)
            if line == "carbonbridge enrol --organisation glass --out glass.secret":
                _at_the_partner(shell, tmp_path)
        looks = (shell.run("received") for _ in range(LOOKS))
        assert any(footprint in shown for shown in looks), "the footprint has not come"
    assert len(shell.ran) == sum(line.startswith("carbonbridge ") for line in lines) + 2


def test_every_example_is_used_on_the_page_and_run() -> None:
    named = {word for line in steps() for word in line.split() if word.startswith("docs/examples/")}
    assert named == {f"docs/examples/{path.name}" for path in EXAMPLES.iterdir()}


def test_the_linter_has_nothing_against_the_example() -> None:
    found = documents((EXAMPLES / "footprint.json").read_bytes(), "footprint.json")
    [report] = lint_all(found, today=date(2026, 6, 1))
    assert report.findings == ()


def _at_the_partner(shell: Shell, folder: Path) -> None:
    """What the partner's own administrator has done before the page comes to it; here on the same node."""
    companies = ["urn:pact:module.example:company-id:1"]
    file = folder / "module.json"
    file.write_bytes(write_json({"slug": "module", "name": "PV Modules", "companyIds": companies}))
    shell.step(f"carbonbridge register organisation {file}")
    shell.step("carbonbridge enrol --organisation module --out module.secret")
