"""The candidates for a place in memory and what a choice of them is worth: the objective, in answers a month.

    F(S) = (1 - c) × Σ worth(i), i in S   +   c × Σ worth(j) × likeness(j, nearest of S), all candidates j

the worth of what is memorized, of which a share c is already given by a near neighbour in memory (facility location).
F is monotone and submodular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curate.value.budget import Grouping
from curate.value.neighbours import Likeness

COVERED = 0.25  # share of an image's worth that a near neighbour in memory gives as well


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image that policy would let be memorized. `worth` in answers a month, `update_cost` a month, `bits` of memory;
    `groups` are its names per grouping; `twins` are ids of its duplicate group. `approved`: people cleared it from a hold,
    so it is in memory whatever is chosen, and takes room there."""

    image_id: str
    worth: float
    update_cost: float
    bits: float
    groups: Mapping[Grouping, str]
    pinned: bool = False
    barred: str | None = None  # the reason
    twins: frozenset[str] = frozenset()
    approved: bool = False

    @property
    def fixed(self) -> bool:
        """Whether it has its place before anything is chosen."""
        return self.pinned or self.approved


@dataclass(frozen=True, eq=False)
class Problem:
    """Candidates in the order of their ids, and what their likeness adds: the same for every budget."""

    candidates: tuple[Candidate, ...]
    worth: NDArray[np.float64]
    starts: NDArray[np.int64]  # of the rows of the likeness graph
    near: NDArray[np.int64]
    like: NDArray[np.float64]
    covered: float = COVERED
    first_gains: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_gains", self.gains(np.zeros(len(self.candidates))))

    @classmethod
    def of(cls, candidates: Sequence[Candidate], likeness: Likeness, *, covered: float = COVERED) -> Problem:
        ordered = tuple(sorted(candidates, key=lambda candidate: candidate.image_id))
        graph = likeness.graph([candidate.image_id for candidate in ordered])
        return cls.of_graph(ordered, graph, covered=covered)

    @classmethod
    def of_graph(cls, ordered: Sequence[Candidate], graph: Any, *, covered: float = COVERED) -> Problem:
        """The problem of candidates in the order of their ids, whose likeness is a sparse matrix (`Near.graph`)."""
        worth = np.asarray([max(candidate.worth, 0.0) for candidate in ordered], dtype=np.float64)
        return cls(
            tuple(ordered), worth, graph.indptr.astype(np.int64), graph.indices.astype(np.int64), graph.data, covered
        )

    def gains(self, cover: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each candidate would add when every image j is already covered to `cover[j]`."""
        more = self.worth[self.near] * np.maximum(self.like - cover[self.near], 0)
        rows = np.repeat(np.arange(len(self.candidates)), np.diff(self.starts))
        added = np.bincount(rows, weights=more, minlength=len(self.candidates))
        return (1 - self.covered) * self.worth + self.covered * added

    def gain(self, place: int, cover: NDArray[np.float64]) -> float:
        row = slice(self.starts[place], self.starts[place + 1])
        near = self.near[row]
        added = float(self.worth[near] @ np.maximum(self.like[row] - cover[near], 0))
        return (1 - self.covered) * float(self.worth[place]) + self.covered * added

    def cover(self, place: int, cover: NDArray[np.float64]) -> None:
        row = slice(self.starts[place], self.starts[place + 1])
        near = self.near[row]
        cover[near] = np.maximum(cover[near], self.like[row])

    def value(self, places: Sequence[int]) -> float:
        """F of a set of places, answers a month."""
        cover = np.zeros(len(self.candidates))
        for place in places:
            self.cover(place, cover)
        return float((1 - self.covered) * self.worth[list(places)].sum() + self.covered * (self.worth @ cover))
