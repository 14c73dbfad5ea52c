"""Laws of the log: any batches give one tree; every prefix is provable; nothing but appending leaves it sound."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ledger import EntryKind, NewEntry
from audit.merkle import (
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from audit.recheck.ledger import verify
from tests.audit.fakes import START, World

BATCHES = st.lists(st.integers(1, 300), min_size=1, max_size=4)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def entries(count: int, first: int) -> list[NewEntry]:
    return [NewEntry(EntryKind.POLICY, {"number": first + n}, {"secret": first + n}, START) for n in range(count)]


@SLOW
@given(BATCHES)
def test_however_entries_are_batched_the_tree_is_that_of_the_leaves(batches: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World.make(Path(folder))
        kept = [(world.ledger.size, world.ledger.root(), world.ledger.checkpoint())]
        for count in batches:
            world.ledger.append(entries(count, world.ledger.size))
            kept.append((world.ledger.size, world.ledger.root(), world.ledger.checkpoint()))
        leaves = [bytes.fromhex(entry.leaf_hash) for entry in world.ledger.entries()]
        assert len(leaves) == 2 + sum(batches)
        for size, root, checkpoint in kept:
            assert root == root_of(leaves[:size])
            verify_consistency(size, len(leaves), root, kept[-1][1], world.ledger.consistency_proof(size))
            assert verify(world.ledger.path, world.key.public.pem, against=checkpoint).ok
        world.ledger.close()


@SLOW
@given(BATCHES, st.data())
def test_deleting_or_moving_any_rows_is_found(batches: list[int], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World.make(Path(folder))
        for count in batches:
            world.ledger.append(entries(count, world.ledger.size))
        size = world.ledger.size
        world.ledger.close()
        victim = data.draw(st.integers(0, size - 1), label="row")
        target = data.draw(st.sampled_from(["gone", "end", "other content"]), label="what happens to it")
        statement = {
            "gone": "DELETE FROM entry WHERE idx = ?",
            "end": f"UPDATE entry SET idx = {size + 1} WHERE idx = ?",
            "other content": f"UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE idx = {(victim + 1) % size}) "
            "WHERE idx = ?",
        }[target]
        with sqlite3.connect(world.ledger.path) as connection:
            connection.execute(statement, (victim,))
        connection.close()
        assert not verify(world.ledger.path, world.key.public.pem).ok


@given(st.integers(1, 200), st.data())
def test_proofs_hold_for_what_they_are_about_and_for_nothing_else(size: int, data: st.DataObject) -> None:
    hashes = [leaf_hash(b"%d" % n) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root = root_of(hashes)

    def subtree(a: int, b: int) -> bytes:
        return root_of(hashes[a:b])

    proof = inclusion_proof(index, size, subtree)
    verify_inclusion(index, size, hashes[index], proof, root)
    steps = consistency_proof(old, size, subtree)
    verify_consistency(old, size, root_of(hashes[:old]), root, steps)
    other = data.draw(st.integers(0, 300).filter(lambda n: n != index))
    try:
        verify_inclusion(other, size, hashes[index], proof, root)
        raise AssertionError("a proof held for another index")
    except ProofInvalid:
        pass
    if steps:
        place = data.draw(st.integers(0, len(steps) - 1))
        broken = [*steps[:place], leaf_hash(b"forged"), *steps[place + 1 :]]
        try:
            verify_consistency(old, size, root_of(hashes[:old]), root, broken)
            raise AssertionError("a broken proof held")
        except ProofInvalid:
            pass
