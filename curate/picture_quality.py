"""Measures of how well a picture was taken and kept: steepness of edges, grey tails, compression. Runs in the decode worker."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DARK, WHITE, CLIPPED = 32, 245, 250  # grey levels
BURNT, PURE = 252, 32  # levels of one colour: at its limit, and the least of what is no pure colour
LITTLE = 0.01  # share of a picture below which nothing is said of what is not white
REACH = 4  # pixels over which a step is looked at
STRONG = 30  # grey levels of a step that says something about sharpness
FEW = 20  # strong steps below which nothing is said
GREY_TAIL = (118, 138)  # levels decoders fill in where data end: 128, give or take what recompression did to it

# ITU-T T.81, table K.1, is the luminance table that the IJG quality scale multiplies. Its eight smallest values sum up to
# this; larger ones are cut off at 255 where the quality is low.
_SMALLEST, _SMALLEST_SUM = 8, 100


@dataclass(frozen=True, slots=True)
class LevelMeasures:
    """The fields of PictureFacts that the counts of the grey levels tell."""

    luminance_mean: float
    luminance_std: float
    dark_share: float
    white_share: float
    clipped_share: float
    entropy_bits: float
    darkest: float
    brightest: float


def level_measures(counts: NDArray[np.int64]) -> LevelMeasures:
    """`counts`: pixels of each of the 256 grey levels, from a picture of at least one."""
    pixels, levels = int(counts.sum()), np.arange(256, dtype=np.int64)
    mean, square = int(counts @ levels) / pixels, int(counts @ (levels * levels)) / pixels
    shares = counts[counts > 0] / pixels
    return LevelMeasures(
        luminance_mean=round(mean, 4),
        luminance_std=round(math.sqrt(max(0.0, square - mean * mean)), 4),
        dark_share=round(int(counts[:DARK].sum()) / pixels, 6),
        white_share=round(int(counts[WHITE + 1 :].sum()) / pixels, 6),
        clipped_share=round(int(counts[CLIPPED:].sum()) / pixels, 6),
        entropy_bits=round(float(max(0.0, -(shares * np.log2(shares)).sum())), 6),
        darkest=float(_percentile(counts, 0.01)),
        brightest=float(_percentile(counts, 0.99)),
    )


def counts_of(levels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Pixels of each of the 256 levels; Pillow counts bytes several times as fast as numpy does."""
    return np.array(Image.fromarray(levels).histogram(), dtype=np.int64)


def _percentile(counts: NDArray[np.int64], share: float) -> int:
    """The smallest level at or below which lies `share` in [0, 1] of the pixels."""
    below = counts.cumsum()
    return int(np.searchsorted(below, share * int(below[-1])))


def laplacian_variance(levels: NDArray[np.uint8]) -> float:
    """`sharpness` of PictureFacts; 0 where there is no pixel with four neighbours."""
    if min(levels.shape) < 3:
        return 0.0
    grey = levels.astype(np.int16)
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1]
    edges += grey[1:-1, :-2]
    edges += grey[1:-1, 2:]
    edges -= 4 * grey[1:-1, 1:-1]
    flat = edges.ravel().astype(np.float32)
    mean = float(flat.mean())
    return float(flat @ flat) / flat.size - mean * mean


def edge_steepness(grey: NDArray[np.uint8]) -> float:
    """See PictureFacts. Of each strong step over REACH pixels, along rows and columns, the share within one pixel.

    A blurred edge is spread over more pixels whatever its contrast, which the variance of the Laplacian mixes up: it
    calls a soft-lit product blurred and a blurred page of text sharp.
    """
    shares: list[NDArray[np.float64]] = []
    for levels in (grey, np.ascontiguousarray(grey.T)):
        height, width = levels.shape
        if width <= REACH:
            continue
        # Both of the full width, so that a place in one is a place in the other; what is beyond a row's end counts as no step.
        step, next_ = np.zeros((height, width), dtype=np.uint8), np.zeros((height, width), dtype=np.uint8)
        step[:, :-REACH] = _apart(levels[:, :-REACH], levels[:, REACH:])
        next_[:, :-1] = _apart(levels[:, :-1], levels[:, 1:])
        counts = counts_of(step)
        counts[0] -= REACH * height
        places = np.flatnonzero(step > max(STRONG, _percentile(counts, 0.95)))
        largest = np.maximum.reduce([next_.ravel()[places + pixel] for pixel in range(REACH)])
        shares.append(np.minimum(largest / step.ravel()[places], 1.0))
    found = np.concatenate(shares) if shares else np.empty(0)
    return float(found.mean()) if found.size >= FEW else 1.0


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.maximum(one, other) - np.minimum(one, other)


def burnt_share(colours: Image.Image, levels: Image.Image) -> float:
    """See PictureFacts. `colours` is RGB, `levels` their luminance; every second pixel both ways is looked at. 0 where hardly anything is not white.

    The ground of a product in the middle of white is meant to be white: only what stands on it tells. A bright sky has one
    channel at its limit, yellow as programs draw it has two and none of the third: both are no lost light.
    """
    light = np.asarray(colours, dtype=np.uint8)[::2, ::2]
    red, green, blue = (light[:, :, channel] for channel in range(3))
    low, high = np.minimum(red, green), np.maximum(red, green)
    least, middle = np.minimum(low, blue), np.maximum(low, np.minimum(high, blue))
    shown = np.asarray(levels, dtype=np.uint8)[::2, ::2] < WHITE
    count = int(np.count_nonzero(shown))
    if count < LITTLE * shown.size:
        return 0.0
    return int(np.count_nonzero(shown & (middle >= BURNT) & (least >= PURE))) / count


def grey_tail_share(colours: Image.Image) -> float:
    """See PictureFacts. `colours` is RGB. A picture that is grey all over has no tail."""
    width, height = colours.size
    for rows in range(height):
        levels = np.asarray(colours.crop((0, height - rows - 1, width, height - rows)), dtype=np.uint8)
        low, high = int(levels.min()), int(levels.max())
        if low < GREY_TAIL[0] or high > GREY_TAIL[1] or high - low > 4:
            return rows / height
    return 0.0


def jpeg_quality(picture: Image.Image) -> int | None:
    """Quality 1..100 from the luminance table, by the rule of the Independent JPEG Group; None without one."""
    tables = getattr(picture, "quantization", None)
    if not isinstance(tables, dict) or not tables:
        return None
    scale = 100.0 * sum(sorted(tables[min(tables)])[:_SMALLEST]) / _SMALLEST_SUM
    quality = 5000 / scale if scale > 100 else (200 - scale) / 2
    return int(min(max(round(quality), 1), 100))
