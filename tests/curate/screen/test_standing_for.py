"""Who stands for whom: whatever is sent away is like what stays, what stays is not alike, whichever way it is numbered."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.standing_for import standing_for

Pairs = set[tuple[int, int]]


def symmetric(pairs: Pairs) -> dict[int, set[int]]:
    alike: dict[int, set[int]] = {}
    for one, other in pairs:
        if one != other:
            alike.setdefault(one, set()).add(other)
            alike.setdefault(other, set()).add(one)
    return alike


COUNT = 9
pairs_of_some = st.sets(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=20)


@given(pairs_of_some, st.permutations(range(COUNT)), st.lists(st.integers(1, 3), min_size=COUNT, max_size=COUNT))
def test_each_is_like_what_stands_for_it_and_no_two_that_stand_are_alike(
    pairs: Pairs, better: list[int], sizes: list[int]
) -> None:
    alike = symmetric(pairs)
    found = standing_for(alike, sizes, better)
    assert sorted(member for members in found.values() for member in members) == list(range(COUNT))
    for stands, members in found.items():
        assert stands in members
        assert set(members) - {stands} <= alike.get(stands, set())
        assert not alike.get(stands, set()) & (found.keys() - {stands})


@given(pairs_of_some, st.permutations(range(COUNT)), st.randoms())
def test_the_numbering_changes_nothing(pairs: Pairs, better: list[int], chance: random.Random) -> None:
    new = list(range(COUNT))
    chance.shuffle(new)
    renumbered = {(new[one], new[other]) for one, other in pairs}
    ranks = [0] * COUNT
    for old, rank in enumerate(better):
        ranks[new[old]] = rank
    expected = standing_for(symmetric(pairs), [1] * COUNT, better)
    found = standing_for(symmetric(renumbered), [1] * COUNT, ranks)
    assert found == {new[stands]: sorted(new[item] for item in members) for stands, members in expected.items()}


def test_an_original_keeps_its_copies_though_they_are_not_like_each_other() -> None:
    bordered, original, crop = 0, 1, 2  # the bordered one has the most pixels
    found = standing_for(symmetric({(bordered, original), (original, crop)}), [1, 1, 1], [0, 1, 2])
    assert found == {original: [bordered, original, crop]}


def test_of_those_that_are_all_alike_the_best_stands() -> None:
    assert standing_for(symmetric({(0, 1), (0, 2), (1, 2)}), [1, 1, 1], [1, 0, 2]) == {1: [0, 1, 2]}


def test_a_chain_is_cut() -> None:
    found = standing_for(symmetric({(n, n + 1) for n in range(8)}), [1] * 9, list(range(9)))
    assert max(len(members) for members in found.values()) <= 3
