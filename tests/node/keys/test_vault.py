"""Secrets, hashed and sealed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from carbonbridge.core.errors import Misconfigured
from carbonbridge.node.keys.files import create_secret_file
from carbonbridge.node.keys.vault import FileVault


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault.key")


def test_secrets_are_long_and_different(vault: FileVault) -> None:
    made = {vault.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 43


def test_hash_matches_its_secret_only(vault: FileVault) -> None:
    hashed = vault.hash("correct horse")
    assert vault.matches("correct horse", hashed)
    assert not vault.matches("correct horsf", hashed)
    assert "horse" not in hashed


def test_hash_is_salted(vault: FileVault) -> None:
    assert vault.hash("same") != vault.hash("same")


@pytest.mark.parametrize(
    "stored", ["", "x", "same", "scrypt:1:1:1:AA==:AA==", "scrypt:16384:8:1:A:A", "scrypt:16384:8:1:::"]
)
def test_what_is_no_hash_matches_nothing(vault: FileVault, stored: str) -> None:
    assert not vault.matches("same", stored)


def test_sealed_secret_opens_after_a_restart(vault: FileVault, tmp_path: Path) -> None:
    sealed = vault.seal("密码 of a partner")
    assert b"partner" not in sealed
    assert FileVault(tmp_path / "vault.key").open(sealed) == "密码 of a partner"


def test_altered_or_foreign_seal_does_not_open(vault: FileVault, tmp_path: Path) -> None:
    sealed = vault.seal("x")
    with pytest.raises(Misconfigured):
        vault.open(sealed[:-2] + b"AA")
    with pytest.raises(Misconfigured):
        FileVault(tmp_path / "other.key").open(sealed)


def test_key_file_is_private_and_checked(tmp_path: Path) -> None:
    FileVault(tmp_path / "vault.key")
    assert stat.S_IMODE((tmp_path / "vault.key").stat().st_mode) == 0o600
    create_secret_file(tmp_path / "broken.key", b"short")
    with pytest.raises(Misconfigured):
        FileVault(tmp_path / "broken.key")
