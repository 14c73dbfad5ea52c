"""Merkle tree hashing and proofs of RFC 6962, section 2.1. All hashes are 32 raw bytes; sizes count leaves.

`Frontier` is the growing edge of a tree: the roots of its complete subtrees, largest first. It needs log2(n) hashes to
go on, so an append never reads the whole tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

HashRange = Callable[[int, int], bytes]  # (start, stop) -> root of those leaves


class ProofInvalid(ValueError):
    """A proof does not lead to the root, or cannot exist for these sizes."""


def leaf_hash(leaf: bytes) -> bytes:
    """MTH of one leaf: SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The first `size` leaves as roots of complete subtrees, whose sizes are the binary digits of `size`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size.bit_count() != len(self.peaks):
            raise ValueError(f"{self.size.bit_count()} subtree roots expected for {self.size} leaves")

    def add(self, hashes: Iterable[bytes]) -> Frontier:
        """The frontier after more leaf hashes."""
        size, peaks = self.size, list(self.peaks)
        for right in hashes:
            node, level = right, size
            while level & 1:  # a complete subtree of the same size stands to the left: join them
                node = node_hash(peaks.pop(), node)
                level >>= 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """MTH of the leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            node = node_hash(left, node)
        return node


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Root over leaf hashes."""
    return Frontier().add(hashes).root()


def split(size: int) -> int:
    """The largest power of two smaller than `size` (size >= 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: HashRange) -> tuple[bytes, ...]:
    """PATH(index, D[size]) of RFC 6962, 2.1.1; `subtree` gives the roots of leaf ranges.

    Raises:
        ProofInvalid: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofInvalid(f"a leaf below {size} was expected, found {index}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            path.append(subtree(middle, stop))
            stop = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return tuple(reversed(path))


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash `leaf` is number `index` of the tree with `size` leaves and this `root`.

    Raises:
        ProofInvalid: it is not shown to be.
    """
    if not 0 <= index < size:
        raise ProofInvalid(f"a leaf below {size} was expected, found {index}")
    if len(leaf) != HASH_BYTES:
        raise ProofInvalid(f"a leaf hash of {HASH_BYTES} bytes was expected, found {len(leaf)}")
    node, position, last, rest = leaf, index, size - 1, list(proof)
    while last > 0:
        if position & 1:
            node = node_hash(_next(rest), node)
        elif position < last:
            node = node_hash(node, _next(rest))
        position >>= 1
        last >>= 1
    if rest or node != root:
        raise ProofInvalid("the proof does not lead from the leaf to the root")


def consistency_proof(old: int, new: int, subtree: HashRange) -> tuple[bytes, ...]:
    """PROOF(old, D[new]) of RFC 6962, 2.1.2; empty when the sizes are equal.

    Raises:
        ProofInvalid: `old` is 0 (an empty tree proves nothing) or larger than `new`.
    """
    _check_sizes(old, new)
    steps, rest = _descent(0, old, new)
    path = [subtree(*rest)] if _joins(steps) else []
    return (*path, *(subtree(start, stop) for _, start, stop in reversed(steps)))


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree with `new` leaves begins with the tree with `old` leaves.

    Raises:
        ProofInvalid: it is not shown to; `old` = 0 always is refused, since every tree begins with nothing.
    """
    _check_sizes(old, new)
    verify_subtree_consistency(0, old, new, old_root, new_root, proof)


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` is number `index` of the log, below the subtree [start, end) with this `root`.

    Subtrees as in draft-ietf-plants-merkle-tree-certs, section 4.

    Raises:
        ProofInvalid: it is not shown to be, or [start, end) is no subtree.
    """
    _check_subtree(start, end)
    verify_inclusion(index - start, end - start, leaf, proof, root)


def verify_subtree_consistency(
    start: int, end: int, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the subtree [start, end) is part of the tree with `size` leaves. An empty subtree is part of any.

    Raises:
        ProofInvalid: it is not shown to be, or [start, end) is no subtree of a tree of that size.
    """
    _check_subtree(start, end)
    if end > size:
        raise ProofInvalid(f"a subtree within {size} leaves was expected, found {start} to {end}")
    if start == end:
        if proof or subtree_root != EMPTY_ROOT:
            raise ProofInvalid("an empty subtree has the empty root and an empty proof")
        return
    steps, _ = _descent(start, end, size)
    rest = list(proof)
    part = whole = _next(rest) if _joins(steps) else subtree_root
    for side, _, _ in reversed(steps):
        sibling = _next(rest)
        if side is _Side.RIGHT:
            whole = node_hash(whole, sibling)
        else:
            whole = node_hash(sibling, whole)
            part = node_hash(sibling, part) if side is _Side.LEFT_PART else part
    if rest or part != subtree_root or whole != root:
        raise ProofInvalid("the proof does not lead from the older root to the newer one")


class _Side(Enum):
    """Where the sibling stands, seen from the way down; LEFT_PART belongs to the part that is looked for."""

    RIGHT = 0
    LEFT = 1
    LEFT_PART = 2


def _descent(start: int, end: int, size: int) -> tuple[list[tuple[_Side, int, int]], tuple[int, int]]:
    """The siblings on the way from the root of `size` leaves down to [start, end), and the range where it ends."""
    steps: list[tuple[_Side, int, int]] = []
    low, high = 0, size
    while (low, high) != (start, end):
        middle = low + split(high - low)
        if end <= middle:
            steps.append((_Side.RIGHT, middle, high))
            high = middle
        elif start >= middle:
            steps.append((_Side.LEFT, low, middle))
            low = middle
        else:  # the part goes on beyond its complete left half: join both halves on the way up
            steps.append((_Side.LEFT_PART, low, middle))
            low = start = middle
    return steps, (low, high)


def _joins(steps: Sequence[tuple[_Side, int, int]]) -> bool:
    """Whether the part is no node of the tree: then its root cannot begin the way up, and the proof names its end."""
    return any(side is _Side.LEFT_PART for side, _, _ in steps)


def _check_sizes(old: int, new: int) -> None:
    if not 0 < old <= new:
        raise ProofInvalid(f"an older size in 1..{new} was expected, found {old}")


def _check_subtree(start: int, end: int) -> None:
    """A subtree begins at a multiple of the smallest power of two that holds it."""
    if not 0 <= start <= end or (end > start and start % (1 << (end - start - 1).bit_length())):
        raise ProofInvalid(f"a subtree was expected, found leaves {start} to {end}")


def _next(rest: list[bytes]) -> bytes:
    if not rest or len(rest[0]) != HASH_BYTES:
        raise ProofInvalid("the proof is too short, or one of its hashes is none")
    return rest.pop(0)
