"""Pull from any PACT host, and verify without asking anybody."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from carbonbridge.client.cli.failure import Exit
from carbonbridge.client.cli.session import Session, asking, in_file, read_file, write_file
from carbonbridge.client.cli.show import facts, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import FOOTPRINTS, checks_table, sentence
from carbonbridge.client.pact import PactClient
from carbonbridge.client.verification import Verification, read_issuers, read_keys, verify_footprint
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.exchange import RemoteFootprint
from carbonbridge.core.instant import parse_instant

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


@verb(
    "carbonbridge pull https://node.example/o/module --client-id importer --out footprints",
    "carbonbridge pull https://pact.example --id 7a1c…",
    calls="host",
    selects=True,
)
def pull(
    session: Session,
    wanted: FootprintCriteria,
    base_url: Annotated[str, typer.Argument(metavar="URL", help="PACT base URL of the host, https.")],
    *,
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="Only this footprint; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write each footprint to FOLDER/<id>.json.")
    ] = None,
    auth_base_url: Annotated[
        str | None, typer.Option("--auth-base-url", help="Where the token endpoint is found, if elsewhere.")
    ] = None,
) -> None:
    """Get footprints from any PACT v3 host, no node needed."""
    mine = session.credentials()
    with (
        PactClient(
            base_url,
            mine.client_id,
            mine.secret,
            auth_base_url=auth_base_url,
            key=mine.key,
            wire=session.wire,
        ) as host,
        Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress,
    ):
        if ids:
            steps = progress.track(ids, description=host.login.base_url)
            found = asking(lambda: [host.footprint(name) for name in steps])
        else:
            progress.add_task(host.login.base_url, total=None)
            found = asking(lambda: host.footprints(wanted))
        if out is not None:
            for number, footprint in enumerate(progress.track(found, description=str(out))):
                write_file(out / _file_name(footprint, number), footprint.data)
    documents = [footprint.document for footprint in found]
    show(session, documents, lambda: table(documents, FOOTPRINTS))


@verb(
    "carbonbridge verify footprint.json --keys jwks.json --issuers issuers.json",
    calls="nobody",
)
def verify(
    session: Session,
    file: Annotated[Path, typer.Argument(help="The footprint, as published; - is standard input.")],
    *,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="The publisher's keys (JWK Set); proves who published."),
    ] = None,
    issuers: Annotated[
        Path | None,
        typer.Option(
            "--issuers", metavar="FILE", help="Certification bodies that you trust (register entries)."
        ),
    ] = None,
    publisher: Annotated[
        str | None, typer.Option("--publisher", metavar="URL", help="Who must have published it.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Judge the certificate at this instant instead of now.")
    ] = None,
) -> None:
    """Check a footprint's seal and certificate offline."""
    data = read_file(file)
    trusted = None if keys is None else in_file(keys, lambda: read_keys(read_file(keys)))
    bodies = None if issuers is None else in_file(issuers, lambda: read_issuers(read_file(issuers)))
    when = datetime.now(UTC) if at is None else parse_instant(at, field="at")
    found = in_file(
        file,
        lambda: verify_footprint(data, publisher_keys=trusted, publisher=publisher, issuers=bodies, at=when),
    )
    columns = {"footprint": "footprintId", "digest": "footprintDigest", "publisher": "publisher"}
    document = found.document()
    show(
        session,
        document,
        lambda: lines(facts(document, columns), checks_table(found.checks), *_in_plain_words(found)),
    )
    if not found.holds:
        raise typer.Exit(Exit.REFUSED)


def _in_plain_words(found: Verification) -> Iterator[Text]:
    if found.refuted:
        yield sentence("REFUTED: do not use this footprint.", "bold red")
        return
    if found.sealed:
        yield sentence("PROVED: the publisher sealed exactly this footprint.", "green")
    else:
        yield sentence("NOT PROVED: who published it.", "yellow")
    if found.certified:
        yield sentence(
            "PROVED: a certification body that you trust certified it, and the certificate is in force.",
            "green",
        )
        yield sentence(
            "This proves nothing about later withdrawal: ask the certification body's register.", "dim"
        )
    else:
        yield sentence("NOT PROVED: that it is certified.", "yellow")


def _file_name(footprint: RemoteFootprint, number: int) -> str:
    """The id, if it is one that may name a file: the host chooses it, and could choose ``../../x``."""
    name = footprint.document.get("id")
    return f"{name}.json" if isinstance(name, str) and _SAFE.fullmatch(name) else f"footprint-{number}.json"
