"""The verb ``demo conformance``: a node that a conformance suite can test unattended."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from carbonbridge.client.cli.session import write_file
from carbonbridge.core.connection import check_base_url
from carbonbridge.core.errors import BadInput
from carbonbridge.demo.conformance import Place, PreparedNode, Suite
from carbonbridge.demo.lang import Lang
from carbonbridge.demo.report import Text

_SUITE = "The suite"
_NODE = "The node"


def conformance(
    suite_url: Annotated[
        str,
        typer.Option(
            "--suite-url",
            metavar="URL",
            help="Base URL of the suite: its source of events.",
            rich_help_panel=_SUITE,
        ),
    ],
    suite_client_id: Annotated[
        str, typer.Option(help="What its token endpoint asks of us.", rich_help_panel=_SUITE)
    ] = "test_client_id",
    suite_client_secret: Annotated[
        str, typer.Option(help="The same; the official suite's is no secret.", rich_help_panel=_SUITE)
    ] = "test_client_secret",  # noqa: S107
    suite_ca_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Authority of its certificate, beside the system's.", rich_help_panel=_SUITE
        ),
    ] = None,
    allow_loopback: Annotated[
        bool, typer.Option("--allow-loopback", help="The suite runs on this machine.", rich_help_panel=_SUITE)
    ] = False,
    pact: Annotated[
        Literal["3.0", "2.3", "2.2", "2.1", "2.0"],
        typer.Option(
            help="Version that will be tested; the node speaks all of them.", rich_help_panel=_SUITE
        ),
    ] = "3.0",
    host: Annotated[str, typer.Option(help="Address to listen at.", rich_help_panel=_NODE)] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen at.", rich_help_panel=_NODE)
    ] = 8443,
    public_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Our address as the suite sees it; https://localhost:PORT unless stated.",
            rich_help_panel=_NODE,
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Certificate (PEM); else one of a throw-away authority.",
            rich_help_panel=_NODE,
        ),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its key.", rich_help_panel=_NODE)
    ] = None,
    credentials_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write base URL, client id and secret here, for the owner alone.",
            rich_help_panel=_NODE,
        ),
    ] = None,
    once_ready_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write this file once the node is ready, for programs.",
            rich_help_panel=_NODE,
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder; its part conformance is emptied first.", rich_help_panel=_NODE)
    ] = Path("demo-output"),
    lang: Annotated[Lang, typer.Option(envvar="CARBONBRIDGE_LANG", help="Language.")] = Lang.EN,
) -> None:
    """Start a node that is prepared for a conformance suite, and keep it up until Ctrl-C.

    An organisation, three footprints, a test client, a connection to the suite with the credentials that it expects,
    and automatic answers: nothing waits for a person.
    """
    place = _place(host, port, public_url, tls_cert, tls_key)
    suite = Suite(suite_url, suite_client_id, suite_client_secret, _readable(suite_ca_file), allow_loopback)
    console = Console(highlight=False, markup=False, emoji=False)
    with _interrupted() as stopped:
        node = PreparedNode(output / "conformance", suite, place)
        try:
            node.start()
            if credentials_file:
                credentials_file.unlink(missing_ok=True)
                text = json.dumps(node.values(), indent=2) + "\n"
                write_file(credentials_file, text.encode(), private=True)
            if once_ready_file:
                write_file(once_ready_file, f"{node.base_url}\n".encode())
            _show(console, node, suite, pact, lang.value)
            stopped.wait()
        except KeyboardInterrupt:
            console.print(Text("stopping the node", "正在停止节点").to(lang.value))
        finally:
            node.stop()


def _place(host: str, port: int, public_url: str | None, certificate: Path | None, key: Path | None) -> Place:
    if (certificate is None) != (key is None):
        raise BadInput(
            "certificate and key go together", field="tlsCert", next_step="Give --tls-cert and --tls-key."
        )
    url = (public_url or f"https://localhost:{port}").rstrip("/")
    check_base_url(url, "publicUrl")
    return Place(url, host, port, _readable(certificate), _readable(key))


def _readable(file: Path | None) -> Path | None:
    """The file's absolute path, if there is such a file.

    Raises:
        BadInput: there is none.
    """
    if file is not None and not file.is_file():
        raise BadInput(f"there is no file {file}")
    return file.absolute() if file else None


def _show(console: Console, node: PreparedNode, suite: Suite, pact: str, lang: str) -> None:
    title = Text(f"Enter this in the suite (version V{pact})", f"在测试套件中填写（版本 V{pact}）").to(lang)
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, value in node.values().items():
        table.add_row(name, value)
    console.print(table)
    if node.ca_file:
        told = Text(f"The suite must trust {node.ca_file}", f"测试套件须信任 {node.ca_file}")
        console.print(told.to(lang), soft_wrap=True)
    console.print(
        Text(
            f"Callbacks go to {suite.url}/3/events (v2: /2/events), wherever an event's source points.",
            f"回调发往 {suite.url}/3/events（v2 为 /2/events），与事件的 source 无关。",
        ).to(lang),
        soft_wrap=True,
    )
    console.print(Text("The node stays up until Ctrl-C.", "节点保持运行，按 Ctrl-C 结束。").to(lang))


@contextmanager
def _interrupted() -> Iterator[Event]:
    """An event that is set, with a KeyboardInterrupt, when the process is told to end."""
    stopped = Event()

    def interrupt(*_: object) -> None:
        stopped.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGTERM, before)
