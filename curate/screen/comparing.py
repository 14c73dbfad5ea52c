"""Whether the pictures of a candidate pair show the same thing: cell by cell, many pairs at a time.

What may differ depends on what the two are. Of photographs a tenth may be covered, by a caption. Of drawings and of flat
graphics, icons say, no part may: two sheets share frame and title block, two icons the face, and differ in a detail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.screen.settings import DuplicateLimits
from curate.screen.windows import INK, SIDE, Thumbs, in_position, intervals, is_drawn, rectangles

PAIRS = 256  # pairs in memory at a time
CELLS = 32  # side of the grid on which two pictures are compared
PATCH = 4  # cells of a patch, both ways
GREY = 0.02  # largest difference of red, green and blue in a grey picture, of its mean
SATURATED = 248  # grey levels from which a brightened picture has lost what was there
BRIGHTENED = (1.08, 2.0)  # times: below, nothing to speak of is lost; above, it is not the same picture any more
NEAR = 0.35  # by how much the correlation may fall short before the window is moved to where it fits best
STEPS = (0.03, 0.015, 0.008)  # by which an edge of the window is moved, as a share of the picture
BORDER = 4  # grey levels within which a row is one level
SHADE, SHADES = 2, 6  # grey levels that count as one, and how many of them flat art is mostly made of

Levels = NDArray[np.float32]  # (pairs, height, width)
Numbers = NDArray[np.intp]
Colours = NDArray[np.float32]  # (n, 8, 8, 3) mean red, green, blue in [0, 1], as PictureFacts.colour_grid

PHOTO, FLAT_ART, LINE_ART = 0, 1, 2


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


def kinds_of(thumbs: Thumbs, white_share: NDArray[np.float64], limits: DuplicateLimits) -> NDArray[np.uint8]:
    """PHOTO, FLAT_ART or LINE_ART of each picture, (n,). On white ground, a thing without an inside is line art. What is
    not paper in flat art has few levels of grey; a photograph is shaded everywhere, a border around it left out."""
    kinds = np.empty(len(thumbs), dtype=np.uint8)
    for row, levels in enumerate(thumbs):
        lines = white_share[row] >= limits.line_art_white_share and is_drawn(levels, limits.solid_share)
        inside = _within_border(levels)
        inked = inside[inside < INK]
        counts = np.bincount(inked // SHADE, minlength=1)
        few = np.sort(counts)[-SHADES:].sum() >= limits.flat_share * inked.size
        kinds[row] = LINE_ART if lines else FLAT_ART if few else PHOTO
    return kinds


def _within_border(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture without the rows and columns at its edges that are one level; all of it where little would be left."""
    for _ in range(2):  # rows, then columns
        plain = np.ptp(levels, axis=1) <= BORDER
        plain &= np.abs(levels[:, 0].astype(np.int16) - int(levels[0, 0])) <= BORDER
        ends = np.flatnonzero(~plain)
        if len(ends) and ends[-1] - ends[0] >= len(levels) // 2:
            levels = levels[ends[0] : ends[-1] + 1]
        levels = levels.T
    return levels


def alike(
    matches: Matches, thumbs: Thumbs, colours: Colours, kinds: NDArray[np.uint8], limits: DuplicateLimits
) -> NDArray[np.bool_]:
    """Of each pair whether the two show the same, after the window was moved to where it fits best.

    Photographs: correlation over all patches but the worst tenth, of grey levels and of what is finer than the
    neighbourhood. Where one of the two is no photograph: over all patches, and no patch may be of another
    lightness. Line art: the share of patches with ink in either on which the two disagree.
    """
    found = np.zeros(len(matches), dtype=np.bool_)
    for start in range(0, len(matches), PAIRS):
        part = slice(start, start + PAIRS)
        found[part] = _alike(matches.of(part), thumbs, colours, kinds, limits)
    return found


def _alike(
    matches: Matches, thumbs: Thumbs, colours: Colours, kinds: NDArray[np.uint8], limits: DuplicateLimits
) -> NDArray[np.bool_]:
    one, other = kinds[matches.outer], kinds[matches.inner]
    lines = (one == LINE_ART) & (other == LINE_ART)
    open_ = np.flatnonzero(~lines | (matches.bits <= limits.line_art_bits))
    result = np.zeros(len(matches), dtype=np.bool_)
    pairs = matches.of(open_)
    outer = _sums(thumbs[pairs.outer])
    inner = _cells(_positioned(thumbs, pairs))
    edges = _edges(pairs.window)
    score = _correlation(_view(outer, edges), inner)
    near = (pairs.window == 0) | (score >= limits.correlation - NEAR)
    near |= pairs.bits <= limits.barred_window_bits  # a border in the view spoils the levels, not so much the signs
    open_, pairs = open_[near], pairs.of(near)
    if not len(open_):
        return result
    outer, inner, edges, score = outer[near], inner[near], edges[near], score[near]
    _fit(outer, inner, edges, score, pairs.window != 0)
    line, photo = lines[open_], (one[open_] == PHOTO) & (other[open_] == PHOTO)
    seen = _view(outer, edges)
    apart = _disagreement(seen, inner)
    seen, inner = _equally_saturated(seen, inner)
    kept = np.where(photo, limits.kept_share, 1.0)
    good = _without_worst(seen, inner, kept) >= limits.correlation
    good &= _without_worst(_sharp(seen), _sharp(inner), kept) >= limits.detail
    mean, worst, one_grey = _colour_distances(colours, pairs, edges)
    uncoloured = one_grey & (np.abs(seen - inner).mean(axis=(1, 2)) <= limits.flat_grey_levels)
    flat = (_worst_patch(seen, inner) <= limits.flat_patch) & ((worst <= limits.flat_colour) | uncoloured)
    good &= photo | flat
    good = np.where(line, apart <= limits.line_art_disagreement, good)
    good &= mean <= limits.colour
    result[open_] = good
    return result


def _positioned(thumbs: Thumbs, pairs: Matches) -> Thumbs:
    found = thumbs[pairs.inner]
    for position in np.unique(pairs.position):
        rows = np.flatnonzero(pairs.position == position)
        for row in rows:
            found[row] = in_position(thumbs[pairs.inner[row]], int(position))
    return found


def _edges(windows: Numbers) -> NDArray[np.float64]:
    """(pairs, 4): top, bottom, left, right, as shares of the picture."""
    spans = np.array(intervals())
    down, across = rectangles()[windows].T
    ends = (spans[down, 0], spans[down].sum(axis=1), spans[across, 0], spans[across].sum(axis=1))
    return np.stack(ends, axis=1)


def _sums(pictures: Thumbs) -> NDArray[np.float64]:
    """(pairs, SIDE + 1, SIDE + 1): sum of all levels above and to the left."""
    sums = np.zeros((len(pictures), SIDE + 1, SIDE + 1))
    np.cumsum(pictures, axis=1, dtype=np.float64, out=sums[:, 1:, 1:])
    np.cumsum(sums[:, 1:, 1:], axis=2, out=sums[:, 1:, 1:])
    return sums


def _view(sums: NDArray[np.float64], edges: NDArray[np.float64], cells: int = CELLS) -> Levels:
    """(pairs, cells, cells): means of each picture between its edges."""
    steps = np.linspace(0.0, 1.0, cells + 1)
    rows = (edges[:, 0:1] + (edges[:, 1:2] - edges[:, 0:1]) * steps) * SIDE
    columns = (edges[:, 2:3] + (edges[:, 3:4] - edges[:, 2:3]) * steps) * SIDE
    at = np.minimum(rows.astype(np.intp), SIDE - 1)
    share = (rows - at)[:, :, None]
    pair = np.arange(len(sums))[:, None]
    above = sums[pair, at] * (1 - share) + sums[pair, at + 1] * share
    at = np.minimum(columns.astype(np.intp), SIDE - 1)
    share = (columns - at)[:, None, :]
    both = np.take_along_axis(above, at[:, None, :], 2) * (1 - share)
    both += np.take_along_axis(above, at[:, None, :] + 1, 2) * share
    area = np.diff(rows, axis=1)[:, :, None] * np.diff(columns, axis=1)[:, None, :]
    found: Levels = (np.diff(np.diff(both, axis=1), axis=2) / np.maximum(area, 1e-6)).astype(np.float32)
    return found


def _fit(
    outer: NDArray[np.float64], inner: Levels, edges: NDArray[np.float64], score: Levels, movable: NDArray[np.bool_]
) -> None:
    """Move `edges`, one at a time, to where the correlation is best: the next window is up to half a step away. On cells
    twice as large, which is as exact as the steps are; the pairs move each their own way."""
    half = CELLS // 2
    rows = np.flatnonzero(movable)
    if not len(rows):
        return
    sums, small = outer[rows], inner[rows].reshape(-1, half, 2, half, 2).mean(axis=(2, 4))
    at = edges[rows]
    best = _correlation(_view(sums, at, half), small)
    for step in STEPS:
        for edge in (0, 1, 2, 3, 0, 1, 2, 3):
            for move in (-step, step):
                tried = at.copy()
                tried[:, edge] = np.clip(tried[:, edge] + move, 0.0, 1.0)
                new = _correlation(_view(sums, tried, half), small)
                better = new > best
                at[better], best[better] = tried[better], new[better]
    edges[rows], score[rows] = at, best


def _cells(pictures: Thumbs) -> Levels:
    size = SIDE // CELLS
    means: Levels = pictures.reshape(-1, CELLS, size, CELLS, size).mean(axis=(2, 4), dtype=np.float32)
    return means


def _correlation(one: Levels, other: Levels) -> Levels:
    a, b = one.reshape(len(one), -1), other.reshape(len(other), -1)
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    found: Levels = np.where(scale > 1e-6, (a * b).sum(axis=1) / np.maximum(scale, 1e-6), 0.0)
    return found


def _equally_saturated(one: Levels, other: Levels) -> tuple[Levels, Levels]:
    """The two, where the darker lost as much of its lights as the brighter: brightening a picture cuts off what is above
    white, and what is gone there must not count against the pair."""
    swapped = (one.mean(axis=(1, 2)) > other.mean(axis=(1, 2)))[:, None, None]
    dark, bright = np.where(swapped, other, one), np.where(swapped, one, other)
    whole = (bright < SATURATED) & (dark > 8)
    ratio = np.where(whole, bright / np.maximum(dark, 1.0), np.nan)
    known = whole.reshape(len(one), -1).mean(axis=1) >= 0.05
    times = np.ones(len(one), dtype=np.float32)
    if known.any():
        times[known] = np.nanmedian(ratio[known].reshape(int(known.sum()), -1), axis=1)
    top = np.where((times >= BRIGHTENED[0]) & (times <= BRIGHTENED[1]), 255.0 / times, 255.0).astype(np.float32)
    dark = np.minimum(dark, top[:, None, None])
    return np.where(swapped, bright, dark), np.where(swapped, dark, bright)


def _patches(cells: Levels) -> Levels:
    """(pairs, patches, cells of one)"""
    side = CELLS // PATCH
    return cells.reshape(-1, side, PATCH, side, PATCH).transpose(0, 1, 3, 2, 4).reshape(-1, side * side, PATCH * PATCH)


def _spread(cells: Levels) -> Levels:
    """Each picture with mean 0 and standard deviation 1."""
    mean, deviation = cells.mean(axis=(1, 2), keepdims=True), cells.std(axis=(1, 2), keepdims=True)
    found: Levels = (cells - mean) / np.maximum(deviation, 1e-6)
    return found


def _without_worst(one: Levels, other: Levels, kept: NDArray[np.float64]) -> Levels:
    """Correlation over the share `kept` of the patches on which the two, brought to one spread, differ least."""
    misfit = ((_patches(_spread(one)) - _patches(_spread(other))) ** 2).sum(axis=2)
    count = misfit.shape[1]
    order = np.argsort(np.argsort(misfit, axis=1), axis=1)
    weight = (order < (count * kept).astype(np.intp)[:, None]).astype(np.float32)[:, :, None]
    a, b = _patches(one), _patches(other)
    cells = weight.sum(axis=(1, 2), keepdims=True) * a.shape[2]
    a = (a - (a * weight).sum(axis=(1, 2), keepdims=True) / cells) * weight
    b = (b - (b * weight).sum(axis=(1, 2), keepdims=True) / cells) * weight
    scale = np.sqrt((a * a).sum(axis=(1, 2)) * (b * b).sum(axis=(1, 2)))
    found: Levels = np.where(scale > 1e-6, (a * b).sum(axis=(1, 2)) / np.maximum(scale, 1e-6), 0.0)
    return found


def _sharp(cells: Levels) -> Levels:
    """Cells less the mean of their neighbourhood of 5 x 5. Two round things on a plain ground correlate by their outline
    alone; what is finer tells them apart."""
    wide = np.pad(cells, ((0, 0), (2, 2), (2, 2)), mode="edge")
    tall = np.add.reduce([wide[:, y : y + CELLS] for y in range(5)])
    mean = np.add.reduce([tall[:, :, x : x + CELLS] for x in range(5)]) / 25
    found: Levels = (cells - mean).astype(np.float32)
    return found


def _worst_patch(one: Levels, other: Levels) -> Levels:
    """Largest difference of the mean level of a patch, both brought to one spread, as a share of their whole range."""
    a, b = _spread(one), _spread(other)
    whole = np.maximum(np.ptp(b, axis=(1, 2)), 1e-6)
    found: Levels = np.abs(_patches(a).mean(axis=2) - _patches(b).mean(axis=2)).max(axis=1) / whole
    return found


def _disagreement(one: Levels, other: Levels) -> Levels:
    ink, other_ink = _patches(_ink(one)), _patches(_ink(other))
    larger = np.maximum(ink.sum(axis=2), other_ink.sum(axis=2))
    most = larger.max(axis=1, keepdims=True)
    inked = (larger > 0.15 * most) & (most > 0)
    apart = np.abs(ink - other_ink).sum(axis=2) > 0.4 * larger
    found: Levels = (apart & inked).sum(axis=1) / np.maximum(1, inked.sum(axis=1))
    return found


def _ink(cells: Levels) -> Levels:
    """How far each cell is from the paper, 1 = as far as the blackest."""
    high, low = cells.max(axis=(1, 2), keepdims=True), cells.min(axis=(1, 2), keepdims=True)
    found: Levels = (high - cells) / np.maximum(high - low, 1e-6)
    return found


def _colour_distances(
    colours: Colours, pairs: Matches, edges: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Differences of red, green and blue on a 4 x 4 grid, after both were brought to one brightness: their mean, the worst
    cell, and whether one of the two has no colours. Such a copy is compared by its lightness alone in the mean."""
    mean, worst, one_grey = np.zeros(len(pairs)), np.zeros(len(pairs)), np.zeros(len(pairs), dtype=np.bool_)
    for row, (outer, inner) in enumerate(_grids(colours, pairs, edges)):
        one, other = outer / max(float(outer.mean()), 0.05), inner / max(float(inner.mean()), 0.05)
        worst[row] = float(np.abs(one - other).mean(axis=2).max())
        one_grey[row] = min(float(np.ptp(one, axis=2).max()), float(np.ptp(other, axis=2).max())) < GREY
        if one_grey[row]:
            one, other = one.mean(axis=2), other.mean(axis=2)
        mean[row] = float(np.abs(one - other).mean())
    return mean, worst, one_grey


def _grids(
    colours: Colours, pairs: Matches, edges: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    for row in range(len(pairs)):
        top, bottom, left, right = edges[row]
        down, across = _overlap(top, bottom), _overlap(left, right)
        outer = np.einsum("ai,ijc,bj->abc", down, colours[pairs.outer[row]], across)
        inner = in_position(colours[pairs.inner[row]], int(pairs.position[row])).reshape(4, 2, 4, 2, 3)
        yield outer, inner.mean(axis=(1, 3))


def _overlap(start: float, end: float) -> NDArray[np.float32]:
    """(4, 8) shares: how much of each of four cells of a window every one of eight cells of the picture makes up."""
    borders = np.linspace(start, end, 5) * 8
    low, high = borders[:-1, None], borders[1:, None]
    cells = np.arange(8)[None, :]
    cover = np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)
    shares: NDArray[np.float32] = (cover / np.maximum(cover.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return shares
