"""The small pictures on which all is measured: grey levels for structure, colours for what colours say.

They are made of means of 2, 4, 8, … pixels a side. A JPEG is decoded at 1/2, 1/4 or 1/8 while it is read, which gives those
means at a third of the price: the lower frequencies of a block of 8 x 8 are the picture of its means (ITU-T T.81, A.3.3),
to a few levels where clipped ringing is lost. All coded data are read all the same, so that a truncated file is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from curate.picture_opening import PixelLimits, on_white, open_picture, upright
from curate.picture_quality import LevelMeasures, level_measures
from curate.screen.windows import SIDE

MEASURED_SIDE = 256  # pixels, long side of the grey picture on which everything is measured
DECODED_SIDE = 240  # at least; a little below, so that 1,000 and 1,920 pixels are not decoded at twice what is needed
FAINT = 10.0  # grey levels of spread below which a fraction of a level decides what a picture is


@dataclass(frozen=True, slots=True)
class Reduced:
    """`grey`: mode L, at most MEASURED_SIDE pixels on the long side; `light` is measured on it. `colours`, RGB, and their
    luminance `levels`, mode L: at least DECODED_SIDE pixels on the long side where the picture has them, less than twice that."""

    grey: Image.Image
    light: LevelMeasures
    colours: Image.Image
    levels: Image.Image

    def upright(self, orientation: int) -> Reduced:
        grey, colours, levels = (upright(picture, orientation) for picture in (self.grey, self.colours, self.levels))
        return replace(self, grey=grey, colours=colours, levels=levels)


def reduced(picture: Image.Image, data: bytes, limits: PixelLimits) -> Reduced:
    """Of the first frame, as it is stored. Loads `picture`, which is that of `data` opened.

    Raises:
        Exception: whatever a decoder raises for data that it cannot read whole.
    """
    width, height = picture.size
    longest = max(width, height)
    factor = 1 << max(0, (longest // DECODED_SIDE).bit_length() - 1)
    picture.draft("RGB", (max(1, width // factor), max(1, height // factor)))
    picture.load()
    flat = on_white(picture)
    left = factor // round(longest / max(flat.size))  # other formats have no such decoding, JPEG none beyond 1/8
    colours = flat.reduce(left) if left > 1 else flat
    levels = colours.convert("L")
    grey = _at_most_measured_side(levels, factor)
    light = _light(grey)
    if left < factor and light.luminance_std < FAINT:
        grey = _at_most_measured_side(_whole_levels(open_picture(data, limits)).reduce(factor), factor)
        light = _light(grey)
    return Reduced(grey, light, colours, levels)


def thumbnail_of(grey: Image.Image) -> Image.Image:
    """SIDE x SIDE levels, whatever the shape of the picture; what likeness is told by."""
    return grey.resize((SIDE, SIDE), Image.Resampling.BOX)


def _whole_levels(picture: Image.Image) -> Image.Image:
    """Without the colours, which costs half as much."""
    picture.draft("L", picture.size)
    picture.load()
    return picture if picture.mode == "L" else on_white(picture).convert("L")


def _at_most_measured_side(levels: Image.Image, factor: int) -> Image.Image:
    """Of pixels a box takes the means. Of means of `factor` pixels it would take one or two in turn, and lines would come
    out of uneven strength."""
    longest = max(levels.size)
    if longest <= MEASURED_SIDE:
        return levels
    width, height = (max(1, round(side * MEASURED_SIDE / longest)) for side in levels.size)
    return levels.resize((width, height), Image.Resampling.HAMMING if factor > 1 else Image.Resampling.BOX)


def _light(grey: Image.Image) -> LevelMeasures:
    return level_measures(np.array(grey.histogram(), dtype=np.int64))
