"""Stores full of footprints, built once by the bulk import and kept in a folder that git ignores."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.progress import track
from tests.perf.pact import catalogue
from tests.support.databases import Server, start_server

from carbonbridge.core.disclosure import GrantScope
from carbonbridge.node.app.connect import connect
from carbonbridge.node.app.context import Actor
from carbonbridge.node.app.enrol import enrol_client
from carbonbridge.node.app.register import register_organisation
from carbonbridge.node.app.share import share
from carbonbridge.node.bulk import bulk_import
from carbonbridge.node.config import Config
from carbonbridge.node.main import RunningNode, initialise
from carbonbridge.node.ports.records import Role

SIZE = int(os.environ.get("SIZE", "1000000"))
SMALL = 10_000

ORG = "bench"

_FOLDER = Path(os.environ.get("BENCH_FOLDER", "bench-data")).absolute()

#: Another number makes new stores.
_MAKE = 1


@dataclass(frozen=True)
class Shop:
    """A store and who may ask it.

    Attributes:
        partner, operator: client id and secret.
        rate: footprints a second that were imported.
    """

    config: Config
    size: int
    partner: tuple[str, str]
    operator: tuple[str, str]
    rate: float


def shop(kind: str, size: int) -> Shop:
    """The store of a kind and size."""
    folder = _FOLDER / f"{kind}-{size}-{_MAKE}"
    told = folder / "shop.json"
    url = f"sqlite:///{folder / 'data' / 'node.db'}"
    if kind == "postgresql":
        url = _database(size)
    config = Config(
        public_url="https://bench.example",
        data_dir=folder / "data",
        database_url=url,
        workers=1,
    )
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        told.write_text(json.dumps(_build(config, folder, size)), "utf-8")
    return Shop(config, size, **json.loads(told.read_text("utf-8")))


def _build(config: Config, folder: Path, size: int) -> dict[str, object]:
    initialise(config)
    running = RunningNode(config)
    node = running.node
    administrator = Actor("administrator", Role.ADMINISTRATOR)
    register_organisation(node, administrator, slug=ORG, name="Bench", company_ids=[catalogue.OWNER])
    operator = node.operator(ORG)
    partner = connect(node, operator, ORG, name="Partner", company_ids=["urn:x:partner"])
    share(node, operator, ORG, partner.id, scope=GrantScope.ALL)
    clients = (
        enrol_client(node, operator, ORG, Role.PARTNER, connection_id=partner.id),
        enrol_client(node, administrator, ORG, Role.OPERATOR),
    )
    running.close()
    file = folder / "footprints.ndjson"
    for _ in track(catalogue.write(file, size), f"writing {size} footprints", total=size // 1000):
        pass
    begin = perf_counter()
    tally = bulk_import(config, ORG, file)
    rate = size / (perf_counter() - begin)
    assert (tally.published, tally.refused) == (size, 0), tally
    file.unlink()
    partner_login, operator_login = ((client.client_id, client.secret) for client in clients)
    return {"partner": partner_login, "operator": operator_login, "rate": rate}


_server: list[Server] = []


def _database(size: int) -> str:
    """A database of a server that keeps its data between runs."""
    if not _server:
        _server.append(start_server(_FOLDER / f"postgresql-{_MAKE}", "bench", keep=True))
    return _server[0].kept_database(f"bench_{size}")
