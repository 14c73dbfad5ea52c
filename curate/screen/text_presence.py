"""Whether letters are possible at all: a cheap look that lets blank and smooth pictures skip the OCR engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEP = 6.0  # grey levels between neighbouring pixels; letters too faint for it are too faint to be read
CELL = 24  # pixels; both edges of a stroke of a letter of up to 100 px lie in one
PIXELS = 3  # steps of each kind in a cell; one letter of 8 px has more
COARSER = 4  # the look is repeated on the picture reduced so far, for larger letters

Grey = NDArray[np.float32]


def letters_are_possible(rgb: NDArray[np.uint8]) -> bool:
    """False only where no cell of the picture has strokes both ways: steps up and down again, along rows and columns.

    The outline of a thing is a step one way; a stroke is a step there and back within its width.

    Args:
        rgb: uint8, shape (height, width, 3).
    """
    grey = rgb.astype(np.float32) @ np.array((0.299, 0.587, 0.114), dtype=np.float32)
    if min(grey.shape) < 8:
        return False
    return _has_strokes(grey) or _has_strokes(_reduced(grey))


def _reduced(grey: Grey) -> Grey:
    rows, columns = grey.shape[0] // COARSER, grey.shape[1] // COARSER
    whole = grey[: rows * COARSER, : columns * COARSER]
    means: Grey = whole.reshape(rows, COARSER, columns, COARSER).mean(axis=(1, 3), dtype=np.float32)
    return means


def _has_strokes(grey: Grey) -> bool:
    if min(grey.shape) < 4:
        return False
    across, down = np.diff(grey, axis=1)[:-1], np.diff(grey, axis=0)[:, :-1]
    enough = _counts(across > STEP) >= PIXELS
    for steps in (across < -STEP, down > STEP, down < -STEP):
        enough &= _counts(steps) >= PIXELS
    return bool(enough.any())


def _counts(steep: NDArray[np.bool_]) -> NDArray[np.int64]:
    high, wide = steep.shape
    padded = np.pad(steep, ((0, -high % CELL), (0, -wide % CELL)))
    rows, columns = padded.shape[0] // CELL, padded.shape[1] // CELL
    counts: NDArray[np.int64] = padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3), dtype=np.int64)
    return counts
