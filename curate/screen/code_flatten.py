"""A QR code on cloth, foil or a bent surface, laid flat: for a code that was located and could not be read. Needs OpenCV.

A reader assumes that a code is flat. Here its picture is first brought to a square by its four corners; then a mesh of
control points over it is moved until every module lies on one colour. Known beforehand are the patterns that every code
of the version carries (finder, separator, timing, lower right alignment: ISO/IEC 18004, clause 6.3). Whether the modules
are right is not decided here: they are drawn as a clean code, and its error correction decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # shape (height, width)

MODULE = 12  # pixels of a module in the square
MARGIN = 4  # modules around the code in the square: room for corners that were located badly
MESHES = (2, 3, 5, 7)  # control points along a side, coarse to fine; 2 x 2 corrects the corners themselves
COARSE_STEPS, FINE_STEPS = (1.2, 0.8, 0.5, 0.3, 0.15), (0.6, 0.35, 0.2, 0.1)  # modules
ROUNDS = 4  # times that each step is tried on all points
KNOWN_WEIGHT = 2.0  # of a module whose colour is known, against one that only has to have one
STIFFNESS = 0.02  # what a module of difference between neighbouring points costs, in modules that fit


def flattened(grey: Grey, corners: NDArray[np.float64], version: int) -> Iterator[Grey]:
    """Clean pictures of the code as it may be, each from a finer mesh than the one before.

    Args:
        grey: the picture.
        corners: shape (4, 2), (x, y) of the symbol's upper left, upper right, lower right and lower left, pixels.
        version: 1 to 40; a side has 17 + 4 x version modules.
    """
    import cv2

    cv2.setNumThreads(1)
    side = 17 + 4 * version
    evened = _evened(cv2, _square(cv2, grey, corners, side))
    known = known_modules(side)
    centres = (np.arange(side) + 0.5 + MARGIN) * MODULE
    base = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    if float((_sampled(cv2, evened, base) * known).sum()) < 0:
        evened = -evened  # light modules on a dark ground
    moved = np.zeros((MESHES[0] ** 2, 2))
    for before, points in zip((MESHES[0], *MESHES), MESHES, strict=False):
        refine = _weights(points, before)
        moved = _fitted(cv2, evened, base, known, refine @ moved, points, side)
        modules = _sampled(cv2, evened, base + _weights(side, points) @ moved).reshape(side, side) < 0
        yield np.where(np.kron(np.pad(modules, 4), np.ones((4, 4), bool)), 0, 255).astype(np.uint8)


def known_modules(side: int) -> NDArray[np.float64]:
    """Flat array of side x side: -1 dark, 1 light, 0 not known before reading."""
    known = np.zeros((side, side))
    rows, columns = np.mgrid[:side, :side]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        ring = np.maximum(abs(rows - top - 3), abs(columns - left - 3))  # 4 is the separator
        known[ring <= 4] = np.where(np.isin(ring[ring <= 4], (2, 4)), 1, -1)
    timing = np.where(np.arange(8, side - 8) % 2 == 0, -1, 1)
    known[6, 8 : side - 8] = known[8 : side - 8, 6] = timing
    if side > 21:
        ring = np.maximum(abs(rows - (side - 7)), abs(columns - (side - 7)))
        known[ring <= 2] = np.where(ring[ring <= 2] == 1, 1, -1)
    return known.ravel()


def _square(cv2: Any, grey: Grey, corners: NDArray[np.float64], side: int) -> NDArray[np.float32]:
    length = (side + 2 * MARGIN) * MODULE
    low, high = MARGIN * MODULE, length - MARGIN * MODULE
    target = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    square = cv2.warpPerspective(grey, turn, (length, length), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    flat: NDArray[np.float32] = square.astype(np.float32)
    return flat


def _evened(cv2: Any, square: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels against the light and dark of the neighbourhood, -1 to 1, averaged over most of a module."""
    near = (5 * MODULE, 5 * MODULE)
    light = cv2.blur(cv2.dilate(square, np.ones(near, np.uint8)), near)
    dark = cv2.blur(cv2.erode(square, np.ones(near, np.uint8)), near)
    level = np.clip(1.3 * (square - (light + dark) / 2) / np.maximum(10, (light - dark) / 2), -1, 1)
    evened: NDArray[np.float32] = cv2.blur(level, (int(0.8 * MODULE),) * 2)
    return evened


def _sampled(cv2: Any, evened: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float32]:
    where = at.astype(np.float32)
    values: NDArray[np.float32] = cv2.remap(evened, where[:, :1], where[:, 1:], cv2.INTER_LINEAR)
    return values.ravel()


def _weights(side: int, points: int) -> NDArray[np.float64]:
    """Bilinear: (side x side, points x points), the share of each control point in each place of a grid."""
    place = np.linspace(0, points - 1, side)
    first = np.minimum(place.astype(int), points - 2)
    line: NDArray[np.float64] = np.zeros((side, points))
    line[np.arange(side), first] = 1 - (place - first)
    line[np.arange(side), first + 1] += place - first
    return np.kron(line, line).astype(np.float64)


def _fitted(
    cv2: Any,
    evened: NDArray[np.float32],
    base: NDArray[np.float64],
    known: NDArray[np.float64],
    moved: NDArray[np.float64],
    points: int,
    side: int,
) -> NDArray[np.float64]:
    """Control points, moved one at a time as long as that makes the modules fit better."""
    weights = _weights(side, points)

    def fit(moved: NDArray[np.float64], at: NDArray[np.float64]) -> float:
        values = _sampled(cv2, evened, at)
        mesh = moved.reshape(points, points, 2) / MODULE
        bent = float((np.diff(mesh, axis=0) ** 2).sum() + (np.diff(mesh, axis=1) ** 2).sum())
        return float((values**2).sum() + KNOWN_WEIGHT * (values * known).sum()) - STIFFNESS * side * bent

    at = base + weights @ moved
    best = fit(moved, at)
    for step in COARSE_STEPS if points <= 3 else FINE_STEPS:
        for _ in range(ROUNDS):
            better = False
            for point in range(points * points):
                for direction in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                    shift = np.array(direction) * step * MODULE
                    trial, trial_at = moved.copy(), at + weights[:, point : point + 1] * shift
                    trial[point] += shift
                    if (value := fit(trial, trial_at)) > best + 1e-6:
                        best, moved, at, better = value, trial, trial_at, True
            if not better:
                break
    return moved
