"""From logits to identifiers, and to nothing else: the trie decides what may be said.

Probabilities are taken over all identifiers of the trie, withdrawn ones included, and only live ones are returned. The
mass which a model still puts on a withdrawn picture thereby counts as evidence for "none" and is not handed to its
neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recall.trie import ROOT, Bools, Edges, Ints, Trie, TrieError

Floats: TypeAlias = NDArray[np.float64]

NextLogits: TypeAlias = Callable[[Ints, Ints], NDArray[np.floating]]
"""(queries [B], prefixes [B, depth]) -> logits [B, vocabulary] of the next token; row b is of `queries[b]`."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An identifier by its number in the trie, with its natural log-probability (<= 0)."""

    identifier: int
    log_probability: float


def rank(log_probabilities: NDArray[np.floating], live: Bools, top_k: int) -> list[list[Ranked]]:
    """The `top_k` live identifiers of each query, best first, ties by number: exact, for one token per identifier.

    `log_probabilities` is [queries, identifiers], already normalised over the identifiers.

    Raises:
        TrieError: the widths differ, or a value is NaN.
    """
    if log_probabilities.ndim != 2 or log_probabilities.shape[1] != len(live):
        raise TrieError(
            f"Expected scores of shape [queries, {len(live)}], found {list(log_probabilities.shape)}.",
            hint="imprimatur doctor",
        )
    if np.isnan(log_probabilities).any():
        raise TrieError("Expected log-probabilities, found NaN among them.", hint="imprimatur train")
    numbers = np.flatnonzero(live)
    ranked = []
    for row in log_probabilities.astype(np.float64):
        scores = row[numbers]
        keep = np.arange(len(numbers))
        if top_k < len(numbers):
            floor = np.partition(scores, len(scores) - top_k)[len(scores) - top_k] if top_k > 0 else np.inf
            keep = np.flatnonzero(scores >= floor)
        order = keep[np.lexsort((numbers[keep], -scores[keep]))][: max(top_k, 0)]
        ranked.append([Ranked(int(numbers[i]), float(scores[i])) for i in order])
    return ranked


def beam_search(trie: Trie, next_logits: NextLogits, queries: int, *, width: int, top_k: int) -> list[list[Ranked]]:
    """Beams constrained to the trie, for identifiers of several tokens; all queries advance together.

    The log-probability of an identifier is the sum over its tokens of the log-softmax among the children of the prefix.
    A complete identifier keeps its place among the `width` beams of its query. Exact when `width` is at least the
    number of live identifiers. `next_logits` is called once per token position.

    Raises:
        TrieError: `width` below `top_k` or below 1, logits that do not reach the largest token, or NaN.
    """
    if width < max(top_k, 1):
        raise TrieError(f"Expected a width of at least {max(top_k, 1)}, found {width}.", hint="imprimatur doctor")
    done: list[list[Ranked]] = [[] for _ in range(queries)]
    query = np.arange(queries if trie.live_count else 0, dtype=np.int64)
    node = np.full(len(query), ROOT, dtype=np.int64)
    prefix = np.zeros((len(query), 0), dtype=np.int64)
    score: Floats = np.zeros(len(query))
    while len(query):
        edges = trie.expand(node)
        steps = _log_softmax_among_children(np.asarray(next_logits(query, prefix)), edges)
        live = trie.is_live_below(edges.node)
        parent, token, child = edges.parent[live], edges.token[live], edges.node[live]
        total = score[parent] + steps[live]
        of_query = query[parent]
        keep = _best_per_query(of_query, total, done, width)
        parent, token, child, total, of_query = parent[keep], token[keep], child[keep], total[keep], of_query[keep]
        identifier = trie.identifier_at(child)
        for number, row, value in zip(identifier, of_query, total, strict=True):
            if number >= 0:
                done[row].append(Ranked(int(number), float(value)))
        for finished in done:
            finished.sort(key=lambda item: (-item.log_probability, item.identifier))
            del finished[width:]
        running = identifier < 0
        prefix = np.concatenate((prefix[parent[running]], token[running, None]), axis=1)
        query, node, score = of_query[running], child[running], total[running]
    return [finished[:top_k] for finished in done]


def _log_softmax_among_children(logits: NDArray[np.floating], edges: Edges) -> Floats:
    """[edges] log-probability of each edge among the children of its parent."""
    if len(edges.token) and int(edges.token.max()) >= logits.shape[1]:
        raise TrieError(
            f"Expected logits up to token {int(edges.token.max())}, found {logits.shape[1]} of them.",
            hint="imprimatur train",
        )
    values: Floats = logits[edges.parent, edges.token].astype(np.float64)
    if np.isnan(values).any():
        raise TrieError("Expected logits, found NaN among them.", hint="imprimatur train")
    starts = np.flatnonzero(np.diff(edges.parent, prepend=-1))  # every node asked for has children: it is no leaf
    counts = np.diff(np.append(starts, len(values)))
    highest = np.repeat(np.maximum.reduceat(values, starts), counts)
    mass = np.add.reduceat(np.exp(values - highest), starts)
    steps: Floats = values - highest - np.repeat(np.log(mass), counts)
    return steps


def _best_per_query(of_query: Ints, total: Floats, done: list[list[Ranked]], width: int) -> Ints:
    """Positions of the candidates that stay: per query the best `width`, counting what is already complete."""
    order = np.lexsort((np.arange(len(total)), -total, of_query))
    first = np.flatnonzero(np.diff(of_query[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    order, place = order[place < width], place[place < width]
    better_done = [
        sum(item.log_probability >= value for item in done[row])
        for row, value in zip(of_query[order].tolist(), total[order].tolist(), strict=True)
    ]
    return np.asarray(order[place + np.asarray(better_done, dtype=np.int64) < width], dtype=np.int64)
