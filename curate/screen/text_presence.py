"""Whether letters are possible at all: a cheap look that lets blank and smooth pictures skip the OCR engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEP = 6.0  # grey levels between neighbouring pixels; letters too faint for it are too faint to be read
CELL = 16  # pixels
PIXELS = 6  # steep pixels in a cell in both directions; one letter of 8 px has more


def letters_are_possible(rgb: NDArray[np.uint8]) -> bool:
    """False only where no cell of the picture has steep steps both ways.

    Args:
        rgb: uint8, shape (height, width, 3).
    """
    grey = rgb.astype(np.float32) @ np.array((0.299, 0.587, 0.114), dtype=np.float32)
    if min(grey.shape) < 8:
        return False
    across = np.abs(np.diff(grey, axis=1))[:-1] > STEP
    down = np.abs(np.diff(grey, axis=0))[:, :-1] > STEP
    return bool(np.any((_counts(across) >= PIXELS) & (_counts(down) >= PIXELS)))


def _counts(steep: NDArray[np.bool_]) -> NDArray[np.int64]:
    high, wide = steep.shape
    padded = np.pad(steep, ((0, -high % CELL), (0, -wide % CELL)))
    rows, columns = padded.shape[0] // CELL, padded.shape[1] // CELL
    counts: NDArray[np.int64] = padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3), dtype=np.int64)
    return counts
