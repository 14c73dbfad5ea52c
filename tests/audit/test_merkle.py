from __future__ import annotations

import hashlib

import pytest

from audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from audit.tiles import completed, frontier, range_root

# The leaves and roots that Certificate Transparency implementations have shared since RFC 6962.
LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes(range(0x60, 0x70))
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH written down as the RFC defines it, recursion and all."""
    if len(leaves) < 2:
        return leaf_hash(leaves[0]) if leaves else hashlib.sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def some(count: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(count)]


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_known_roots(size: int) -> None:
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257, 600])
def test_frontier_gives_the_root_of_the_definition(size: int) -> None:
    assert root_of(map(leaf_hash, some(size))) == plain_root(some(size))


def test_frontier_refuses_peaks_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="2 subtree roots"):
        Frontier(3, (EMPTY_ROOT,))


def test_every_inclusion_proof_of_small_trees_holds_and_no_other() -> None:
    for size in range(1, 18):
        leaves = some(size)
        root = plain_root(leaves)
        for index in range(size):
            proof = inclusion_proof(index, size, lambda a, b, leaves=leaves: plain_root(leaves[a:b]))
            verify_inclusion(index, size, leaf_hash(leaves[index]), proof, root)
            for wrong in (proof[:-1] if proof else (root,), (*proof, root)):
                with pytest.raises(ProofInvalid):
                    verify_inclusion(index, size, leaf_hash(leaves[index]), wrong, root)
            with pytest.raises(ProofInvalid):
                verify_inclusion(index, size, leaf_hash(b"another"), proof, root)
            if size > 1:
                with pytest.raises(ProofInvalid):
                    verify_inclusion((index + 1) % size, size, leaf_hash(leaves[index]), proof, root)


def test_every_consistency_proof_of_small_trees_holds_and_no_other() -> None:
    for new in range(1, 18):
        leaves = some(new)
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, lambda a, b, leaves=leaves: plain_root(leaves[a:b]))
            roots = plain_root(leaves[:old]), plain_root(leaves)
            verify_consistency(old, new, *roots, proof)
            with pytest.raises(ProofInvalid):
                verify_consistency(old, new, hashlib.sha256(b"forged").digest(), roots[1], proof)
            with pytest.raises(ProofInvalid):
                verify_consistency(old, new, *roots, (*proof, EMPTY_ROOT))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (3, 2), (-1, 4)])
def test_an_empty_or_larger_old_tree_is_refused(old: int, new: int) -> None:
    with pytest.raises(ProofInvalid):
        verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, ())
    with pytest.raises(ProofInvalid):
        consistency_proof(old, new, lambda a, b: EMPTY_ROOT)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofInvalid):
        verify_inclusion(index, size, EMPTY_ROOT, (), EMPTY_ROOT)
    with pytest.raises(ProofInvalid):
        inclusion_proof(index, size, lambda a, b: EMPTY_ROOT)


@pytest.mark.parametrize("steps", [(1, 254, 1, 1, 300), (700,), (256, 256, 256), (65_537,), (65_535, 1, 1)])
def test_stored_tiles_stand_for_all_leaves(steps: tuple[int, ...]) -> None:
    hashes: list[bytes] = []
    stored: dict[tuple[int, int], bytes] = {}

    def read(level: int, start: int, stop: int) -> list[bytes]:
        return hashes[start:stop] if level == 0 else [stored[(level, place)] for place in range(start, stop)]

    for step in steps:
        added = [leaf_hash(b"%d" % number) for number in range(len(hashes), len(hashes) + step)]
        for level, place, value in completed(read, len(hashes), added):
            assert (level, place) not in stored
            stored[(level, place)] = value
        hashes += added
    assert len(stored) == len(hashes) // 256 + len(hashes) // 65_536
    assert frontier(read, len(hashes)).root() == root_of(hashes)
    for start, stop in ((0, 256), (256, 300), (512, len(hashes))):
        if stop <= len(hashes) and start < stop and (start == 0 or stop - start <= 256 or start >= stop - start):
            assert range_root(read, start, stop) == root_of(hashes[start:stop])


def test_every_subtree_of_small_trees_is_shown_to_be_part_of_them() -> None:
    for size in range(1, 14):
        leaves = some(size)
        for start in range(size):
            for end in range(start + 1, size + 1):
                part, whole = plain_root(leaves[start:end]), plain_root(leaves)
                if start % (1 << (end - start - 1).bit_length()):
                    with pytest.raises(ProofInvalid):
                        verify_subtree_consistency(start, end, size, part, whole, ())
                    continue
                proof = subtree_proof(start, end, leaves)
                verify_subtree_consistency(start, end, size, part, whole, proof)
                for wrong in (proof[:-1] if proof else [whole], [*proof, whole]):
                    with pytest.raises(ProofInvalid):
                        verify_subtree_consistency(start, end, size, part, whole, wrong)
                path = inclusion_proof(0, end - start, lambda a, b, part=leaves[start:end]: plain_root(part[a:b]))
                verify_subtree_inclusion(start, start, end, leaf_hash(leaves[start]), path, part)
                with pytest.raises(ProofInvalid):
                    verify_subtree_inclusion(end, start, end, leaf_hash(leaves[start]), path, part)


def subtree_proof(start: int, end: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBTREE_SUBPROOF as the draft defines it."""
    size = len(leaves)
    if (start, end) == (0, size):
        return [] if whole else [plain_root(leaves)]
    k = 1
    while k * 2 < size:
        k *= 2
    if end <= k:
        return [*subtree_proof(start, end, leaves[:k], whole), plain_root(leaves[k:])]
    if k <= start:
        return [*subtree_proof(start - k, end - k, leaves[k:], whole), plain_root(leaves[:k])]
    return [*subtree_proof(0, end - k, leaves[k:], False), plain_root(leaves[:k])]
