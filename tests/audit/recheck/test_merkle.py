"""The recheck's proofs against the writer's: the same verdict on every small tree, and on every way to bend a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from audit.merkle import (
    EMPTY_ROOT,
    ProofInvalid,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from audit.merkle import consistency_proof as prove_consistency
from audit.merkle import inclusion_proof as prove_inclusion
from audit.recheck.merkle import (
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
)
from tests.audit.test_merkle import subtree_proof

HASHES = [leaf_hash(b"%d" % number) for number in range(12)]
LEAVES = [b"%d" % number for number in range(12)]


def both(writer: Callable[..., None], recheck: Callable[..., None], *arguments: Any) -> bool:
    """The verdict, which has to be the same."""
    verdicts = []
    for check, error in ((writer, ProofInvalid), (recheck, ValueError)):
        try:
            check(*arguments)
            verdicts.append(True)
        except error:
            verdicts.append(False)
    assert verdicts[0] == verdicts[1], arguments
    return verdicts[0]


def bent(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """The proof with a hash more, less, swapped, changed, cut."""
    yield (*proof, EMPTY_ROOT)
    yield (EMPTY_ROOT, *proof)
    for place in range(len(proof)):
        before, after = proof[:place], proof[place + 1 :]
        yield (*before, *after)
        yield (*before, EMPTY_ROOT, *after)
        yield (*before, proof[place][:31], *after)
    if len(proof) > 1:
        yield (proof[1], proof[0], *proof[2:])


def part(start: int, stop: int) -> bytes:
    return root_of(HASHES[start:stop])


def test_inclusion() -> None:
    for size in range(1, 10):
        for index in range(size):
            proof, root = prove_inclusion(index, size, part), part(0, size)
            assert both(verify_inclusion, check_inclusion, index, size, HASHES[index], proof, root)
            for wrong in bent(proof):
                assert not both(verify_inclusion, check_inclusion, index, size, HASHES[index], wrong, root)
            for other in range(-1, size + 2):
                same = both(verify_inclusion, check_inclusion, other, size, HASHES[index], proof, root)
                assert same == (other == index)
            both(verify_inclusion, check_inclusion, index, size + 1, HASHES[index], proof, root)
            assert not both(verify_inclusion, check_inclusion, index, size, b"short", proof, root)


def test_consistency() -> None:
    for new in range(1, 10):
        for old in range(1, new + 1):
            proof = prove_consistency(old, new, part)
            roots = part(0, old), part(0, new)
            assert both(verify_consistency, check_consistency, old, new, *roots, proof)
            for wrong in bent(proof):
                both(verify_consistency, check_consistency, old, new, *roots, wrong)
            assert not both(verify_consistency, check_consistency, old, new, EMPTY_ROOT, roots[1], proof)
            assert not both(verify_consistency, check_consistency, old, new, roots[0], EMPTY_ROOT, proof)
    for old, new in ((0, 0), (0, 5), (5, 4), (-1, 3)):
        assert not both(verify_consistency, check_consistency, old, new, EMPTY_ROOT, EMPTY_ROOT, ())


@pytest.mark.parametrize("size", [1, 2, 5, 7, 8, 11])
def test_subtrees(size: int) -> None:
    for start, end in product(range(size + 1), range(size + 2)):
        valid = start <= end <= size and (start == end or start % (1 << (end - start - 1).bit_length()) == 0)
        proof = tuple(subtree_proof(start, end, LEAVES[:size])) if valid and start < end else ()
        roots = part(start, end) if end > start else EMPTY_ROOT, part(0, size)
        verdict = both(verify_subtree_consistency, check_subtree_consistency, start, end, size, *roots, proof)
        assert verdict == valid
        for wrong in bent(proof):
            both(verify_subtree_consistency, check_subtree_consistency, start, end, size, *roots, wrong)
        if valid and start < end:
            path = prove_inclusion(0, end - start, lambda a, b, at=start: part(at + a, at + b))
            assert both(
                verify_subtree_inclusion, check_subtree_inclusion, start, start, end, HASHES[start], path, roots[0]
            )
