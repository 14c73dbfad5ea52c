"""A window of one picture beside the whole of another one: views of a window, and moving its edges to where the two fit best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.screen.windows import SIDE, Thumbs, in_position, intervals, rectangles

CELLS = 32  # side of the grid on which two pictures are compared
STEPS = (0.03, 0.015, 0.008)  # by which an edge of the window is moved, as a share of the picture
INWARD = 0.03  # the same, once, before descent: what stands at an edge of the view is often a border
ROUNDS = 3  # of descent
FARTHEST = 0.04  # an edge is moved at most so far in one of them
SQUEEZED = 0.015  # by how much more the one axis of a crop may have been reduced than the other: whole pixels
SHORTEST = 0.3  # of a window, as a share of the picture

Levels = NDArray[np.float32]  # (pairs, height, width)
Numbers = NDArray[np.intp]
Edges = NDArray[np.float64]  # (pairs, 4): top, bottom, left, right, as shares of the picture


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs, one a row of every array: picture `inner` looks like the window `window` of picture `outer` when it is put
    into `position`; `bits` of their signs differ."""

    outer: Numbers
    inner: Numbers
    window: Numbers
    position: Numbers
    bits: Numbers

    def __len__(self) -> int:
        return len(self.outer)

    def of(self, rows: slice | NDArray[np.bool_] | Numbers) -> Matches:
        return Matches(self.outer[rows], self.inner[rows], self.window[rows], self.position[rows], self.bits[rows])


@dataclass(frozen=True, slots=True)
class Sums:
    """`down`: (pictures, side + 1, side + 1) sums of all levels above and to the left, exact: they stay below 2^24;
    `across`: the same with rows and columns exchanged. `row`: (pairs,) which picture a pair looks at."""

    down: NDArray[np.float32]
    across: NDArray[np.float32]
    row: Numbers

    def of(self, rows: NDArray[np.bool_] | Numbers) -> Sums:
        return Sums(self.down, self.across, self.row[rows])

    def coarse(self) -> Sums:
        """As of cells twice as large, of which a table is a quarter to read."""
        quarter = np.float32(0.25)
        return Sums(self.down[:, ::2, ::2] * quarter, self.across[:, ::2, ::2] * quarter, self.row)


def sums_of(thumbs: Thumbs, pictures: Numbers) -> Sums:
    """Of the pictures with these numbers, one a pair; each is summed up once."""
    distinct, row = np.unique(pictures, return_inverse=True)
    table = np.zeros((len(distinct), SIDE + 1, SIDE + 1), dtype=np.float32)
    np.cumsum(thumbs[distinct], axis=1, dtype=np.float32, out=table[:, 1:, 1:])
    np.cumsum(table[:, 1:, 1:], axis=2, out=table[:, 1:, 1:])
    return Sums(table, _turned(table), row.reshape(-1))


def edges_of(windows: Numbers) -> Edges:
    spans = np.array(intervals())
    down, across = rectangles()[windows].T
    ends = (spans[down, 0], spans[down].sum(axis=1), spans[across, 0], spans[across].sum(axis=1))
    return np.stack(ends, axis=1)


def positioned(thumbs: Thumbs, pairs: Matches, cells: int = CELLS) -> Levels:
    """(pairs, cells, cells): the inner picture of each pair as it is compared. `cells` divides SIDE."""
    size = SIDE // cells
    found = np.empty((len(pairs), cells, cells), dtype=np.float32)
    for position in np.unique(pairs.position):
        rows = np.flatnonzero(pairs.position == position)
        levels = thumbs[pairs.inner[rows]]
        total = np.zeros((len(rows), cells, cells), dtype=np.uint16)
        for y in range(size):
            for x in range(size):
                total += levels[:, y::size, x::size]
        found[rows] = np.moveaxis(in_position(np.moveaxis(total, 0, -1), int(position)), -1, 0)
    return found / np.float32(size * size)


def view(sums: Sums, edges: Edges, cells: int = CELLS) -> Levels:
    """(pairs, cells, cells): means of each picture between its edges."""
    return _strips(_columns(sums, edges, cells), np.arange(len(edges)), edges[:, :2], cells)


def _columns(sums: Sums, edges: Edges, cells: int) -> Levels:
    """(pairs, side + 1, cells): sums down to each row, over each of the columns between left and right."""
    return _turned(_strips(sums.across, sums.row, edges[:, 2:], cells))


def _rows(sums: Sums, edges: Edges, cells: int) -> Levels:
    """(pairs, side + 1, cells): sums up to each column, over each of the rows between top and bottom."""
    return _turned(_strips(sums.down, sums.row, edges[:, :2], cells))


def _turned(levels: Levels) -> Levels:
    return np.ascontiguousarray(levels.transpose(0, 2, 1))


def _strips(table: Levels, row: Numbers, ends: Edges, cells: int) -> Levels:
    """(pairs, cells, width): mean line of each strip between the `ends`, of which a table of running sums of lines,
    (pictures, side + 1, width), tells; an end may lie within a line."""
    side = table.shape[1] - 1
    places = (ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * np.linspace(0.0, 1.0, cells + 1)) * side
    at = np.minimum(places.astype(np.intp), side - 1)
    lines, line = table.reshape(-1, table.shape[2]), row[:, None] * (side + 1) + at
    sums = lines[line]
    sums += (lines[line + 1] - sums) * (places - at).astype(np.float32)[:, :, None]
    found: Levels = sums[:, 1:] - sums[:, :-1]
    found *= (1 / np.maximum(np.diff(places, axis=1), 1e-3)).astype(np.float32)[:, :, None]
    return found


def correlation(one: Levels, other: Levels) -> NDArray[np.float32]:
    """(pairs,) in [-1, 1]; 0 where one of the two is plain."""
    a, b = _centred(one), _centred(other)
    scale = np.sqrt(np.einsum("pi,pi->p", a, a) * np.einsum("pi,pi->p", b, b))
    found: NDArray[np.float32] = np.where(scale > 1e-6, np.einsum("pi,pi->p", a, b) / np.maximum(scale, 1e-6), 0.0)
    return found


def _centred(levels: Levels) -> NDArray[np.float32]:
    flat = levels.reshape(-1, levels.shape[1] * levels.shape[2])
    centred: NDArray[np.float32] = flat - flat.mean(axis=1, keepdims=True)
    return centred


def halved(cells: Levels) -> Levels:
    """Cells twice as large."""
    rows = cells[:, 0::2] + cells[:, 1::2]
    found: Levels = (rows[:, :, 0::2] + rows[:, :, 1::2]) * np.float32(0.25)
    return found


def fit(sums: Sums, inner: Levels, edges: Edges) -> Edges:
    """The edges, each moved in turn to where the correlation is best: the next window is up to half a step away. On cells
    twice as large, which is as exact as the steps are; the pairs move each their own way."""
    small = halved(inner)
    at = edges.copy()
    best = correlation(view(sums, at, small.shape[1]), small)
    for step in STEPS:
        for _ in range(2):
            _move(sums, small, at, best, ((-step, step), (-step, step)))
    return at


def fit_roughly(sums: Sums, small: Levels, edges: Edges) -> Edges:
    """Much the same at a sixth of the price, but for pairs that lie far apart: descent along the gradient (Lucas and
    Kanade, IJCAI 1981) over four edges and the contrast; the best place on the way counts. `small`: (pairs, side, side)."""
    sums, found = sums.coarse(), edges.copy()
    best = correlation(view(sums, found, small.shape[1]), small)
    _move(sums, small, found, best, ((INWARD,), (-INWARD,)))
    return fit_closely(sums, small, found, ROUNDS)


def fit_closely(sums: Sums, inner: Levels, edges: Edges, rounds: int) -> Edges:
    """From edges that are close, by so many rounds of that descent; the best place on the way counts, which is exact to
    a small part of a cell. `inner`: (pairs, side, side)."""
    side, found = inner.shape[1], edges.copy()
    wanted, at = _centred(inner), found.copy()
    seen = view(sums, at, side)
    best = correlation(seen, inner)
    for _ in range(rounds):
        at = _descended(seen, wanted, at)
        seen = view(sums, at, side)
        score = correlation(seen, inner)
        better = score > best
        found[better], best[better] = at[better], score[better]
    return found


def in_proportion(edges: Edges, wanted: NDArray[np.float64]) -> Edges:
    """Windows of the same area around the same middle whose width is `wanted` times their height, give or take SQUEEZED, as
    far as the picture reaches."""
    high, wide = edges[:, 1] - edges[:, 0], edges[:, 3] - edges[:, 2]
    ratio = np.clip(wide / high, wanted / (1 + SQUEEZED), wanted * (1 + SQUEEZED))
    sizes = np.stack([np.sqrt(high * wide / ratio), np.sqrt(high * wide * ratio)], axis=1)
    sizes /= np.maximum(sizes.max(axis=1, keepdims=True), 1.0)
    middle = np.stack([edges[:, :2].mean(axis=1), edges[:, 2:].mean(axis=1)], axis=1)
    starts = np.clip(middle - sizes / 2, 0.0, 1 - sizes)
    found: Edges = np.stack([starts, starts + sizes], axis=2).reshape(-1, 4)
    return found


def _move(
    sums: Sums, small: Levels, at: Edges, best: NDArray[np.float32], moves: tuple[tuple[float, ...], tuple[float, ...]]
) -> None:
    """Try to move top, bottom, left and right, one after the other; what is better stays. `moves`: those of a first edge
    and those of a last one. While top and bottom move, left and right stay, so that columns are summed up once."""
    pairs = np.arange(len(at))
    for first, summed, wanted in ((0, _columns, small), (2, _rows, _turned(small))):
        table = summed(sums, at, small.shape[1])
        for edge, steps in enumerate(moves):
            for step in steps:
                ends = at[:, first : first + 2].copy()
                ends[:, edge] = np.clip(ends[:, edge] + step, 0.0, 1.0)
                score = correlation(_strips(table, pairs, ends, small.shape[1]), wanted)
                better = score > best
                at[better, first : first + 2], best[better] = ends[better], score[better]


def _descended(seen: Levels, wanted: NDArray[np.float32], edges: Edges) -> Edges:
    """Edges after one step: least squares for seen + slopes * moves = contrast * wanted."""
    side = seen.shape[1]
    share = ((np.arange(side) + 0.5) / side).astype(np.float32)
    height, width = (edges[:, 1] - edges[:, 0]).astype(np.float32), (edges[:, 3] - edges[:, 2]).astype(np.float32)
    down = np.gradient(seen, axis=1) * (side / height)[:, None, None]
    across = np.gradient(seen, axis=2) * (side / width)[:, None, None]
    slopes = [down * (1 - share)[:, None], down * share[:, None], across * (1 - share), across * share]
    unknowns = np.stack([*(_centred(item) for item in slopes), -wanted], axis=1)
    normal = unknowns @ unknowns.transpose(0, 2, 1)
    stiff = 1e-3 * np.trace(normal[:, :4, :4], axis1=1, axis2=2) / 4 + 1e-3
    normal[:, np.arange(4), np.arange(4)] += stiff[:, None]
    normal[:, 4, 4] += 1e-3
    moves = np.linalg.solve(normal, -(unknowns @ _centred(seen)[:, :, None]))[:, :4, 0]
    moved: Edges = np.clip(edges + np.clip(moves, -FARTHEST, FARTHEST), 0.0, 1.0)
    moved[:, 1::2] = np.clip(np.maximum(moved[:, 1::2], moved[:, 0::2] + SHORTEST), 0.0, 1.0)
    moved[:, 0::2] = np.minimum(moved[:, 0::2], moved[:, 1::2] - SHORTEST)
    return moved
