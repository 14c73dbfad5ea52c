"""Proofs of RFC 6962, section 2.1, once more: written from the definitions as recursions, for the recheck and witnesses.

Every function returns nothing when the proof holds and raises ValueError otherwise. Hashes are 32 raw bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """PATH(index, D[size]) leads from the leaf hash `leaf` to `root` (2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    rest = _hashes([leaf, *proof])[1:]
    if _climb(index, size, leaf, rest) != root or rest:
        raise ValueError("the proof does not lead from the leaf to the root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """PROOF(old, D[new]) shows that the larger tree begins with the smaller one (2.1.2). An empty tree shows nothing."""
    if not 0 < old <= new:
        raise ValueError(f"no older tree of {old} leaves in one of {new}")
    check_subtree_consistency(0, old, new, old_root, new_root, proof)


def check_subtree_inclusion(index: int, start: int, end: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """`leaf` is number `index` of the log below the subtree [start, end) (draft-ietf-plants-merkle-tree-certs, 4)."""
    _check_subtree(start, end)
    check_inclusion(index - start, end - start, leaf, proof, root)


def check_subtree_consistency(
    start: int, end: int, size: int, part: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """The subtree [start, end) with root `part` is part of the tree of `size` leaves with `root`."""
    _check_subtree(start, end)
    if end > size:
        raise ValueError(f"[{start}, {end}) lies outside {size} leaves")
    rest = _hashes(proof)
    if start == end:
        found = (EMPTY, root)
    else:
        found = _join(start, end, size, part, rest)
    if found != (part, root) or rest:
        raise ValueError("the proof does not lead from the part to the root")


def _climb(index: int, size: int, leaf: bytes, rest: list[bytes]) -> bytes:
    """Root of `size` leaves; the proof is used up from its end, where the hashes nearest the root are."""
    if size == 1:
        return leaf
    left = _left(size)
    sibling = _last(rest)
    if index < left:
        return _node(_climb(index, left, leaf, rest), sibling)
    return _node(sibling, _climb(index - left, size - left, leaf, rest))


def _join(start: int, end: int, size: int, known: bytes | None, rest: list[bytes]) -> tuple[bytes, bytes]:
    """Roots of [start, end) and of all `size` leaves; `known` is the former while the descent has not divided it."""
    if (start, end) == (0, size):
        whole = _last(rest) if known is None else known
        return whole, whole
    left = _left(size)
    sibling = _last(rest)
    if end <= left:
        part, whole = _join(start, end, left, known, rest)
        return part, _node(whole, sibling)
    if start >= left:
        part, whole = _join(start - left, end - left, size - left, known, rest)
        return part, _node(sibling, whole)
    part, whole = _join(0, end - left, size - left, None, rest)
    return _node(sibling, part), _node(sibling, whole)


def _left(size: int) -> int:
    """Leaves of the left half: the largest power of two below `size`."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _last(rest: list[bytes]) -> bytes:
    if not rest:
        raise ValueError("the proof is too short")
    return rest.pop()


def _hashes(proof: Sequence[bytes]) -> list[bytes]:
    if any(len(value) != 32 for value in proof):
        raise ValueError("a hash of 32 bytes expected")
    return list(proof)


def _check_subtree(start: int, end: int) -> None:
    width = 1
    while width < end - start:
        width *= 2
    if not 0 <= start <= end or (start % width and start != end):
        raise ValueError(f"[{start}, {end}) is no subtree")
