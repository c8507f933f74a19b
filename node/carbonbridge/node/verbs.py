"""The node's verbs of the command line: ``init``, ``serve`` and ``ingest``."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.node.config import read_config

if TYPE_CHECKING:
    from carbonbridge.node.app.enrol import Enrolled

_PANEL = "Run a node"
_SETTINGS = (
    "Settings: CARBONBRIDGE_PUBLIC_URL, CARBONBRIDGE_DATA_DIR, CARBONBRIDGE_DATABASE_URL, CARBONBRIDGE_HOST, "
    "CARBONBRIDGE_PORT, CARBONBRIDGE_TLS_CERT and CARBONBRIDGE_TLS_KEY or CARBONBRIDGE_TRUSTED_PROXIES, "
    "CARBONBRIDGE_CA_FILE, CARBONBRIDGE_WORKERS, CARBONBRIDGE_MAX_BODY_BYTES, CARBONBRIDGE_LOG_LEVEL."
)
_WHERE = "CARBONBRIDGE_PUBLIC_URL=https://node.example CARBONBRIDGE_DATA_DIR=data"
_TLS = "CARBONBRIDGE_TLS_CERT=node.crt CARBONBRIDGE_TLS_KEY=node.key"


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    examples: tuple[tuple[Callable[..., None], str], ...] = (
        (init, f"{_WHERE} carbonbridge init"),
        (serve, f"{_WHERE} {_TLS} carbonbridge serve"),
        (ingest, f"{_WHERE} carbonbridge ingest footprints.ndjson --organisation glass"),
    )
    for verb, example in examples:
        epilogue = f"[bold]Example[/bold]\n\n  $ {example}\n\n{_SETTINGS}"
        app.command(rich_help_panel=_PANEL, epilog=epilogue)(verb)


def init(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Set a node up: database, keys, and the first administrator, whose secret is shown this once."""
    config = read_config(os.environ)
    from carbonbridge.node.main import initialise  # noqa: PLC0415 - other verbs need no server

    made = initialise(config)
    client = made.administrator
    if as_json:
        _announce(client)
        return
    typer.echo(f"The node keeps its keys in {made.data_dir}: back that folder up, and show it to nobody.")
    typer.echo("The first administrator, shown this once:")
    typer.echo(f"  client id      {client.client_id}")
    typer.echo(f"  client secret  {client.secret}")


def serve(
    set_up: Annotated[
        bool,
        typer.Option(
            "--init", help="Set a new node up first; its administrator is printed as a line of JSON."
        ),
    ] = False,
    until_stdin_closes: Annotated[
        bool, typer.Option("--until-stdin-closes", hidden=True, help="End with whoever started the node.")
    ] = False,
    fd: Annotated[
        int | None,
        typer.Option(
            "--fd", hidden=True, help="Listen on this socket, which whoever started the node opened."
        ),
    ] = None,
) -> None:
    """Run a node until it is told to stop (Ctrl-C or SIGTERM)."""
    config = read_config(os.environ)
    config.check_serving()
    from carbonbridge.node.main import serve as run  # noqa: PLC0415 - as above

    ended = run(
        config,
        announce=_announce if set_up else None,
        until_closed=0 if until_stdin_closes else None,
        listener=None if fd is None else _listener(fd),
    )
    raise typer.Exit(ended)


def ingest(
    file: Annotated[Path, typer.Argument(help="One footprint a line (NDJSON).", dir_okay=False)],
    organisation: Annotated[str, typer.Option("--organisation", help="Whose footprints they are.")],
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="That read and sign; one a processor.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Publish many footprints at once, on the node's own machine, while the node runs or stands still.

    A line is a PACT footprint, or {"footprint": …, "certificate": "…", "productId": "…"}. What is published already
    is passed over: after an interruption, say the same again. Partners are told once for each batch.
    """
    config = read_config(os.environ)
    from carbonbridge.node.bulk import bulk_import  # noqa: PLC0415 - as above

    tally = bulk_import(config, organisation, file, processes=processes)
    if as_json:
        counts = {"published": tally.published, "known": tally.known, "refused": tally.refused}
        typer.echo(write_json(counts).decode())
    else:
        typer.echo(f"{tally.published} published, {tally.known} known already, {tally.refused} refused.")
        if tally.rejects is not None:
            typer.echo(f"What was refused, and why: {tally.rejects}")
    if tally.refused:
        raise typer.Exit(1)


def _listener(fd: int) -> socket.socket:
    """The socket of a file descriptor that this process was started with.

    Raises:
        BadInput: it is no socket that listens.
    """
    try:
        listener = socket.socket(fileno=fd)
        if listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return listener
        listener.detach()
    except OSError:
        pass
    raise BadInput("is no socket that listens", field="--fd")


def _announce(administrator: Enrolled) -> None:
    document = {"clientId": administrator.client_id, "clientSecret": administrator.secret}
    typer.echo(write_json(document).decode())
    sys.stdout.flush()
