"""Merkle trees as RFC 6962 §2.1 and RFC 9162 §2.1 have them, over SHA-256.

A tree is never held whole. Whoever builds a proof gives a reader of *complete* subtrees, ``(height, index) -> hash``:
the subtree of 2^height leaves that begins at leaf ``index * 2^height``. It may look them up in tiles (:mod:`.tile`),
in memory, or over the network; a tree of n leaves needs no more than 2 log2 n of them for a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from carbonbridge.core.errors import BadInput, ProofInvalid

#: Bytes of a hash.
HASH_BYTES = 32

#: Trees of more leaves than that are none of ours (RFC 9162 has the same limit).
MOST_LEAVES = 2**63

#: The root of a tree without leaves (RFC 6962 §2.1).
EMPTY_ROOT = sha256(b"").digest()

#: Reads the hash of a complete subtree, by height and index.
Hashes = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def subtree_root(row: bytes) -> bytes:
    """The root over a row of 2^k hashes, one behind the other."""
    while len(row) > HASH_BYTES:
        row = b"".join(
            [sha256(b"\x01" + row[at : at + 2 * HASH_BYTES]).digest() for at in range(0, len(row), 64)]
        )
    return row


def root_of(size: int, hashes: Hashes) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return Frontier.of(size, hashes).root()


class Frontier:
    """What has to be kept of a tree to let it grow: its size, and the roots of its complete subtrees from the left.

    RFC 9162 §2.1.2 builds roots with such a stack.

    Args:
        size: leaves.
        peaks: one hash for each bit that is set in ``size``, the largest subtree first.

    Raises:
        BadInput: the number of hashes does not fit the size.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self._size = size
        self._peaks = list(peaks)
        if not 0 <= size < MOST_LEAVES or len(self._peaks) != size.bit_count():
            raise BadInput("the frontier does not fit the size of the tree", field="frontier")
        if any(len(peak) != HASH_BYTES for peak in self._peaks):
            raise BadInput(f"a hash has {HASH_BYTES} bytes", field="frontier")

    @classmethod
    def of(cls, size: int, hashes: Hashes) -> Frontier:
        """That of a tree whose subtrees can be read."""
        return cls(size, [hashes(height, index) for height, index in _complete(0, size)])

    @classmethod
    def read(cls, size: int, data: bytes) -> Frontier:
        """The reverse of :meth:`write`.

        Raises:
            BadInput: the bytes do not fit the size.
        """
        return cls(size, [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])

    def write(self) -> bytes:
        """The hashes, one behind the other."""
        return b"".join(self._peaks)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add a leaf, given by its hash."""
        size, peak = self._size, leaf
        while size & 1:
            peak = node_hash(self._peaks.pop(), peak)
            size >>= 1
        self._peaks.append(peak)
        self._size += 1

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def inclusion_proof(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """The hashes that lead from a leaf to the root (RFC 9162 §2.1.3.1), from the bottom up.

    Raises:
        BadInput: the tree has no such leaf.
    """
    if not 0 <= index < size < MOST_LEAVES:
        raise BadInput(f"a tree of {size} leaves has no leaf {index}", field="index")
    begin, end, beside = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((begin, middle))
            begin = middle
    return [_range_root(first, last, hashes) for first, last in reversed(beside)]


def consistency_proof(old: int, new: int, hashes: Hashes) -> list[bytes]:
    """The hashes that show that a tree has grown out of an older one (RFC 9162 §2.1.4.1).

    Raises:
        BadInput: the older tree is larger, or has no leaves.
    """
    if not 0 < old <= new < MOST_LEAVES:
        raise BadInput(f"no proof leads from {old} to {new} leaves", field="size")
    begin, end, beside = 0, new, []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((begin, middle))
            begin = middle
    if begin:  # else the verifier has the old root, which is this very hash
        beside.append((begin, end))
    return [_range_root(first, last, hashes) for first, last in reversed(beside)]


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that a leaf has by a proof (RFC 9162 §2.1.3.2).

    Args:
        leaf: its hash.

    Raises:
        ProofInvalid: no proof of that shape belongs to this place in a tree of this size.
    """
    if not 0 <= index < size < MOST_LEAVES:
        raise ProofInvalid(f"a tree of {size} leaves has no leaf {index}", field="index")
    _check_hashes([leaf, *proof])
    place, last, root = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise ProofInvalid("the proof is longer than the tree is high", field="hashes")
        if place & 1 or place == last:
            root = node_hash(beside, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid("the proof is shorter than the tree is high", field="hashes")
    return root


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Make sure that the leaf stands at this place in the tree with this root.

    The size is vouched for by whoever signed the root: two sizes may have the same way up for an early leaf.

    Raises:
        ProofInvalid: it does not.
    """
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofInvalid("the hashes do not lead to the root of the tree", field="hashes")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Make sure that the newer tree begins with the leaves of the older one (RFC 9162 §2.1.4.2).

    Raises:
        ProofInvalid: it does not, or this is no proof of it.
    """
    if not 0 < old <= new < MOST_LEAVES:
        raise ProofInvalid(f"no proof leads from {old} to {new} leaves", field="size")
    _check_hashes([old_root, new_root, *proof])
    if old == new:
        if proof or old_root != new_root:
            raise ProofInvalid("two trees of one size have different roots", field="hashes")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofInvalid("the proof is empty", field="hashes")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = path[0]
    for beside in path[1:]:
        if last == 0:
            raise ProofInvalid("the proof is longer than the tree is high", field="hashes")
        if place & 1 or place == last:
            old_found, new_found = node_hash(beside, old_found), node_hash(beside, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid("the proof is shorter than the tree is high", field="hashes")
    if old_found != old_root or new_found != new_root:
        raise ProofInvalid("the newer tree does not contain the older one", field="hashes")


def _split(count: int) -> int:
    """The largest power of two below a number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def _complete(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """(height, index) of the complete subtrees that make up leaves ``begin`` to ``end``, from the left.

    ``begin`` must be a multiple of the largest power of two that fits in.
    """
    while begin < end:
        height = (end - begin).bit_length() - 1
        yield height, begin >> height
        begin += 1 << height


def _range_root(begin: int, end: int, hashes: Hashes) -> bytes:
    found = [hashes(height, index) for height, index in _complete(begin, end)]
    root = found.pop()
    while found:
        root = node_hash(found.pop(), root)
    return root


def _check_hashes(given: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in given):
        raise ProofInvalid(f"a hash has {HASH_BYTES} bytes", field="hashes")
