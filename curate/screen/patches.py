"""Two views of a pair, cell by cell and patch by patch: in how much of them, and in what, they agree."""

from __future__ import annotations

import numpy as np

from curate.screen.window_views import Levels

PATCH = 4  # cells of a patch, both ways


def patches(cells: Levels, size: int = PATCH) -> Levels:
    """(pairs, patches, cells of one), of `size` cells both ways, which the grid is a multiple of."""
    side = cells.shape[1] // size
    return cells.reshape(-1, side, size, side, size).transpose(0, 1, 3, 2, 4).reshape(-1, side * side, size * size)


def _spread(cells: Levels) -> Levels:
    """Each picture with mean 0 and standard deviation 1."""
    mean, deviation = cells.mean(axis=(1, 2), keepdims=True), cells.std(axis=(1, 2), keepdims=True)
    found: Levels = (cells - mean) / np.maximum(deviation, 1e-6)
    return found


def without_worst(one: Levels, other: Levels, kept: float) -> Levels:
    """Correlation over the share `kept` of the patches on which the two, brought to one spread, differ least."""
    misfit = ((patches(_spread(one)) - patches(_spread(other))) ** 2).sum(axis=2)
    count = misfit.shape[1]
    order = np.argsort(np.argsort(misfit, axis=1), axis=1)
    weight = (order < int(count * kept)).astype(np.float32)[:, :, None]
    a, b = patches(one), patches(other)
    cells = weight.sum(axis=(1, 2), keepdims=True) * a.shape[2]
    a = (a - (a * weight).sum(axis=(1, 2), keepdims=True) / cells) * weight
    b = (b - (b * weight).sum(axis=(1, 2), keepdims=True) / cells) * weight
    scale = np.sqrt((a * a).sum(axis=(1, 2)) * (b * b).sum(axis=(1, 2)))
    found: Levels = np.where(scale > 1e-6, (a * b).sum(axis=(1, 2)) / np.maximum(scale, 1e-6), 0.0)
    return found


def sharp(cells: Levels) -> Levels:
    """Cells less the mean of their neighbourhood of 5 x 5. Two round things on a plain ground correlate by their outline
    alone; what is finer tells them apart."""
    wide = np.pad(cells, ((0, 0), (2, 2), (2, 2)), mode="edge")
    side = cells.shape[1]
    tall = np.add.reduce([wide[:, y : y + side] for y in range(5)])
    mean = np.add.reduce([tall[:, :, x : x + side] for x in range(5)]) / 25
    found: Levels = (cells - mean).astype(np.float32)
    return found


def worst_patch(one: Levels, other: Levels) -> Levels:
    """Largest difference of the mean level of a patch, both brought to one spread, as a share of their whole range."""
    a, b = _spread(one), _spread(other)
    whole = np.maximum(np.ptp(b, axis=(1, 2)), 1e-6)
    found: Levels = np.abs(patches(a).mean(axis=2) - patches(b).mean(axis=2)).max(axis=1) / whole
    return found
