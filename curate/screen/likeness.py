"""Which pictures may show the same thing up to a crop, a turn, a mirror: candidates by hashing, to be compared then.

A key has the more signs the more pictures there are, so that about as many others share one, and of those that are met a
picture is compared with the few that are nearest: the work grows little faster than the number of pictures.

The signs of one picture's windows are met with the signs of another one's whole in its eight positions. The signs of
the strongest cosines form a key; a key is also entered with its weakest signs inverted (multi-probe hashing: Lv et al.,
VLDB 2007), so that one look-up per window suffices and no two pictures are compared without a reason. Pictures whose
signs change when they are brightened are entered as they would be then as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from curate.screen.colour_distances import colour_distances
from curate.screen.comparing import in_proportion_of
from curate.screen.looks import Looks
from curate.screen.picture_kinds import PRODUCT
from curate.screen.settings import DuplicateLimits
from curate.screen.whitening import FROM, NEAR, PRODUCTS_NEAR, Whitening
from curate.screen.window_views import Matches, edges_of
from curate.screen.windows import COSINES, POSITIONS, Signs, Thumbs, signs_of, spreads_of, whole_cosines, window_cosines

KEY_BITS = (20, 26)  # least and most signs of a key
ENTRIES = 1 << 14  # that a key of the least is enough for; twice as many, one sign more
WEAK_BITS = 5  # signs of a key that may be wrong, if they are its weakest
TABLE_FROM = 500  # pictures from which a table of all keys is worth its 4 MiB
PIECE = 1 << 19  # pairs with one key that are looked at at a time
BLOCK = 512  # pictures whose windows are in memory at a time
FLAT = 1.0  # grey levels of spread below which a picture has no signs worth the name
BRIGHTER = 1.4  # times, of the second entry of a picture
MOST = 24  # others that a picture is compared with, those that correlate best
FIRST = 8  # of these, the nearest that it is compared with however far they are
CLOSE = 0.84  # how near the others are at least
COLOURS = 0.5  # of a correlation, by how much the worst cell by which colours are apart makes a pair less near
CHANGED_BITS = 4  # signs that brightening has to change for a second entry to be worth it


def _strong_cosines(bits: int) -> list[tuple[int, ...]]:
    """Sets of so many cosines: the lowest, which move least, and five that spread over those of which one key has half."""
    order = sorted(range(1, COSINES * COSINES), key=lambda i: ((i // COSINES) ** 2 + (i % COSINES) ** 2, i))
    ninths = [order[ninth:36:9] for ninth in range(9)]
    spread = [[place for step in range(7) for place in ninths[(2 * turn + step) % 9]][:bits] for turn in range(5)]
    return [tuple(order[:bits]), *(tuple(sorted(places)) for places in spread)]


def _key_bits(entries: int) -> int:
    """So many signs that about as many of the entries have one key, however many there are."""
    low, high = KEY_BITS
    return min(high, low + max(0, round(float(np.log2(max(1, entries) / ENTRIES)))))


def _key(signs: Signs, places: tuple[int, ...]) -> NDArray[np.uint32]:
    key = np.zeros(signs.shape, dtype=np.uint32)
    for place in places:
        key = (key << np.uint32(1)) | ((signs >> np.uint64(63 - place)) & np.uint64(1)).astype(np.uint32)
    return key


class _Index:
    """Whole pictures in all positions, by one key with its weakest signs inverted in all ways."""

    def __init__(self, cosines: NDArray[np.float32], signs: Signs, places: tuple[int, ...]) -> None:
        self._places = places
        strengths = np.abs(cosines.reshape(-1, COSINES * COSINES)[:, places])
        weak = np.argpartition(strengths, WEAK_BITS, axis=1)[:, :WEAK_BITS]
        bits = np.uint64(1) << (np.uint64(len(places) - 1) - weak.astype(np.uint64))
        keys = _key(signs.reshape(-1), places).astype(np.uint64)
        # Key and row in one number: sorting numbers is several times as fast as sorting an order.
        entries = np.empty((1 << WEAK_BITS, len(keys)), dtype=np.uint64)
        for probe in range(1 << WEAK_BITS):
            chosen = [bit for bit in range(WEAK_BITS) if probe >> bit & 1]
            entries[probe] = keys ^ np.bitwise_or.reduce(bits[:, chosen], axis=1) if chosen else keys
        entries <<= np.uint64(32)
        entries |= np.arange(len(keys), dtype=np.uint64)
        flat = entries.reshape(-1)
        flat.sort()
        self._rows = flat.astype(np.uint32)  # the lower half
        flat >>= np.uint64(32)
        self._keys: NDArray[np.uint32] | None = None
        # Where the entries of each key begin: two reads instead of two searches, at the price of a table of all keys.
        self._starts: NDArray[np.uint32] | None = None
        if len(cosines) >= TABLE_FROM:
            self._starts = np.zeros((1 << len(places)) + 1, dtype=np.uint32)
            np.cumsum(np.bincount(flat.view(np.int64), minlength=1 << len(places)), out=self._starts[1:])
        else:
            self._keys = flat.astype(np.uint32)

    def met(self, signs: Signs) -> Iterator[tuple[NDArray[np.intp], NDArray[np.uint32]]]:
        """(places in `signs`, rows of the index) with one key, in pieces."""
        keys = _key(signs, self._places)
        if self._keys is not None:
            first = np.searchsorted(self._keys, keys, side="left")
            counts = np.searchsorted(self._keys, keys, side="right") - first
        elif self._starts is not None:
            first = self._starts[keys].astype(np.intp)
            counts = self._starts[keys + 1] - first
        places = np.flatnonzero(counts)
        ends = np.cumsum(counts[places])
        start = 0
        while start < len(places):
            stop = max(start + 1, int(np.searchsorted(ends, (ends[start - 1] if start else 0) + PIECE)))
            piece = places[start:stop]
            sizes = counts[piece]
            offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            yield np.repeat(piece, sizes), self._rows[np.repeat(first[piece], sizes) + offsets]
            start = stop


def candidates(looks: Looks, limits: DuplicateLimits) -> Matches:
    """Of each pair of different pictures that are near enough the best match of the whole and the best of a window: a border
    looks like a whole picture and is a window. Flat pictures have none, and no picture more than MOST others."""
    thumbs = looks.thumbs
    rows = np.flatnonzero(spreads_of(thumbs) >= FLAT)
    if len(rows) < 2:
        return _best([])[0]
    cosines, owners = _entered(thumbs, rows)
    signs = signs_of(cosines)
    strata = _strata(cosines, looks.kinds[owners], len(rows))
    parts = [(item, cosines[places], signs[places], owners[places]) for item, places in strata]
    del cosines, signs  # before the indices are made, which take as much again
    strata_owned = [_Stratum(*parts.pop(0)) for _ in strata]
    found: list[_Near] = []
    # How well others have to correlate with each picture, once MOST are known that correlate better.
    least = np.full(len(thumbs), -np.inf, dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        seen, nearest = window_cosines(thumbs[block]), _best([])
        for stratum in strata_owned:
            for met in stratum.met(seen, block, limits, least):
                nearest = _nearest([nearest, *met], least)
        found.append(_best([_in_colours(nearest, looks)]))
    pairs, near = _best(found)
    # Of few pictures no correlation tells what is near, and little work is saved.
    return pairs if len(rows) < FROM else pairs.of((near >= CLOSE) | (_either_rank(pairs, near) < FIRST))


def _strata(
    cosines: NDArray[np.float32], kinds: NDArray[np.uint8], pictures: int
) -> list[tuple[Whitening, NDArray[np.intp]]]:
    """Places of the entries that are searched as one, each with what its pictures have in common: a kind of which there are
    enough, and all the others. The first entries are the `pictures` as they are."""
    found, rest = [], np.ones(len(cosines), dtype=np.bool_)
    for kind in np.unique(kinds):
        own = kinds == kind
        if np.count_nonzero(own[:pictures]) >= FROM:
            near = PRODUCTS_NEAR if kind == PRODUCT else NEAR
            found.append((Whitening.of(cosines[:pictures][own[:pictures]], near), np.flatnonzero(own)))
            rest &= ~own
    if rest.any():
        found.append((Whitening.of(cosines[:pictures], NEAR), np.flatnonzero(rest)))
    return found


class _Stratum:
    """Entries of one kind, to be met by windows."""

    def __init__(self, white: Whitening, cosines: NDArray[np.float32], signs: Signs, owners: NDArray[np.intp]) -> None:
        self._white, self._owners = white, owners
        for start in range(0, len(cosines), BLOCK):
            cosines[start : start + BLOCK] = white(cosines[start : start + BLOCK])
        sets = _strong_cosines(_key_bits(len(cosines)))
        self._indices = [_Index(cosines, signs_of(cosines), places) for places in sets]
        self._signs, self._vectors = signs.reshape(-1), cosines.reshape(-1, COSINES * COSINES)

    def met(
        self,
        seen: NDArray[np.float32],
        block: NDArray[np.intp],
        limits: DuplicateLimits,
        least: NDArray[np.float32],
    ) -> Iterator[list[_Near]]:
        """Matches of the pictures `block`, of whose windows the cosines are `seen`, with their correlations: those of one
        key after the other. `least`: correlation by picture below which none is wanted, read anew for each key."""
        width, signs = seen.shape[1], signs_of(seen).reshape(-1)
        white = self._white(seen)
        keys, vectors = signs_of(white).reshape(-1), white.reshape(-1, COSINES * COSINES)
        for index in self._indices:
            wanted, pieces = np.maximum(least[block], self._white.near), []
            for asked, entries in index.met(keys):
                bits = np.bitwise_count(signs[asked] ^ self._signs[entries])
                near = np.flatnonzero(bits <= np.where(asked % width == 0, limits.whole_bits, limits.window_bits))
                asked, entries, bits = asked[near], entries[near], bits[near]
                correlation = np.einsum("ic,ic->i", vectors[asked], self._vectors[entries])
                inner = self._owners[entries // POSITIONS]
                near = np.flatnonzero((correlation >= wanted[asked // width]) & (block[asked // width] != inner))
                asked, entries, bits, inner = asked[near], entries[near], bits[near], inner[near]
                position = (entries % POSITIONS).astype(np.intp)
                found = Matches(block[asked // width], inner, asked % width, position, bits.astype(np.intp))
                pieces.append((found, correlation[near]))
            yield pieces


_Near = tuple[Matches, NDArray[np.float32]]  # and how near the two of each are, the nearer the larger


def _nearest(pieces: list[_Near], least: NDArray[np.float32]) -> _Near:
    """Of each outer picture the matches with the MOST inner ones that correlate best with it; `least` is brought up to date."""
    every, correlation = _joined([matches for matches, _ in pieces]), np.concatenate([item for _, item in pieces])
    order, first = _by_pairs(every, correlation)
    pairs, best = every.of(order[first]), correlation[order[first]]
    ranks = _ranks(pairs.outer, pairs.inner, best)
    last = np.flatnonzero(ranks == MOST - 1)
    least[pairs.outer[last]] = best[last]
    rows = order[(ranks < MOST)[np.cumsum(first) - 1]]
    return every.of(rows), correlation[rows]


def _in_colours(nearest: _Near, looks: Looks) -> _Near:
    """How near the two of each pair are, their colours seen as well: cosines are of grey levels."""
    every, correlation = nearest
    order, first = _by_pairs(every, correlation)
    pairs = every.of(order[first])
    edges = in_proportion_of(edges_of(pairs.window), pairs, looks)
    worst = colour_distances(looks.colours, pairs, edges).worst
    near = correlation[order[first]] - np.float32(COLOURS) * worst.astype(np.float32)
    return every.of(order), near[np.cumsum(first) - 1]


def _by_pairs(every: Matches, correlation: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows pair by pair, those first that correlate best; and which of these are the first of their pair."""
    if len(every) == 0:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.bool_)
    # All in one number, 10 bits for who of the block it is, 24 for the other, 30 for the correlation: sorting numbers is
    # several times as fast as sorting by several keys.
    there = np.zeros(int(every.outer.max()) + 1, dtype=np.bool_)
    there[every.outer] = True
    pair = (np.cumsum(there) - 1)[every.outer].astype(np.uint64) << np.uint64(24) | every.inner.astype(np.uint64)
    off = ((1 - correlation.astype(np.float64)).clip(0, 2) * ((1 << 29) - 1)).astype(np.uint64)
    order = np.argsort(pair << np.uint64(30) | off)
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = np.diff(pair[order]) != 0
    return order, first


def _either_rank(pairs: Matches, near: NDArray[np.float32]) -> NDArray[np.intp]:
    """(pairs,) to how many others the one of the two is nearer than to the other, or the other to the one: the fewer."""
    low, high = np.minimum(pairs.outer, pairs.inner), np.maximum(pairs.outer, pairs.inner)
    first = np.ones(len(pairs), dtype=np.bool_)
    first[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    low, high, near = low[first], high[first], near[first]
    both = _ranks(np.concatenate([low, high]), np.concatenate([high, low]), np.concatenate([near, near]))
    found: NDArray[np.intp] = np.minimum(both[: len(low)], both[len(low) :])[np.cumsum(first) - 1]
    return found


def _ranks(outer: NDArray[np.intp], inner: NDArray[np.intp], near: NDArray[np.float32]) -> NDArray[np.intp]:
    """(pairs,) to how many others each outer picture is nearer."""
    ranked = np.lexsort((inner, -near, outer))
    begins = np.flatnonzero(np.diff(outer[ranked], prepend=-1))
    found = np.empty(len(ranked), dtype=np.intp)
    found[ranked] = np.arange(len(ranked)) - np.repeat(begins, np.diff(begins, append=len(ranked)))
    return found


def _entered(thumbs: Thumbs, rows: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """(entries, POSITIONS, 64) cosines to be found by, and whose they are."""
    # Room for all twice: of what is not written, no memory is taken.
    cosines = np.empty((2 * len(rows), POSITIONS, COSINES * COSINES), dtype=np.float32)
    again, end = [rows], len(rows)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        levels = thumbs[block]
        lit = np.minimum(levels * np.float32(BRIGHTER), 255).astype(np.uint8)
        as_is, brighter = whole_cosines(levels), whole_cosines(lit)
        changed = np.bitwise_count(signs_of(as_is[:, 0]) ^ signs_of(brighter[:, 0])) >= CHANGED_BITS
        changed &= spreads_of(lit) >= FLAT
        cosines[start : start + len(block)] = as_is
        again.append(block[changed])
        cosines[end : end + len(again[-1])] = brighter[changed]
        end += len(again[-1])
    return cosines[:end], np.concatenate(again)


def _best(found: list[_Near]) -> _Near:
    """Of each pair, of its whole and of its windows each, the match with the fewest bits, and how near the two are by any."""
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        return Matches(nothing, nothing, nothing, nothing, nothing), nothing.astype(np.float32)
    every, near = _joined([pairs for pairs, _ in found]), np.concatenate([near for _, near in found])
    low, high = np.minimum(every.outer, every.inner), np.maximum(every.outer, every.inner)
    part = every.window > 0
    order = np.lexsort((every.position, every.window, every.outer, every.bits, part, high, low))
    other = np.ones(len(order), dtype=np.bool_)
    other[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    nearest = np.maximum.reduceat(near[order], np.flatnonzero(other))[np.cumsum(other) - 1]
    first = other.copy()
    first[1:] |= np.diff(part[order]) != 0
    return every.of(order[first]), nearest[first]


def _joined(found: list[Matches]) -> Matches:
    names = ("outer", "inner", "window", "position", "bits")
    return Matches(*(np.concatenate([getattr(item, name) for item in found]) for name in names))
