"""Seal impressions 印影: a red ring or square frame with red strokes inside on the paper around it. Colour and shape only.

Who looks at it decides what it is: a red sign, a button and a numbered balloon have some of this, and what is legible in
the ring is asked afterwards (`is_seal`). Impressions in black or grey, and solid ones with white letters, are not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST, LARGEST = 9, 420  # pixels, width and height of the impression
REDDER = 24  # levels by which red exceeds green and blue; vermilion on paper has about 150, thin or faint strokes less
CLOSED = 0.74  # share of the frame that has to be there; lines and letters of the sheet cross it
STROKES = (0.07, 0.68)  # share of the inside that is red: an empty ring has less, a red disc more
PAPER = 45.0  # levels by which the ground inside may differ from the one around
UNEVEN = 16.0  # levels, median deviation of the ground: paper is even, fruit and wrapping are not
LIGHT = 110.0  # levels; darker ground is no paper
SPILL = 0.12  # share of the surroundings that may be red
CORNERS = 1.16  # distance of a corner from the middle over half of the width; 1.41 where it is not rounded
DIRECTIONS = 72
TRIED = 400  # red places of one picture that are examined, the largest first

Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Impression:
    """`box` = (x, y, width, height), pixels; `round`: a ring, else a square; `score` in [0, 1]: how much of the frame."""

    box: Box
    round: bool
    score: float


def find_impressions(rgb: NDArray[np.uint8]) -> tuple[Impression, ...]:
    """Red frames with red strokes in them, largest first; of two that overlap the larger.

    Args:
        rgb: uint8, shape (height, width, 3).
    """
    red = _red(rgb)
    if not red.any():
        return ()
    from scipy import ndimage

    # One pixel of growth joins what a thin line of the sheet or the grain of a JPEG has cut.
    labels, _ = ndimage.label(ndimage.binary_dilation(red, np.ones((3, 3), dtype=bool)))
    places = [(number, box) for number, box in enumerate(ndimage.find_objects(labels), start=1) if _fits(box)]
    places.sort(key=lambda place: -(place[1][0].stop - place[1][0].start))
    found: list[Impression] = []
    for number, (rows, columns) in places[:TRIED]:
        own = (labels[rows, columns] == number) & red[rows, columns]
        seen = _examined(rgb, red, own, rows.start, columns.start)
        if seen is not None and not any(_inside(seen.box, other.box) for other in found):
            found.append(seen)
    return tuple(found)


def is_seal(text: str) -> bool:
    """Whether what is legible in a red frame can be a seal: names in kanji, or nothing at all. `text` may be empty."""
    letters = re.sub(r"[\W_]", "", text)
    return "秘" not in letters and (not letters or re.search(r"[一-龥々]", letters) is not None)


def _red(rgb: NDArray[np.uint8]) -> Mask:
    levels = rgb.astype(np.int16)
    red, green, blue = levels[:, :, 0], levels[:, :, 1], levels[:, :, 2]
    mask: Mask = (red - green > REDDER) & (red - blue > REDDER - 10) & (np.abs(green - blue) < 90)
    return mask


def _fits(box: tuple[slice, slice]) -> bool:
    sides = sorted((int(box[0].stop - box[0].start), int(box[1].stop - box[1].start)))
    return sides[0] >= SMALLEST and sides[1] <= LARGEST and sides[1] <= 1.45 * sides[0]


def _examined(rgb: NDArray[np.uint8], red: Mask, own: Mask, top: int, left: int) -> Impression | None:
    ys, xs = np.nonzero(own)
    if len(ys) < 20:
        return None
    offset = np.array((left, top), dtype=np.float64)
    points = np.stack([xs, ys], axis=1) + offset
    outline = _row_ends(own) + offset
    for square in (False, True):
        frame = _square_frame(outline) if square else _ring_frame(outline)
        if frame is None:
            continue
        middle, half, turn = frame
        if not SMALLEST <= 2 * half <= LARGEST:
            continue
        closed = _closed(points, middle, half, turn, square=square)
        if closed < CLOSED or not _paper_and_strokes(rgb, red, middle, half, turn, square=square):
            continue
        reach = half * (1.0 if not square else abs(np.cos(turn)) + abs(np.sin(turn)))
        x, y, side = round(middle[0] - reach), round(middle[1] - reach), round(2 * reach) + 1
        return Impression((max(0, x), max(0, y), side, side), not square, round(closed, 3))
    return None


def _row_ends(own: Mask) -> NDArray[np.float64]:
    """The first and the last pixel of each row: all that decides how far the place reaches in any direction."""
    rows = np.nonzero(own.any(axis=1))[0]
    first, last = own[rows].argmax(axis=1), own.shape[1] - 1 - own[rows][:, ::-1].argmax(axis=1)
    return np.concatenate([np.stack([first, rows], axis=1), np.stack([last, rows], axis=1)]).astype(np.float64)


Frame = tuple[NDArray[np.float64], float, float]  # middle (x, y), half of the width, turn in radians


def _ring_frame(points: NDArray[np.float64]) -> Frame | None:
    """The circle around the points, where their extent is the same in all directions."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle, extent = (low + high) / 2, high - low
    if max(extent) > 1.25 * max(1.0, min(extent)):
        return None
    return middle, float(extent.mean()) / 2, 0.0


def _square_frame(points: NDArray[np.float64]) -> Frame | None:
    """The square around the points at the turn at which it is smallest."""
    best: tuple[float, Frame] | None = None
    for turn in np.radians(np.arange(0, 90, 3)):
        turned = points @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        low, high = turned.min(axis=0), turned.max(axis=0)
        area = float(np.prod(high - low))
        if best is None or area < best[0]:
            if max(high - low) <= 1.3 * max(1.0, min(high - low)):
                back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
                best = area, ((low + high) / 2 @ back, float((high - low).mean()) / 2, float(turn))
    if best is None:
        return None
    middle, half, _ = best[1]
    # A ring fits into a square at any turn, but has no corners.
    return best[1] if np.hypot(*(points - middle).T).max() >= CORNERS * half else None


def _reach(
    points: NDArray[np.float64], middle: NDArray[np.float64], turn: float, *, square: bool
) -> NDArray[np.float64]:
    """How far each point lies from the middle, measured so that the frame is at one distance."""
    away = points - middle
    if not square:
        return np.asarray(np.hypot(away[:, 0], away[:, 1]))
    turned = away @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(np.abs(turned).max(axis=1))


def _closed(
    points: NDArray[np.float64], middle: NDArray[np.float64], half: float, turn: float, *, square: bool
) -> float:
    """Share of the directions in which there is red at the distance of the frame."""
    reach = _reach(points, middle, turn, square=square)
    on_frame = points[(reach > min(0.8 * half, half - 2.0)) & (reach < half + 1.5)] - middle
    directions = np.arctan2(on_frame[:, 1], on_frame[:, 0])
    count = min(DIRECTIONS, max(16, int(half * 4)))
    return len(np.unique(((directions + np.pi) / (2 * np.pi) * count).astype(int) % count)) / count


def _paper_and_strokes(
    rgb: NDArray[np.uint8], red: Mask, middle: NDArray[np.float64], half: float, turn: float, *, square: bool
) -> bool:
    """Whether the inside has red strokes, and between them the ground that is around the frame."""
    high, wide = red.shape
    if min(middle) - half < 1 or middle[0] + half > wide - 2 or middle[1] + half > high - 2:
        return False  # cut off by the edge of the picture: that may be anything
    reach = half * 1.5 + 6
    x0, x1 = max(0, int(middle[0] - reach)), min(wide, int(middle[0] + reach) + 1)
    y0, y1 = max(0, int(middle[1] - reach)), min(high, int(middle[1] + reach) + 1)
    grid = np.stack(np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)), axis=-1).reshape(-1, 2).astype(np.float64)
    distance = _reach(grid, middle, turn, square=square).reshape(y1 - y0, x1 - x0)
    area_red, area = red[y0:y1, x0:x1], rgb[y0:y1, x0:x1].astype(np.float64)
    inside = distance < 0.74 * half
    if inside.sum() < 12:
        return False
    share = float(area_red[inside].mean())
    if not STROKES[0] <= share <= STROKES[1]:
        return False
    around = (distance > half + 2.5) & (distance < half * 1.3 + 5)
    ground_inside, ground_around = inside & ~area_red, around & ~area_red
    if min(ground_inside.sum(), ground_around.sum()) < 6 or area_red[around].mean() > SPILL:
        return False
    paper = np.median(area[ground_around], axis=0)
    if paper.mean() < LIGHT or np.abs(np.median(area[ground_inside], axis=0) - paper).max() > PAPER:
        return False
    return bool(np.median(np.abs(area[ground_around] - paper).max(axis=1)) <= UNEVEN)


def _inside(small: Box, large: Box) -> bool:
    x, y = small[0] + small[2] / 2, small[1] + small[3] / 2
    return large[0] <= x <= large[0] + large[2] and large[1] <= y <= large[1] + large[3]
