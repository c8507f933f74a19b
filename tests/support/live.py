"""A live node for tests: real HTTPS on loopback, SQLite in a folder of the test, workers running."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from carbonbridge.demo.authority import Authority
from carbonbridge.node.app.context import Node
from carbonbridge.node.config import Config, read_config
from carbonbridge.node.main import RunningNode, initialise

COMPANY = "urn:lei:5299000000000000{:04d}"


@dataclass(frozen=True)
class Login:
    """Credentials of a client, and the base URL that its tokens are for."""

    base_url: str
    client_id: str
    client_secret: str


class LiveNode:
    """A running node, and its first administrator."""

    def __init__(
        self, running: RunningNode, config: Config, authority: Authority, secret: tuple[str, str]
    ) -> None:
        self.running = running
        self.config = config
        self.authority = authority
        self.url = config.public_url
        self.administrator = Login(self.url, *secret)
        self._http = httpx.Client(
            verify=ssl.create_default_context(cafile=str(authority.ca_file)), trust_env=False, timeout=30
        )
        self._tokens: dict[Login, str] = {}
        #: How :meth:`RunningNode.run` ended, once it has.
        self.outcome: list[bool] = []

    @property
    def node(self) -> Node:
        """The ports, to look behind the interface."""
        return self.running.node

    def base_url(self, org: str) -> str:
        return self.node.base_url(org)

    def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """A plain request; a path is taken from the node's root."""
        return self._http.request(method, url if url.startswith("https:") else self.url + url, **options)

    def token_response(self, login: Login, **options: Any) -> httpx.Response:
        auth = (login.client_id, login.client_secret)
        form = {"grant_type": "client_credentials"}
        return self.send("POST", f"{login.base_url}/auth/token", auth=auth, data=form, **options)

    def token(self, login: Login) -> str:
        if login not in self._tokens:
            response = self.token_response(login)
            assert response.status_code == 200, response.text
            self._tokens[login] = response.json()["access_token"]
        return self._tokens[login]

    def call(
        self,
        login: Login,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """A request with a token of the login; the path is below its base URL."""
        bearer = {"Authorization": f"Bearer {self.token(login)}", **(headers or {})}
        return self.send(method, login.base_url + path, headers=bearer, **options)

    def ask(
        self, login: Login, method: str, path: str, json: object = None, status: int | None = None
    ) -> Any:
        """A call to our own interface that must succeed; returns the parsed answer."""
        response = self.call(login, method, f"/api/v1{path}", json=json)
        expected = {status} if status else {200, 201, 204}
        assert response.status_code in expected, f"{response.status_code} {response.text}"
        return response.json() if response.content else None

    def organisation(self, slug: str, **settings: Any) -> Login:
        """Add an organisation and an operator of it."""
        number = len(self.ask(self.administrator, "GET", "/organisations")) + 1
        body = {"slug": slug, "name": slug.title(), "companyIds": [COMPANY.format(number)], **settings}
        self.ask(self.administrator, "POST", "/organisations", body)
        made = self.ask(self.administrator, "POST", f"/organisations/{slug}/clients", {})
        return Login(self.base_url(slug), made["clientId"], made["clientSecret"])

    def partner(
        self, owner: Login, *, share: bool = True, proof: Mapping[str, object] | None = None, **settings: Any
    ) -> tuple[str, Login]:
        """Add a connection to an organisation; returns its id and the partner's credentials.

        Args:
            proof: what the partner has instead of a secret.
        """
        body = {"name": "Partner", "companyIds": ["urn:lei:PARTNER"], **settings}
        connection = self.ask(owner, "POST", "/connections", body)["id"]
        if share:
            self.ask(owner, "POST", "/grants", {"connectionId": connection, "scope": "all"})
        made = self.ask(owner, "POST", "/clients", {"connectionId": connection, **(proof or {})})
        return connection, Login(owner.base_url, made["clientId"], made.get("clientSecret", ""))

    def close(self) -> None:
        self._http.close()


def environment(folder: Path, authority: Authority, port: int, **settings: str) -> dict[str, str]:
    """What a node on loopback is told."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = authority.issue("node", folder)
    return {
        "CARBONBRIDGE_PUBLIC_URL": f"https://localhost:{port}",
        "CARBONBRIDGE_DATA_DIR": str(folder / "data"),
        "CARBONBRIDGE_HOST": "127.0.0.1",
        "CARBONBRIDGE_PORT": str(port),
        "CARBONBRIDGE_TLS_CERT": str(certificate),
        "CARBONBRIDGE_TLS_KEY": str(key),
        "CARBONBRIDGE_CA_FILE": str(authority.ca_file),
        "CARBONBRIDGE_ALLOW_LOOPBACK_PEERS": "true",
        **{f"CARBONBRIDGE_{name}": value for name, value in settings.items()},
    }


@contextmanager
def live_node(folder: Path, authority: Authority | None = None, **settings: str) -> Iterator[LiveNode]:
    """Start a node in this process, and stop it.

    Args:
        authority: shared by nodes that are to call each other; an own one unless given.
        settings: more configuration, without the prefix (``MAX_BODY_BYTES="4096"``).
    """
    authority = authority or Authority.create(folder / "authority")
    # Listening before the node runs: whoever calls early waits instead of being refused.
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        config = read_config(environment(folder, authority, listener.getsockname()[1], **settings))
        made = initialise(config).administrator
        running = RunningNode(config)
        live = LiveNode(running, config, authority, (made.client_id, made.secret))
        thread = Thread(target=lambda: live.outcome.append(running.run([listener])), name="live node")
        thread.start()
        try:
            live.send("GET", "/healthz").raise_for_status()
            yield live
        finally:
            live.close()
            running.stop()
            thread.join()
