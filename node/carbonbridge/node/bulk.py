"""Bulk import beside the node: processes read and sign, one writes, and a bar shows how far it is."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from carbonbridge.core.document import MAX_BYTES, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.ingest import Drafted, draft, ingest
from carbonbridge.node.config import Config
from carbonbridge.node.db.engine import AMPLE
from carbonbridge.node.main import RunningNode

#: Footprints of one transaction.
BATCH = 4000

#: Documents come and go by the thousand, and none is part of a cycle: looking for cycles finds nothing.
_SELDOM = 200_000

#: Bytes that are read of a line: one more than any document may have, and its end.
_LONGEST = MAX_BYTES + 2

#: Bytes of one transaction, where footprints are large.
_BATCH_BYTES = 32 * 1024 * 1024

Lines = list[tuple[int, bytes]]


@dataclass
class Tally:
    """What became of a file.

    Attributes:
        refused: lines that hold no footprint of the organisation; they are in ``rejects``.
        rejects: a file of ``{"line", "reason"}``, one a line; None if nothing was refused.
    """

    published: int = 0
    known: int = 0
    refused: int = 0
    rejects: Path | None = None


def bulk_import(
    config: Config, org: str, file: Path, *, processes: int | None = None, batch: int = BATCH
) -> Tally:
    """Publish every line of a file (NDJSON). After a kill, do it again: what is there is passed over.

    Args:
        file: one footprint a line; see :func:`.ingest.draft`.
        processes: that read and sign; as many as there are processors unless stated.
        batch: footprints of one transaction.

    Raises:
        NotFound: no such organisation.
        BadInput: the file cannot be read.
        StorageFailed: the disk or the database refused.
    """
    running = RunningNode(config, AMPLE)
    rejects = file.with_name(file.name + ".rejected.ndjson")
    rejects.unlink(missing_ok=True)
    tally = Tally()
    usual = gc.get_threshold()
    gc.set_threshold(_SELDOM)
    try:
        with running.node.store.snapshot() as tx:
            tx.parties.organisation(org)
        count = processes or os.cpu_count() or 1
        # Not forked: a copy of an open database connection would be another's.
        context = multiprocessing.get_context("spawn")
        with (
            ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(config,)) as pool,
            _bar(file) as bar,
        ):
            for read, drafts in _drafted(pool, running.node, org, file, batch, 2 * count):
                _write(running.node, org, drafts, tally, rejects)
                bar.advance(_TASK, read)
                bar.update(_TASK, published=tally.published, known=tally.known, refused=tally.refused)
    finally:
        gc.set_threshold(*usual)
        running.close()
    return tally


def _write(node: Node, org: str, drafts: list[Drafted], tally: Tally, rejects: Path) -> None:
    done = ingest(node, node.operator(org), org, drafts)
    tally.published += done.published
    tally.known += done.known
    tally.refused += len(done.refused)
    if done.refused:
        tally.rejects = rejects
        with rejects.open("ab") as out:
            out.writelines(
                write_json({"line": number, "reason": reason}) + b"\n" for number, reason in done.refused
            )


def _drafted(
    pool: ProcessPoolExecutor, node: Node, org: str, file: Path, batch: int, ahead: int
) -> Iterator[tuple[int, list[Drafted]]]:
    """Bytes read and drafts, batch by batch in the order of the file; never far ahead of the writer."""
    waiting: deque[tuple[int, Future[list[Drafted]]]] = deque()
    for read, lines in _batches(file, batch):
        waiting.append((read, pool.submit(_draft, org, lines, node.clock.now())))
        if len(waiting) >= ahead:
            size, future = waiting.popleft()
            yield size, future.result()
    for size, future in waiting:
        yield size, future.result()


def _batches(file: Path, batch: int) -> Iterator[tuple[int, Lines]]:
    """Lines with their numbers, and how many bytes they are."""
    lines: Lines = []
    read = 0
    try:
        with file.open("rb") as source:
            for number, line in enumerate(iter(lambda: source.readline(_LONGEST), b""), 1):
                read += len(line) + _rest(source, line)
                if line.strip():
                    lines.append((number, line.strip()))
                if len(lines) >= batch or read >= _BATCH_BYTES:
                    yield read, lines
                    lines, read = [], 0
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", field=str(file)) from None
    if lines or read:
        yield read, lines


def _rest(source: BinaryIO, line: bytes) -> int:
    """Pass over the rest of a line that is too long, which will be refused; how many bytes that is."""
    passed = 0
    while line and not line.endswith(b"\n") and len(line) == _LONGEST:
        line = source.readline(_LONGEST)
        passed += len(line)
    return passed


_TASK = TaskID(0)


def _bar(file: Path) -> Progress:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn(
            "new {task.fields[published]}, known {task.fields[known]}, refused {task.fields[refused]}"
        ),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    try:
        size = file.stat().st_size
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", field=str(file)) from None
    progress.add_task(file.name, total=size, published=0, known=0, refused=0)
    return progress


_worker: list[Node] = []


def _begin(config: Config) -> None:
    """In a process of the pool: the parts of a node, to sign with."""
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(_SELDOM)
    _worker.append(RunningNode(config).node)


def _end_with_parent() -> None:
    """Whoever kills the import must not leave its helpers behind, waiting for work that never comes."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _draft(org: str, lines: Lines, at: datetime) -> list[Drafted]:
    return [draft(_worker[0], org, number, line, at) for number, line in lines]
