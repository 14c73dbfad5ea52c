"""Which pictures show the same thing up to a crop, a turn, a mirror: candidates by hashing, each then compared.

Candidates: the signs of one picture's windows against the signs of another one's whole in its eight positions. The
signs of the strongest cosines form a key; a key is also entered with its weakest signs inverted (multi-probe hashing:
Lv et al., VLDB 2007), so that one look-up per window suffices and no two pictures are compared without a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.screen.settings import DuplicateLimits
from curate.screen.windows import (
    COSINES,
    POSITIONS,
    SIDE,
    Signs,
    Thumbs,
    in_position,
    intervals,
    rectangles,
    signs_of,
    whole_cosines,
    window_signs,
)

KEY_BITS = 24
WEAK_BITS = 5  # signs of a key that may be wrong, if they are its weakest
TABLE_FROM = 4000  # pictures from which a table of all keys is worth its 128 MiB
BLOCK = 512  # pictures whose windows are in memory at a time
CELLS = 32  # side of the grid on which two pictures are compared
PATCH = 4  # cells of a patch, both ways
GREY = 0.02  # largest difference of red, green and blue in a grey picture, of its mean
FLAT = 1.0  # grey levels of spread below which a picture has no signs worth the name

Grey = NDArray[np.float32]
Colours = NDArray[np.float32]  # (n, 8, 8, 3) mean red, green, blue in [0, 1], as PictureFacts.colour_grid


def _strong_cosines() -> list[tuple[int, ...]]:
    """Sets of KEY_BITS cosines: the lowest, which move least, and three more over all low ones."""
    order = sorted(range(1, COSINES * COSINES), key=lambda i: ((i // COSINES) ** 2 + (i % COSINES) ** 2, i))
    return [tuple(order[:KEY_BITS]), tuple(order[1:48:2]), tuple(order[0:48:2]), tuple(order[12 : 12 + KEY_BITS])]


_SETS = _strong_cosines()


@dataclass(frozen=True, slots=True)
class Match:
    """`inner` looks like the window `window` of `outer` when it is put into `position`; rows of the thumbnails."""

    outer: int
    inner: int
    window: int
    position: int
    bits: int


def _key(signs: Signs, places: tuple[int, ...]) -> NDArray[np.uint32]:
    key = np.zeros(signs.shape, dtype=np.uint32)
    for place in places:
        key = (key << np.uint32(1)) | ((signs >> np.uint64(63 - place)) & np.uint64(1)).astype(np.uint32)
    return key


class _Index:
    """Whole pictures in all positions, by one key with its weakest signs inverted in all ways."""

    def __init__(self, cosines: NDArray[np.float32], signs: Signs, places: tuple[int, ...]) -> None:
        self._places = places
        flat = cosines.reshape(-1, COSINES * COSINES)[:, places]
        weak = np.argpartition(np.abs(flat), WEAK_BITS, axis=1)[:, :WEAK_BITS]
        bits = np.uint32(1) << (np.uint32(KEY_BITS - 1) - weak.astype(np.uint32))
        keys = _key(signs.reshape(-1), places)
        entries = np.empty((1 << WEAK_BITS, len(keys)), dtype=np.uint32)
        for probe in range(1 << WEAK_BITS):
            chosen = [bit for bit in range(WEAK_BITS) if probe >> bit & 1]
            entries[probe] = keys ^ np.bitwise_or.reduce(bits[:, chosen], axis=1) if chosen else keys
        rows = np.tile(np.arange(len(keys), dtype=np.uint32), 1 << WEAK_BITS)
        order = np.argsort(entries.reshape(-1), kind="stable")
        self._rows = rows[order]
        self._keys = entries.reshape(-1)[order]
        # Where the entries of each key begin: two reads instead of a search, at the price of a table of all keys.
        self._starts = (
            np.searchsorted(self._keys, np.arange((1 << KEY_BITS) + 1)) if len(cosines) >= TABLE_FROM else None
        )

    def met(self, signs: Signs) -> Iterator[tuple[NDArray[np.intp], NDArray[np.uint32]]]:
        """(places in `signs`, rows of the index) with one key, in pieces."""
        keys = _key(signs, self._places)
        if self._starts is None:
            first, last = (np.searchsorted(self._keys, keys, side=side) for side in ("left", "right"))
        else:
            first, last = self._starts[keys], self._starts[keys + 1]
        counts = (last - first).astype(np.int64)
        places = np.flatnonzero(counts)
        ends = np.cumsum(counts[places])
        start = 0
        while start < len(places):
            stop = max(start + 1, int(np.searchsorted(ends, (ends[start - 1] if start else 0) + (1 << 22))))
            piece = places[start:stop]
            sizes = counts[piece]
            offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            yield np.repeat(piece, sizes), self._rows[np.repeat(first[piece].astype(np.int64), sizes) + offsets]
            start = stop


def candidates(thumbs: Thumbs, limits: DuplicateLimits) -> list[Match]:
    """The best match of each pair of different pictures whose signs are near enough. Flat pictures have none."""
    rows = np.flatnonzero(thumbs.reshape(len(thumbs), -1).std(axis=1) >= FLAT)
    if len(rows) < 2:
        return []
    cosines = whole_cosines(thumbs[rows])
    wholes = signs_of(cosines)
    best: dict[tuple[int, int], Match] = {}
    for places in _SETS:
        index = _Index(cosines, wholes, places)
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            signs = window_signs(thumbs[block])
            width = signs.shape[1]
            for asked, entries in index.met(signs.reshape(-1)):
                allowed = np.where(asked % width == 0, limits.whole_bits, limits.window_bits)
                near = np.bitwise_count(signs.reshape(-1)[asked] ^ wholes.reshape(-1)[entries]) <= allowed
                near &= asked // width + start != entries // POSITIONS
                for place, entry in zip(asked[near].tolist(), entries[near].tolist(), strict=True):
                    outer, inner = int(rows[start + place // width]), int(rows[entry // POSITIONS])
                    bits = int(np.bitwise_count(signs.reshape(-1)[place] ^ wholes.reshape(-1)[entry]))
                    pair = (min(outer, inner), max(outer, inner))
                    if pair not in best or bits < best[pair].bits:
                        best[pair] = Match(outer, inner, place % width, entry % POSITIONS, bits)
    return list(best.values())


def alike(match: Match, thumbs: Thumbs, colours: Colours, drawn: int, limits: DuplicateLimits) -> bool:
    """Whether the two pictures of a candidate show the same, after the window was moved to where it fits best.

    `drawn` counts those of the two that are drawings. Photographs: correlation over all patches but the worst tenth, which
    a caption may cover; over all of them where one of the two is a drawing. Drawings: the share of
    patches with ink in either on which the two disagree; sheets share frame and title block, and differ in the part.
    """
    outer = thumbs[match.outer].astype(np.float32)
    inner = _cells(in_position(thumbs[match.inner], match.position).astype(np.float32))
    down, across = rectangles()[match.window]
    spans = intervals()
    edges = [
        spans[down][0],
        spans[down][0] + spans[down][1],
        spans[across][0],
        spans[across][0] + spans[across][1],
    ]
    if drawn == 2 and match.bits > limits.line_art_bits:
        return False
    if match.window:  # the whole picture fits as it is
        score = _correlation(_view(outer, edges), inner)
        if score < limits.correlation - 0.35:
            return False
        edges = _fitted(outer, inner, edges, score)
    seen = _view(outer, edges)
    if _colour_distance(colours, match, edges) > limits.colour:
        return False
    if drawn == 2:
        return _disagreement(seen, inner) <= limits.line_art_disagreement
    kept = 1.0 if drawn else 0.9
    return _without_worst(seen, inner, kept) >= limits.correlation and (
        _without_worst(_sharp(seen), _sharp(inner), kept) >= limits.detail
    )


def _fitted(outer: Grey, inner: Grey, edges: list[float], score: float) -> list[float]:
    """Edges moved one at a time to where the correlation is best: the next window is up to half a step away."""
    for step in (0.03, 0.015, 0.008):
        for edge in (0, 1, 2, 3, 0, 1, 2, 3):
            for move in (-step, step):
                tried = edges.copy()
                tried[edge] = min(max(tried[edge] + move, 0.0), 1.0)
                new = _correlation(_view(outer, tried), inner)
                if new > score:
                    score, edges = new, tried
                    break
    return edges


def _colour_distance(colours: Colours, match: Match, edges: list[float]) -> float:
    """Mean difference of red, green and blue on a 4 x 4 grid, after both were brought to one brightness."""
    inner = in_position(colours[match.inner], match.position).reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
    down, across = _overlap(edges[0], edges[1], 4, 8), _overlap(edges[2], edges[3], 4, 8)
    outer = np.einsum("ai,ijc,bj->abc", down, colours[match.outer], across)
    one, other = outer / max(float(outer.mean()), 0.05), inner / max(float(inner.mean()), 0.05)
    if min(float(np.ptp(one, axis=2).max()), float(np.ptp(other, axis=2).max())) < GREY:
        one, other = one.mean(axis=2), other.mean(axis=2)  # a grey copy has no colours to compare
    return float(np.abs(one - other).mean())


def _view(picture: Grey, edges: list[float]) -> Grey:
    """(CELLS, CELLS) means of the picture between edges = top, bottom, left, right."""
    found: Grey = (_overlap(edges[0], edges[1]) @ picture @ _overlap(edges[2], edges[3]).T).astype(np.float32)
    return found


def _overlap(start: float, end: float, count: int = CELLS, side: int = SIDE) -> Grey:
    """(count, side) shares: how much of each cell of a window every cell of the picture makes up."""
    borders = np.linspace(start, end, count + 1) * side
    low, high = borders[:-1, None], borders[1:, None]
    cells = np.arange(side)[None, :]
    cover = np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)
    shares: Grey = (cover / np.maximum(cover.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return shares


def _cells(picture: Grey) -> Grey:
    means: Grey = picture.reshape(CELLS, SIDE // CELLS, CELLS, SIDE // CELLS).mean(axis=(1, 3))
    return means


def _correlation(one: Grey, other: Grey) -> float:
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 1e-6 else 0.0


def _patches(cells: Grey) -> Grey:
    """(patches, cells of one)"""
    side = CELLS // PATCH
    return cells.reshape(side, PATCH, side, PATCH).transpose(0, 2, 1, 3).reshape(side * side, PATCH * PATCH)


def _without_worst(one: Grey, other: Grey, kept: float) -> float:
    """Correlation over the share `kept` of the patches on which the two, brought to one spread, differ least."""
    a, b = ((cells - cells.mean()) / max(float(cells.std()), 1e-6) for cells in (one, other))
    misfit = ((_patches(a) - _patches(b)) ** 2).sum(axis=1)
    good = np.argsort(misfit)[: int(len(misfit) * kept)]
    return _correlation(_patches(one)[good], _patches(other)[good])


def _sharp(cells: Grey) -> Grey:
    """Cells less the mean of their neighbourhood of 5 x 5. Two round things on a plain ground correlate by their outline
    alone; what is finer tells them apart."""
    wide = np.pad(cells, 2, mode="edge")
    mean = sum(wide[y : y + CELLS, x : x + CELLS] for y in range(5) for x in range(5)) / 25
    found: Grey = (cells - mean).astype(np.float32)
    return found


def _disagreement(one: Grey, other: Grey) -> float:
    ink, other_ink = _patches(_ink(one)), _patches(_ink(other))
    amount, other_amount = ink.sum(axis=1), other_ink.sum(axis=1)
    larger = np.maximum(amount, other_amount)
    inked = larger > 0.15 * larger.max() if larger.max() > 0 else np.zeros(len(larger), dtype=np.bool_)
    apart = np.abs(ink - other_ink).sum(axis=1) > 0.4 * larger
    return float((apart & inked).sum() / max(1, inked.sum()))


def _ink(cells: Grey) -> Grey:
    """How far each cell is from the paper, 1 = as far as the blackest."""
    found: Grey = (cells.max() - cells) / max(float(cells.max() - cells.min()), 1e-6)
    return found
