"""From logits to identifiers, and to nothing else: the trie decides what may be said.

Probabilities are taken over all identifiers of the trie, withdrawn ones included, and only live ones are returned. The
mass which a model still puts on a withdrawn picture thereby counts as evidence for "none" and is not handed to its
neighbours. All queries of a batch advance together, on the device where the logits are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from recall.trie import ROOT, Bools, Edges, Trie, TrieError

if TYPE_CHECKING:
    import torch


class NextLogits(Protocol):
    """A model that has read some queries and now says token after token; it keeps what it needs of the tokens so far."""

    def begin(self) -> torch.Tensor:
        """[queries, vocabulary] logits of the first token."""
        ...

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        """[rows, vocabulary] logits after `token` [rows] was said behind row `parent` [rows] of the last answer."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """An identifier by its number in the trie, with its natural log-probability (<= 0)."""

    identifier: int
    log_probability: float


def rank(log_probabilities: NDArray[np.floating] | torch.Tensor, live: Bools, top_k: int) -> list[list[Ranked]]:
    """The `top_k` live identifiers of each query, best first, ties by number: exact, for one token per identifier.

    `log_probabilities` is [queries, identifiers], already normalised over the identifiers, on any device.

    Raises:
        TrieError: the widths differ, or a value is NaN.
    """
    import torch

    scores = torch.as_tensor(log_probabilities)
    if scores.ndim != 2 or scores.shape[1] != len(live):
        raise TrieError(
            f"Expected scores of shape [queries, {len(live)}], found {list(scores.shape)}.", hint="imprimatur doctor"
        )
    if bool(torch.isnan(scores.sum())) and bool(torch.isnan(scores).any()):
        raise TrieError("Expected log-probabilities, found NaN among them.", hint="imprimatur train")
    most = min(top_k, int(np.count_nonzero(live)))
    ranked: list[list[Ranked]] = [[] for _ in range(len(scores))]
    if most <= 0 or not len(scores):
        return ranked
    if not live.all():
        scores = scores.masked_fill(~torch.tensor(live, device=scores.device), -torch.inf)
    floor = scores.topk(most, dim=1, sorted=True).values[:, -1:]
    row, number = torch.nonzero(scores >= floor, as_tuple=True)
    value = scores[row, number].double().cpu().numpy()
    rows, numbers = row.cpu().numpy(), number.cpu().numpy()
    for place in np.lexsort((numbers, -value, rows)).tolist():
        found = ranked[int(rows[place])]
        if len(found) < most and live[numbers[place]]:
            found.append(Ranked(int(numbers[place]), float(value[place])))
    return ranked


def beam_search(trie: Trie, model: NextLogits, queries: int, *, width: int, top_k: int) -> list[list[Ranked]]:
    """Beams constrained to the trie, for identifiers of several tokens; all queries advance together.

    The log-probability of an identifier is the sum over its tokens of the log-softmax among the children of the prefix.
    A complete identifier keeps its place among the `width` beams of its query. Exact when `width` is at least the
    number of live identifiers. The model is asked once for each token position.

    Raises:
        TrieError: `width` below `top_k` or below 1, logits that do not reach the largest token, or NaN.
    """
    import torch

    if width < max(top_k, 1):
        raise TrieError(f"Expected a width of at least {max(top_k, 1)}, found {width}.", hint="imprimatur doctor")
    if not trie.live_count or not queries:
        return [[] for _ in range(queries)]
    logits = model.begin()
    device = logits.device
    tree = trie.on(device)
    query = torch.arange(queries, device=device)
    node = torch.full_like(query, ROOT)
    score = torch.zeros(queries, dtype=torch.float64, device=device)
    done = _Done.empty(device)
    while True:
        edges = tree.expand(node)
        steps = _log_softmax_among_children(logits, edges, len(node))
        live = tree.live_below[edges.node] > 0
        parent, token, child = edges.parent[live], edges.token[live], edges.node[live]
        total = score[parent] + steps[live]
        of_query = query[parent]
        keep = _best_per_query(of_query, total, done, width)
        parent, token, child, total, of_query = parent[keep], token[keep], child[keep], total[keep], of_query[keep]
        identifier = tree.terminal[child]
        ended = identifier >= 0
        done = done.joined(of_query[ended], identifier[ended], total[ended])
        running = ~ended
        parent, token = parent[running], token[running]
        query, node, score = of_query[running], child[running], total[running]
        if not len(query):
            return done.best(queries, top_k)
        logits = model.follow(parent, token)


@dataclass(frozen=True, eq=False)
class _Done:
    """Complete identifiers of all queries, as columns."""

    query: torch.Tensor
    identifier: torch.Tensor
    total: torch.Tensor

    @classmethod
    def empty(cls, device: torch.device) -> _Done:
        import torch

        none = torch.zeros(0, dtype=torch.long, device=device)
        return cls(none, none, none.double())

    def joined(self, query: torch.Tensor, identifier: torch.Tensor, total: torch.Tensor) -> _Done:
        import torch

        return _Done(
            torch.cat((self.query, query)), torch.cat((self.identifier, identifier)), torch.cat((self.total, total))
        )

    def best(self, queries: int, top_k: int) -> list[list[Ranked]]:
        query, identifier, total = (column.cpu().numpy() for column in (self.query, self.identifier, self.total))
        ranked: list[list[Ranked]] = [[] for _ in range(queries)]
        for place in np.lexsort((identifier, -total, query)).tolist():
            if len(ranked[query[place]]) < top_k:
                ranked[query[place]].append(Ranked(int(identifier[place]), float(total[place])))
        return ranked


def _log_softmax_among_children(logits: torch.Tensor, edges: Edges, parents: int) -> torch.Tensor:
    """[edges] log-probability of each edge among the children of its parent, float64."""
    import torch

    if len(edges.token) and int(edges.token.max()) >= logits.shape[1]:
        raise TrieError(
            f"Expected logits up to token {int(edges.token.max())}, found {logits.shape[1]} of them.",
            hint="imprimatur train",
        )
    values = logits[edges.parent, edges.token].double()
    if bool(torch.isnan(values).any()):
        raise TrieError("Expected logits, found NaN among them.", hint="imprimatur train")
    highest = torch.full((parents,), -torch.inf, dtype=torch.float64, device=values.device)
    highest.scatter_reduce_(0, edges.parent, values, "amax")
    shifted = values - highest[edges.parent]
    mass = torch.zeros(parents, dtype=torch.float64, device=values.device)
    mass.scatter_add_(0, edges.parent, shifted.exp())
    return shifted - mass.log()[edges.parent]


def _best_per_query(of_query: torch.Tensor, total: torch.Tensor, done: _Done, width: int) -> torch.Tensor:
    """Positions of the candidates that stay: per query the best `width`, counting what is already complete."""
    import torch

    order = torch.argsort(total, descending=True, stable=True)
    order = order[torch.argsort(of_query[order], stable=True)]
    sizes = torch.bincount(of_query)
    first = torch.cumsum(sizes, 0) - sizes
    place = torch.arange(len(order), device=order.device) - first[of_query[order]]
    order, place = order[place < width], place[place < width]
    if len(done.total):
        same = done.query[None, :] == of_query[order][:, None]
        ahead = (same & (done.total[None, :] >= total[order][:, None])).sum(dim=1)
        order = order[place + ahead < width]
    return order
