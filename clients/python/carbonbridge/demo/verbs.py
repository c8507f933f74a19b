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
from carbonbridge.demo.output import occupied, writable
from carbonbridge.demo.report import Text
from carbonbridge.demo.run import Run
from carbonbridge.demo.summary import Summary, curls, logins

_EXAMPLES = """[bold]Examples[/bold]

  $ carbonbridge demo

  $ carbonbridge demo --once --lang zh --output demo-zh"""


def register(app: typer.Typer) -> None:
    """Add the verb to the command line; without a verb of its own it tells the story."""
    group = typer.Typer(name="demo", invoke_without_command=True, rich_markup_mode="rich")
    group.callback(epilog=_EXAMPLES)(demo)
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
    # Our own handlers: what a shell starts in the background inherits an ignored SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _interrupt(stopped))
    with occupied(output):
        with writable(output):
            run = Run(output, lang.value, console)
        try:
            _play(run, stopped, once)
        except KeyboardInterrupt:
            console.print(Text("stopping the network", "正在停止网络").to(lang.value))
            if once:
                raise typer.Exit(130) from None
        finally:
            run.stop()
    if not run.report.held:
        raise typer.Exit(1)


def _play(run: Run, stopped: Event, once: bool) -> None:
    """Tell the story, show what came of it and, unless it is for once, keep the network up."""
    console, lang = run.console, run.lang
    run.tell()
    if not run.report.held:
        return
    summary = Summary(run.world, run.report, lang)
    with writable(run.output):
        summary.save(run.output)
    summary.show(console)
    console.print(
        Text(f"Documents and report.json: {run.output}", f"文件与 report.json：{run.output}").to(lang)
    )
    if not once:
        # To be copied: nothing is folded, and nothing taken for markup.
        for line in (*logins(run.world, lang), *curls(run.world)):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        stopped.wait()


def _interrupt(stopped: Event, _frame: FrameType | None = None) -> None:
    stopped.set()
    raise KeyboardInterrupt
