"""A prefix tree over the token sequences of identifiers: what the decoder may say next, as flat arrays.

Children stand in CSR form (one slice per node, tokens ascending). An identifier that joins later is appended, one that
leaves loses its live bit; counters along its path say which nodes still lead to something live. Nothing is ever
renumbered: identifier `i` stays `i`. `on(device)` gives the same arrays where the logits are; on the CPU they are
shared, so that a cleared bit holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError

if TYPE_CHECKING:
    import torch

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ROOT = 0
_TOKEN_BITS = 32  # of an edge's sort key; token ids are below 2**32


class TrieError(ImprimaturError):
    """A token sequence cannot be an identifier of this trie."""

    code = "IMP-E501"
    exit_code = ExitCode.INTERNAL


@dataclass(frozen=True, eq=False)
class Edges:
    """The children of several nodes: `parent` is the place in the list of nodes asked, ascending, as are its tokens."""

    parent: torch.Tensor
    token: torch.Tensor
    node: torch.Tensor


@dataclass(frozen=True, eq=False)
class DeviceTrie:
    """The arrays of a `Trie` as int64 tensors: `starts` [nodes + 1] into `tokens` and `nodes` [edges], and by node the
    identifier that ends there (-1 inside) and the count of live identifiers at or below."""

    starts: torch.Tensor
    tokens: torch.Tensor
    nodes: torch.Tensor
    terminal: torch.Tensor
    live_below: torch.Tensor

    def expand(self, nodes: torch.Tensor) -> Edges:
        """All children of `nodes`, also those that lead to nothing live (the decoder normalises over them)."""
        import torch

        starts = self.starts[nodes]
        counts = self.starts[nodes + 1] - starts
        parent = torch.repeat_interleave(torch.arange(len(nodes), device=nodes.device), counts)
        before = torch.cumsum(counts, 0) - counts
        position = torch.arange(len(parent), device=nodes.device) + (starts - before)[parent]
        return Edges(parent, self.tokens[position], self.nodes[position])


class Trie:
    """Prefix-free set of token sequences; live bits may change, sequences may only be added.

    Prefix-free because a decoder must know without an end token that an identifier is complete.
    """

    def __init__(self, sequences: Iterable[Sequence[int]] = ()) -> None:
        """Raises: TrieError, as `append` does."""
        self._sequences = [tuple(int(token) for token in sequence) for sequence in sequences]
        self._build()
        self._live: Bools = np.ones(len(self._sequences), dtype=np.bool_)
        self._late: dict[tuple[int, int], int] = {}  # edges that stand in no array yet
        self._late_nodes: list[tuple[int, int]] = []  # (parent, identifier or -1) of the nodes of those edges
        self._mirrors: dict[str, tuple[DeviceTrie, int]] = {}
        self._changes = 0

    def __len__(self) -> int:
        """Identifiers ever added, live or not."""
        return len(self._sequences)

    @property
    def sequences(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self._sequences)

    @property
    def live(self) -> Bools:
        """[identifiers] the live bits, read-only and as of now."""
        self._fold()
        view = self._live.view()
        view.flags.writeable = False
        return view

    @property
    def live_count(self) -> int:
        return int(np.count_nonzero(self.live))

    @property
    def atomic(self) -> bool:
        """Every identifier is one token, so that one look at the logits ranks all of them exactly."""
        return all(len(sequence) == 1 for sequence in self._sequences)

    def append(self, sequence: Sequence[int]) -> int:
        """Add a live identifier and return its number.

        Raises:
            TrieError: the sequence is empty, has a negative token, or is a prefix of another one or the reverse.
        """
        tokens = tuple(int(token) for token in sequence)
        _check(tokens)
        # Look before touching anything: a refused sequence leaves no node behind.
        node, known = ROOT, 0
        while known < len(tokens) and (following := self._child(node, tokens[known])) >= 0:
            node, known = following, known + 1
            if known == len(tokens) or self._ends_at(node) >= 0:
                raise _ambiguous(tokens)
        identifier = len(self._sequences)
        for depth in range(known, len(tokens)):
            following = len(self._parent) + len(self._late_nodes)
            self._late[(node, tokens[depth])] = following
            self._late_nodes.append((node, identifier if depth == len(tokens) - 1 else -1))
            node = following
        self._sequences.append(tokens)
        self._changes += 1
        return identifier

    def withdraw(self, identifier: int) -> None:
        """Clear the live bit; from now on no decoding reaches it. Doing so twice changes nothing."""
        self._set(np.asarray([identifier]), np.asarray([False]))

    def restore(self, identifier: int) -> None:
        """Set the live bit again (a suspension that was lifted)."""
        self._set(np.asarray([identifier]), np.asarray([True]))

    def set_live(self, live: Sequence[bool] | Bools) -> None:
        """Make the live bits equal to `live`, one per identifier.

        Raises:
            TrieError: another length.
        """
        if len(live) != len(self):
            raise TrieError(f"Expected {len(self)} live bits, found {len(live)}.", hint="imprimatur doctor")
        self._set(np.arange(len(self)), np.asarray(live, dtype=np.bool_))

    def on(self, device: torch.device | str = "cpu") -> DeviceTrie:
        """The tree where the logits are. Valid until the next change on a GPU, until the next append on the CPU."""
        import torch

        self._fold()
        key = str(device)
        known = self._mirrors.get(key)
        if known is None or known[1] != self._changes:
            arrays = (self._starts, self._tokens, self._nodes, self._terminal, self._live_below)
            self._mirrors[key] = known = (
                DeviceTrie(*(torch.from_numpy(array).to(device) for array in arrays)),
                self._changes,
            )
        return known[0]

    def _build(self) -> None:
        """All arrays from the sequences at once: sort them, and a node begins wherever a prefix does."""
        count = len(self._sequences)
        lengths = np.fromiter(map(len, self._sequences), dtype=np.int64, count=count)
        depth = int(lengths.max(initial=0))
        table = np.full((count, depth), -1, dtype=np.int64)
        filled = np.arange(depth) < lengths[:, None]
        flat = np.fromiter((token for sequence in self._sequences for token in sequence), dtype=np.int64)
        table[filled] = flat
        if count and (int(lengths.min()) == 0 or int(flat.min()) < 0):
            for sequence in self._sequences:
                _check(sequence)
        order = np.lexsort(table.T[::-1]) if depth else np.zeros(0, dtype=np.int64)
        table, filled = table[order], filled[order]
        new = np.ones((count, depth), dtype=np.bool_)
        new[1:] = np.logical_or.accumulate(table[1:] != table[:-1], axis=1)
        # A shorter sequence sorts right before those it begins, and the place where it ends is no new one for them.
        last = lengths[order][:-1] - 1
        clash = np.flatnonzero(~new[1:][np.arange(len(last)), last]) if count > 1 else np.zeros(0, dtype=np.int64)
        if len(clash):
            raise _ambiguous(self._sequences[order[int(clash[0]) + 1]])
        new &= filled
        parents, tokens = [np.asarray([-1], dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        here, nodes = np.zeros(count, dtype=np.int64), 1
        for level in range(depth):
            fresh = new[:, level]
            parents.append(here[fresh])
            tokens.append(table[fresh, level])
            here = np.where(filled[:, level], nodes - 1 + np.cumsum(fresh), here)
            nodes += int(fresh.sum())
        self._parent: Ints = np.concatenate(parents)
        self._tokens: Ints = np.concatenate(tokens)
        self._nodes: Ints = np.arange(1, nodes, dtype=np.int64)
        self._leaf_of: Ints = np.empty(count, dtype=np.int64)  # identifier -> node
        self._leaf_of[order] = here
        self._terminal: Ints = np.full(nodes, -1, dtype=np.int64)
        self._terminal[self._leaf_of] = np.arange(count)
        self._live_below: Ints = np.zeros(nodes, dtype=np.int64)
        self._count(self._leaf_of, np.ones(count, dtype=np.int64))
        self._index()

    def _index(self) -> None:
        counts = np.bincount(self._parent[1:], minlength=len(self._parent))
        self._starts: Ints = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    def _child(self, node: int, token: int) -> int:
        """The child of `node` by `token`, -1 without one."""
        if node < len(self._starts) - 1:
            start, stop = int(self._starts[node]), int(self._starts[node + 1])
            place = start + int(np.searchsorted(self._tokens[start:stop], token))
            if place < stop and self._tokens[place] == token:
                return int(self._nodes[place])
        return self._late.get((node, token), -1)

    def _ends_at(self, node: int) -> int:
        late = node - len(self._parent)
        return int(self._terminal[node]) if late < 0 else self._late_nodes[late][1]

    def _count(self, nodes: Ints, change: Ints) -> None:
        """Add `change` to the counters from `nodes` up to the root."""
        while len(nodes):
            np.add.at(self._live_below, nodes, change)
            nodes = self._parent[nodes]
            nodes, change = nodes[nodes >= 0], change[nodes >= 0]

    def _set(self, identifiers: Ints, live: Bools) -> None:
        self._fold()
        other = self._live[identifiers] != live
        identifiers, live = identifiers[other], live[other]
        if len(identifiers):
            self._live[identifiers] = live
            self._count(self._leaf_of[identifiers], np.where(live, 1, -1))
            self._changes += 1

    def _fold(self) -> None:
        """Put appended edges into their places in the arrays: one merge, nothing is sorted again."""
        if not self._late:
            return
        first = len(self._parent)
        edges = np.asarray(sorted((node, token, child) for (node, token), child in self._late.items()), dtype=np.int64)
        keys = (self._parent[self._nodes] << _TOKEN_BITS) | self._tokens
        places = np.searchsorted(keys, (edges[:, 0] << _TOKEN_BITS) | edges[:, 1])
        late = np.asarray(self._late_nodes, dtype=np.int64)
        self._tokens = np.insert(self._tokens, places, edges[:, 1])
        self._nodes = np.insert(self._nodes, places, edges[:, 2])
        self._parent = np.concatenate((self._parent, late[:, 0]))
        self._terminal = np.concatenate((self._terminal, late[:, 1]))
        self._live_below = np.concatenate((self._live_below, np.zeros(len(late), dtype=np.int64)))
        leaves = first + np.flatnonzero(late[:, 1] >= 0)
        self._leaf_of = np.concatenate((self._leaf_of, leaves))
        self._live = np.concatenate((self._live, np.ones(len(leaves), dtype=np.bool_)))
        self._late, self._late_nodes = {}, []
        self._index()
        self._count(leaves, np.ones(len(leaves), dtype=np.int64))


def _check(tokens: tuple[int, ...]) -> None:
    if not tokens or min(tokens) < 0 or max(tokens) >= 1 << _TOKEN_BITS:
        raise TrieError(f"Expected one or more token ids of 0 and above, found {tokens}.", hint="imprimatur train")


def _ambiguous(tokens: tuple[int, ...]) -> TrieError:
    return TrieError(
        f"Expected identifiers none of which begins with another; {tokens} collides with one in the trie.",
        hint="imprimatur train",
    )
