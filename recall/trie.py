"""A prefix tree over the token sequences of identifiers: what the decoder may say next, as flat arrays.

Children stand in CSR form (one slice per node, tokens ascending). An identifier that joins later goes to a small
overflow which is folded in now and then; one that leaves loses its live bit, and counters along its path say which
nodes still lead to something live. Nothing is ever renumbered: identifier `i` stays `i`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ROOT = 0
_FOLD_AT_LEAST = 64  # overflow edges tolerated before they are folded into the CSR arrays


class TrieError(ImprimaturError):
    """A token sequence cannot be an identifier of this trie."""

    code = "IMP-E501"
    exit_code = ExitCode.INTERNAL


@dataclass(frozen=True, eq=False)
class Edges:
    """The children of several nodes: `parent` is the place in the list of nodes asked, ascending, as are its tokens."""

    parent: Ints
    token: Ints
    node: Ints


class Trie:
    """Prefix-free set of token sequences; `live` may change, `sequences` may only grow.

    Prefix-free because a decoder must know without an end token that an identifier is complete.
    """

    def __init__(self, sequences: Iterable[Sequence[int]] = ()) -> None:
        self._sequences: list[tuple[int, ...]] = []
        self._leaf_of: list[int] = []  # identifier -> node
        self._live: list[bool] = []
        self._parent: list[int] = [-1]
        # Arrays with spare room at the end; the first len(self._parent) places are nodes.
        self._terminal: Ints = np.full(16, -1, dtype=np.int64)  # node -> identifier, -1 inside the tree
        self._live_below: Ints = np.zeros(16, dtype=np.int64)  # node -> live identifiers at or below it
        self._child: dict[tuple[int, int], int] = {}  # (node, token) -> node; the index for building
        self._starts: Ints = np.zeros(2, dtype=np.int64)
        self._tokens: Ints = np.zeros(0, dtype=np.int64)
        self._nodes: Ints = np.zeros(0, dtype=np.int64)
        self._folded_nodes = 1
        self._overflow: dict[int, list[tuple[int, int]]] = {}
        self._overflow_edges = 0
        for sequence in sequences:
            self._insert(sequence)
        self._fold()

    def __len__(self) -> int:
        """Identifiers ever added, live or not."""
        return len(self._sequences)

    @property
    def sequences(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self._sequences)

    @property
    def live(self) -> Bools:
        """[identifiers] a copy of the live bits."""
        return np.asarray(self._live, dtype=np.bool_)

    @property
    def live_count(self) -> int:
        return int(self._live_below[ROOT])

    @property
    def atomic(self) -> bool:
        """Every identifier is one token, so that one look at the logits ranks all of them exactly."""
        return all(len(sequence) == 1 for sequence in self._sequences)

    def append(self, sequence: Sequence[int]) -> int:
        """Add a live identifier and return its number.

        Raises:
            TrieError: the sequence is empty, has a negative token, or is a prefix of another one or the reverse.
        """
        identifier = self._insert(sequence)
        if self._overflow_edges > max(_FOLD_AT_LEAST, len(self._tokens) // 4):
            self._fold()
        return identifier

    def withdraw(self, identifier: int) -> None:
        """Clear the live bit; from now on no decoding reaches it. Doing so twice changes nothing."""
        self._set(identifier, False)

    def restore(self, identifier: int) -> None:
        """Set the live bit again (a suspension that was lifted)."""
        self._set(identifier, True)

    def set_live(self, live: Sequence[bool] | Bools) -> None:
        """Make the live bits equal to `live`, one per identifier.

        Raises:
            TrieError: another length.
        """
        if len(live) != len(self):
            raise TrieError(f"Expected {len(self)} live bits, found {len(live)}.", hint="imprimatur doctor")
        for identifier, wanted in enumerate(live):
            self._set(identifier, bool(wanted))

    def identifier_at(self, nodes: Ints) -> Ints:
        """[nodes] the identifier that ends at each node, or -1."""
        return self._terminal[nodes]

    def is_live_below(self, nodes: Ints) -> Bools:
        """[nodes] whether a live identifier is at or below each node."""
        return self._live_below[nodes] > 0

    def expand(self, nodes: Ints) -> Edges:
        """All children of `nodes`, also those that lead to nothing live (the decoder normalises over them)."""
        folded = np.where(nodes < self._folded_nodes, nodes, ROOT)
        starts, stops = self._starts[folded], self._starts[folded + 1]
        counts = np.where(nodes < self._folded_nodes, stops - starts, 0)
        parent = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        position = np.arange(len(parent), dtype=np.int64) - np.repeat(before - starts, counts)
        token, node = self._tokens[position], self._nodes[position]
        if not self._overflow:
            return Edges(parent, token, node)
        late = [
            (row, late_token, late_node)
            for row, asked in enumerate(nodes.tolist())
            for late_token, late_node in self._overflow.get(asked, ())
        ]
        if not late:
            return Edges(parent, token, node)
        rows, tokens, ends = (np.asarray(column, dtype=np.int64) for column in zip(*late, strict=True))
        parent, token, node = np.append(parent, rows), np.append(token, tokens), np.append(node, ends)
        order = np.lexsort((token, parent))
        return Edges(parent[order], token[order], node[order])

    def _insert(self, sequence: Sequence[int]) -> int:
        tokens = tuple(int(token) for token in sequence)
        if not tokens or min(tokens) < 0:
            raise TrieError(f"Expected one or more token ids of 0 and above, found {tokens}.", hint="imprimatur train")
        # Look before touching anything: a refused sequence leaves no node behind.
        node = ROOT
        for depth, token in enumerate(tokens):
            following = self._child.get((node, token))
            if following is None:
                break
            node = following
            if self._terminal[node] >= 0 or depth == len(tokens) - 1:
                raise TrieError(
                    f"Expected identifiers none of which begins with another; {tokens} collides with one in the trie.",
                    hint="imprimatur train",
                )
        identifier = len(self._sequences)
        here = ROOT
        self._live_below[ROOT] += 1
        for token in tokens:
            following = self._child.get((here, token))
            if following is None:
                following = len(self._parent)
                self._child[(here, token)] = following
                self._parent.append(here)
                if following == len(self._terminal):
                    self._terminal = np.concatenate((self._terminal, np.full(following, -1, dtype=np.int64)))
                    self._live_below = np.concatenate((self._live_below, np.zeros(following, dtype=np.int64)))
                self._overflow.setdefault(here, []).append((token, following))
                self._overflow_edges += 1
            here = following
            self._live_below[here] += 1
        self._terminal[here] = identifier
        self._sequences.append(tokens)
        self._leaf_of.append(here)
        self._live.append(True)
        return identifier

    def _set(self, identifier: int, live: bool) -> None:
        if self._live[identifier] == live:
            return
        self._live[identifier] = live
        node = self._leaf_of[identifier]
        while node >= 0:
            self._live_below[node] += 1 if live else -1
            node = self._parent[node]

    def _fold(self) -> None:
        """Write all edges into the CSR arrays and empty the overflow."""
        edges = sorted((node, token, child) for (node, token), child in self._child.items())
        table = np.asarray(edges, dtype=np.int64).reshape(-1, 3)
        self._folded_nodes = len(self._parent)
        counts = np.bincount(table[:, 0], minlength=self._folded_nodes)
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self._tokens, self._nodes = table[:, 1].copy(), table[:, 2].copy()
        self._overflow, self._overflow_edges = {}, 0
