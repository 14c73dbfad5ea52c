"""Text in the pixels, whichever way it is written: tilted, on its side, upside down, in columns, small, on large sheets.

find places (any angle) -> group them by direction -> read a few of each group, the other way round where that reads
badly -> read the rest -> read again, turned, what stayed unsure. An upright page costs one reading per line and nothing
more. Whoever calls this and gets an error has an unread picture, not a clean one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from PIL import Image

from curate.picture import TextLine
from curate.screen import ocr_engine
from curate.screen.ocr_engine import Corners, Rgb, TextEngine, TextReadError, TextReaderUnavailableError
from curate.screen.text_places import Place, along, apart, grouped, place_of, strip, whole_turn
from curate.screen.text_presence import letters_are_possible

__all__ = ["TextReadError", "TextReader", "TextReaderUnavailableError"]

TILE = 1600  # pixels; a picture with a longer side than `WHOLE` is searched in tiles of this size
WHOLE = 2000
OVERLAP = 200  # pixels by which tiles overlap; longer lines near a seam are found on the reduced whole
PROBES = 3  # lines of a group that are read to learn which way it reads
SURE = 0.88  # mean confidence from which the first direction tried is the right one: upside down is far below
UNSURE = 0.8  # a line read worse is tried the other way round
CLEARLY = 0.15  # by how much a reading across the lines of its group has to be better
RETRIES = 24  # lines of one picture that are tried again: texture has hundreds of places that are no text


class Engine(Protocol):
    """What `ocr_engine.TextEngine` does."""

    def places(self, rgb: Rgb) -> list[Corners]: ...
    def texts(self, strips: Sequence[Rgb]) -> list[tuple[str, float]]: ...


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    score: float
    direction: float

    @property
    def worth(self) -> float:
        return self.score if self.text.strip() else 0.0


class TextReader:
    """Reads lines of Japanese and Latin text. The engine loads on the first picture that may hold text; one thread."""

    name: ClassVar[str] = "rapidocr"
    licence: ClassVar[str] = "Apache-2.0 (engine and PP-OCRv6 models)"

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    @staticmethod
    def missing() -> str | None:
        """Why nothing can be read here, or None if everything is installed. Imports nothing heavy."""
        return ocr_engine.missing()

    @classmethod
    def available(cls) -> bool:
        return cls.missing() is None

    @classmethod
    def engine_version(cls) -> str:
        return ocr_engine.engine_version()

    def read(self, rgb: Rgb) -> tuple[TextLine, ...]:
        """Lines of text in an upright picture, from top to bottom; an empty tuple means: read, no text found.

        Args:
            rgb: uint8, shape (height, width, 3), channels red, green, blue.

        Raises:
            TextReaderUnavailableError: the `vision` extra is not installed.
            TextReadError: the engine broke off; the picture counts as unread.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        if self._engine is None:
            self._engine = TextEngine()  # before looking: a reader that cannot read has not seen a blank page either
        if not letters_are_possible(rgb):
            return ()
        places = _places(self._engine, rgb)
        if not places:
            return ()
        page = Image.fromarray(rgb)
        high, wide = rgb.shape[:2]
        lines = [
            TextLine(
                text=reading.text,
                score=round(reading.score, 5),
                box=place.upright_box(wide, high),
                direction=round(reading.direction, 1),
                extent=_extent(place, reading.direction),
            )
            for place, reading in _Reader(self._engine, page, places).readings()
            if reading.text.strip()
        ]
        return tuple(sorted(lines, key=lambda line: (line.box[1], line.box[0], line.text)))


def _extent(place: Place, direction: float) -> tuple[int, int]:
    lengthwise = apart(place.angle, direction) <= 45.0
    length, height = (place.length, place.height) if lengthwise else (place.height, place.length)
    return round(length), round(height)


class _Reader:
    """The search for the direction of every place of one page."""

    def __init__(self, engine: Engine, page: Image.Image, places: Sequence[Place]) -> None:
        self._engine, self._page = engine, page
        self._places = list(places)
        self._best: dict[int, _Reading] = {}

    def readings(self) -> Iterator[tuple[Place, _Reading]]:
        main: float | None = None
        for angle, members in grouped(self._places):
            for k in members:
                self._places[k] = along(self._places[k], angle)
            direction = self._direction(_first_guess(angle, main), members)
            main = direction if main is None else main
            self._read([k for k in members if k not in self._best], direction)
        self._again()
        for k, place in enumerate(self._places):
            yield place, self._best[k]

    def _read(self, members: Sequence[int], direction: float, better_by: float = 0.0) -> list[_Reading]:
        """Read places in a direction; each keeps the best it was ever read as, a new reading better by so much."""
        read = self._engine.texts([strip(self._page, self._places[k], direction) for k in members])
        readings = [_Reading(text, score, direction) for text, score in read]
        for k, reading in zip(members, readings, strict=True):
            if k not in self._best or reading.worth > self._best[k].worth + better_by:
                self._best[k] = reading
        return readings

    def _direction(self, guess: float, members: Sequence[int]) -> float:
        """`guess` or the opposite, whichever reads better on the longest lines of the group."""
        probes = sorted(members, key=lambda k: -self._places[k].length)[:PROBES]
        forward = [reading.worth for reading in self._read(probes, guess)]
        if sum(forward) >= SURE * len(forward):
            return guess
        back = [reading.worth for reading in self._read(probes, whole_turn(guess + 180.0))]
        return guess if sum(forward) >= sum(back) else whole_turn(guess + 180.0)

    def _again(self) -> None:
        """Turn what stayed unsure: over, and by a quarter where the place is too short to show how it lies."""
        unsure = [k for k, reading in self._best.items() if reading.worth < UNSURE]
        for k in sorted(unsure, key=lambda k: -self._places[k].length)[:RETRIES]:
            tried = self._best[k].direction
            turns = (180.0,) if self._places[k].elongated else (180.0, 90.0, -90.0)
            for turn in turns:
                self._read([k], whole_turn(tried + turn), better_by=0.0 if turn == 180.0 else CLEARLY)
                if self._best[k].worth >= SURE:
                    break


def _first_guess(angle: float, main: float | None) -> float:
    """Of the two directions along a line: the one to the right; on its side the one that reads upwards, as dimensions
    of a drawing do, seen from the main direction of the page."""
    forward = whole_turn(angle)
    if main is None:
        return forward
    turned = whole_turn(forward - main)
    return forward if -60.0 < turned <= 120.0 else whole_turn(forward + 180.0)


def _places(engine: Engine, rgb: Rgb) -> list[Place]:
    """Places of text, those of a large picture from tiles at full size and from the whole reduced."""
    high, wide = rgb.shape[:2]
    if max(high, wide) <= WHOLE:
        return [place_of(corners) for corners in engine.places(rgb)]
    scale = max(high, wide) / TILE
    small = Image.fromarray(rgb).resize(
        (max(1, round(wide / scale)), max(1, round(high / scale))), Image.Resampling.BOX
    )
    kept = [place_of(corners * scale) for corners in engine.places(np.asarray(small))]
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
