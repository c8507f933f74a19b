"""A node as a process: ``init``, ``serve``, signals, restarts, refusals."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx
import pytest
from tests.support.live import environment, live_node

from carbonbridge.demo.authority import Authority
from carbonbridge.demo.network import free_port
from carbonbridge.node.main import GRACE_SECONDS

SECONDS = 60


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")}
    return inherited | environment(tmp_path, Authority.create(tmp_path / "authority"), free_port())


def command(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "carbonbridge.client", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@contextmanager
def serving(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The running process, once it says that it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "carbonbridge.client", "serve"], env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "running on" in json.loads(line)["event"]:
                break
        yield process
    finally:
        process.kill()
        process.communicate()


def health(env: dict[str, str]) -> int:
    context = ssl.create_default_context(cafile=env["CARBONBRIDGE_CA_FILE"])
    with httpx.Client(verify=context, trust_env=False) as client:
        return client.get(env["CARBONBRIDGE_PUBLIC_URL"] + "/healthz", timeout=SECONDS).status_code


def test_init_shows_the_administrator_once(settings: dict[str, str]) -> None:
    made = command("init", "--json", env=settings)
    assert made.returncode == 0, made.stderr
    assert set(json.loads(made.stdout)) == {"clientId", "clientSecret"}
    again = command("init", env=settings)
    assert again.returncode != 0
    assert "administrator already" in again.stderr
    assert "Traceback" not in again.stderr
    for path in Path(settings["CARBONBRIDGE_DATA_DIR"], "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_serve_sets_a_new_node_up_and_leaves_an_old_one_alone(settings: dict[str, str]) -> None:
    command_line = [sys.executable, "-m", "carbonbridge.client", "serve", "--init"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command_line, env=settings, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as first:
        assert first.stdout is not None
        assert set(json.loads(first.stdout.readline())) == {"clientId", "clientSecret"}
        first.terminate()
    again = command("init", env=settings)
    assert "administrator already" in again.stderr


def test_serve_stops_in_order_and_starts_again_after_a_kill(settings: dict[str, str]) -> None:
    with serving(settings) as process:
        assert health(settings) == 200
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
    with serving(settings) as process:
        assert health(settings) == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


def test_a_socket_that_is_handed_over_is_served_without_a_gap(
    settings: dict[str, str], tmp_path: Path
) -> None:
    """Nobody else can take the port before the node does: it has been listened on all the time."""
    log = tmp_path / "node.log"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as sink:
        fd, port = listener.fileno(), listener.getsockname()[1]
        command_line = [sys.executable, "-m", "carbonbridge.client", "serve", f"--fd={fd}"]
        with subprocess.Popen(command_line, env=settings, stderr=sink, pass_fds=[fd]) as node:
            listener.close()
            try:
                assert health({**settings, "CARBONBRIDGE_PUBLIC_URL": f"https://localhost:{port}"}) == 200
            finally:
                node.terminate()
    assert node.returncode == 0, log.read_text("utf-8")


def test_what_is_handed_over_must_listen(settings: dict[str, str]) -> None:
    ended = command("serve", "--fd=0", env=settings)
    assert ended.returncode == 2
    assert "--fd: is no socket that listens" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_port_that_is_taken(settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(settings["CARBONBRIDGE_PORT"]))):
        ended = command("serve", env=settings)
    assert ended.returncode == 1
    assert "address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("TLS_KEY", ""),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATA_DIR", "/dev/null/x"),
    ],
)
def test_wrong_setting_is_one_sentence(settings: dict[str, str], name: str, value: str) -> None:
    ended = command("serve", env=settings | {f"CARBONBRIDGE_{name}": value})
    assert ended.returncode == 2, ended.stderr
    assert f"CARBONBRIDGE_{name}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_key_of_another_certificate_is_one_sentence(settings: dict[str, str], tmp_path: Path) -> None:
    _, other = Authority.create(tmp_path / "other").issue("other", tmp_path / "other")
    ended = command("serve", env=settings | {"CARBONBRIDGE_TLS_KEY": str(other)})
    assert ended.returncode == 2, ended.stderr
    assert "CARBONBRIDGE_TLS_KEY" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["init", "serve"])
def test_a_database_server_that_is_not_there_is_unreachable(settings: dict[str, str], verb: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    url = f"postgresql+psycopg://u:geheim@127.0.0.1:{closed}/d"
    ended = command(verb, env=settings | {"CARBONBRIDGE_DATABASE_URL": url})
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr.startswith("carbonbridge: the database: ")
    assert "CARBONBRIDGE_DATABASE_URL" in ended.stderr
    assert "geheim" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_node_ends_with_whoever_started_it(settings: dict[str, str]) -> None:
    """A killed parent can tell nobody; but the system closes its end of the pipe."""
    command_line = [sys.executable, "-m", "carbonbridge.client", "serve", "--init", "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command_line, env=settings, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as node:
        assert node.stdout is not None
        assert node.stdin is not None
        assert node.stdout.readline()
        node.stdin.close()
        assert node.wait(SECONDS) == 0


def test_idle_connections_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with live_node(tmp_path) as live:
        context = ssl.create_default_context(cafile=str(live.authority.ca_file))
        plain = socket.create_connection(("127.0.0.1", live.config.port))
        idle = context.wrap_socket(plain, server_hostname="localhost")
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        begun = monotonic()
    assert monotonic() - begun < GRACE_SECONDS
    assert live.outcome == [True]
    idle.close()


def test_store_that_breaks_ends_the_node(tmp_path: Path) -> None:
    with live_node(tmp_path) as live:
        for file in (tmp_path / "data").glob("node.db*"):
            file.write_bytes(b"not a database any more" * 4096)
        response = live.send(
            "POST", "/auth/token", auth=("a", "b"), data={"grant_type": "client_credentials"}
        )
        assert response.status_code == 503
        assert "database" not in response.text
    assert live.outcome == [False]
