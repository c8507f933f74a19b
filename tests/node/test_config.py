"""The configuration, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from carbonbridge.core.errors import Misconfigured
from carbonbridge.demo.authority import Authority
from carbonbridge.node.config import Config, read_config


def read(**settings: str) -> Config:
    given = {"PUBLIC_URL": "https://node.example", **settings}
    return read_config({f"CARBONBRIDGE_{name}": value for name, value in given.items()})


def test_defaults(tmp_path: Path) -> None:
    config = read(DATA_DIR=str(tmp_path))
    assert config == Config("https://node.example", tmp_path, f"sqlite:///{tmp_path}/node.db")


def test_everything_set(tmp_path: Path) -> None:
    pem = tmp_path / "any.pem"
    pem.touch()
    config = read(
        PUBLIC_URL=" https://node.example:8443/base/ ",
        DATABASE_URL="postgresql+psycopg://carbonbridge:secret@database/carbonbridge",
        HOST="0.0.0.0",
        PORT="1",
        TLS_CERT=str(pem),
        TLS_KEY=str(pem),
        TRUSTED_PROXIES="10.0.0.1, 10.1.0.0/16,fd00::/8",
        CA_FILE=str(pem),
        ALLOW_LOOPBACK_PEERS="True",
        WORKERS="64",
        CALLS="1024",
        MAX_BODY_BYTES="1024",
        CLIENT_CA_FILE=str(pem),
        RATE_PER_MINUTE="0",
        TOKEN_RATE_PER_MINUTE="60",
        METRICS_OPEN="on",
        LOG_LEVEL="WARNING",
        PACT_V2_CATEGORY=" 9999 ",
    )
    assert config.public_url == "https://node.example:8443/base"
    assert [str(network) for network in config.trusted_proxies] == ["10.0.0.1/32", "10.1.0.0/16", "fd00::/8"]
    assert (config.port, config.workers, config.calls, config.max_body_bytes) == (1, 64, 1024, 1024)
    assert (config.client_ca_file, config.rate_per_minute, config.token_rate_per_minute) == (pem, 0, 60)
    assert config.allow_loopback_peers
    assert config.metrics_open
    assert config.log_level == "warning"
    assert config.pact_v2_category == "9999"
    assert "secret" not in repr(config)


def test_database_url_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg://u:p@h/d\n")
    assert read(DATABASE_URL_FILE=str(tmp_path / "url")).database_url == "postgresql+psycopg://u:p@h/d"
    with pytest.raises(Misconfigured, match="DATABASE_URL_FILE"):
        read(DATABASE_URL_FILE=str(tmp_path / "url"), DATABASE_URL="sqlite:///x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "http://node.example"),
        ("PUBLIC_URL", "https://user@node.example"),
        ("PUBLIC_URL", "https://node.example?x"),
        ("PUBLIC_URL", "node.example"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "postgresql://h/d"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8443.0"),
        ("PORT", "٣"),
        ("WORKERS", "many"),
        ("CALLS", "1"),
        ("WORKERS", "-1"),
        ("MAX_BODY_BYTES", "1"),
        ("MAX_BODY_BYTES", "9" * 5000),
        ("RATE_PER_MINUTE", "-1"),
        ("TOKEN_RATE_PER_MINUTE", "none"),
        ("CLIENT_CA_FILE", "/nowhere"),
        ("ALLOW_LOOPBACK_PEERS", "maybe"),
        ("LOG_LEVEL", "loud"),
        ("TLS_CERT", "/nowhere/at/all.pem"),
        ("CA_FILE", "/"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read(**{name: value})
    assert caught.value.field == f"CARBONBRIDGE_{name}"


def test_serving_needs_exactly_one_way_to_https(tmp_path: Path) -> None:
    pem, key = Authority.create(tmp_path).issue("node", tmp_path)
    read(TLS_CERT=str(pem), TLS_KEY=str(key)).check_serving()
    read(TRUSTED_PROXIES="10.0.0.1").check_serving()
    for settings in (
        {},
        {"TLS_CERT": str(pem)},
        {"TLS_KEY": str(key)},
        {"TLS_CERT": str(pem), "TLS_KEY": str(key), "TRUSTED_PROXIES": "10.0.0.1"},
        {"TRUSTED_PROXIES": "10.0.0.1", "CLIENT_CA_FILE": str(pem)},
    ):
        with pytest.raises(Misconfigured):
            read(**settings).check_serving()


@pytest.mark.parametrize(
    ("certificate", "key", "variable", "what"),
    [
        ("tls.pem", "tls.pem", "TLS_KEY", "no PEM private key"),
        ("tls.pem", "other/tls.key", "TLS_KEY", "another certificate"),
        ("tls.key", "tls.key", "TLS_CERT", "no PEM certificate"),
        ("text", "tls.key", "TLS_CERT", "no PEM certificate"),
        ("tls.pem", "text", "TLS_KEY", "no PEM private key"),
        ("tls.pem", "locked.key", "TLS_KEY", "encrypted"),
    ],
)
def test_a_pair_that_is_none_names_the_variable(
    tmp_path: Path, certificate: str, key: str, variable: str, what: str
) -> None:
    authority = Authority.create(tmp_path)
    (tmp_path / "other").mkdir()
    authority.issue("other", tmp_path / "other")
    _, plain = authority.issue("node", tmp_path)
    private = load_pem_private_key(plain.read_bytes(), None)
    locked = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim"))
    (tmp_path / "locked.key").write_bytes(locked)
    (tmp_path / "text").write_text("no PEM at all")
    config = read(TLS_CERT=str(tmp_path / certificate), TLS_KEY=str(tmp_path / key))
    with pytest.raises(Misconfigured, match=what) as caught:
        config.check_serving()
    assert caught.value.field == f"CARBONBRIDGE_{variable}"
    assert caught.value.next_step


def test_a_database_url_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "url").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match="DATABASE_URL_FILE"):
        read(DATABASE_URL_FILE=str(tmp_path / "url"))
