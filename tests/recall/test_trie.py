from __future__ import annotations

import pytest
import torch

from recall.trie import Trie, TrieError


def children(trie: Trie, node: int = 0) -> list[int]:
    return trie.on("cpu").expand(torch.tensor([node])).token.tolist()


def test_children_come_in_order_and_identifiers_end_at_leaves() -> None:
    tree = Trie([(3, 1), (3, 0), (1, 5)]).on("cpu")
    edges = tree.expand(torch.tensor([0]))
    assert edges.token.tolist() == [1, 3]
    below_three = tree.expand(edges.node[1:])
    assert below_three.token.tolist() == [0, 1]
    assert tree.terminal[below_three.node].tolist() == [1, 0]
    assert tree.terminal[edges.node].tolist() == [-1, -1]


def test_expanding_several_nodes_keeps_their_places() -> None:
    tree = Trie([(0, 7), (1, 8), (1, 9)]).on("cpu")
    first = tree.expand(torch.tensor([0]))
    edges = tree.expand(first.node.flip(0))
    assert edges.parent.tolist() == [0, 0, 1]
    assert edges.token.tolist() == [8, 9, 7]


def test_withdrawing_clears_a_bit_and_empties_its_branch() -> None:
    trie = Trie([(0, 7), (1, 8), (1, 9)])
    branches = trie.on("cpu").expand(torch.tensor([0])).node
    trie.withdraw(0)
    trie.withdraw(0)
    assert trie.live_count == 2
    assert (trie.on("cpu").live_below[branches] > 0).tolist() == [False, True]
    trie.restore(0)
    assert (trie.on("cpu").live_below[branches] > 0).tolist() == [True, True]
    assert trie.live_count == 3


def test_appending_keeps_numbers_and_survives_folding() -> None:
    trie = Trie([(0, 0)])
    numbers = [trie.append((1 + i % 7, i)) for i in range(400)]
    assert numbers == list(range(1, 401))
    assert children(trie) == list(range(8))
    assert len(trie) == trie.live_count == 401


def test_live_bits_can_be_set_at_once() -> None:
    trie = Trie([(0,), (1,), (2,)])
    trie.set_live([False, True, False])
    assert trie.live.tolist() == [False, True, False]
    with pytest.raises(TrieError, match="Expected 3 live bits, found 1"):
        trie.set_live([True])


@pytest.mark.parametrize("refused", [(), (-1,), (4, 2), (4,), (4, 2, 9)])
def test_sequences_that_make_an_identifier_ambiguous_are_refused_and_leave_nothing(refused: tuple[int, ...]) -> None:
    trie = Trie([(4, 2)])
    with pytest.raises(TrieError):
        trie.append(refused)
    assert len(trie) == 1
    assert children(trie) == [4]


def test_atomic_means_one_token_each() -> None:
    assert Trie([(5,), (9,)]).atomic
    assert not Trie([(5,), (9, 1)]).atomic
