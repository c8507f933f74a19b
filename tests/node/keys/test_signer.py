"""Signing keys in files."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from carbonbridge.core.errors import Misconfigured, NotFound, StorageFailed
from carbonbridge.core.signature import verify_signature
from carbonbridge.node.keys.files import create_secret_file, read_secret_file
from carbonbridge.node.keys.signer import FileSigner, load_or_create_key


def test_signature_holds_with_the_published_key(tmp_path: Path) -> None:
    signer = FileSigner(tmp_path / "keys")
    jwk = signer.create_key("wafer")
    compact = signer.sign("wafer", b"exact bytes", typ="statement+jws")
    assert verify_signature(compact, {jwk["kid"]: jwk}, "statement+jws") == b"exact bytes"
    assert "d" not in jwk


def test_key_survives_a_restart_and_a_second_creation(tmp_path: Path) -> None:
    first = FileSigner(tmp_path).create_key("wafer")
    restarted = FileSigner(tmp_path)
    compact = restarted.sign("wafer", b"later", typ="statement+jws")
    assert verify_signature(compact, {first["kid"]: first}, "statement+jws") == b"later"
    assert restarted.create_key("wafer") == first


def test_organisations_have_different_keys(tmp_path: Path) -> None:
    signer = FileSigner(tmp_path)
    assert signer.create_key("wafer")["kid"] != signer.create_key("cell")["kid"]


def test_file_is_readable_by_the_owner_alone(tmp_path: Path) -> None:
    FileSigner(tmp_path / "keys").create_key("wafer")
    [file] = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_file_open_to_others_is_refused(tmp_path: Path) -> None:
    FileSigner(tmp_path).create_key("wafer")
    (tmp_path / "wafer.jwk").chmod(0o640)
    with pytest.raises(Misconfigured, match="chmod 600"):
        FileSigner(tmp_path).sign("wafer", b"", typ="statement+jws")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}'])
def test_broken_file_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    create_secret_file(tmp_path / "wafer.jwk", content)
    with pytest.raises(Misconfigured):
        FileSigner(tmp_path).create_key("wafer")
    assert (tmp_path / "wafer.jwk").read_bytes() == content


@pytest.mark.parametrize("org", ["nobody", "../wafer", "", ".", "..", "a/b"])
def test_organisation_without_a_key(tmp_path: Path, org: str) -> None:
    FileSigner(tmp_path).create_key("wafer")
    with pytest.raises(NotFound):
        FileSigner(tmp_path / "inner").sign(org, b"", typ="statement+jws")


def test_racing_creators_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = {key.kid for key in pool.map(load_or_create_key, [tmp_path / "token.jwk"] * 16)}
    assert len(kids) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["token.jwk"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed):
        create_secret_file(tmp_path / "file" / "key", b"x")
    with pytest.raises(StorageFailed):
        read_secret_file(tmp_path / "file" / "key")


def test_the_next_key_signs_once_it_is_used(tmp_path: Path) -> None:
    signer, other_process = FileSigner(tmp_path), FileSigner(tmp_path)
    first = signer.create_key("wafer")
    other_process.sign("wafer", b"", typ="statement+jws")
    following = signer.next_key("wafer")
    assert signer.next_key("wafer") == following != first
    for one in (signer, other_process):
        verify_signature(one.sign("wafer", b"x", typ="statement+jws"), {first["kid"]: first}, "statement+jws")
    signer.use_next_key("wafer")
    signer.use_next_key("wafer")
    for one in (signer, other_process, FileSigner(tmp_path)):
        compact = one.sign("wafer", b"x", typ="statement+jws")
        assert verify_signature(compact, {following["kid"]: following}, "statement+jws") == b"x"
    assert [file.name for file in tmp_path.iterdir()] == ["wafer.jwk"]
    assert stat.S_IMODE((tmp_path / "wafer.jwk").stat().st_mode) == 0o600


def test_there_is_no_next_key_without_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        FileSigner(tmp_path).next_key("nobody")
    assert not list(tmp_path.iterdir())
