"""Servers in processes of their own, and what they use up."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.perf.pact.shop import ORG, Shop

from carbonbridge.demo.network import free_port

#: Said with every call: the node trusts us as its proxy.
FORWARDED = {"X-Forwarded-Proto": "https"}

_PATIENCE = 60.0

#: Files of a certificate and its key.
Pair = tuple[Path, Path]


@dataclass(frozen=True)
class Running:
    """A server."""

    port: int
    pid: int
    is_secure: bool = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.is_secure else 'http'}://127.0.0.1:{self.port}"

    def connection(self) -> HTTPConnection:
        """A connection to it, whoever it is."""
        if not self.is_secure:
            return HTTPConnection("127.0.0.1", self.port)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return HTTPSConnection("127.0.0.1", self.port, context=context)

    def peak_megabytes(self) -> float:
        """The most memory that it ever had (``VmHWM``)."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def node(shop: Shop, tls: Pair | None = None) -> Iterator[Running]:
    """A node over a store, which serves HTTPS itself, or as behind a proxy."""
    port = free_port()
    secure = {"TRUSTED_PROXIES": "127.0.0.1/32"}
    if tls is not None:
        secure = {"TLS_CERT": str(tls[0]), "TLS_KEY": str(tls[1])}
    settings = {
        "PUBLIC_URL": shop.config.public_url,
        "DATA_DIR": str(shop.config.data_dir),
        "DATABASE_URL": shop.config.database_url,
        "PORT": str(port),
        **secure,
        "RATE_PER_MINUTE": "0",
    }
    environment = {f"CARBONBRIDGE_{name}": value for name, value in settings.items()}
    with _process([sys.executable, "-m", "carbonbridge.client", "serve"], port, environment, tls) as running:
        yield running


@contextmanager
def script(name: str, tls: Pair | None = None, **settings: str) -> Iterator[Running]:
    """One of the servers beside this module, told its settings as ``--name value``."""
    port = free_port()
    if tls is not None:
        settings |= {"cert": str(tls[0]), "secret": str(tls[1])}
    command = [sys.executable, "-m", f"tests.perf.pact.{name}", "--port", str(port)]
    for key, value in settings.items():
        command += [f"--{key}", value]
    with _process(command, port, {}, tls) as running:
        yield running


@contextmanager
def _process(
    command: list[str], port: int, environment: Mapping[str, str], tls: Pair | None
) -> Iterator[Running]:
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            running = Running(port, process.pid, is_secure=tls is not None)
            _await(process, running, Path(folder) / "log")
            yield running
        finally:
            process.terminate()
            process.wait()


def _await(process: subprocess.Popen[bytes], running: Running, log: Path) -> None:
    until = monotonic() + _PATIENCE
    while monotonic() < until and process.poll() is None:
        try:
            connection = running.connection()
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
    connection = running.connection()
    connection.request("POST", f"/o/{ORG}/auth/token", b"grant_type=client_credentials", headers)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return str(found["access_token"])
