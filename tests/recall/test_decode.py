from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from recall.decode import beam_search, rank
from recall.trie import Trie, TrieError


class Said:
    """A model whose logits depend on the depth alone."""

    def __init__(self, queries: int, at_depth: Callable[[int], list[float]]) -> None:
        self.depth, self.rows, self.at_depth = 0, queries, at_depth

    def begin(self) -> torch.Tensor:
        return torch.tensor(self.at_depth(self.depth)).repeat(self.rows, 1)

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        self.depth, self.rows = self.depth + 1, len(token)
        return self.begin()


def test_rank_is_exact_and_leaves_out_what_is_not_live() -> None:
    scores = np.log(np.asarray([[0.1, 0.6, 0.05, 0.25], [0.4, 0.3, 0.2, 0.1]]))
    live = np.asarray([True, False, True, True])
    ranked = rank(scores, live, 2)
    assert [item.identifier for item in ranked[0]] == [3, 0]
    assert [item.identifier for item in ranked[1]] == [0, 2]
    # The mass on the withdrawn one is not handed to its neighbours.
    assert ranked[0][0].log_probability == pytest.approx(math.log(0.25))


def test_ties_fall_to_the_lower_number() -> None:
    ranked = rank(np.log(np.full((1, 6), 1 / 6)), np.ones(6, dtype=bool), 3)
    assert [item.identifier for item in ranked[0]] == [0, 1, 2]


def test_rank_refuses_scores_that_do_not_fit() -> None:
    with pytest.raises(TrieError, match=r"\[queries, 2\]"):
        rank(np.zeros((1, 3)), np.ones(2, dtype=bool), 1)
    with pytest.raises(TrieError, match="NaN"):
        rank(np.asarray([[0.0, np.nan]]), np.ones(2, dtype=bool), 1)


def test_nothing_live_gives_nothing() -> None:
    trie = Trie([(0, 1), (2,)])
    trie.set_live([False, False])
    found = beam_search(trie, Said(2, lambda depth: [0.0] * 3), 2, width=4, top_k=2)
    assert found == [[], []]
    assert rank(np.zeros((1, 2)), np.zeros(2, dtype=bool), 2) == [[]]


def test_identifiers_of_different_length_compete() -> None:
    trie = Trie([(0,), (1, 0), (1, 1)])
    shares = {0: [0.4, 0.6], 1: [0.9, 0.1]}
    model = Said(1, lambda depth: [math.log(share) for share in shares[depth]])
    found = beam_search(trie, model, 1, width=3, top_k=3)[0]
    assert [item.identifier for item in found] == [1, 0, 2]
    assert sum(math.exp(item.log_probability) for item in found) == pytest.approx(1)


def test_the_vocabulary_must_reach_the_tokens() -> None:
    with pytest.raises(TrieError, match="up to token 9"):
        beam_search(Trie([(9,)]), Said(1, lambda depth: [0.0] * 3), 1, width=1, top_k=1)
    with pytest.raises(TrieError, match="width"):
        beam_search(Trie([(9,)]), Said(1, lambda depth: [0.0] * 10), 1, width=1, top_k=2)
