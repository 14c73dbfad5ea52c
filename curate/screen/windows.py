"""What a picture looks like in every window of it, as signs of cosines: whole, cropped, turned and mirrored alike.

The signs of the low two-dimensional cosines (DCT-II, 8 x 8 without the mean) of a grey picture survive resizing,
recompression, brightness and contrast; mirroring only changes the signs of the odd ones, and a quarter turn exchanges
rows and columns, so that all eight positions of a picture come out of one transform. The transform is separable: that of
every window of a picture is one matrix product, and a crop of the picture is met by the window nearest to it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

SIDE = 64  # cells of the grey thumbnail, both ways, whatever the shape of the picture
COSINES = 8  # per axis
LENGTHS = (1.0, 0.93, 0.87, 0.8, 0.72)  # of a window along one axis, as a share of the picture
STEP = 0.06  # at most so far from one window to the next, as a share of the picture
ONE_SIDED = 0.8  # shortest window that spans the other axis whole: a strip cut off one or two sides
INK = 240  # grey levels below which a cell is not paper
POSITIONS = 8  # four quarter turns, mirrored or not

Thumbs = NDArray[np.uint8]  # (n, SIDE, SIDE)
Signs = NDArray[np.uint64]  # 63 signs each: bit 63 - (8 u + v) for u cosines down and v across; the mean is left out
Number = TypeVar("Number", np.uint8, np.uint16, np.float32)
Interval = tuple[float, float]  # start and length, shares of the picture


def are_drawn(thumbs: Thumbs, solid_share: float) -> NDArray[np.bool_]:
    """(n,) whether at most `solid_share` of the ink of each has an inside: its four neighbours are ink as well."""
    ink = thumbs < INK
    around = ink[:, 1:-1, 1:-1] & ink[:, :-2, 1:-1] & ink[:, 2:, 1:-1] & ink[:, 1:-1, :-2] & ink[:, 1:-1, 2:]
    drawn: NDArray[np.bool_] = around.sum(axis=(1, 2)) < solid_share * ink.sum(axis=(1, 2))
    return drawn


def spreads_of(thumbs: Thumbs) -> NDArray[np.float32]:
    """(n,) standard deviations of the levels of each picture."""
    found = np.empty(len(thumbs), dtype=np.float32)
    for start in range(0, len(thumbs), 512):
        levels = thumbs[start : start + 512].reshape(-1, SIDE * SIDE).astype(np.float32)
        levels -= levels.mean(axis=1, keepdims=True)
        found[start : start + 512] = np.sqrt(np.einsum("pi,pi->p", levels, levels) / (SIDE * SIDE))
    return found


def pack_thumbnail(grey: NDArray[np.uint8]) -> str:
    """(SIDE, SIDE) grey levels as text."""
    return base64.b64encode(grey.tobytes()).decode("ascii")


def unpack_thumbnails(packed: Sequence[str]) -> Thumbs:
    """Raises: ValueError when one is not of that size."""
    found = np.empty((len(packed), SIDE * SIDE), dtype=np.uint8)
    for row, item in enumerate(packed):
        levels = np.frombuffer(base64.b64decode(item), dtype=np.uint8)
        if len(levels) != SIDE * SIDE:
            raise ValueError(f"expected a thumbnail of {SIDE * SIDE} levels, found {len(levels)}")
        found[row] = levels
    return found.reshape(len(packed), SIDE, SIDE)


@cache
def intervals() -> tuple[Interval, ...]:
    """Windows along one axis; the first is the whole."""
    found: list[Interval] = []
    for length in LENGTHS:
        steps = int(np.ceil((1 - length) / STEP - 1e-9))
        steps = max(steps, 2) if length < 1 else 0  # at least left, middle, right
        found += [((1 - length) * i / steps if steps else 0.0, length) for i in range(steps + 1)]
    return tuple(found)


@cache
def rectangles() -> NDArray[np.intp]:
    """(windows, 2): numbers of the interval down and the interval across. The first is the whole picture."""
    lengths = [length for _, length in intervals()]
    pairs = [
        (down, across)
        for down, high in enumerate(lengths)
        for across, wide in enumerate(lengths)
        if high == wide or (max(high, wide) == 1.0 and min(high, wide) >= ONE_SIDED)
    ]
    return np.array(pairs, dtype=np.intp)


@cache
def _cosines() -> NDArray[np.float32]:
    """(intervals x COSINES, SIDE): each row measures one cosine on one interval."""
    fine = 4  # an edge of a window may lie within a cell
    places = (np.arange(SIDE * fine) + 0.5) / (SIDE * fine)
    rows = []
    for start, length in intervals():
        inside = (places > start) & (places < start + length)
        waves = np.cos(np.pi * np.outer(np.arange(COSINES), (places - start) / length)) * inside / length
        rows.append(waves.reshape(COSINES, SIDE, fine).mean(axis=2))
    return np.concatenate(rows).astype(np.float32)


def window_cosines(thumbs: Thumbs) -> NDArray[np.float32]:
    """(n, windows, 64) cosines of every window of every picture."""
    cosines, pairs = _cosines(), rectangles()
    count = len(intervals())
    both = cosines @ thumbs.astype(np.float32) @ cosines.T
    both = both.reshape(len(thumbs), count, COSINES, count, COSINES).transpose(0, 1, 3, 2, 4)
    return both[:, pairs[:, 0], pairs[:, 1]].reshape(len(thumbs), len(pairs), COSINES * COSINES)


def window_signs(thumbs: Thumbs) -> Signs:
    """(n, windows) signs of every window of every picture."""
    return signs_of(window_cosines(thumbs))


def whole_cosines(thumbs: Thumbs) -> NDArray[np.float32]:
    """(n, POSITIONS, 64) cosines of the whole picture in its eight positions; position 0 is as it stands."""
    cosines = _cosines()[:COSINES]
    upright = cosines @ thumbs.astype(np.float32) @ cosines.T
    odd = np.where(np.arange(COSINES) % 2 == 1, -1, 1).astype(np.float32)
    found = []
    for turned in (upright, upright.transpose(0, 2, 1)):
        for down in (None, odd):
            for across in (None, odd):
                item = turned if down is None else turned * down[:, None]
                found.append(item if across is None else item * across[None, :])
    return np.stack(found, axis=1).reshape(len(thumbs), POSITIONS, COSINES * COSINES)


def in_position(thumb: NDArray[Number], position: int) -> NDArray[Number]:
    """(height, width, …) in that position: exchanged axes, then mirrored up and down, then left and right."""
    turned = thumb.swapaxes(0, 1) if position & 4 else thumb
    turned = turned[::-1] if position & 2 else turned
    return turned[:, ::-1] if position & 1 else turned


def signs_of(cosines: NDArray[np.float32]) -> Signs:
    """Signs of cosines in the last axis."""
    return _packed(cosines)


def positions_of(signs: np.uint64) -> Signs:
    """(POSITIONS,) signs of a picture in its eight positions, from its signs alone, in the order of `whole_cosines`.

    Exact but for cosines that are zero, whose sign is kept as negative whichever way the picture is turned.
    """
    bits = (np.uint64(signs) >> np.arange(63, -1, -1, dtype=np.uint64)) & np.uint64(1)
    square = bits.astype(np.float32).reshape(1, COSINES, COSINES) * 2 - 1
    odd = np.where(np.arange(COSINES) % 2 == 1, -1, 1).astype(np.float32)
    found = []
    for turned in (square[0], square[0].T):
        for down in (1, odd[:, None]):
            found += [turned * down, turned * down * odd[None, :]]
    return _packed(np.stack(found).reshape(POSITIONS, COSINES * COSINES))


def _packed(cosines: NDArray[np.float32]) -> Signs:
    signs = cosines > 0
    signs[..., 0] = False
    packed: Signs = np.packbits(signs, axis=-1).view(">u8").astype(np.uint64)[..., 0]
    return packed


def signs_to_text(signs: Signs) -> str:
    return base64.b64encode(signs.astype(">u8").tobytes()).decode("ascii")


def signs_from_text(text: str) -> Signs:
    """Raises: ValueError for anything else than `signs_to_text` writes."""
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=">u8").astype(np.uint64)
