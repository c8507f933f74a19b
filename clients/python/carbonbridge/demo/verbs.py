"""The verb ``demo``."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from carbonbridge.demo.conformance_verb import conformance
from carbonbridge.demo.lang import Lang
from carbonbridge.demo.report import Text
from carbonbridge.demo.run import Run
from carbonbridge.demo.summary import Summary, curls, logins


def register(app: typer.Typer) -> None:
    """Add the verb to the command line; without a verb of its own it tells the story."""
    group = typer.Typer(name="demo", invoke_without_command=True, rich_markup_mode="rich")
    group.callback()(demo)
    group.command("conformance")(conformance)
    app.add_typer(group, rich_help_panel="See it")


def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option(help="Leave when the story is told; exit 0 only if every check held.")
    ] = False,
    lang: Annotated[Lang, typer.Option(envvar="CARBONBRIDGE_LANG", help="Language of the story.")] = Lang.EN,
    output: Annotated[Path, typer.Option(help="Folder for documents, logs and report.json.")] = Path(
        "demo-output"
    ),
) -> None:
    """Watch a whole network do its job on this machine: two regions, ten companies, an EU importer.

    Real nodes in processes of their own, real HTTPS on loopback with a throw-away authority. Without --once the network
    stays up afterwards, and URLs, logins and commands to paste are shown.
    """
    if context.invoked_subcommand:
        return
    console = Console()
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: _interrupt(stopped))
    run = Run(output, lang.value, console)
    try:
        run.tell()
        if run.report.held:
            summary = Summary(run.world, run.report, lang.value)
            summary.save(output)
            summary.show(console)
            console.print(
                Text(f"Documents and report.json: {output}", f"文件与 report.json：{output}").to(lang.value)
            )
        if not once and run.report.held:
            for part in logins(run.world, lang.value):
                console.print(part)
            for command in curls(run.world):
                console.print(command, markup=False, highlight=False, soft_wrap=True)
            stopped.wait()
    except KeyboardInterrupt:
        console.print(Text("stopping the network", "正在停止网络").to(lang.value))
        if once:
            raise typer.Exit(130) from None
    finally:
        run.stop()
    if not run.report.held:
        raise typer.Exit(1)


def _interrupt(stopped: Event, _frame: FrameType | None = None) -> None:
    stopped.set()
    raise KeyboardInterrupt
