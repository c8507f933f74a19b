"""The tree: the reference facts of RFC 6962, and what must hold of every tree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.trees import NaiveHashes, naive_root

from carbonbridge.core.errors import BadInput, ProofInvalid
from carbonbridge.core.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves with which certificate-transparency has tested its trees since RFC 6962 (transparency-dev/merkle,
# testonly/constants.go and reference_test.go), with the roots of their first n, and proofs between them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

#: Trees whose every place is tried, and one drawn of these for what is changed at random.
SIZES = range(1, 34)


def leaves(count: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(count)]


def hexes(hashes: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference(size: int) -> None:
    assert root_of(size, NaiveHashes(LEAVES)).hex() == ROOTS[size]


@pytest.mark.parametrize("case", INCLUSION)
def test_inclusion_proofs_of_the_reference(case: tuple[int, int]) -> None:
    index, size = case
    proof = inclusion_proof(index, size, NaiveHashes(LEAVES))
    assert hexes(proof) == INCLUSION[case]
    verify_inclusion(index, size, leaf_hash(LEAVES[index]), proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize("case", CONSISTENCY)
def test_consistency_proofs_of_the_reference(case: tuple[int, int]) -> None:
    old, new = case
    proof = consistency_proof(old, new, NaiveHashes(LEAVES))
    assert hexes(proof) == CONSISTENCY[case]
    verify_consistency(old, new, proof, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_tree_can_be_proved(size: int) -> None:
    contents = leaves(size)
    hashes, root = NaiveHashes(contents), naive_root(contents)
    for index, content in enumerate(contents):
        proof = inclusion_proof(index, size, hashes)
        assert len(proof) <= (size - 1).bit_length()
        verify_inclusion(index, size, leaf_hash(content), proof, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_tree_has_grown_out_of_each_of_its_beginnings(size: int) -> None:
    contents = leaves(size)
    hashes, root = NaiveHashes(contents), naive_root(contents)
    for old in range(1, size + 1):
        verify_consistency(old, size, consistency_proof(old, size, hashes), naive_root(contents[:old]), root)


@given(st.integers(0, 300))
def test_the_frontier_has_the_root_of_the_naive_tree(size: int) -> None:
    contents, frontier = leaves(size), Frontier()
    for content in contents:
        frontier.append(leaf_hash(content))
    assert frontier.size == size
    assert frontier.root() == naive_root(contents) == root_of(size, NaiveHashes(contents))
    again = Frontier.read(size, frontier.write())
    again.append(leaf_hash(b"one more"))
    assert again.root() == naive_root([*contents, b"one more"])


@st.composite
def places(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 200))
    return draw(st.integers(0, size - 1)), size


def flipped(data: bytes, place: int) -> bytes:
    """One bit is another one."""
    changed = bytearray(data)
    changed[place // 8 % len(data)] ^= 1 << place % 8
    return bytes(changed)


@given(places(), st.data())
def test_nothing_of_an_inclusion_may_be_another(place: tuple[int, int], data: st.DataObject) -> None:
    index, size = place
    contents = leaves(size)
    leaf, root = leaf_hash(contents[index]), naive_root(contents)
    proof = inclusion_proof(index, size, NaiveHashes(contents))
    verify_inclusion(index, size, leaf, proof, root)
    bit = data.draw(st.integers(0, 255))
    forged = [
        (index, flipped(leaf, bit), proof, root),
        (index, leaf, proof, flipped(root, bit)),
        (index, leaf, [*proof, root], root),
        (data.draw(st.integers(-1, size + 1).filter(lambda other: other != index)), leaf, proof, root),
    ]
    for number in range(len(proof)):
        other = list(proof)
        other[number] = flipped(other[number], bit)
        forged += [(index, leaf, other, root), (index, leaf, proof[:number] + proof[number + 1 :], root)]
    forged += [
        (index, leaf, [*proof[:at], two, one, *proof[at + 2 :]], root)
        for at, (one, two) in enumerate(pairwise(proof))
    ]
    for at, its, hashes, end in forged:
        with pytest.raises(ProofInvalid):
            verify_inclusion(at, size, its, hashes, end)


@given(places(), st.integers(0, 400))
def test_a_proof_for_another_size_leads_to_no_other_root(place: tuple[int, int], other: int) -> None:
    """The size alone may pass: the way up of an early leaf is the same in trees of several sizes, root included."""
    index, size = place
    contents = leaves(size)
    leaf, proof = leaf_hash(contents[index]), inclusion_proof(index, size, NaiveHashes(contents))
    try:
        found = root_from_inclusion(index, other, leaf, proof)
    except ProofInvalid:
        return
    if other > index and naive_root(leaves(other)) != naive_root(contents):
        assert found != naive_root(leaves(other))


@given(places(), st.data())
def test_nothing_of_a_consistency_may_be_another(place: tuple[int, int], data: st.DataObject) -> None:
    old, new = place[0] + 1, place[1]
    contents = leaves(new)
    roots = naive_root(contents[:old]), naive_root(contents)
    proof = consistency_proof(old, new, NaiveHashes(contents))
    verify_consistency(old, new, proof, *roots)
    bit = data.draw(st.integers(0, 255))
    forged = [
        (proof, flipped(roots[0], bit), roots[1]),
        (proof, roots[0], flipped(roots[1], bit)),
        ([*proof, roots[0]], *roots),
    ]
    for number in range(len(proof)):
        other = list(proof)
        other[number] = flipped(other[number], bit)
        forged += [(other, *roots), (proof[:number] + proof[number + 1 :], *roots)]
    for hashes, before, after in forged:
        with pytest.raises(ProofInvalid):
            verify_consistency(old, new, hashes, before, after)


@given(places(), st.data())
def test_a_tree_with_another_past_is_not_consistent(place: tuple[int, int], data: st.DataObject) -> None:
    old, new = place[0] + 1, place[1]
    contents = leaves(new)
    rewritten = list(contents)
    rewritten[data.draw(st.integers(0, old - 1))] = b"rewritten"
    for past, present in ((contents, rewritten), (rewritten, contents)):
        proof = consistency_proof(old, new, NaiveHashes(present))
        with pytest.raises(ProofInvalid):
            verify_consistency(old, new, proof, naive_root(past[:old]), naive_root(present))


def test_there_is_no_proof_of_what_there_is_not() -> None:
    hashes = NaiveHashes(LEAVES)
    for index, size in ((0, 0), (8, 8), (-1, 8)):
        with pytest.raises(BadInput, match="has no leaf"):
            inclusion_proof(index, size, hashes)
    for old, new in ((0, 8), (8, 7), (-1, 8)):
        with pytest.raises(BadInput, match="no proof leads from"):
            consistency_proof(old, new, hashes)
        with pytest.raises(ProofInvalid, match="no proof leads from"):
            verify_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)


def test_a_leaf_is_never_an_inner_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(("size", "peaks"), [(1, []), (0, [bytes(32)]), (3, [bytes(32)]), (1, [bytes(31)])])
def test_a_frontier_fits_its_size(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(BadInput):
        Frontier(size, peaks)
