"""Whether the little picture inside a file still shows more than the picture itself: uncropped, not retouched.

Editors that crop or blur a picture and leave the old thumbnail in place give away what was removed.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 24  # cells per side on which two pictures are compared
_BAR = 28  # grey level up to which a whole row or column counts as a black bar
_TURNS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
MAX_PIXELS = 4_000_000
ALIKE = 0.1  # below it nothing better needs to be looked for

Grey = NDArray[np.float64]


def open_thumbnail(data: bytes) -> Image.Image:
    """Raises: any exception of the decoder; ValueError if it is too large for a thumbnail."""
    picture = Image.open(io.BytesIO(data), formats=("JPEG",))
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError(f"a thumbnail of {picture.width} x {picture.height} pixels")
    picture.load()
    return picture.convert("L")


def difference(thumbnail: Image.Image, picture: Image.Image) -> float:
    """In [0, 1]: how much of `thumbnail` is not in `picture`. 0 = the same, or a centred part of it, turned or not.

    It is the larger of what the whole (1 - correlation) and the worst region (mean difference of grey levels over 1/36
    of the area, contrast and brightness matched) say. Black bars of the thumbnail do not count.
    """
    grey = picture.convert("L")
    turned = [grey if turn is None else grey.transpose(turn) for turn in _TURNS]
    best = 1.0
    for inner in (thumbnail, _without_bars(thumbnail)):  # what looks like a bar may be a night sky
        shown = _cells(inner)
        for view in turned:
            for part in (view, _centred(view, inner.width / inner.height)):
                best = min(best, _distance(shown, _cells(part)))
        if best < ALIKE:
            break
    return round(best, 4)


def _without_bars(picture: Image.Image) -> Image.Image:
    levels = np.asarray(picture)
    rows, columns = np.flatnonzero(levels.max(axis=1) > _BAR), np.flatnonzero(levels.max(axis=0) > _BAR)
    if not len(rows) or not len(columns):
        return picture
    inner = picture.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
    return inner if min(inner.size) >= SIDE else picture


def _centred(picture: Image.Image, aspect: float) -> Image.Image:
    width, height = picture.size
    if width / height > aspect:
        keep = max(1, round(height * aspect))
        return picture.crop(((width - keep) // 2, 0, (width - keep) // 2 + keep, height))
    keep = max(1, round(width / aspect))
    return picture.crop((0, (height - keep) // 2, width, (height - keep) // 2 + keep))


def _cells(picture: Image.Image) -> Grey:
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)


def _distance(one: Grey, other: Grey) -> float:
    spread_one, spread_other = float(one.std()), float(other.std())
    if spread_one < 3 or spread_other < 3:  # a plain surface: only its brightness can tell
        return min(1.0, abs(float(one.mean() - other.mean())) / 255 + abs(spread_one - spread_other) / 64)
    a, b = (one - one.mean()) / spread_one, (other - other.mean()) / spread_other
    apart = 1 - float((a * b).mean())
    blocks = np.abs(a - b).reshape(6, SIDE // 6, 6, SIDE // 6).mean(axis=(1, 3))
    return min(1.0, max(apart, float(blocks.max()) * min(spread_one, spread_other) / 128))
