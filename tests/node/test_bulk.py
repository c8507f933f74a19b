"""Bulk import: every line once, whatever the file holds and whenever it is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.core.footprints import footprint_document

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import GrantScope
from carbonbridge.core.document import MAX_BYTES, read_json, write_json
from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.statement import verify
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node import bulk
from carbonbridge.node.app.connect import connect
from carbonbridge.node.app.context import Actor
from carbonbridge.node.app.register import register_organisation
from carbonbridge.node.app.share import share
from carbonbridge.node.bulk import Tally, bulk_import
from carbonbridge.node.config import Config
from carbonbridge.node.main import RunningNode
from carbonbridge.node.ports.records import Role

COMPANY = "urn:lei:529900T8BM49AURSDO55"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """A node with one organisation and two partners, of whom one sees everything."""
    config = Config(public_url="https://node.example", data_dir=tmp_path / "data", database_url=database_url)
    running = RunningNode(config)
    node = running.node
    administrator = Actor("administrator", Role.ADMINISTRATOR)
    register_organisation(node, administrator, slug="maker", name="Maker", company_ids=[COMPANY])
    for name in ("seer", "blind"):
        partner = connect(
            node,
            node.operator("maker"),
            "maker",
            name=name,
            company_ids=["urn:x:p"],
            base_url="https://p.example",
        )
        if name == "seer":
            share(node, node.operator("maker"), "maker", partner.id, scope=GrantScope.ALL)
    running.close()
    return config


def footprint(number: int, **changes: object) -> bytes:
    own = {"id": str(UUID(int=number)), "companyIds": [COMPANY], "productIds": [f"urn:x:{number}"]}
    return write_json(footprint_document(**(own | changes)))


def stored(config: Config) -> list[tuple[str, str, str]]:
    """(id, status, statement) of all that is published, each verified, in the order of the listing."""
    running = RunningNode(config)
    with running.node.store.snapshot() as tx:
        keys = read_jwks({"keys": [key.public_jwk for key in tx.parties.keys("maker")]})
        found = tx.footprints.find(
            "maker", FootprintCriteria(), grants=None, at=running.node.clock.now(), limit=9999
        )
        for each in found:
            statement = verify(tx.footprints.statement("maker", each.statement_digest).compact, keys)
            if each.facts.status is FootprintStatus.ACTIVE:
                assert statement.body == each.document
    running.close()
    return [(each.id, each.facts.status.value, each.statement_digest) for each in found]


def announced(config: Config) -> list[list[str]]:
    running = RunningNode(config)
    with running.node.store.snapshot() as tx:
        bodies = [read_json(item.body or b"") for item in tx.events.outbox("maker")]
    running.close()
    return [body["data"]["pfIds"] for body in bodies]


def test_good_lines_are_published_and_bad_ones_told(config: Config, tmp_path: Path) -> None:
    first = str(UUID(int=1))
    lines = [
        footprint(1),
        footprint(2),
        b"",
        b'{"half',
        footprint(3, companyIds=["urn:x:somebody-else"]),
        footprint(2),
        b'{"footprint":' + footprint(4) + b',"productId":"none"}',
        footprint(5, comment="\0"),
        b'{"footprint":' + footprint(6, precedingPfIds=[first]) + b',"certificate":null}',
        footprint(2, comment="another"),
    ]
    file = tmp_path / "in.ndjson"
    file.write_bytes(b"\n".join(lines))
    tally = bulk_import(config, "maker", file, processes=1, batch=4)
    assert (tally.published, tally.known, tally.refused) == (3, 1, 5)
    assert tally.rejects is not None
    told = [read_json(line) for line in tally.rejects.read_bytes().splitlines()]
    assert [each["line"] for each in told] == [4, 5, 7, 8, 10]
    assert "companyIds" in told[1]["reason"]
    assert [(own_id, status) for own_id, status, _ in stored(config)] == [
        (first, "Deprecated"),
        (str(UUID(int=2)), "Active"),
        (str(UUID(int=6)), "Active"),
    ]
    # One event a batch, to the partner who may see; the correction names both.
    assert announced(config) == [[first, str(UUID(int=2))], [str(UUID(int=6)), first]]


def _import_and_die(config: Config, file: Path, batches: int, *, before: bool) -> None:
    """Killed around the commit of a batch."""
    write, done = bulk._write, 0

    def dying(*given: Any) -> None:
        nonlocal done
        done += 1
        if done == batches and before:
            os.kill(os.getpid(), signal.SIGKILL)
        write(*given)
        if done == batches:
            os.kill(os.getpid(), signal.SIGKILL)

    bulk._write = dying
    bulk_import(config, "maker", file, processes=1, batch=10)


def test_killed_and_said_again_everything_is_there_once(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_bytes(b"\n".join(footprint(number) for number in range(100)))
    context = multiprocessing.get_context("spawn")
    for batches, before in ((3, False), (2, True)):
        killed = context.Process(
            target=_import_and_die, args=(config, file, batches), kwargs={"before": before}
        )
        killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL
    assert len(stored(config)) == 30
    assert bulk_import(config, "maker", file, processes=1, batch=25) == Tally(published=70, known=30)
    ids = [own_id for own_id, _, _ in stored(config)]
    assert ids == [str(UUID(int=number)) for number in range(100)]
    assert sorted(own_id for event in announced(config) for own_id in event) == sorted(ids)


def test_a_file_or_an_organisation_that_is_not_there(config: Config, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        bulk_import(config, "maker", tmp_path / "none", processes=1)
    (tmp_path / "empty").touch()
    with pytest.raises(NotFound):
        bulk_import(config, "nobody", tmp_path / "empty", processes=1)
    assert bulk_import(config, "maker", tmp_path / "empty", processes=1) == Tally()


def test_the_tail_of_a_line_that_is_too_long_is_no_line(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    long = b'{"x":"' + b"y" * MAX_BYTES + footprint(1)
    file.write_bytes(b"\n".join([footprint(2), long, footprint(3)]))
    tally = bulk_import(config, "maker", file, processes=1)
    assert (tally.published, tally.refused) == (2, 1)
    assert tally.rejects is not None
    [told] = [read_json(line) for line in tally.rejects.read_bytes().splitlines()]
    assert told["line"] == 2
    assert [own_id for own_id, _, _ in stored(config)] == [str(UUID(int=2)), str(UUID(int=3))]


def test_a_chain_in_one_batch_is_announced_once(config: Config, tmp_path: Path) -> None:
    one, two, three = (str(UUID(int=number)) for number in (1, 2, 3))
    file = tmp_path / "in.ndjson"
    file.write_bytes(
        b"\n".join([footprint(1), footprint(2, precedingPfIds=[one]), footprint(3, precedingPfIds=[two])])
    )
    bulk_import(config, "maker", file, processes=1)
    assert announced(config) == [[one, two, three]]
    assert [status for _, status, _ in stored(config)] == ["Deprecated", "Deprecated", "Active"]
