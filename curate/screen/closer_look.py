"""How far apart the two pictures of a pair are that were found alike: on all cells of their thumbnails, not on cells twice as large.

Parts of one family, bolts of neighbouring sizes say, agree in nearly all cells; what tells them apart is that an edge stands
elsewhere. Where it stands is told to a part of a cell by the gradient (optical flow in patches: Lucas and Kanade, IJCAI
1981). Copies lose detail and light, but what is in them stays where it was.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curate.screen.comparing import PAIRS, fitted, in_proportion_of
from curate.screen.looks import Looks
from curate.screen.patches import patches, sharp, without_worst
from curate.screen.picture_kinds import LINE_ART, within_border
from curate.screen.tones import equally_clipped, in_one_tone
from curate.screen.window_views import Levels, Matches, correlation, fit_closely, positioned, sums_of, view
from curate.screen.windows import SIDE, Thumbs

ROUNDS = 4  # of descent from where the window fits on cells twice as large
MARGIN = 2  # cells at each edge of the view that are left out: the rest of a border stands there
PATCH = 6  # cells of a patch whose edges are moved as one, both ways
COVERED = 1  # patches left out: what covers them, a caption say, may look like something that moved
STILL = 1.25  # squared grey levels a cell, of slopes: where it is flatter, noise would be taken for a movement
BLACK = 48  # grey levels up to which a frame is taken for a border; the ground around a thing is often as plain
FRAME = 64  # grey levels by which what lies along its inner edge is lighter
KEPT = 0.95  # share of the picture whose detail is compared, the rest may be covered
EQUAL = 0.003  # detail that always lacks: two copies differ by the rounding of their levels


class Distances(NamedTuple):
    """(pairs,) each. `apart`: by how many cells of the thumbnail an edge in the two is moved, times the root of the detail
    that they do not share: 0 of a picture and itself, below 0.2 of nearly all copies however edited, above it of most
    pictures of two things. `framed`: both have a frame, by which they passed for alike more than by what it holds."""

    apart: NDArray[np.float32]
    framed: NDArray[np.bool_]


def distances(pairs: Matches, looks: Looks, *, covered: bool = True) -> Distances:
    """`covered`: a part of either may be. Drawings are not looked at, 0 and no frame: their lines are thinner than a cell."""
    found = Distances(np.zeros(len(pairs), dtype=np.float32), np.zeros(len(pairs), dtype=np.bool_))
    rows = np.flatnonzero(~drawn(pairs, looks))
    for start in range(0, len(rows), PAIRS):
        part = rows[start : start + PAIRS]
        found.apart[part], found.framed[part] = _apart(*_views(pairs.of(part), looks), covered)
    return found


def drawn(pairs: Matches, looks: Looks) -> NDArray[np.bool_]:
    """(pairs,) whether both are drawings."""
    found: NDArray[np.bool_] = (looks.kinds[pairs.outer] == LINE_ART) & (looks.kinds[pairs.inner] == LINE_ART)
    return found


def _views(pairs: Matches, looks: Looks) -> tuple[Levels, Levels]:
    """(pairs, SIDE, SIDE) twice: the window of the outer picture where it fits best, and the inner picture."""
    sums, inner = sums_of(looks.thumbs, pairs.outer), positioned(looks.thumbs, pairs, SIDE)
    edges = fitted(pairs, sums, positioned(looks.thumbs, pairs), looks)
    roughly = view(sums, edges, SIDE)
    closely = view(sums, in_proportion_of(fit_closely(sums, inner, edges, ROUNDS), pairs, looks), SIDE)
    better = correlation(closely, inner) >= correlation(roughly, inner)
    return np.where(better[:, None, None], closely, roughly), inner


def _apart(seen: Levels, inner: Levels, covered: bool) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    seen, inner, framed = _unframed(seen, inner)
    seen, inner = equally_clipped(seen, inner, np.ones(len(seen), dtype=np.bool_))
    seen, inner = _smooth(seen)[:, MARGIN:-MARGIN, MARGIN:-MARGIN], _smooth(inner)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    seen = in_one_tone(seen, inner)
    moved = np.sort(_movements(seen, inner, covered), axis=1)[:, -1 - covered * COVERED]
    lacking = 1 - without_worst(sharp(seen), sharp(inner), KEPT if covered else 1.0)
    found: NDArray[np.float32] = moved * np.sqrt(lacking.clip(0) + EQUAL)
    return found, framed


def _unframed(one: Levels, other: Levels) -> tuple[Levels, Levels, NDArray[np.bool_]]:
    """The two without the broad black border that both have, and (pairs,) whether they have one: it agrees whatever it
    encloses, and would be most of what they show. In its place stands what lies along its inner edge."""
    frame = _grown(~(within_border(_rounded(one)) | within_border(_rounded(other))))
    corner = np.maximum(one[:, 0, 0], other[:, 0, 0])  # its level is that of the border
    rows = np.flatnonzero(frame.any(axis=(1, 2)) & ~frame.all(axis=(1, 2)) & (corner <= BLACK))
    frame = frame[rows]
    edge = _grown(frame) & ~frame
    along = [_middle(levels[rows], edge) for levels in (one, other)]
    filled = frame & (np.minimum(*along) - corner[rows, None, None] >= FRAME)
    one, other = one.copy(), other.copy()
    for levels, level in zip((one, other), along, strict=True):
        levels[rows] = np.where(filled, level, levels[rows])
    framed = np.zeros(len(one), dtype=np.bool_)
    framed[rows] = filled.any(axis=(1, 2))
    return one, other, framed


def _rounded(levels: Levels) -> Thumbs:
    found: Thumbs = levels.round().clip(0, 255).astype(np.uint8)
    return found


def _grown(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With their neighbours in the four directions."""
    found = cells.copy()
    found[:, 1:] |= cells[:, :-1]
    found[:, :-1] |= cells[:, 1:]
    found[:, :, 1:] |= cells[:, :, :-1]
    found[:, :, :-1] |= cells[:, :, 1:]
    return found


def _middle(levels: Levels, cells: NDArray[np.bool_]) -> Levels:
    """(pairs, 1, 1): median of the levels of these cells, of which each pair has some."""
    found: Levels = np.nanmedian(np.where(cells, levels, np.nan), axis=(1, 2), keepdims=True)
    return found


def _smooth(cells: Levels) -> Levels:
    """Binomially over 3 x 3 cells: one of the two was often reduced more than the other."""
    wide = np.pad(cells, ((0, 0), (1, 1), (1, 1)), mode="edge")
    tall = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    found: Levels = (tall[:, :, :-2] + 2 * tall[:, :, 1:-1] + tall[:, :, 2:]) / 16
    return found


def _movements(one: Levels, other: Levels, covered: bool) -> Levels:
    """(pairs, patches) by how many cells what is in each patch would have to be moved to make the two alike, least squares
    of the difference over the slopes. Where a part may be `covered`, times the share of the difference that this explains:
    a caption is no movement, nor is light. A hole more is none either, and counts where nothing may be covered."""
    middle, off = (one + other) / 2, one - other
    down, across = np.gradient(middle, axis=1), np.gradient(middle, axis=2)
    stiff = STILL * PATCH * PATCH

    def summed(cells: Levels) -> Levels:
        total: Levels = patches(cells, PATCH).sum(axis=2)
        return total

    yy, xx, xy = summed(down * down) + stiff, summed(across * across) + stiff, summed(down * across)
    y, x, spread = summed(down * off), summed(across * off), yy * xx - xy * xy
    move_y, move_x = (xx * y - xy * x) / spread, (yy * x - xy * y) / spread
    found: Levels = np.hypot(move_y, move_x)
    if covered:
        found *= ((move_y * y + move_x * x) / np.maximum(summed(off * off), stiff)).clip(0, 1)
    return found
