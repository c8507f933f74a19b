"""Tiles hold the same hashes as the tree, however it grew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonbridge.core.errors import BadInput, ProofInvalid
from carbonbridge.core.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from carbonbridge.core.tile import MOST_LEVEL, WIDTH, Tile, Tiles, bundle, grown, read_bundle

#: Leaves of the largest tree: three levels, the third with a hash in it.
MOST = WIDTH**2 + 2 * WIDTH + 3

HASHES = [leaf_hash(b"%d" % number) for number in range(MOST)]


class Kept:
    """Tiles of a log, and how it grows."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def fetch(self, level: int, index: int) -> bytes:
        return self.tiles.get((level, index), b"")

    def grow(self, count: int) -> None:
        new = HASHES[self.size : self.size + count]
        changed = grown(self.size, new, self.fetch)
        for place, tile in changed.items():
            assert tile.startswith(self.fetch(*place)), "a hash that was written never changes"
        self.tiles |= changed
        self.size += count

    def read(self) -> Tiles:
        return Tiles(self.fetch)


@pytest.fixture(scope="module")
def whole() -> Kept:
    kept = Kept()
    kept.grow(MOST)
    return kept


class InMemory:
    """Complete subtrees, remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, height: int, index: int) -> bytes:
        if height == 0:
            return HASHES[index]
        if (height, index) not in self._known:
            self._known[height, index] = node_hash(
                self(height - 1, 2 * index), self(height - 1, 2 * index + 1)
            )
        return self._known[height, index]


MEMORY = InMemory()


@settings(max_examples=50)
@given(st.lists(st.integers(1, 1500), max_size=8))
def test_tiles_say_what_the_tree_says(steps: list[int]) -> None:
    kept = Kept()
    frontier = Frontier()
    for step in steps:
        kept.grow(step)
        for leaf in HASHES[frontier.size : kept.size]:
            frontier.append(leaf)
        assert root_of(kept.size, kept.read()) == frontier.root()
    at_once = Kept()
    at_once.grow(kept.size)
    assert at_once.tiles == kept.tiles


@given(st.integers(1, MOST), st.data())
def test_proofs_from_tiles_are_those_from_memory(whole: Kept, size: int, data: st.DataObject) -> None:
    """Also of an earlier size: the tiles hold more by then."""
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof = inclusion_proof(index, size, whole.read())
    assert proof == inclusion_proof(index, size, MEMORY)
    root = root_of(size, MEMORY)
    verify_inclusion(index, size, HASHES[index], proof, root)
    proof = consistency_proof(old, size, whole.read())
    assert proof == consistency_proof(old, size, MEMORY)
    verify_consistency(old, size, proof, root_of(old, MEMORY), root)


def test_each_level_is_as_wide_as_the_tree_is_long(whole: Kept) -> None:
    for (level, index), tile in whole.tiles.items():
        width = len(tile) // 32
        assert Tile(level, index, width).is_within(MOST)
        assert width == WIDTH or not Tile(level, index, width + 1).is_within(MOST)
    assert {level for level, _ in whole.tiles} == {0, 1, 2}


def test_a_tile_that_lacks_hashes_is_no_tile(whole: Kept) -> None:
    shortened = Kept()
    shortened.tiles = whole.tiles | {(0, 0): whole.tiles[0, 0][:-32]}
    shortened.size = MOST
    with pytest.raises(ProofInvalid, match="tile 0/0"):
        inclusion_proof(254, MOST, shortened.read())
    shortened.tiles = whole.tiles | {(0, MOST // WIDTH): b""}
    with pytest.raises(ProofInvalid):
        grown(MOST, HASHES[:1], shortened.fetch)


@pytest.mark.parametrize(
    ("tile", "address"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 0, 1), "tile/0/000.p/1"),
        (Tile(5, 999, 255), "tile/5/999.p/255"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the example of the specification
        (Tile(-1, 1234067, 7), "tile/entries/x001/x234/067.p/7"),
    ],
)
def test_addresses(tile: Tile, address: str) -> None:
    assert tile.address == address
    assert Tile.read(tile.level, tile.path) == tile


@given(st.builds(Tile, st.integers(-1, MOST_LEVEL), st.integers(0, 2**50), st.integers(1, WIDTH)))
def test_addresses_are_read_as_they_are_written(tile: Tile) -> None:
    assert Tile.read(tile.level, tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            "0",
            "00",
            "0000",
            "000/",
            "/000",
            "x000/000",
            "x001",
            "001/000",
            "x001/x000",
            "000.p",
            "000.p/",
        ),
        *(
            "000.p/0",
            "000.p/256",
            "000.p/999",
            "000.p/01",
            "000.p/1/",
            "000.P/1",
            "-01",
            "０００",
            "000.p/1000",
        ),
    ],
)
def test_what_is_no_address(path: str) -> None:
    with pytest.raises(BadInput):
        Tile.read(0, path)


@pytest.mark.parametrize("level", [-2, MOST_LEVEL + 1])
def test_what_is_no_level(level: int) -> None:
    with pytest.raises(BadInput):
        Tile.read(level, "000")


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_bundles(entries: list[bytes]) -> None:
    data = bundle(entries)
    assert read_bundle(data) == entries
    if entries and data:
        with pytest.raises(BadInput):
            read_bundle(data[:-1] if len(entries[-1]) else data[:-2] + b"\x00\x01")


def test_an_entry_that_has_no_length() -> None:
    with pytest.raises(BadInput):
        bundle([bytes(1 << 16)])
