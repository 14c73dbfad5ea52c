"""Photograph, product on a plain ground, flat art or line art: what may differ between two copies depends on what they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curate.screen.settings import DuplicateLimits
from curate.screen.windows import INK, SIDE, Thumbs, are_drawn

BLOCK = 512  # pictures in memory at a time
BORDER = 4  # grey levels within which a row is one level
SHADE, SHADES = 2, 6  # grey levels that count as one, and how many of them flat art is mostly made of

GROUND = 8  # neighbouring grey levels that a plain ground has at most

PHOTO, FLAT_ART, LINE_ART, PRODUCT = 0, 1, 2, 3

Mask = NDArray[np.bool_]


def kinds_of(thumbs: Thumbs, white_share: NDArray[np.float64], limits: DuplicateLimits) -> NDArray[np.uint8]:
    """PHOTO, PRODUCT, FLAT_ART or LINE_ART of each picture, (n,). On white ground, a thing without an inside is line art.
    What is not paper in flat art has few levels of grey; a photograph is shaded everywhere, a border around it left out,
    and of a product the ground is not."""
    kinds = np.empty(len(thumbs), dtype=np.uint8)
    for start in range(0, len(thumbs), BLOCK):
        part = slice(start, start + BLOCK)
        levels = thumbs[part]
        lines = (white_share[part] >= limits.line_art_white_share) & are_drawn(levels, limits.solid_share)
        few = _in_few_levels(levels, within_border(levels)) >= limits.flat_share
        plain = _on_plain_ground(levels) >= limits.plain_share
        kinds[part] = np.select([lines, few, plain], [LINE_ART, FLAT_ART, PRODUCT], PHOTO)
    return kinds


def _in_few_levels(levels: Thumbs, inside: Mask) -> NDArray[np.float64]:
    """(n,) share of the ink inside that has one of the SHADES most frequent levels; 1 without any ink."""
    bins = INK // SHADE  # and one more for what is no ink, or outside
    shade = np.minimum(np.where(inside, levels, 255) // SHADE, bins).astype(np.intp)
    shade += (np.arange(len(levels)) * (bins + 1))[:, None, None]
    counts = np.bincount(shade.ravel(), minlength=len(levels) * (bins + 1)).reshape(len(levels), bins + 1)[:, :bins]
    most = np.partition(counts, bins - SHADES, axis=1)[:, -SHADES:].sum(axis=1)
    shares: NDArray[np.float64] = np.where(counts.any(axis=1), most / np.maximum(counts.sum(axis=1), 1), 1.0)
    return shares


def _on_plain_ground(levels: Thumbs) -> NDArray[np.float64]:
    """(n,) largest share of the cells that lie within GROUND neighbouring levels."""
    shade = levels.astype(np.intp) + (np.arange(len(levels)) * 256)[:, None, None]
    counts = np.bincount(shade.ravel(), minlength=len(levels) * 256).reshape(len(levels), 256)
    sums = np.pad(counts.cumsum(axis=1), ((0, 0), (1, 0)))
    shares: NDArray[np.float64] = (sums[:, GROUND:] - sums[:, :-GROUND]).max(axis=1) / (SIDE * SIDE)
    return shares


def within_border(levels: Thumbs) -> Mask:
    """Cells of each picture without the rows and then the columns at its edges that are one level, that of the corner;
    all of them where less than half would be left."""
    inside = np.ones(levels.shape, dtype=np.bool_)
    _cut_rows(levels, inside)
    _cut_rows(levels.swapaxes(1, 2), inside.swapaxes(1, 2))
    return inside


def _cut_rows(levels: Thumbs, inside: Mask) -> None:
    pictures = np.arange(len(levels))
    across, down = np.logical_or.reduce(inside, axis=1), np.logical_or.reduce(inside, axis=2)
    low = np.where(across[:, None, :], levels, 255).min(axis=2)
    high = np.where(across[:, None, :], levels, 0).max(axis=2)
    first, left = down.argmax(axis=1), across.argmax(axis=1)
    corner = levels[pictures, first, left].astype(np.int16)
    begins = np.take_along_axis(levels, left[:, None, None], axis=2)[:, :, 0].astype(np.int16)
    ends = down & ((high - low > BORDER) | (np.abs(begins - corner[:, None]) > BORDER))
    one, last = ends.argmax(axis=1), SIDE - 1 - ends[:, ::-1].argmax(axis=1)
    cut = ends.any(axis=1) & (last - one >= SIDE // 2)
    rows = np.arange(SIDE)
    kept = (rows >= one[:, None]) & (rows <= last[:, None])
    inside &= (kept | ~cut[:, None])[:, :, None]
