"""The stored part of the tree: roots of complete subtrees with 256**level leaves (the tiles of c2sp.org/tlog-tiles).

Everything else is recomputed from at most 255 hashes of each level, so the tree costs one row for 256 entries, an
append reads a few hundred hashes however long the log is, and so does a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from audit.merkle import Frontier, root_of

BITS = 8
WIDTH = 1 << BITS

StoredNode = tuple[int, int, bytes]  # level (1 = 256 leaves), position, hash


class Hashes(Protocol):
    """Where hashes come from: level 0 are leaf hashes, level k the stored nodes of that level."""

    def __call__(self, level: int, start: int, stop: int) -> Sequence[bytes]: ...


def range_peaks(hashes: Hashes, start: int, size: int) -> tuple[bytes, ...]:
    """Roots of the complete subtrees that make up `size` leaves from `start`, largest first.

    `start` must be a multiple of the largest power of two in `size`, as all ranges of RFC 6962 proofs are.
    """
    peaks: list[bytes] = []
    for power in reversed(range(size.bit_length())):
        if size >> power & 1:
            level = power // BITS
            first = start >> (level * BITS)
            peaks.append(root_of(hashes(level, first, first + (1 << (power - level * BITS)))))
            start += 1 << power
    return tuple(peaks)


def range_root(hashes: Hashes, start: int, stop: int) -> bytes:
    """Root over the leaves start..stop-1 (a range of an RFC 6962 proof)."""
    return Frontier(stop - start, range_peaks(hashes, start, stop - start)).root()


def frontier(hashes: Hashes, size: int) -> Frontier:
    """The growing edge of the tree with the first `size` leaves."""
    return Frontier(size, range_peaks(hashes, 0, size))


def completed(hashes: Hashes, size: int, added: Sequence[bytes]) -> list[StoredNode]:
    """The nodes that become complete when the leaf hashes `added` follow the first `size` leaves."""
    nodes: list[StoredNode] = []
    level, fresh, before = 0, list(added), size
    while fresh:
        first = before - before % WIDTH  # the tile of this level that is not full yet
        row = [*hashes(level, first, before), *fresh]
        fresh = [root_of(row[k : k + WIDTH]) for k in range(0, len(row) - WIDTH + 1, WIDTH)]
        level, before = level + 1, first >> BITS
        nodes += [(level, position, node) for position, node in enumerate(fresh, before)]
    return nodes
