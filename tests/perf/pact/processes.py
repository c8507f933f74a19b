"""Servers in processes of their own, and what they use up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.perf.pact.shop import ORG, Shop
from tests.support.databases import free_port

#: Said with every call: the node trusts us as its proxy.
FORWARDED = {"X-Forwarded-Proto": "https"}

_PATIENCE = 60.0


@dataclass(frozen=True)
class Running:
    """A server."""

    port: int
    pid: int

    def peak_megabytes(self) -> float:
        """The most memory that it ever had (``VmHWM``)."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def node(shop: Shop) -> Iterator[Running]:
    """A node over a store, as behind a proxy."""
    port = free_port()
    settings = {
        "PUBLIC_URL": shop.config.public_url,
        "DATA_DIR": str(shop.config.data_dir),
        "DATABASE_URL": shop.config.database_url,
        "PORT": str(port),
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "RATE_PER_MINUTE": "0",
    }
    environment = {f"CARBONBRIDGE_{name}": value for name, value in settings.items()}
    with _process([sys.executable, "-m", "carbonbridge.client", "serve"], port, environment) as running:
        yield running


@contextmanager
def script(name: str, **settings: str) -> Iterator[Running]:
    """One of the servers beside this module, told its settings as ``--name value``."""
    port = free_port()
    command = [sys.executable, "-m", f"tests.perf.pact.{name}", "--port", str(port)]
    for key, value in settings.items():
        command += [f"--{key}", value]
    with _process(command, port, {}) as running:
        yield running


@contextmanager
def _process(command: list[str], port: int, environment: Mapping[str, str]) -> Iterator[Running]:
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            _await(process, port, Path(folder) / "log")
            yield Running(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = monotonic() + _PATIENCE
    while monotonic() < until and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/healthz")
            connection.getresponse()
            connection.close()
        except OSError:
            sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server does not answer: {log.read_text('utf-8')[-2000:]}")


def token(running: Running, login: tuple[str, str]) -> str:
    """An access token at a node."""
    credentials = b64encode(":".join(login).encode()).decode()
    headers = FORWARDED | {
        "Authorization": f"Basic {credentials}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection("127.0.0.1", running.port)
    connection.request("POST", f"/o/{ORG}/auth/token", b"grant_type=client_credentials", headers)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return str(found["access_token"])
