"""Paper, ink and lettering of a drawing: lines, dimensions, tables, the title block 表題欄. Units: finished pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from imprimatur.sample.font import lettering
from imprimatur.sample.mesh import Floats

FINE = 2  # drawn pixels per finished pixel, each way
Box = tuple[float, float, float, float]  # left, top, right, bottom
Colour = tuple[int, int, int]

INK: Colour = (24, 26, 32)
STAMP: Colour = (206, 26, 32)


@dataclass(frozen=True, slots=True)
class TitleBlock:
    """What the table in the corner says. Never a person's name: `designed_by` is a department."""

    number: str
    name_ja: str
    name_en: str
    material: str
    scale: str
    designed_by: str
    drawn_on: str
    revision: str
    company_ja: str
    company_en: str
    sku: str


class Sheet:
    """A drawing under way."""

    def __init__(self, width: int, height: int, font: Path, paper: Colour) -> None:
        self.width, self.height, self.paper, self._font = width, height, paper, font
        self._image = Image.new("RGB", (width * FINE, height * FINE), paper)
        self._brush = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """The sheet at its final size; grey where nothing on it has a colour."""
        image = self._image.resize((self.width, self.height), Image.Resampling.BOX)
        return image.convert("L") if self.paper[0] == self.paper[2] and not self._has_stamp else image

    _has_stamp = False

    def line(self, points: Sequence[tuple[float, float]], *, width: float = 1.0, colour: Colour = INK) -> None:
        self._brush.line(
            [(x * FINE, y * FINE) for x, y in points], fill=colour, width=max(1, round(width * FINE)), joint="curve"
        )

    def facet(self, polygon: Floats, colour: Colour) -> None:
        """A facet, often in the colour of the paper: it hides what lies behind it."""
        self._brush.polygon((polygon * FINE).ravel().tolist(), fill=colour, outline=colour)

    def chain(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A centre line: long dash, short dash."""
        span = np.array(end) - np.array(start)
        length = float(np.hypot(*span))
        at, dash = 0.0, True
        for piece in [14.0, 3.0, 3.0, 3.0] * (int(length / 23) + 1):
            if dash and at < length:
                a = np.array(start) + span * (at / length)
                b = np.array(start) + span * (min(at + piece, length) / length)
                self.line([(float(a[0]), float(a[1])), (float(b[0]), float(b[1]))], width=0.5)
            at, dash = at + piece, not dash

    def box(self, box: Box, *, width: float = 1.0, colour: Colour = INK) -> None:
        left, top, right, bottom = (round(value * FINE) for value in box)
        self._brush.rectangle((left, top, right, bottom), outline=colour, width=max(1, round(width * FINE)))

    def ring(self, centre: tuple[float, float], radius: float, *, width: float = 0.8) -> None:
        x, y, r = (value * FINE for value in (*centre, radius))
        self._brush.ellipse((x - r, y - r, x + r, y + r), outline=INK, width=max(1, round(width * FINE)))

    def text(
        self, at: tuple[float, float], words: str, size: int, *, anchor: str = "ls", colour: Colour = INK
    ) -> float:
        """Letters of `size` pixels at an anchor point (Pillow's anchors); returns their width."""
        font = lettering(self._font, size * FINE)
        self._brush.text((at[0] * FINE, at[1] * FINE), words, font=font, fill=colour, anchor=anchor)
        return float(font.getlength(words)) / FINE

    def upright(self, at: tuple[float, float], words: str, size: int) -> None:
        """Letters that read from below to above, centred at a point, on a patch of paper."""
        font = lettering(self._font, size * FINE)
        wide, high = int(font.getlength(words)) + 8, int(size * FINE * 1.3)
        patch = Image.new("RGB", (wide, high), self.paper)
        ImageDraw.Draw(patch).text((4, high / 2), words, font=font, fill=INK, anchor="lm")
        patch = patch.transpose(Image.Transpose.ROTATE_90)
        self._image.paste(patch, (round(at[0] * FINE - high / 2), round(at[1] * FINE - wide / 2)))

    def dimension(
        self, start: float, end: float, level: float, words: str, *, vertical: bool, object_edge: float
    ) -> None:
        """A dimension line from `start` to `end` at `level`, its helper lines beginning near `object_edge`."""

        def at(along: float, across: float) -> tuple[float, float]:
            return (across, along) if vertical else (along, across)

        away = 4 if level > object_edge else -4
        for edge in (start, end):
            self.line([at(edge, object_edge + away), at(edge, level + away)], width=0.5)
        self.line([at(start, level), at(end, level)], width=0.6)
        for tip, side in ((start, 1), (end, -1)):
            for slope in (-2.4, 2.4):
                self.line([at(tip, level), at(tip + side * 9, level + slope)], width=0.8)
        if vertical:
            self.upright((level, (start + end) / 2), words, 14)
        else:
            self.text(((start + end) / 2, level - 3), words, 14, anchor="ms")

    def frame(self, style: int) -> None:
        """The border: a plain one, a double one, or one with zone letters and centring marks."""
        w, h = self.width, self.height
        if style == 1:
            self.box((6, 6, w - 7, h - 7), width=0.6)
        self.box((14, 14, w - 15, h - 15), width=1.8)
        if style == 2:
            self.box((2, 2, w - 3, h - 3), width=0.6)
            columns, rows = max(4, w // 150), max(4, h // 150)
            for k in range(columns):
                for y in (8, h - 8):
                    self.text(((k + 0.5) * w / columns, y), str(k + 1), 9, anchor="mm")
            for k in range(rows):
                for x in (8, w - 8):
                    self.text((x, (k + 0.5) * h / rows), "ABCDEF"[k], 9, anchor="mm")
        if style == 3:
            for left, top, dx, dy in (
                (w / 2, 2, 0, 18),
                (w / 2, h - 3, 0, -18),
                (2, h / 2, 18, 0),
                (w - 3, h / 2, -18, 0),
            ):
                self.line([(left, top), (left + dx, top + dy)], width=1.6)

    def squared(self, step: int, colour: Colour) -> None:
        """Squared paper."""
        for x in range(0, self.width, step):
            self.line([(x, 0), (x, self.height)], width=0.5, colour=colour)
        for y in range(0, self.height, step):
            self.line([(0, y), (self.width, y)], width=0.5, colour=colour)

    def title(self, block: TitleBlock, box: Box, *, columns: int) -> None:
        """The title block: company on top, then the facts in `columns` columns."""
        left, top, right, bottom = box
        self._brush.rectangle([value * FINE for value in box], fill=self.paper)
        self.box(box, width=1.6)
        head = top + (34 if right - left > 320 else 52)
        self.line([(left, head), (right, head)], width=1.0)
        width = self.text((left + 8, top + 24), block.company_ja, 20)
        if right - left > 320:
            self.text((left + 18 + width, top + 23), block.company_en, 13)
        else:
            self.text((left + 8, top + 44), block.company_en, 13)
        facts = (
            ("図番", block.number),
            ("品名", block.name_ja),
            ("材質", block.material),
            ("尺度", block.scale),
            ("設計", block.designed_by),
            ("日付", block.drawn_on),
            ("品番", block.sku),
            ("訂正", block.revision),
        )
        rows = -(-len(facts) // columns)
        high, wide = (bottom - head) / rows, (right - left) / columns
        for k, (label, value) in enumerate(facts):
            x, y = left + (k % columns) * wide, head + (k // columns) * high
            self.box((x, y, x + wide, y + high), width=0.7)
            self.text((x + 6, y + high / 2), label, 12, anchor="lm")
            self.line([(x + 34, y), (x + 34, y + high)], width=0.5)
            room = wide - 42
            size = next((s for s in (18, 17, 16, 15, 14, 13) if lettering(self._font, s).getlength(value) <= room), 12)
            self.text((x + 39, y + high / 2), value, size, anchor="lm")

    def notes(self, at: tuple[float, float], lines: Sequence[str]) -> None:
        for k, words in enumerate(lines):
            self.text((at[0], at[1] + 20 * k), words, 14 if k else 15)

    def projection_mark(self, at: tuple[float, float]) -> None:
        """The sign of third-angle projection 第三角法: two circles, then the cone."""
        x, y = at
        self.ring((x, y), 4)
        self.ring((x, y), 9)
        self.line([(x + 18, y - 5), (x + 40, y - 9), (x + 40, y + 9), (x + 18, y + 5), (x + 18, y - 5)], width=0.8)
        self.chain((x - 14, y), (x + 48, y))

    def stamp(self, words: str, box: Box) -> None:
        """A rubber stamp: red letters in a double red frame, level."""
        left, top, right, bottom = box
        self._has_stamp = True
        self._brush.rectangle([value * FINE for value in box], fill=self.paper)
        self.box(box, width=3.5, colour=STAMP)
        self.box((left + 6, top + 6, right - 6, bottom - 6), width=1.2, colour=STAMP)
        size = int((bottom - top) * 0.56)
        self.text(((left + right) / 2, (top + bottom) / 2 + 1), words, size, anchor="mm", colour=STAMP)
