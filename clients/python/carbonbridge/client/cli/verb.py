"""From a function to a verb of the command line: the options that all verbs share are added here, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from carbonbridge.client.cli.criteria import OPTIONS, stated
from carbonbridge.client.cli.session import Session
from carbonbridge.client.cli.words import Lang, language

_NODE = "Connection"
_OUTPUT = "Output"

_CONNECTION = {
    "node": Annotated[
        str | None,
        typer.Option(
            "--node",
            envvar="CARBONBRIDGE_NODE",
            metavar="URL",
            help="Base URL of the organisation at its node (administrators: of the node).",
            rich_help_panel=_NODE,
        ),
    ],
}
_CREDENTIALS = {
    "client_id": Annotated[
        str | None,
        typer.Option(
            "--client-id",
            envvar="CARBONBRIDGE_CLIENT_ID",
            metavar="ID",
            help="OAuth client id.",
            rich_help_panel=_NODE,
        ),
    ],
    "secret_file": Annotated[
        Path | None,
        typer.Option(
            "--client-secret-file",
            metavar="FILE",
            help="File with the client secret; without it, CARBONBRIDGE_CLIENT_SECRET.",
            rich_help_panel=_NODE,
        ),
    ],
    "key_file": Annotated[
        Path | None,
        typer.Option(
            "--client-key-file",
            metavar="FILE",
            help="Private key (JWK) to sign in with, instead of the secret.",
            rich_help_panel=_NODE,
        ),
    ],
    "certificate_file": Annotated[
        Path | None,
        typer.Option(
            "--client-certificate",
            metavar="FILE",
            help="Client certificate (PEM), for hosts with mutual TLS.",
            rich_help_panel=_NODE,
        ),
    ],
    "certificate_key": Annotated[
        Path | None,
        typer.Option(
            "--client-certificate-key",
            metavar="FILE",
            help="Its private key (PEM); without it, the certificate's file.",
            rich_help_panel=_NODE,
        ),
    ],
    "ca_file": Annotated[
        Path | None,
        typer.Option(
            "--ca-file",
            envvar="CARBONBRIDGE_CA_FILE",
            metavar="FILE",
            help="Certificate of an authority to trust beside the system's.",
            rich_help_panel=_NODE,
        ),
    ],
    "timeout": Annotated[
        float,
        typer.Option(
            "--timeout", min=0.1, metavar="SECONDS", help="Time limit of one call.", rich_help_panel=_NODE
        ),
    ],
}
_LOOK = {
    "as_json": Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs.", rich_help_panel=_OUTPUT)
    ],
    "lang": Annotated[
        Lang | None,
        typer.Option(
            "--lang", envvar="CARBONBRIDGE_LANG", help="Language of tables.", rich_help_panel=_OUTPUT
        ),
    ],
}
_DEFAULTS = {"timeout": 60.0, "as_json": False}
#: The official suite gives a host as long for each answer.
_SUITE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb, ready for Typer."""

    name: str
    run: Callable[..., None]
    epilogue: str


def verb(
    *examples: str, calls: Literal["node", "host", "suite", "nobody"] = "node", selects: bool = False
) -> Callable[[Callable[..., None]], Verb]:
    """Make a verb of a function that takes the session first, then the criteria if it selects footprints.

    Args:
        examples: command lines, shown at the end of ``--help``.
        calls: whom it calls: our node, any PACT host (then the address is its own argument), one that is to be tested
            (then its reports are files, and time is short), or nobody.
        selects: it has the options that say which footprints.
    """
    shared: dict[str, Any] = {
        "node": {**_CONNECTION, **_CREDENTIALS, **_LOOK},
        "host": {**_CREDENTIALS, **_LOOK},
        "suite": {**_CREDENTIALS, "lang": _LOOK["lang"]},
        "nobody": _LOOK,
    }[calls]
    defaults = _DEFAULTS | ({"timeout": _SUITE_SECONDS} if calls == "suite" else {})

    def make(function: Callable[..., None]) -> Verb:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1 + selects :]

        def run(**given: object) -> None:
            common: dict[str, Any] = {name: given.pop(name) for name in shared}
            if lang := common.pop("lang"):
                language.set(lang)
            session = Session(**common)
            if selects:
                wanted: dict[str, Any] = {name: given.pop(name) for name in OPTIONS}
                function(session, stated(wanted), **given)
            else:
                function(session, **given)

        options = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=defaults.get(name)
            )
            for name, kind in {**(OPTIONS if selects else {}), **shared}.items()
        ]
        keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        vars(run)["__signature__"] = inspect.Signature([*keyword, *options])  # what Typer goes by
        run.__annotations__ = {}
        run.__doc__ = function.__doc__
        name = function.__name__.rstrip("_").replace("_", "-")
        return Verb(name, run, _epilogue(examples))

    return make


def add(app: typer.Typer, verbs: list[Verb], panel: str | None = None) -> None:
    """Put verbs on a command line."""
    for item in verbs:
        app.command(item.name, epilog=item.epilogue, rich_help_panel=panel)(item.run)


@dataclass(frozen=True, slots=True)
class Group:
    """A verb that has verbs of its own (``answer fulfil``)."""

    name: str
    summary: str
    verbs: list[Verb]
    examples: tuple[str, ...]

    def add_to(self, app: typer.Typer, panel: str) -> None:
        """Put the group on a command line."""
        own = typer.Typer(
            name=self.name,
            help=self.summary,
            epilog=_epilogue(self.examples),
            no_args_is_help=True,
            rich_markup_mode="rich",
        )
        add(own, self.verbs)
        app.add_typer(own, rich_help_panel=panel)


def _epilogue(examples: tuple[str, ...]) -> str:
    return (
        "\n\n".join(["[bold]Examples[/bold]", *(f"  $ {example}" for example in examples)])
        if examples
        else ""
    )
