"""Places of text in a picture of any size: a large one is searched in tiles at full size and once as a whole, reduced."""

from __future__ import annotations

import numpy as np
from PIL import Image

from curate.screen.ocr_engine import Engine, Rgb
from curate.screen.text_places import Place, place_of
from curate.screen.text_presence import letters_are_possible

TILE = 1600  # pixels; a picture with a longer side than `WHOLE` is searched in tiles of this size
WHOLE = 2000
OVERLAP = 240  # pixels by which tiles overlap; a line near a seam is read in two pieces that share this much
CLEAR = 22  # pixels of height on the reduced whole from which a line found there needs no tile


def text_places(engine: Engine, rgb: Rgb) -> list[Place]:
    """Places of text at any angle, pixels of the whole picture.

    Args:
        rgb: uint8, shape (height, width, 3).

    Raises:
        TextReadError: the engine broke off.
    """
    high, wide = rgb.shape[:2]
    if max(high, wide) <= WHOLE:
        return [place_of(corners) for corners in engine.places(rgb)]
    scale = max(high, wide) / TILE
    small = Image.fromarray(rgb).resize(
        (max(1, round(wide / scale)), max(1, round(high / scale))), Image.Resampling.BOX
    )
    kept = [place_of(corners * scale) for corners in engine.places(np.asarray(small))]
    kept = [place for place in kept if place.height >= CLEAR * scale]
    for top in _starts(high):
        for left in _starts(wide):
            tile = rgb[top : top + TILE, left : left + TILE]
            if not letters_are_possible(tile):
                continue
            for corners in engine.places(tile):
                place = place_of(corners + np.array((left, top)))
                if not any(_covers(other, place) for other in kept):
                    kept = [other for other in kept if not _covers(place, other)]
                    kept.append(place)
    return kept


def _starts(side: int) -> list[int]:
    if side <= TILE:
        return [0]
    count = -(-(side - OVERLAP) // (TILE - OVERLAP))
    return [round(k * (side - TILE) / (count - 1)) for k in range(count)]


def _covers(a: Place, b: Place) -> bool:
    """Whether the middle and both ends of b lie on a: the same line, or a piece of it."""
    radians = np.radians(a.angle)
    cos, sin = np.cos(radians), np.sin(radians)
    end = np.radians(b.angle)
    for share in (-0.4, 0.0, 0.4):
        dx = b.x + share * b.length * np.cos(end) - a.x
        dy = b.y - share * b.length * np.sin(end) - a.y
        if abs(dx * cos - dy * sin) > a.length / 2 or abs(dx * sin + dy * cos) > a.height / 2:
            return False
    return True
