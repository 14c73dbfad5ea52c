"""How far two pictures are apart in colour, on a grid of 4 x 4, after both were brought to one brightness."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curate.screen.window_views import Edges, Matches
from curate.screen.windows import POSITIONS, in_position

GRID = 8  # cells of PictureFacts.colour_grid, both ways
GREY = 0.02  # largest difference of red, green and blue in a grey picture, of its mean
DARK = 0.05  # mean of a picture below which it is not brought to brightness any more

Colours = NDArray[np.float32]  # (n, GRID, GRID, 3) mean red, green, blue in [0, 1], as PictureFacts.colour_grid


class ColourDistances(NamedTuple):
    """(pairs,) each. `mean` difference of red, green and blue, of the lightness alone where one of the two has no
    colours, which `one_grey` tells; `worst`: the difference of the worst cell, colours and all."""

    mean: NDArray[np.float32]
    worst: NDArray[np.float32]
    one_grey: NDArray[np.bool_]


def colour_distances(colours: Colours, pairs: Matches, edges: Edges) -> ColourDistances:
    """Of the outer pictures between their `edges` and the inner ones in their positions."""
    down, across = _overlap(edges[:, 0], edges[:, 1]), _overlap(edges[:, 2], edges[:, 3])
    outer = (down @ colours[pairs.outer].reshape(-1, GRID, GRID * 3)).reshape(-1, 4, GRID, 3)
    one = _bright((across[:, None] @ outer).reshape(-1, 16, 3))
    quarters = colours[pairs.inner]
    quarters = quarters[:, 0::2] + quarters[:, 1::2]
    quarters = (quarters[:, :, 0::2] + quarters[:, :, 1::2]) * np.float32(0.25)
    for position in range(1, POSITIONS):
        rows = np.flatnonzero(pairs.position == position)
        quarters[rows] = np.moveaxis(in_position(np.moveaxis(quarters[rows], 0, -1), position), -1, 0)
    other = _bright(quarters.reshape(-1, 16, 3))
    apart = np.abs(one - other).mean(axis=2)
    grey = np.minimum(np.ptp(one, axis=2).max(axis=1), np.ptp(other, axis=2).max(axis=1)) < GREY
    lightness = np.abs(one.mean(axis=2) - other.mean(axis=2)).mean(axis=1)
    return ColourDistances(np.where(grey, lightness, apart.mean(axis=1)), apart.max(axis=1), grey)


def _bright(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = cells / np.maximum(cells.mean(axis=(1, 2), keepdims=True), DARK)
    return found


def _overlap(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float32]:
    """(pairs, 4, GRID) shares: how much of each of four cells of a window every cell of the picture makes up."""
    borders = (start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, 5)) * GRID
    low, high = borders[:, :-1, None], borders[:, 1:, None]
    cells = np.arange(GRID)
    cover = np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)
    shares: NDArray[np.float32] = (cover / np.maximum(cover.sum(axis=2, keepdims=True), 1e-6)).astype(np.float32)
    return shares
