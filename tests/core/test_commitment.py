"""Commitments: one way to be made, and nothing to be guessed."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.commitment import commit
from carbonbridge.core.errors import BadInput

NAME = "sha256:" + "ab" * 32


def test_what_is_hashed() -> None:
    salt = bytes(range(16))
    expected = sha256(b"carbonbridge/commitment/1\n" + b"\x10" + salt + b"\xab" * 32)
    assert commit(salt, NAME) == expected.digest()


@given(st.binary(min_size=16, max_size=32), st.binary(min_size=16, max_size=32))
def test_each_salt_has_its_own(one: bytes, other: bytes) -> None:
    assert (commit(one, NAME) == commit(other, NAME)) == (one == other)


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(33)])
def test_a_salt_nobody_can_try_through(salt: bytes) -> None:
    with pytest.raises(BadInput, match="salt"):
        commit(salt, NAME)


@pytest.mark.parametrize(
    "name", ["", "ab" * 32, "sha256:" + "AB" * 32, NAME + "\n", NAME[:-1], "sha512:" + "ab" * 32]
)
def test_what_is_no_name_of_a_statement(name: str) -> None:
    with pytest.raises(BadInput, match="name"):
        commit(bytes(16), name)
