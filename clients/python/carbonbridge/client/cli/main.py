"""The command line ``carbonbridge``: the index of its verbs, and the one place where errors end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated, NoReturn

import typer

from carbonbridge.client.cli.failure import Exit, RemoteError, tell
from carbonbridge.client.cli.verb import Group, Verb, add
from carbonbridge.client.cli.verbs import (
    administration,
    catalogue,
    clients,
    conformance,
    conversations,
    keys,
    linting,
    offline,
    partners,
    products,
    publication,
    registers,
)
from carbonbridge.client.cli.words import Lang, language
from carbonbridge.core.errors import CarbonBridgeError, Misconfigured

#: Verbs of an entry point that need an extra of the distribution, to say so where it is not installed.
EXTRAS = {"node": ("serve", "init", "ingest")}

#: Distributions add verbs here: a function that takes the Typer app.
ENTRY_POINTS = "carbonbridge.verbs"

INDEX: dict[str, list[Verb]] = {
    "Calculate and publish": [
        products.put_product,
        products.calculate,
        products.lineage,
        publication.publish,
        publication.loss_report,
        publication.apply,
    ],
    "Certify": [publication.certify, publication.applications, publication.decide],
    "Partners": [
        partners.connect,
        partners.set_credentials,
        partners.connection_key,
        partners.set_pact,
        partners.set_connection,
        partners.share,
        partners.unshare,
        partners.preview,
        conversations.ask,
        conversations.fetch,
        conversations.recognise,
    ],
    "Look": [
        products.footprints,
        products.products,
        products.calculations,
        partners.connections,
        partners.grants,
        conversations.requests,
        conversations.received,
        conversations.verdicts,
    ],
    "Without a node": [
        linting.lint,
        catalogue.catalogue,
        offline.pull,
        offline.verify,
        clients.make_key,
        conformance.conformance,
    ],
    "Administer": [
        clients.enrol,
        clients.rotate,
        clients.clients,
        keys.rotate_signing_key,
        keys.signing_keys,
        keys.revoke_signing_key,
        administration.outbox,
        administration.redeliver,
        administration.audit,
    ],
}

GROUPS: dict[str, list[Group]] = {
    "Partners": [
        Group(
            "answer",
            "Answer a partner's request.",
            [conversations.fulfil, conversations.reject],
            ("carbonbridge answer fulfil 5c0d…",),
        )
    ],
    "Calculate and publish": [
        Group(
            "export",
            "The answers for Europe.",
            [products.battery, products.cbam],
            ("carbonbridge export battery pack-75 battery.json --out passport.json",),
        ),
    ],
    "Administer": [
        Group(
            "register",
            "Organisations (administrator); registers (also organisations that are entitled to keep one).",
            [
                registers.organisation,
                registers.scheme,
                registers.agreement,
                registers.issuer,
                registers.factor_set,
                registers.body,
                registers.rule,
                registers.standard,
                registers.mark,
                registers.mark_grant,
                registers.deny,
                registers.instrument,
                registers.show_,
                registers.history,
            ],
            ("carbonbridge register organisation organisation.json",),
        )
    ],
}

_EPILOGUE = (
    "Settings: CARBONBRIDGE_NODE (https://host/o/name), CARBONBRIDGE_CLIENT_ID, CARBONBRIDGE_CLIENT_SECRET, "
    "CARBONBRIDGE_CA_FILE, CARBONBRIDGE_LANG (en, zh).\n\n"
    "Ends with 0 when done, 1 when refused, 2 when the command or a file is wrong, 3 when the host is unreachable."
)


def build() -> typer.Typer:
    """The whole command line, with the verbs that installed distributions add.

    Raises:
        CarbonBridgeError: what an added verb has against being added.
    """
    app = typer.Typer(
        name="carbonbridge",
        help="Exchange certified product carbon footprints. 碳桥：产品碳足迹交换网络。",
        epilog=_EPILOGUE,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    app.callback()(_common)
    for panel, verbs in INDEX.items():
        add(app, verbs, panel)
        for group in GROUPS.get(panel, []):
            group.add_to(app, panel)
    for entry in entry_points(group=ENTRY_POINTS):
        _join(app, entry)
    return app


@cache
def _command() -> Callable[..., object]:
    return typer.main.get_command(build())


def run() -> NoReturn:
    """Entry point of the ``carbonbridge`` script."""
    sys.exit(main())


def main(arguments: list[str] | None = None) -> int:
    """Run one command line and say how it ended; every error is one line on standard error."""
    _language_of_environment()
    try:
        try:
            _command()(args=arguments, prog_name="carbonbridge")
        finally:
            sys.stdout.flush()
    except (CarbonBridgeError, RemoteError) as error:
        return tell(error)
    except ModuleNotFoundError as error:
        return tell(_lacking(error))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; keep the interpreter from writing to it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.REFUSED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.WRONG_USE
    return Exit.DONE


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("carbonbridge"))
        raise typer.Exit


def _common(
    lang: Annotated[
        Lang | None,
        typer.Option("--lang", envvar="CARBONBRIDGE_LANG", help="Language of tables and messages."),
    ] = None,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave."),
    ] = False,
) -> None:
    if lang:
        language.set(lang)


def _join(app: typer.Typer, entry: EntryPoint) -> None:
    """Let an entry point add its verbs; where its libraries are not installed, say so when the verb is used."""
    try:
        register = entry.load()
    except ModuleNotFoundError as error:
        lacking = _lacking(error)
        for name in EXTRAS.get(entry.name, ()):
            anything = {"ignore_unknown_options": True, "allow_extra_args": True}
            app.command(name, hidden=True, context_settings=anything)(_complaint(lacking))
        return
    register(app)


def _complaint(error: Misconfigured) -> Callable[[], None]:
    def complain() -> None:
        raise error

    return complain


def _lacking(error: ModuleNotFoundError) -> Misconfigured:
    """Only verbs that others added need more than what this package brings along."""
    return Misconfigured(
        f"this verb needs more than the base installation ({error.name} is missing)",
        next_step="Install carbonbridge[node].",
    )


def _language_of_environment() -> None:
    """So that an error before any option is read comes in the right language too."""
    wanted = os.environ.get("CARBONBRIDGE_LANG")
    language.set("zh" if wanted == "zh" else "en")
