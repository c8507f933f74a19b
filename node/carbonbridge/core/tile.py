"""Tiles: how the hashes of a growing tree are kept and served (C2SP tlog-tiles).

A tile holds 256 hashes side by side: tile (level, index) those of the complete subtrees of height ``8 * level`` from
``256 * index`` on. The last of each level may be narrower. A full tile never changes, so that it may be cached for
ever; what lies below a level is found by hashing within a tile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from carbonbridge.core.errors import BadInput, ProofInvalid
from carbonbridge.core.merkle import HASH_BYTES, MOST_LEAVES, subtree_root

#: Hashes of a full tile, and the height that it spans.
WIDTH, HEIGHT = 256, 8

#: Bytes of a full tile.
TILE_BYTES = WIDTH * HASH_BYTES

#: The spec has no higher level.
MOST_LEVEL = 5

#: Reads the bytes of a tile (level, index): at least as wide as the tree needs; empty where there is none.
Fetch = Callable[[int, int], bytes]

_PATH = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a tile is.

    Attributes:
        level: 0 for the hashes of leaves; -1 for the entries themselves, of which a bundle has as many as a tile.
        width: how many hashes it has.
    """

    level: int
    index: int
    width: int = WIDTH

    @classmethod
    def read(cls, level: int, path: str) -> Tile:
        """From the part of an address behind the level: ``x001/x234/067`` or ``000.p/12``.

        Raises:
            BadInput: not one, or not written in the one way there is.
        """
        matched = _PATH.fullmatch(path) if -1 <= level <= MOST_LEVEL and len(path) < 40 else None
        if matched is None:
            raise BadInput("is no address of a tile", field="tile")
        number, width = matched.groups()
        tile = cls(level, int(re.sub(r"[x/]", "", number)), int(width or WIDTH))
        if tile.path != path or (width and tile.width >= WIDTH):
            raise BadInput("is no address of a tile", field="tile")
        return tile

    @property
    def path(self) -> str:
        """The reverse of :meth:`read`."""
        digits, parts = str(self.index), []
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return number if self.width == WIDTH else f"{number}.p/{self.width}"

    @property
    def address(self) -> str:
        """Below the address of the log: ``tile/0/x001/234`` or ``tile/entries/000.p/12``."""
        return f"tile/{'entries' if self.level < 0 else self.level}/{self.path}"

    def is_within(self, size: int) -> bool:
        """Whether a tree of so many leaves has this tile, or a wider one in its place."""
        count = size >> HEIGHT * max(self.level, 0)
        return self.index * WIDTH + self.width <= count


class Tiles:
    """Reads complete subtrees out of tiles: what :mod:`.merkle` builds proofs from.

    Each tile is fetched once, so make a new reader for each look at the log.

    Args:
        fetch: gets a tile.
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """The hash of a subtree.

        Raises:
            ProofInvalid: the tile is not there, or narrower than that.
        """
        level, rest = divmod(height, HEIGHT)
        number, at = divmod(index << rest, WIDTH)
        key = (level, number)
        if key not in self._known:
            self._known[key] = self._fetch(level, number)
        row = self._known[key][at * HASH_BYTES : (at + (1 << rest)) * HASH_BYTES]
        if len(row) != HASH_BYTES << rest:
            raise ProofInvalid(f"tile {level}/{number} lacks hashes", field="tile")
        return subtree_root(row)


def grown(size: int, leaves: Sequence[bytes], fetch: Fetch) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves are added, by level and index.

    Args:
        size: of the tree as it is.
        leaves: hashes of the new leaves.
        fetch: gets the tiles as they are; of each level only the last is asked for, if it is not full.

    Raises:
        ProofInvalid: a tile is not as wide as the tree needs.
    """
    if size + len(leaves) >= MOST_LEAVES:
        raise BadInput("the log is full")
    changed: dict[tuple[int, int], bytes] = {}
    level, count, new = 0, size, b"".join(leaves)
    while new:
        number, width = divmod(count, WIDTH)
        kept = fetch(level, number) if width else b""
        if len(kept) != width * HASH_BYTES:
            raise ProofInvalid(f"tile {level}/{number} has not {width} hashes", field="tile")
        row = kept + new
        above = []
        for offset, at in enumerate(range(0, len(row), TILE_BYTES)):
            tile = row[at : at + TILE_BYTES]
            changed[level, number + offset] = tile
            if len(tile) == TILE_BYTES:
                above.append(subtree_root(tile))
        level, count, new = level + 1, count >> HEIGHT, b"".join(above)
    return changed


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as they are served: each with its length before it, two bytes, big-endian.

    Raises:
        BadInput: an entry is too long.
    """
    if any(len(entry) >= 1 << 16 for entry in entries):
        raise BadInput("an entry of the log has fewer than 65,536 bytes")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def read_bundle(data: bytes) -> list[bytes]:
    """The reverse of :func:`bundle`.

    Raises:
        BadInput: it breaks off.
    """
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise BadInput("the entries break off")
        entries.append(data[at + 2 : end])
        at = end
    return entries
