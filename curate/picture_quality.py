"""Measures of how well a picture was taken and kept: steepness of edges, grey tails, compression. Runs in the decode worker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CLIPPED = 250  # grey levels
REACH = 4  # pixels over which a step is looked at
STRONG = 30  # grey levels of a step that says something about sharpness
FEW = 20  # strong steps below which nothing is said
GREY_TAIL = (118, 138)  # levels decoders fill in where data end: 128, give or take what recompression did to it

# ITU-T T.81, table K.1, is the luminance table that the IJG quality scale multiplies. Its eight smallest values sum up to
# this; larger ones are cut off at 255 where the quality is low.
_SMALLEST, _SMALLEST_SUM = 8, 100


def percentile(levels: NDArray[np.uint8], share: float) -> int:
    """The smallest level at or below which lies `share` in [0, 1] of the pixels: by counting, ten times faster than sorting."""
    counts = np.bincount(levels.ravel(), minlength=256).cumsum()
    return int(np.searchsorted(counts, share * levels.size))


def edge_steepness(grey: NDArray[np.uint8]) -> float:
    """See PictureFacts. Of each strong step over REACH pixels, along rows and columns, the share within one pixel.

    A blurred edge is spread over more pixels whatever its contrast, which the variance of the Laplacian mixes up: it
    calls a soft-lit product blurred and a blurred page of text sharp.
    """
    shares: list[NDArray[np.float64]] = []
    for levels in (grey.astype(np.int16), np.ascontiguousarray(grey.T).astype(np.int16)):
        if levels.shape[1] <= REACH:
            continue
        step = np.abs(levels[:, REACH:] - levels[:, :-REACH])
        places = np.nonzero(step > max(STRONG, percentile(step.astype(np.uint8), 0.95)))
        within = np.abs(np.diff(levels, axis=1))
        largest = np.max([within[places[0], places[1] + offset] for offset in range(REACH)], axis=0)
        shares.append(np.minimum(largest / step[places], 1.0))
    found = np.concatenate(shares) if shares else np.empty(0)
    return float(found.mean()) if found.size >= FEW else 1.0


def grey_tail_share(rgb: NDArray[np.uint8]) -> float:
    """See PictureFacts. `rgb` uint8 (height, width, 3). A picture that is grey all over has no tail."""
    levels = rgb.astype(np.int16)
    low, high = levels.min(axis=(1, 2)), levels.max(axis=(1, 2))
    tail = (low >= GREY_TAIL[0]) & (high <= GREY_TAIL[1]) & (high - low <= 4)
    rows = int(np.argmin(tail[::-1])) if not tail.all() else 0
    return rows / len(tail)


def jpeg_quality(picture: Image.Image) -> int | None:
    """Quality 1..100 from the luminance table, by the rule of the Independent JPEG Group; None without one."""
    tables = getattr(picture, "quantization", None)
    if not isinstance(tables, dict) or not tables:
        return None
    scale = 100.0 * sum(sorted(tables[min(tables)])[:_SMALLEST]) / _SMALLEST_SUM
    quality = 5000 / scale if scale > 100 else (200 - scale) / 2
    return int(min(max(round(quality), 1), 100))
