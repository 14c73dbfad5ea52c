"""Two views of a pair, cell by cell and patch by patch: in how much of them, and in what, they agree."""

from __future__ import annotations

from functools import cache

import numpy as np

from curate.screen.window_views import Levels, correlation, halved

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
    if kept == 1:
        return correlation(one, other)
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
    mean = _mean_of_five(cells.shape[1])
    # A product of its own for each picture: no sum depends on its neighbours.
    return np.asarray(cells - mean @ cells @ mean.T, dtype=np.float32)


@cache
def _mean_of_five(side: int) -> Levels:
    """(side, side): each row the mean of a cell, two before it and two behind; the outermost repeat beyond the edge."""
    places = np.clip(np.arange(side)[:, None] + np.arange(-2, 3), 0, side - 1)
    found: Levels = np.eye(side, dtype=np.float32)[places].mean(axis=1)
    return found


def worst_patch(one: Levels, other: Levels) -> Levels:
    """Largest difference of the mean level of a patch, both brought to one spread, as a share of their whole range."""
    a, b = _patch_levels(one), _patch_levels(other)
    scale = _deviation(other)
    whole = np.maximum(np.ptp(other, axis=(1, 2)) / scale, 1e-6)
    found: Levels = np.abs(a / _deviation(one)[:, None] - b / scale[:, None]).max(axis=1) / whole
    return found


def _patch_levels(cells: Levels) -> Levels:
    """(pairs, patches): mean level of each patch, less that of the picture."""
    found = halved(halved(cells))
    found = found.reshape(len(cells), found.shape[1] * found.shape[2])
    return np.asarray(found - found.mean(axis=1, keepdims=True), dtype=np.float32)


def _deviation(cells: Levels) -> Levels:
    flat = cells.reshape(len(cells), cells.shape[1] * cells.shape[2])
    flat = flat - flat.mean(axis=1, keepdims=True)
    found: Levels = np.maximum(np.sqrt(np.einsum("pi,pi->p", flat, flat) / np.float32(flat.shape[1])), np.float32(1e-6))
    return found
