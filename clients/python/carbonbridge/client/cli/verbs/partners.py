"""Connect, share, and what they lead to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from carbonbridge.client.cli.session import Session, read_secret
from carbonbridge.client.cli.show import done, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import FOOTPRINTS
from carbonbridge.core.errors import BadInput, Misconfigured

FROM_ENVIRONMENT = "CARBONBRIDGE_PARTNER_SECRET"

Connection = Annotated[str, typer.Argument(help="Id of the connection.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--partner-secret-file", help=f"File with our secret there; without it, {FROM_ENVIRONMENT}."
    ),
]
From = Annotated[str | None, typer.Option("--from", help="From this instant on; now unless stated.")]
Until = Annotated[str | None, typer.Option("--until", help="Until this instant, exclusive.")]


@verb(
    "carbonbridge connect 'Taihu Wafer' --company-id urn:pact:wafer.example:company-id:wafer \\\n"
    "      --base-url https://node.example/o/wafer --partner-client-id c-1 --partner-secret-file secret"
)
def connect(
    session: Session,
    name: Annotated[str, typer.Argument(help="What you call the partner.")],
    *,
    company_id: Annotated[list[str], typer.Option("--company-id", help="Its URN; may be repeated.")],
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Its PACT base URL; leave out for one that only pulls.")
    ] = None,
    auth_base_url: Annotated[
        str | None, typer.Option("--auth-base-url", help="Where its token endpoint is found, if elsewhere.")
    ] = None,
    partner_client_id: Annotated[
        str | None, typer.Option("--partner-client-id", help="Our client id there.")
    ] = None,
    partner_secret_file: SecretFile = None,
    notify: Annotated[bool, typer.Option("--notify/--no-notify", help="Tell it of new footprints.")] = True,
    pact: Annotated[
        Literal["2", "3"] | None,
        typer.Option("--pact", help="The version of PACT it speaks; 3 unless stated."),
    ] = None,
) -> None:
    """Add a partner."""
    secret = _secret(partner_secret_file)
    answer = session.ask(
        lambda node: node.connect(
            name,
            company_id,
            base_url=base_url,
            auth_base_url=auth_base_url,
            client_id=partner_client_id,
            client_secret=secret,
            notify=notify,
            pact=pact,
        )
    )
    done(session, answer)


@verb("carbonbridge set-credentials 3f2a… --partner-client-id c-1 --partner-secret-file secret")
def set_credentials(
    session: Session,
    connection: Connection,
    partner_client_id: Annotated[str, typer.Option("--partner-client-id", help="Our client id there.")],
    partner_secret_file: SecretFile = None,
) -> None:
    """Keep the credentials that a partner made for us."""
    secret = _secret(partner_secret_file)
    if secret is None:
        raise Misconfigured(
            "the secret is missing", next_step=f"Give --partner-secret-file or set {FROM_ENVIRONMENT}."
        )
    done(session, session.ask(lambda node: node.set_credentials(connection, partner_client_id, secret)))


@verb("carbonbridge connections")
def connections(session: Session) -> None:
    """The partners."""
    found = session.ask(lambda node: node.connections())
    columns = {
        "id": "id",
        "name": "name",
        "companies": "companyIds",
        "address": "baseUrl",
        "notify": "notify",
        "protocol": "pact",
        "state": "state",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge set-pact 3f2a… 3")
def set_pact(
    session: Session,
    connection: Connection,
    version: Annotated[Literal["2", "3"], typer.Argument(help="The version of PACT that it speaks.")],
) -> None:
    """Speak another version of PACT with a partner."""
    done(session, session.ask(lambda node: node.set_pact(connection, version)))


@verb("carbonbridge set-connection 3f2a… suspended")
def set_connection(
    session: Session,
    connection: Connection,
    state: Annotated[
        Literal["active", "suspended", "revoked"], typer.Argument(help="The new state; revoked is for good.")
    ],
) -> None:
    """Suspend, resume or revoke a connection."""
    done(session, session.ask(lambda node: node.set_connection_state(connection, state)))


@verb(
    "carbonbridge share 3f2a… --product urn:pact:wafer.example:product-id:m10",
    "carbonbridge share 3f2a… --all --until 2027-01-01T00:00:00Z",
)
def share(
    session: Session,
    connection: Connection,
    *,
    product: Annotated[str | None, typer.Option("--product", help="The product with this URN.")] = None,
    classification: Annotated[
        str | None, typer.Option("--classification", help="All products of this classification (URN).")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All footprints.")] = False,
    since: From = None,
    until: Until = None,
) -> None:
    """Let a partner see footprints."""
    scopes: list[tuple[Literal["product", "classification", "all"], str | None]] = []
    if product:
        scopes.append(("product", product))
    if classification:
        scopes.append(("classification", classification))
    if everything:
        scopes.append(("all", None))
    if len(scopes) != 1:
        raise BadInput(
            "say what to share, once", next_step="Give one of --product, --classification and --all."
        )
    [(scope, value)] = scopes
    done(session, session.ask(lambda node: node.share(connection, scope, value, since, until)))


@verb("carbonbridge grants")
def grants(session: Session) -> None:
    """What is shared with whom."""
    found = session.ask(lambda node: node.grants())
    columns = {
        "grant": "id",
        "connection": "connectionId",
        "scope": "scope",
        "value": "value",
        "from": "validFrom",
        "until": "validUntil",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge unshare 91bb…")
def unshare(session: Session, grant: Annotated[str, typer.Argument(help="Id of the grant.")]) -> None:
    """Take a grant back."""
    done(session, session.ask(lambda node: node.unshare(grant)))


@verb("carbonbridge preview 3f2a…")
def preview(session: Session, connection: Connection) -> None:
    """What a partner sees today."""
    found = session.ask(lambda node: node.preview(connection))
    show(session, found, lambda: table(found, FOOTPRINTS))


def _secret(file: Path | None) -> str | None:
    secret = os.environ.get(FROM_ENVIRONMENT, "") if file is None else read_secret(file)
    return secret or None
