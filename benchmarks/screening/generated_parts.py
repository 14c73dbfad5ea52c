"""Pictures of parts in the middle of white, as a manufacturer's catalogue has them: generated, for sizes of which no real set is free.

Eight families of shapes with random proportions, colours, shading, labels and a shadow. They are no photographs: what they
share with them is what makes the search hard, a white ground and one thing in the middle of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIDE = 128  # pixels, where nothing else is asked
FAMILIES = ("bottle", "box", "bracket", "gear", "screw", "cable", "plug", "valve")
Colour = tuple[float, ...]  # red, green, blue, 0 to 255
Level = TypeVar("Level", np.uint8, np.float32)
Points = NDArray[np.float64]  # (corners, 2) in [-1, 1], y downwards


@dataclass(frozen=True, slots=True)
class Part:
    """Everything that is seen of a part. `numbers` in [0, 1] are its proportions, `counts` its teeth, holes, pins."""

    family: str
    numbers: tuple[float, ...]
    counts: tuple[int, ...]
    colour: Colour
    second: Colour
    label: str
    tilt: float  # degrees
    fill: float  # share of the sheet


def any_part(rng: np.random.Generator) -> Part:
    metal = rng.random() < 0.5
    grey = rng.uniform(60, 215)
    colour = grey + rng.normal(0, 6, 3) if metal else rng.uniform(10, 240, 3)
    family = str(rng.choice(FAMILIES))
    label = "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVXZ0123456789"), int(rng.integers(2, 7))))
    return Part(
        family,
        tuple(rng.random(8)),
        tuple(int(n) for n in rng.integers(0, 10, 3)),
        tuple(colour.clip(0, 255)),
        tuple(rng.uniform(10, 240, 3)),
        label,
        float(rng.choice([0, 0, 0, rng.uniform(-40, 40)])),
        float(rng.uniform(0.7, 0.92)),
    )


def sibling(part: Part, rng: np.random.Generator) -> Part:
    """Another part of the series, which differs in what a person sees at once: one proportion, or the second colour and a count."""
    if rng.random() < 0.5:
        which = int(rng.integers(0, 3))
        numbers = list(part.numbers)
        numbers[which] = (numbers[which] + 0.5) % 1
        return replace(part, numbers=tuple(numbers))
    return replace(part, second=tuple(255 - c for c in part.second), counts=tuple((n + 5) % 10 for n in part.counts))


class _Sheet:
    """A white sheet on which shaded polygons are put, one after the other."""

    def __init__(self, part: Part, side: int) -> None:
        self._shown, self._side = side, side * 2
        self.colours = np.full((self._side, self._side, 3), 255, dtype=np.float32)
        angle = np.radians(part.tilt)
        self._turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        self._fill = part.fill

    def put(
        self,
        points: Points,
        colour: Colour,
        shade: str = "round",
        *,
        holes: tuple[Points, ...] = (),
    ) -> None:
        """`shade`: round (a cylinder that stands), lit (from the left above) or plain."""
        mask = Image.new("L", (self._side, self._side), 0)
        draw = ImageDraw.Draw(mask)
        draw.polygon(self._pixels(points), fill=255)
        for hole in holes:
            draw.polygon(self._pixels(hole), fill=0)
        box = mask.getbbox()
        if box is None:
            return
        left, top, right, bottom = box
        cover = np.asarray(mask)[top:bottom, left:right, None] / np.float32(255)
        x, y = np.linspace(-1, 1, right - left)[None, :], np.linspace(-1, 1, bottom - top)[:, None]
        light = {
            "round": 1.15 - 0.7 * np.abs(x + 0.25) + 0 * y,
            "lit": 1.1 - 0.15 * x - 0.2 * y,
            "plain": 1 + 0 * (x + y),
        }
        shaded = np.clip(np.asarray(colour) * light[shade][..., None], 0, 255).astype(np.float32)
        here = self.colours[top:bottom, left:right]
        here += (shaded - here) * cover

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        placed = (points @ self._turn.T) * self._fill * self._side / 2 + self._side / 2
        return [(float(x), float(y)) for x, y in placed]

    def written(self, text: str, at: Points, height: float, colour: Colour) -> None:
        picture = Image.fromarray(self.colours.clip(0, 255).astype(np.uint8))
        [place] = self._pixels(at[None, :])
        size = max(6 * self._shown // SIDE, round(height * self._fill * self._side / 2))
        dark = tuple(int(c * 0.4) for c in colour)
        ImageDraw.Draw(picture).text(place, text, fill=dark, font_size=size, anchor="mm")
        self.colours = np.asarray(picture).astype(np.float32)

    def picture(self, rng: np.random.Generator) -> Image.Image:
        """With a shadow, noise where it is not paper, and everything in the middle of a square."""
        ink, pixel = Image.fromarray(((_darkest(self.colours) < 250) * 255).astype(np.uint8)), self._shown / SIDE
        left, _, right, bottom = ink.getbbox() or (0, 0, self._side, self._side)
        shadow = Image.new("L", ink.size, 0)
        ImageDraw.Draw(shadow).ellipse((left, bottom - 10 * pixel, right, bottom + 6 * pixel), fill=110)
        shadow.paste(0, mask=ink)
        soft = np.asarray(shadow.filter(ImageFilter.GaussianBlur(4 * pixel)))[..., None] / np.float32(255)
        solid = Image.fromarray((self.colours * (1 - soft)).clip(0, 255).astype(np.uint8))
        around = Image.fromarray(((_darkest(np.asarray(solid)) < 245) * 255).astype(np.uint8)).getbbox()
        thing = solid.crop(around)
        side = round(max(thing.size) * rng.uniform(1.1, 1.3))
        square = Image.new("RGB", (side, side), "white")
        square.paste(thing, ((side - thing.width) // 2, (side - thing.height) // 2))
        levels = np.asarray(square.resize((self._shown, self._shown), Image.Resampling.BOX)).astype(np.float32)
        noisy = levels + rng.normal(0, 1.5 * pixel, levels.shape) * (levels < 250)
        return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _darkest(colours: NDArray[Level]) -> NDArray[Level]:
    """(height, width) least of red, green and blue; numpy's `min` over so short an axis takes half of all rendering."""
    return np.minimum(np.minimum(colours[..., 0], colours[..., 1]), colours[..., 2])


def _oblong(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _ring(x: float, y: float, across: float, down: float | None = None, corners: int = 40) -> Points:
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + across * np.cos(turns), y + (across if down is None else down) * np.sin(turns)], axis=1)


def _bottle(sheet: _Sheet, p: Part) -> None:
    wide, neck, shoulder = 0.25 + 0.45 * p.numbers[0], 0.08 + 0.14 * p.numbers[1], -0.6 + 0.6 * p.numbers[2]
    body = [(-wide, 1), (-wide, shoulder + 0.15), (-neck, shoulder - 0.15), (-neck, -0.85)]
    sheet.put(np.array([*body, *((-x, y) for x, y in reversed(body))]), p.colour)
    sheet.put(_oblong(-neck * 1.3, -1, neck * 1.3, -0.84 + 0.1 * p.numbers[3]), p.second)
    top = shoulder + 0.25 + 0.2 * p.numbers[4]
    bottom = top + (0.92 - top) * (0.4 + 0.5 * p.numbers[5])
    sheet.put(_oblong(-wide, top, wide, bottom), p.second)
    sheet.written(p.label, np.array([0.0, (top + bottom) / 2]), 0.25, p.colour)


def _box(sheet: _Sheet, p: Part) -> None:
    wide, high, deep = 0.4 + 0.4 * p.numbers[0], 0.3 + 0.5 * p.numbers[1], 0.1 + 0.3 * p.numbers[2]
    front = _oblong(-wide, -high + deep, wide - deep, high)
    sheet.put(front, p.colour, "lit")
    (left, top), (right, _), (_, bottom) = front[0], front[1], front[2]
    dark = tuple(c * 0.6 for c in p.colour)
    sheet.put(
        np.array([(right, top), (right + deep, top - deep), (right + deep, bottom - deep), (right, bottom)]), dark
    )
    sheet.put(
        np.array([(left, top), (left + deep, top - deep), (right + deep, top - deep), (right, top)]), p.colour, "plain"
    )
    band = top + (bottom - top) * (0.1 + 0.6 * p.numbers[3])
    sheet.put(_oblong(left, band, right, band + 0.12 + 0.3 * p.numbers[4] * (bottom - band)), p.second, "plain")
    for n in range(p.counts[0] % 5):
        sheet.put(_ring(left + (n + 1) * (right - left) / 6, bottom - 0.1, 0.05), p.second, "plain")
    sheet.written(p.label, np.array([(left + right) / 2, (top + bottom) / 2]), 0.2, p.second)


def _bracket(sheet: _Sheet, p: Part) -> None:
    thick, foot, rise = 0.15 + 0.3 * p.numbers[0], 0.4 + 1.4 * p.numbers[1], 0.7 + 1.2 * p.numbers[2]
    top = 1 - rise
    bent = [(-0.8, top), (-0.8 + thick, top), (-0.8 + thick, 1 - thick), (min(0.9, -0.8 + foot), 1 - thick), (min(0.9, -0.8 + foot), 1), (-0.8, 1)]  # fmt: skip
    holes = [
        _ring(-0.8 + thick / 2, top + (n + 0.6) * (rise - thick) / 5, thick * 0.22) for n in range(1 + p.counts[0] % 4)
    ]
    holes += [_ring(-0.8 + thick + (n + 0.7) * 0.3, 1 - thick / 2, thick * 0.25) for n in range(p.counts[1] % 3)]
    sheet.put(np.array(bent), p.colour, "lit", holes=tuple(holes))
    if p.numbers[3] > 0.4:
        reach = 0.2 + 0.5 * p.numbers[4]
        web = [(-0.8 + thick, 1 - thick - reach), (-0.8 + thick, 1 - thick), (-0.8 + thick + reach, 1 - thick)]
        sheet.put(np.array(web), p.second, "plain")


def _gear(sheet: _Sheet, p: Part) -> None:
    teeth, depth = 8 + 3 * p.counts[0], 0.06 + 0.2 * p.numbers[0]
    turns = np.linspace(0, 2 * np.pi, teeth * 4, endpoint=False)
    far = np.where(np.arange(teeth * 4) % 4 < 2, 1.0, 1.0 - depth)
    squash = 0.55 + 0.45 * p.numbers[1]
    bore = _ring(0, 0, 0.1 + 0.3 * p.numbers[2], squash * (0.1 + 0.3 * p.numbers[2]))
    rim = 0.55 + 0.1 * p.numbers[3]
    spokes = [_ring(rim * np.cos(a), squash * rim * np.sin(a), 0.13, squash * 0.13) for a in np.linspace(0, 6.283, p.counts[1], endpoint=False)] if p.numbers[4] > 0.4 else []  # fmt: skip
    sheet.put(
        np.stack([far * np.cos(turns), squash * far * np.sin(turns)], axis=1), p.colour, "lit", holes=(bore, *spokes)
    )
    if p.numbers[5] > 0.5:
        hub = 0.2 + 0.3 * p.numbers[2]
        sheet.put(_ring(0, 0, hub, squash * hub), p.second, "lit", holes=(bore,))


def _screw(sheet: _Sheet, p: Part) -> None:
    shaft, head, tall = 0.07 + 0.16 * p.numbers[0], 0.2 + 0.35 * p.numbers[1], 0.15 + 0.35 * p.numbers[2]
    length = 0.1 + 0.9 * (1 - 0.5 * p.numbers[3])
    round_head = p.counts[0] % 2 == 1
    sheet.put(_ring(0, -1 + tall, head, tall) if round_head else _oblong(-head, -1, head, -1 + tall), p.colour)
    sheet.put(_oblong(-shaft, -1 + tall, shaft, length), p.colour)
    turns = 5 + 2 * p.counts[1]
    begin = -1 + tall + (0.1 + 0.5 * p.numbers[4]) * (length + 1 - tall)
    for y in np.linspace(begin, length, turns, endpoint=False):
        step = (length - begin) / turns
        sheet.put(np.array([(-shaft * 1.25, y), (shaft * 1.25, y + step * 0.4), (shaft * 1.25, y + step * 0.7), (-shaft * 1.25, y + step * 0.3)]), tuple(c * 0.7 for c in p.colour))  # fmt: skip
    if p.numbers[5] > 0.5:
        sheet.put(_ring(0, -1 + tall, head * 1.3, 0.06), p.second, "lit")


def _cable(sheet: _Sheet, p: Part) -> None:
    loops, thick = 2 + p.counts[0] % 5, 0.04 + 0.05 * p.numbers[0]
    for n in range(loops):
        wide, high = 0.55 + 0.35 * p.numbers[1] - 0.05 * n, 0.35 + 0.5 * p.numbers[2] - 0.05 * n
        x, y = (p.numbers[3] - 0.5) * 0.06 * n, (p.numbers[4] - 0.5) * 0.1 * n
        sheet.put(_ring(x, y, wide, high), p.colour, "lit", holes=(_ring(x, y, wide - thick, high - thick),))
    end = -0.9 if p.numbers[5] > 0.5 else 0.9
    sheet.put(_oblong(min(0, end), 0.7, max(0, end), 0.7 + thick), p.colour, "plain")
    sheet.put(_oblong(end - 0.12, 0.6, end + 0.12, 0.95), p.second, "lit")
    tie = 0.05 + 0.1 * p.numbers[6]
    sheet.put(_oblong(-tie, -0.9, tie, -0.1), p.second, "lit")


def _plug(sheet: _Sheet, p: Part) -> None:
    wide, high, pins = 0.5 + 0.4 * p.numbers[0], 0.25 + 0.4 * p.numbers[1], 2 + p.counts[0]
    sheet.put(_oblong(-wide, -high, wide, high), p.colour, "lit")
    lip = 0.08 + 0.1 * p.numbers[2]
    sheet.put(_oblong(-wide + lip, -high + lip, wide - lip, high - lip), tuple(c * 0.5 for c in p.colour), "plain")
    for x in np.linspace(-wide + 2 * lip, wide - 2 * lip, pins):
        for y in (-high / 3, high / 3) if p.counts[1] % 2 else (0.0,):
            sheet.put(_oblong(x - 0.04, y - 0.07, x + 0.04, y + 0.07), p.second, "lit")
    tail = 0.1 + 0.25 * p.numbers[3]
    sheet.put(_oblong(-tail, high, tail, min(1.0, high + 0.2 + 0.5 * p.numbers[4])), p.second)


def _valve(sheet: _Sheet, p: Part) -> None:
    pipe, flange, body = 0.1 + 0.15 * p.numbers[0], 0.25 + 0.25 * p.numbers[1], 0.25 + 0.3 * p.numbers[2]
    sheet.put(_oblong(-0.95, 0.3 - pipe, 0.95, 0.3 + pipe), p.colour, "lit")
    for x in (-0.95, 0.8):
        sheet.put(_oblong(x, 0.3 - flange, x + 0.15, 0.3 + flange), p.colour, "lit")
    sheet.put(_ring(0, 0.3, body, body * (0.7 + 0.5 * p.numbers[3])), p.colour, "lit")
    sheet.put(_oblong(-0.06, -0.7, 0.06, 0.3 - body / 2), tuple(c * 0.8 for c in p.colour))
    reach = 0.3 + 0.6 * p.numbers[4]
    shape = (
        _oblong(-0.1, -0.85, reach * 1.5, -0.68)
        if p.counts[0] % 2
        else _ring(0, -0.75, reach, 0.1 + 0.12 * p.numbers[5])
    )
    sheet.put(shape, p.second, "lit")
    sheet.written(p.label, np.array([0.0, 0.3]), 0.16, p.colour)


_DRAWN: dict[str, Callable[[_Sheet, Part], None]] = {
    "bottle": _bottle, "box": _box, "bracket": _bracket, "gear": _gear,
    "screw": _screw, "cable": _cable, "plug": _plug, "valve": _valve,
}  # fmt: skip


def drawn(part: Part, rng: np.random.Generator, side: int = SIDE) -> Image.Image:
    """`side` pixels both ways; the smaller, the sooner."""
    sheet = _Sheet(part, side)
    _DRAWN[part.family](sheet, part)
    return sheet.picture(rng)


def parts(first: int, last: int, seed: int = 7, side: int = SIDE) -> Iterator[tuple[Part, Image.Image]]:
    """Parts number `first` to before `last`, the same whatever the range; every tenth is a sibling of the one before."""
    for ten in range(first // 10, -(-last // 10)):
        rng = np.random.default_rng((seed, ten))
        part = any_part(rng)
        for number in range(ten * 10, ten * 10 + 10):
            if number % 10:
                part = sibling(part, rng) if number % 10 == 9 else any_part(rng)
            picture = drawn(part, rng, side)
            if first <= number < last:
                yield part, picture
