"""Trees in memory, built the naive way, to hold the real code against."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word, over the contents of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


class NaiveHashes:
    """Reads complete subtrees out of the leaves themselves."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def __call__(self, height: int, index: int) -> bytes:
        begin, end = index << height, (index + 1) << height
        assert end <= len(self._leaves), "only complete subtrees may be asked for"
        return naive_root(self._leaves[begin:end])
