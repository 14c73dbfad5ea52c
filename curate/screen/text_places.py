"""Where a line of text lies and which way it reads: rectangles at any angle, and strips cut out along them. Geometry only.

Angles are degrees counter-clockwise as people see them (y grows downwards): 0 reads to the right, 90 upwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

ELONGATED = 1.8  # length over height from which a rectangle shows its own direction
SAME_ANGLE = 6.0  # degrees between long rectangles that belong together
LENGTH_OF_A_DEGREE = 250.0  # pixels times degrees: so much more for a short one, whose angle is less sure
STRIP_HEIGHT = 48  # pixels, what the reader of strips wants
LONGEST_STRIP = 9600  # pixels; a place still longer for its height is a rule
TELLING = 1.3  # length over height from which a rectangle at least shows which of two lines at right angles it is
SQUARE_ANGLE = 20.0  # degrees by which the sides of a short rectangle may miss those of the lines it belongs to

Corners = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle around `centre` (x, y): `length` along the line `angle` in (-90, 90] degrees, `height` across, pixels."""

    x: float
    y: float
    length: float
    height: float
    angle: float

    @property
    def elongated(self) -> bool:
        return self.length >= ELONGATED * self.height

    def upright_box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Smallest upright rectangle (x, y, width, height) around it that lies in the picture, pixels."""
        cos, sin = abs(math.cos(math.radians(self.angle))), abs(math.sin(math.radians(self.angle)))
        half_x = (self.length * cos + self.height * sin) / 2
        half_y = (self.length * sin + self.height * cos) / 2
        left, top = max(0, math.floor(self.x - half_x)), max(0, math.floor(self.y - half_y))
        right, bottom = min(width, math.ceil(self.x + half_x)), min(height, math.ceil(self.y + half_y))
        return left, top, max(1, right - left), max(1, bottom - top)


def place_of(corners: Corners) -> Place:
    """From four corners in any order."""
    middle = corners.mean(axis=0)
    around = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    a, b, c, d = corners[np.argsort(around)]
    first, second = (b - a + (c - d)) / 2, (d - a + (c - b)) / 2
    along, across = (first, second) if np.hypot(*first) >= np.hypot(*second) else (second, first)
    angle = half_turn(math.degrees(math.atan2(-along[1], along[0])))
    return Place(float(middle[0]), float(middle[1]), float(np.hypot(*along)), float(np.hypot(*across)), angle)


def half_turn(angle: float) -> float:
    """The same line, angle in (-90, 90]."""
    angle = angle % 180.0
    return angle - 180.0 if angle > 90.0 else angle


def whole_turn(angle: float) -> float:
    """The same direction, angle in (-180, 180]."""
    angle = angle % 360.0
    return angle - 360.0 if angle > 180.0 else angle


def apart(a: float, b: float, period: float = 180.0) -> float:
    """Degrees between two angles that are the same after `period`."""
    difference = abs(a - b) % period
    return min(difference, period - difference)


def along(place: Place, angle: float) -> Place:
    """The rectangle around the same place whose length lies along `angle`; turned by less than `SAME_ANGLE` it keeps
    its measures, turned further length and height change places as the angle demands."""
    if apart(place.angle, angle) <= 45.0:
        return Place(place.x, place.y, place.length, place.height, half_turn(angle))
    return Place(place.x, place.y, place.height, place.length, half_turn(angle))


def grouped(places: Sequence[Place]) -> list[tuple[float, list[int]]]:
    """(angle of the lines, indices of their places) by common direction, the group with the most text first.

    Long rectangles make the groups, for their angle is sure. A short one joins the largest group whose angle its sides
    show, the largest of all where none fits.
    """
    order = sorted(range(len(places)), key=lambda k: -places[k].length)
    groups: list[list[int]] = []
    for k in order:
        if places[k].elongated:
            sure = SAME_ANGLE + LENGTH_OF_A_DEGREE / places[k].length
            home = next((g for g in groups if apart(places[g[0]].angle, places[k].angle) <= sure), None)
            if home is None:
                groups.append([k])
            else:
                home.append(k)
    if not groups and order:
        groups.append([])
    groups.sort(key=lambda group: -sum(places[k].length for k in group))
    angles = [_middle_angle([places[k] for k in group]) for group in groups]
    if angles and not groups[0]:
        # Nothing but short rectangles: the side of the largest that is nearer to level.
        largest = places[order[0]].angle
        angles = [min((largest, half_turn(largest + 90.0)), key=abs)]
    for k in order:
        if not places[k].elongated:
            period = 180.0 if places[k].length >= TELLING * places[k].height else 90.0
            fitting = [n for n, angle in enumerate(angles) if apart(places[k].angle, angle, period) <= SQUARE_ANGLE]
            groups[fitting[0] if fitting else 0].append(k)
    return list(zip(angles, groups, strict=True))


def _middle_angle(places: Sequence[Place]) -> float:
    """Median of angles that are the same after half a turn, weighted by length: a box that two lines share is no guide."""
    if not places:
        return 0.0
    first = places[0].angle
    turned = sorted((half_turn(place.angle - first), place.length) for place in places)
    half, before = sum(length for _, length in turned) / 2, 0.0
    for angle, length in turned:
        before += length
        if before >= half:
            return half_turn(first + angle)
    return first


def strip(page: Image.Image, place: Place, direction: float, *, soft: float = 0.0) -> NDArray[np.uint8]:
    """The place cut out so that it reads to the right: uint8, shape (`STRIP_HEIGHT`, length, 3).

    One step of interpolation from page to strip: letters of ten pixels do not survive two. `soft` = radius of a blur in
    pixels of the strip, which takes the stairs out of enlarged letters and gives the engine another look at them.
    `direction` is `place.angle`, the opposite, or a quarter turn off for a place that may be read along its short side.
    """
    sideways = apart(direction, place.angle) > 45.0
    length, height = (place.height, place.length) if sideways else (place.length, place.height)
    height = max(4.0, height)
    height = max(height, length * STRIP_HEIGHT / LONGEST_STRIP)  # a hairline across a sheet: what is around it as well
    finer = max(1.0, STRIP_HEIGHT / height)  # finished pixels per pixel of the page; large letters are reduced below
    wide, high = max(4, round(length * finer)), max(4, round(height * finer))
    cos, sin = math.cos(math.radians(direction)) / finer, math.sin(math.radians(direction)) / finer
    # Pillow asks where each finished pixel comes from: right runs along (cos, -sin), down along (sin, cos).
    x0 = place.x - cos * wide / 2 - sin * high / 2
    y0 = place.y + sin * wide / 2 - cos * high / 2
    cut = page.transform(
        (wide, high),
        Image.Transform.AFFINE,
        (cos, sin, x0, -sin, cos, y0),
        resample=Image.Resampling.BICUBIC,
        fillcolor=_edge_colour(page),
    )
    if high > STRIP_HEIGHT:
        cut = cut.resize((max(4, round(wide * STRIP_HEIGHT / high)), STRIP_HEIGHT), Image.Resampling.BOX)
    if soft:
        cut = cut.filter(ImageFilter.GaussianBlur(soft))
    return np.asarray(cut, dtype=np.uint8)


def _edge_colour(page: Image.Image) -> tuple[int, int, int]:
    red, green, blue = page.getpixel((0, 0))  # type: ignore[misc]  # an RGB picture: three numbers
    return int(red), int(green), int(blue)
