"""The organisation's signing keys."""

from __future__ import annotations

from typing import Annotated

import typer

from carbonbridge.client.cli.session import Session
from carbonbridge.client.cli.show import Columns, done, show, table
from carbonbridge.client.cli.verb import verb


@verb(
    "carbonbridge rotate-signing-key",
    "carbonbridge rotate-signing-key --compromised-from 2026-03-01T00:00:00Z",
)
def rotate_signing_key(
    session: Session,
    compromised_from: Annotated[
        str | None,
        typer.Option(
            "--compromised-from",
            metavar="INSTANT",
            help="Somebody else may have had the old key since then: what it signed after that is disowned.",
        ),
    ] = None,
) -> None:
    """Sign with a new key from now on; the old one stays published, and what it signed stays good."""
    done(session, session.ask(lambda node: node.rotate_signing_key(compromised_from)))


@verb("carbonbridge signing-keys")
def signing_keys(session: Session) -> None:
    """The signing keys of all times, and when each was good."""
    found = session.ask(lambda node: node.signing_keys())
    columns: Columns = {
        "id": "kid",
        "from": "validFrom",
        "until": "validUntil",
        "revoked from": "revokedFrom",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge revoke-signing-key NzbLs… --from 2026-03-01T00:00:00Z")
def revoke_signing_key(
    session: Session,
    kid: Annotated[str, typer.Argument(help="Id of a key that was rotated out.")],
    *,
    since: Annotated[
        str, typer.Option("--from", metavar="INSTANT", help="Since when somebody else may have had it.")
    ],
) -> None:
    """Disown what a key signed from an instant on."""
    done(session, session.ask(lambda node: node.revoke_signing_key(kid, since)))
