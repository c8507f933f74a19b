"""A node prepared for a conformance suite: what the suite needs is there, and nothing waits for a person."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from carbonbridge.client import NodeClient
from carbonbridge.client.authority import Authority
from carbonbridge.core.connection import check_base_url
from carbonbridge.core.document import write_json
from carbonbridge.core.instant import format_instant
from carbonbridge.demo.inward import Inward
from carbonbridge.demo.process import Credentials, NodeProcess, start_node, stop_nodes
from carbonbridge.demo.world import credentials, data

ORGANISATION = "conformance"


@dataclass(frozen=True, slots=True)
class Suite:
    """The conformance suite that is to test the node.

    Attributes:
        url: its base URL: what it sends as ``source``, and where callbacks go (``{url}/3/events``).
        client_id, client_secret: what its token endpoint asks of us.
        ca_file: authority of its certificate, if it is not one that the system trusts.
        on_loopback: it runs on this machine.

    Raises:
        BadInput: the address is no https base URL.
    """

    url: str
    client_id: str = "test_client_id"
    client_secret: str = field(default="test_client_secret", repr=False)
    ca_file: Path | None = None
    on_loopback: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", self.url.rstrip("/"))
        check_base_url(self.url, "suiteUrl")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the node listens, and what it is called from outside.

    Attributes:
        public_url: as the suite sees it.
        certificate, key: PEM files; a throw-away authority issues them unless they are given.
    """

    public_url: str
    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class PreparedNode:
    """A node with an organisation, footprints, a test client and a connection to the suite.

    Args:
        folder: everything the node keeps; emptied first.
        suite: who will test it.
        place: where it is.
    """

    def __init__(self, folder: Path, suite: Suite, place: Place) -> None:
        self._folder = folder
        self._suite = suite
        self._place = place
        self._processes: list[subprocess.Popen[bytes]] = []
        self.client: Credentials | None = None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._authority = Authority.create(folder / "authority")

    @property
    def base_url(self) -> str:
        """What is to be entered in the suite."""
        return f"{self._place.public_url}/o/{ORGANISATION}"

    @property
    def ca_file(self) -> Path | None:
        """The throw-away authority, if there is one that the suite must trust."""
        return None if self._place.certificate else self._authority.ca_file

    def start(self) -> None:
        """Start the node and make it ready.

        Raises:
            DemoFailed: the node does not start.
            CarbonBridgeError: what the node has against it.
        """
        node = start_node("conformance", self._folder, self._settings(), self._processes)
        inward = self._inward()
        try:
            node.await_answer(inward.send)
        finally:
            inward.close()
        self._furnish(node)

    def stop(self) -> None:
        """Stop the node."""
        stop_nodes(self._processes)

    def values(self) -> dict[str, str]:
        """What is to be entered in the suite, by its own names."""
        login = self.client or Credentials("", "")
        return {
            "baseUrl": self.base_url,
            "clientId": login.client_id,
            "clientSecret": login.client_secret,
        }

    @property
    def _trusted(self) -> Path:
        """Authorities that the node trusts beside the system's: ours, and the suite's."""
        bundle = self._folder / "trusted.pem"
        if not bundle.exists():
            files = (self._authority.ca_file, self._suite.ca_file, self._place.certificate)
            bundle.write_bytes(b"\n".join(file.read_bytes() for file in files if file))
        return bundle

    def _settings(self) -> dict[str, str]:
        certificate, key = self._place.certificate, self._place.key
        if certificate is None or key is None:
            host = urlsplit(self._place.public_url).hostname or "localhost"
            names = dict.fromkeys((host, "localhost", "127.0.0.1", "::1"))
            certificate, key = self._authority.issue("conformance", self._folder, *names)
        return {
            "PUBLIC_URL": self._place.public_url,
            "HOST": self._place.host,
            "PORT": str(self._place.port),
            "TLS_CERT": str(certificate),
            "TLS_KEY": str(key),
            "CA_FILE": str(self._trusted),
            "ALLOW_LOOPBACK_PEERS": "true" if self._suite.on_loopback else "false",
        }

    def _inward(self) -> Inward:
        return Inward(self._place.host, self._place.port, self._trusted)

    def _client(self, url: str, login: Credentials) -> NodeClient:
        return NodeClient(url, login.client_id, login.client_secret, wire=self._inward())

    def _furnish(self, node: NodeProcess) -> None:
        with self._client(node.url, node.administrator) as administrator:
            self.client = furnish(
                administrator, lambda login: self._client(self.base_url, login), self._suite
            )


def furnish(
    administrator: NodeClient, own_client: Callable[[Credentials], NodeClient], suite: Suite
) -> Credentials:
    """Make what a suite needs at a node: an organisation, footprints, a connection to the suite, a test client.

    Args:
        own_client: makes a client of the organisation's own interface.

    Returns:
        The test client.
    """
    organisation = {"slug": ORGANISATION, **data("conformance")["organisation"]}
    administrator.register_organisation(organisation)
    operator = credentials(administrator.enrol_operator(ORGANISATION))
    with own_client(operator) as own:
        for document in footprints(datetime.now(UTC)):
            own.publish(write_json(document))
        connection = own.connect(
            "Conformance suite",
            ["urn:pact:conformance.example:company-id:suite"],
            base_url=suite.url,
            client_id=suite.client_id,
            client_secret=suite.client_secret,
            notify=False,
        )["id"]
        own.share(str(connection), "all")
        return credentials(own.enrol_partner(str(connection)))


def footprints(now: datetime) -> list[dict[str, Any]]:
    """The footprints that the suite asks about: both bounds of validity, plain ids, CPC classes, kilograms."""
    stated = data("conformance")
    return [
        {
            "id": str(uuid4()),
            "created": format_instant(now.replace(microsecond=0)),
            "companyName": stated["organisation"]["name"],
            "companyIds": stated["organisation"]["companyIds"],
            **stated["common"],
            **own,
            "pcf": {**stated["pcf"], **own["pcf"]},
        }
        for own in stated["footprints"]
    ]
