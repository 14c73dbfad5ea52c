"""Two views of one thing, one of them brightened or of more contrast: what was cut off above white and below black must not
count against the pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]  # (pairs, height, width), grey levels

WITHIN = (8, 248)  # grey levels between which nothing was cut off
TIMES = (1.08, 2.0)  # contrast: below, nothing to speak of is lost; above, it is not the same picture any more
KNOWN = 0.05  # least share of cells from which contrast and brightness are told
TRUSTED = 0.8  # share of them, those that fit best, from which they are told again


def equally_clipped(one: Levels, other: Levels, shaded: NDArray[np.bool_]) -> tuple[Levels, Levels]:
    """The two, where the one that fits so is brought to contrast and brightness of the other and cut off as that one was.
    Where they are not `shaded`, (pairs,), to its brightness alone: by contrast two icons of a few levels become one."""
    forth, off = _brought(one, other, shaded)
    back, off_back = _brought(other, one, shaded)
    first = (off <= off_back)[:, None, None]
    return np.where(first, forth, one), np.where(first, other, back)


def _brought(levels: Levels, to: Levels, shaded: NDArray[np.bool_]) -> tuple[Levels, NDArray[np.float32]]:
    """`levels` as the better of two straight lines and a cut take them to `to`, and (pairs,) the mean square that is left,
    of its variance; unchanged and infinite where no line within TIMES tells so."""
    a, b = levels.reshape(len(levels), -1), to.reshape(len(to), -1)
    known = (b > WITHIN[0]) & (b < WITHIN[1])
    counts = known.sum(axis=1)
    best, left = a, np.full(len(a), np.inf, dtype=np.float32)
    for asked, (times, offset) in ((shaded, _line(a, b, known)), (True, _ratio(a, b, known))):
        told = (counts >= KNOWN * a.shape[1])[:, None] & (times >= TIMES[0]) & (times <= TIMES[1])
        brought = np.clip(times * a + offset, 0, 255)
        off = ((brought - b) ** 2).mean(axis=1) / np.maximum(b.var(axis=1), 1e-6)
        better = asked & told[:, 0] & (off < left)
        best, left = np.where(better[:, None], brought, best), np.where(better, off, left)
    return best.reshape(levels.shape), left


Lines = tuple[NDArray[np.float32], NDArray[np.float32]]  # contrast and brightness, (pairs, 1) each


def _ratio(a: NDArray[np.float32], b: NDArray[np.float32], known: NDArray[np.bool_]) -> Lines:
    """Brightness alone: the middle of the ratios. Colours are cut off one by one, and grey levels then bend."""
    ratios = np.sort(np.where(known & (a > WITHIN[0]), b / np.maximum(a, 1.0), np.inf), axis=1)
    middle = np.maximum((known & (a > WITHIN[0])).sum(axis=1) - 1, 0) // 2
    times: NDArray[np.float32] = np.take_along_axis(ratios, middle[:, None], axis=1)
    return np.where(np.isfinite(times), times, 0), np.zeros_like(times)


def _line(a: NDArray[np.float32], b: NDArray[np.float32], known: NDArray[np.bool_]) -> Lines:
    """Least squares over what is known, and again over the TRUSTED share of it that fits best: a caption is no contrast."""
    times, offset = _least_squares(a, b, known)
    misfit = np.where(known, np.abs(times * a + offset - b), np.inf)
    rank = np.minimum((known.sum(axis=1) * TRUSTED).astype(np.intp), a.shape[1] - 1)
    limit = np.take_along_axis(np.sort(misfit, axis=1), rank[:, None], axis=1)
    return _least_squares(a, b, known & (misfit <= limit))


def _least_squares(a: NDArray[np.float32], b: NDArray[np.float32], known: NDArray[np.bool_]) -> Lines:
    weight = known.astype(np.float32)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1)
    mean_a, mean_b = (a * weight).sum(axis=1, keepdims=True) / total, (b * weight).sum(axis=1, keepdims=True) / total
    spread = ((a - mean_a) ** 2 * weight).sum(axis=1, keepdims=True)
    times = ((a - mean_a) * (b - mean_b) * weight).sum(axis=1, keepdims=True) / np.maximum(spread, 1e-6)
    return times, mean_b - times * mean_a


def in_one_tone(levels: Levels, to: Levels) -> Levels:
    """`levels` brought to contrast and brightness of `to`, by least squares over all cells."""
    a, b = levels.reshape(len(levels), -1), to.reshape(len(to), -1)
    times, offset = _least_squares(a, b, np.ones(a.shape, dtype=np.bool_))
    return (times * a + offset).reshape(levels.shape)
