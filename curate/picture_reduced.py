"""The small pictures on which all is measured: grey levels for structure, colours for what colours say.

A JPEG can be decoded at 1/2, 1/4 or 1/8 while it is read. All coded data are read all the same, so that a truncated file is
noticed. Where a verdict could hang on what such decoding loses, the grey levels are decoded again, whole, without the
colours, which costs half as much as with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from curate.picture_opening import PixelLimits, on_white, open_picture, upright
from curate.picture_quality import LevelMeasures, edge_steepness, level_measures
from curate.screen.windows import SIDE, are_drawn

MEASURED_SIDE = 256  # pixels, long side of the grey picture on which everything is measured
DECODED_SIDE = 240  # at least; a little below, so that 1,000 and 1,920 pixels are not decoded at twice what is needed
FAINT = 10.0  # grey levels of spread below which little decides what a picture is
SOFT = 0.47  # edge steepness below which it may count as blurred; decoding at less than the whole sharpens a little
PAPER, SOLID = 0.55, 0.35  # shares of white, and of ink with an inside: a little beyond the limits of line art


@dataclass(frozen=True, slots=True)
class Reduced:
    """`grey`: mode L, at most MEASURED_SIDE pixels on the long side, each the mean of those it stands for; `light` and
    `steepness` are measured on it. `colours`: RGB, at least DECODED_SIDE pixels on the long side where the picture has
    them, less than twice MEASURED_SIDE."""

    grey: Image.Image
    light: LevelMeasures
    steepness: float
    colours: Image.Image

    def upright(self, orientation: int) -> Reduced:
        return replace(self, grey=upright(self.grey, orientation), colours=upright(self.colours, orientation))


def reduced(picture: Image.Image, data: bytes, limits: PixelLimits) -> Reduced:
    """Of the first frame, as it is stored. Loads `picture`, which is that of `data` opened.

    Raises:
        Exception: whatever a decoder raises for data that it cannot read whole.
    """
    width, height = picture.size
    longest = max(width, height)
    picture.draft(
        "RGB", (max(1, math.ceil(width * DECODED_SIDE / longest)), max(1, math.ceil(height * DECODED_SIDE / longest)))
    )
    picture.load()
    flat = on_white(picture)
    factor = max(flat.size) // MEASURED_SIDE
    colours = flat.reduce(factor) if factor > 1 else flat
    grey = _at_most_measured_side(flat.convert("L"))
    light, whole = _light(grey), picture.size == (width, height)
    if whole or not _close_to_blank_or_line_art(grey, light):
        steepness = _steepness(grey)
        if whole or steepness >= SOFT:
            return Reduced(grey, light, steepness, colours)
    grey = _at_most_measured_side(_whole_grey(open_picture(data, limits)))
    return Reduced(grey, _light(grey), _steepness(grey), colours)


def thumbnail_of(grey: Image.Image) -> Image.Image:
    """SIDE x SIDE levels, whatever the shape of the picture; what likeness is told by."""
    return grey.resize((SIDE, SIDE), Image.Resampling.BOX)


def _close_to_blank_or_line_art(grey: Image.Image, light: LevelMeasures) -> bool:
    """Decoding at less than the whole may tell another story of these."""
    if light.luminance_std < FAINT:
        return True
    return light.white_share >= PAPER and bool(are_drawn(np.asarray(thumbnail_of(grey))[None], SOLID)[0])


def _whole_grey(picture: Image.Image) -> Image.Image:
    picture.draft("L", picture.size)
    picture.load()
    return picture if picture.mode == "L" else on_white(picture).convert("L")


def _at_most_measured_side(grey: Image.Image) -> Image.Image:
    longest = max(grey.size)
    if longest <= MEASURED_SIDE:
        return grey
    width, height = (max(1, round(side * MEASURED_SIDE / longest)) for side in grey.size)
    return grey.resize((width, height), Image.Resampling.BOX)


def _light(grey: Image.Image) -> LevelMeasures:
    return level_measures(np.array(grey.histogram(), dtype=np.int64))


def _steepness(grey: Image.Image) -> float:
    return edge_steepness(np.asarray(grey, dtype=np.uint8))
