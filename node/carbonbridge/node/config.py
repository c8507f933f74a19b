"""Configuration: read from the environment once, checked, and refused with a sentence where it is wrong."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from carbonbridge.core.connection import check_base_url
from carbonbridge.core.document import MAX_BYTES
from carbonbridge.core.errors import BadInput, Misconfigured

PREFIX = "CARBONBRIDGE_"

IPNetwork = IPv4Network | IPv6Network

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
_LOG_LEVELS = ("debug", "info", "warning", "error")
_DATABASES = ("sqlite", "postgresql+psycopg")


@dataclass(frozen=True)
class Config:
    """What a node is told by its environment. Each attribute is the variable of that name, in capitals.

    Attributes:
        public_url: the node's address as partners see it: https, no trailing slash.
        data_dir: keys and, unless another database is named, the SQLite file.
        database_url: SQLAlchemy URL; ``CARBONBRIDGE_DATABASE_URL_FILE`` names a file that holds it instead.
        tls_cert, tls_key: PEM files; the node then serves HTTPS itself.
        trusted_proxies: else it serves plain HTTP to these addresses only, which must vouch for HTTPS.
        ca_file: certificates (PEM) to trust in outgoing calls beside the system's.
        allow_loopback_peers: partners may be on this machine; for demonstrations and tests.
        workers: threads that do the work of the outbox which needs no other host.
        calls: partners that are called at once; half of them for those whose last call failed.
        max_body_bytes: largest request body.
        client_ca_file: authorities (PEM) of client certificates, which the node then asks for (mutual TLS).
        rate_per_minute: calls a minute of one client; 0: no limit.
        token_rate_per_minute: token requests a minute from one address; 0: no limit.
        pact_v2_category: UN CPC code (``productCategoryCpc``) that footprints without one have in PACT v2; without
            it, they are not shown there.
        metrics_open: ``/metrics`` answers anybody, not only this machine.
    """

    public_url: str
    data_dir: Path
    database_url: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8443
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[IPNetwork, ...] = ()
    ca_file: Path | None = None
    allow_loopback_peers: bool = False
    workers: int = 4
    calls: int = 64
    max_body_bytes: int = MAX_BYTES
    client_ca_file: Path | None = None
    rate_per_minute: int = 6000
    token_rate_per_minute: int = 600
    metrics_open: bool = False
    log_level: str = "info"
    pact_v2_category: str | None = None

    def check_serving(self) -> None:
        """Check what only a serving node needs.

        Raises:
            Misconfigured: there is no way, or two ways, to serve HTTPS; or certificate and key are not a pair.
        """
        if (self.tls_cert is None) != (self.tls_key is None):
            missing = "TLS_KEY" if self.tls_key is None else "TLS_CERT"
            raise _wrong(missing, "is needed: certificate and key go together")
        if bool(self.trusted_proxies) == (self.tls_cert is not None):
            raise _wrong(
                "TLS_CERT",
                "and CARBONBRIDGE_TLS_KEY are needed, or CARBONBRIDGE_TRUSTED_PROXIES, and not both",
                "PACT is served over HTTPS only: by the node itself, or by a proxy that it trusts.",
            )
        if self.client_ca_file is not None and self.tls_cert is None:
            raise _wrong(
                "CLIENT_CA_FILE",
                "is for a node that serves HTTPS itself: behind a proxy it does not see client certificates",
            )
        if self.tls_cert is not None and self.tls_key is not None:
            _check_pair(self.tls_cert, self.tls_key)


def read_config(environment: Mapping[str, str]) -> Config:
    """The configuration that an environment describes.

    Raises:
        Misconfigured: names the variable at fault.
    """
    settings = _Settings(environment)
    data_dir = Path(settings.text("DATA_DIR", "carbonbridge-data")).absolute()
    return Config(
        public_url=settings.public_url(),
        data_dir=data_dir,
        database_url=settings.database_url(data_dir),
        host=settings.text("HOST", Config.host),
        port=settings.number("PORT", Config.port, 1, 65535),
        tls_cert=settings.file("TLS_CERT"),
        tls_key=settings.file("TLS_KEY"),
        trusted_proxies=settings.networks("TRUSTED_PROXIES"),
        ca_file=settings.file("CA_FILE"),
        allow_loopback_peers=settings.flag("ALLOW_LOOPBACK_PEERS"),
        workers=settings.number("WORKERS", Config.workers, 1, 64),
        calls=settings.number("CALLS", Config.calls, 2, 1024),
        max_body_bytes=settings.number("MAX_BODY_BYTES", Config.max_body_bytes, 1024, 2**30),
        client_ca_file=settings.file("CLIENT_CA_FILE"),
        rate_per_minute=settings.number("RATE_PER_MINUTE", Config.rate_per_minute, 0, 10**6),
        token_rate_per_minute=settings.number(
            "TOKEN_RATE_PER_MINUTE", Config.token_rate_per_minute, 0, 10**6
        ),
        metrics_open=settings.flag("METRICS_OPEN"),
        log_level=settings.choice("LOG_LEVEL", Config.log_level, _LOG_LEVELS),
        pact_v2_category=settings.text("PACT_V2_CATEGORY", "") or None,
    )


class _Settings:
    """Reads single variables; a blank one counts as absent."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(PREFIX + name, "").strip() or default

    def public_url(self) -> str:
        url = self.text("PUBLIC_URL", "").rstrip("/")
        if not url:
            raise _wrong("PUBLIC_URL", "is needed", "Set it to the node's address as partners see it.")
        try:
            check_base_url(url, PREFIX + "PUBLIC_URL")
        except BadInput as error:
            raise _wrong("PUBLIC_URL", error.message, error.next_step) from None
        return url

    def database_url(self, data_dir: Path) -> str:
        url = self.text("DATABASE_URL", "")
        file = self.file("DATABASE_URL_FILE")
        if file is not None:
            if url:
                raise _wrong("DATABASE_URL_FILE", "cannot be set beside CARBONBRIDGE_DATABASE_URL")
            try:
                url = file.read_text("utf-8").strip()
            except UnicodeDecodeError:
                raise _wrong("DATABASE_URL_FILE", f"names a file that holds no text ({file})") from None
        if not url:
            return f"sqlite:///{data_dir / 'node.db'}"
        if urlsplit(url).scheme not in _DATABASES:
            raise _wrong("DATABASE_URL", "must begin with sqlite:/// or postgresql+psycopg://")
        return url

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
            raise _wrong(name, f"must be a whole number from {least} to {most}")
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.text(name, "false").lower()
        if text not in _TRUE | _FALSE:
            raise _wrong(name, "must be true or false")
        return text in _TRUE

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default).lower()
        if text not in choices:
            raise _wrong(name, f"must be one of {', '.join(choices)}")
        return text

    def file(self, name: str) -> Path | None:
        text = self.text(name, "")
        if not text:
            return None
        path = Path(text).absolute()
        try:
            path.open("rb").close()
        except OSError as error:
            raise _wrong(name, f"names a file that cannot be read ({error.strerror}: {path})") from None
        return path

    def networks(self, name: str) -> tuple[IPNetwork, ...]:
        items = [item.strip() for item in self.text(name, "").split(",") if item.strip()]
        try:
            return tuple(ip_network(item) for item in items)
        except ValueError as error:
            raise _wrong(name, f"must be a comma-separated list of IP networks ({error})") from None


def _check_pair(certificate: Path, key: Path) -> None:
    """Certificate and key as the TLS library will read them, but with a sentence where it has only a number."""
    pem = "Name a PEM file."
    try:
        [served, *_] = load_pem_x509_certificates(certificate.read_bytes())
    except ValueError:
        raise _wrong("TLS_CERT", f"names a file that holds no PEM certificate ({certificate})", pem) from None
    try:
        private = load_pem_private_key(key.read_bytes(), None)
    except TypeError:
        raise _wrong("TLS_KEY", f"names a key that is encrypted ({key})", "Decrypt it.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _wrong("TLS_KEY", f"names a file that holds no PEM private key ({key})", pem) from None
    if private.public_key() != served.public_key():
        raise _wrong(
            "TLS_KEY",
            f"names the key of another certificate than CARBONBRIDGE_TLS_CERT ({certificate})",
            "Name the key that the certificate was issued for.",
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise _wrong("TLS_CERT", f"cannot be served ({error.reason}: {certificate})") from None


def _wrong(name: str, message: str, next_step: str | None = None) -> Misconfigured:
    return Misconfigured(message, field=PREFIX + name, next_step=next_step)
