"""Enrol, rotate, revoke: OAuth clients and what they authenticate with."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import Annotated

import typer

from carbonbridge.client.call import Object
from carbonbridge.client.cli.session import Session, check_new, in_file, read_file, read_object, write_file
from carbonbridge.client.cli.show import Columns, done, lines, show, table
from carbonbridge.client.cli.verb import verb
from carbonbridge.client.cli.views import sentence
from carbonbridge.core.document import write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import SigningKey, jwks

_ORGANISATION = typer.Option("--organisation", help="Of this organisation (administrator).")
_OUT = typer.Option("--out", metavar="FILE", help="Write the secret to this new file, readable by you alone.")

Organisation = Annotated[str | None, _ORGANISATION]
Out = Annotated[Path | None, _OUT]
Keys = Annotated[
    Path | None,
    typer.Option("--jwks", metavar="FILE", help="Its public keys (JWK Set): it signs instead of a secret."),
]
Certificate = Annotated[
    Path | None,
    typer.Option(
        "--certificate", metavar="FILE", help="Its certificate (PEM): it comes over mutual TLS instead."
    ),
]
Expires = Annotated[str | None, typer.Option("--expires", help="Good until this instant.")]


@verb(
    "carbonbridge enrol --organisation module --out module.secret",
    "carbonbridge enrol --connection 3f2a… --expires 2027-01-01T00:00:00Z",
    "carbonbridge enrol --connection 3f2a… --jwks partner-keys.json",
)
def enrol(
    session: Session,
    name: Annotated[
        str | None, typer.Option("--organisation", help="Make an operator of it (administrator).")
    ] = None,
    connection: Annotated[
        str | None, typer.Option("--connection", help="Make the credentials of this partner (operator).")
    ] = None,
    expires: Expires = None,
    secret_expires: Annotated[
        str | None, typer.Option("--secret-expires", help="The secret alone is good until this instant.")
    ] = None,
    keys: Keys = None,
    certificate: Certificate = None,
    out: Out = None,
) -> None:
    """Make an OAuth client; its secret is shown once."""
    if (name is None) == (connection is None):
        raise BadInput(
            "give either --organisation or --connection", next_step="See carbonbridge enrol --help."
        )
    check_new(out)
    proof = _proof(keys, certificate)
    if name is not None:
        answer = session.ask(
            lambda node: node.enrol_operator(name, expires, secret_expires_at=secret_expires, **proof)
        )
    else:
        answer = session.ask(
            lambda node: node.enrol_partner(
                connection or "", expires, secret_expires_at=secret_expires, **proof
            )
        )
    _hand_over(session, answer, out, {"role": "role"})


@verb(
    "carbonbridge rotate c-17 --out new.secret",
    "carbonbridge rotate c-17 --old-until 2026-12-01T00:00:00Z --expires 2027-12-01T00:00:00Z",
    "carbonbridge rotate c-17 --certificate renewed.pem",
)
def rotate(
    session: Session,
    client: Annotated[str, typer.Argument(help="Id of the client.")],
    *,
    name: Organisation = None,
    old_until: Annotated[
        str | None,
        typer.Option(
            "--old-until", help="The old secret is good until this instant; 24 hours unless stated."
        ),
    ] = None,
    expires: Expires = None,
    keys: Keys = None,
    certificate: Certificate = None,
    out: Out = None,
) -> None:
    """Give a client a new secret, and let the old one run out; or new keys, or a new certificate."""
    check_new(out)
    proof = _proof(keys, certificate)
    if proof:
        if old_until or expires or out:
            raise BadInput("keys and certificates take the place of the old ones at once, and are no secret")
        done(session, session.ask(lambda node: node.rotate_keys(client, name, **proof)))
        return
    answer = session.ask(
        lambda node: node.rotate_secret(client, name, old_until=old_until, expires_at=expires)
    )
    _hand_over(session, answer, out, {"expires": "expiresAt", "old until": "oldUntil"})


@verb(
    "carbonbridge clients",
    "carbonbridge clients --revoke c-17",
    "carbonbridge clients --revoke c-17 --secret s-1",
)
def clients(
    session: Session,
    name: Organisation = None,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help="End this client's access.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--secret", metavar="ID", help="With --revoke: end this secret of it alone.")
    ] = None,
) -> None:
    """The OAuth clients of the organisation; at the node's own address, its administrators."""
    if revoke is not None:
        done(
            session,
            session.ask(
                lambda node: (
                    node.revoke_secret(revoke, secret, name) if secret else node.revoke_client(revoke, name)
                )
            ),
        )
        return
    if secret is not None:
        raise BadInput("--secret goes with --revoke", next_step="Name the client whose secret it is.")
    found = session.ask(lambda node: node.clients(name))
    columns: Columns = {
        "client": "clientId",
        "role": "role",
        "connection": "connectionId",
        "method": "method",
        "secrets": _secrets,
        "created": "createdAt",
        "expires": "expiresAt",
        "until": "revokedAt",
    }
    show(session, found, lambda: table(found, columns))


@verb("carbonbridge make-key --out client.jwk > public-keys.json", calls="nobody")
def make_key(
    session: Session,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="New file for the private key, readable by you alone."),
    ],
) -> None:
    """Make a key to sign in with (--client-key-file); the host's operator gets the public half that is printed."""
    check_new(out)
    key = SigningKey.generate()
    write_file(out, write_json(key.private_jwk()), private=True)
    typer.echo(write_json(jwks([key.public_jwk()])).decode())


def _proof(keys: Path | None, certificate: Path | None) -> Object:
    """What a client has instead of a secret; empty if it has one.

    Raises:
        BadInput: both, or a file that holds no such thing.
    """
    if keys is not None and certificate is not None:
        raise BadInput("a client has keys or a certificate, not both")
    if keys is not None:
        return {"jwks": read_object(keys)}
    return (
        {} if certificate is None else {"certificate": in_file(certificate, lambda: _thumbprint(certificate))}
    )


def _thumbprint(certificate: Path) -> str:
    """SHA-256 of the first certificate of a PEM file, in hexadecimal."""
    try:
        text = read_file(certificate).decode("ascii")
        begin = text.index("-----BEGIN CERTIFICATE-----")
        end = text.index("-----END CERTIFICATE-----", begin) + len("-----END CERTIFICATE-----")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[begin:end])).hexdigest()
    except ValueError:
        raise BadInput("there is no PEM certificate") from None


def _secrets(client: Object) -> list[str]:
    """Each secret, and until when it is good."""
    return [f"{item.get('id')} {item.get('expiresAt', '')}".rstrip() for item in client.get("secrets") or []]


def _hand_over(session: Session, answer: Object, out: Path | None, more: dict[str, str]) -> None:
    """Show the new credentials; the secret goes to the file instead, where one is named."""
    secret = answer.get("clientSecret")
    if out is not None and secret:
        write_file(out, str(answer.pop("clientSecret")).encode(), private=True)
    columns: Columns = {
        "client": "clientId",
        **more,
        "value": lambda row: str(out) if out is not None and secret else row.get("clientSecret"),
    }
    shown = bool(secret) and out is None
    warning = sentence("This secret is shown once; keep it safe.", "yellow") if shown else None
    show(session, answer, lambda: lines(table([answer], columns), warning))
