"""Text in the pixels, whichever way it is written: tilted, on its side, upside down, in columns, small, on large sheets.

look whether letters are possible -> find places (`text_tiles`) -> read them in the right direction (`reading_direction`)
-> read unsure ones once more -> look for seals. Whoever calls this and gets an error has an unread picture, not a clean
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PIL import Image

from curate.picture import TextLine
from curate.screen import ocr_engine
from curate.screen.ocr_engine import Engine, Rgb, TextEngine, TextReadError, TextReaderUnavailableError
from curate.screen.ocr_mending import mended
from curate.screen.reading_direction import DirectionSearch, Reading
from curate.screen.seals import Impression, find_impressions, is_seal
from curate.screen.tesseract import second_readings, tesseract_version
from curate.screen.text_places import Place, apart, strip
from curate.screen.text_presence import letters_are_possible
from curate.screen.text_tiles import text_places

__all__ = ["TextReadError", "TextReader", "TextReaderUnavailableError"]

SMALL = 27.0  # pixels, height of a line whose letters are so small that a second look may read them differently
DOUBTFUL = 0.985  # a small line read worse gets that second look
SOFT = 1.2  # pixels of the strip, radius of the blur of the second look
SECOND_LOOKS = 40  # lines of one picture that get one
POOR = 0.7  # a line read worse is shown to the second reader, where there is one
POOR_CHARACTERS = 3  # with fewer characters than this in poor lines it is not started
SECOND_READER_LINES = 16
LEGIBLE = 0.6  # confidence from which letters inside a seal are believed


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
        second = tesseract_version()
        return ocr_engine.engine_version() + ("" if second == "absent" else f"+tesseract-{second}")

    def read(self, rgb: Rgb) -> tuple[TextLine, ...]:
        """Lines of text and seals in an upright picture, from top to bottom; an empty tuple means: read, none found.

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
        page = Image.fromarray(rgb)
        places = text_places(self._engine, rgb)
        read = DirectionSearch(self._engine, page, places).readings() if places else []
        read = [(place, reading) for place, reading in read if reading.text.strip()]
        others = _second_looks(self._engine, page, read)
        lines = [_line(place, reading, other, rgb) for (place, reading), other in zip(read, others, strict=True)]
        seals = _seals(self._engine, page, find_impressions(rgb), lines)
        return tuple(sorted([*lines, *seals], key=lambda line: (line.box[1], line.box[0], line.text, line.seal)))


def _line(place: Place, reading: Reading, others: tuple[str, ...], rgb: Rgb) -> TextLine:
    lengthwise = apart(place.angle, reading.direction) <= 45.0
    length, height = (place.length, place.height) if lengthwise else (place.height, place.length)
    return TextLine(
        text=reading.text,
        score=round(reading.score, 5),
        box=place.upright_box(rgb.shape[1], rgb.shape[0]),
        direction=round(reading.direction, 1),
        extent=(round(length), round(height)),
        others=others,
    )


def _second_looks(engine: Engine, page: Image.Image, read: Sequence[tuple[Place, Reading]]) -> list[tuple[str, ...]]:
    """Other readings of each line: small doubtful ones by the same engine, poor ones by the second reader."""
    small = [k for k, (place, line) in enumerate(read) if place.height < SMALL and 0.5 < line.score < DOUBTFUL]
    found: list[list[str]] = [[] for _ in read]
    looks = small[:SECOND_LOOKS]
    strips = [strip(page, read[k][0], read[k][1].direction, soft=SOFT) for k in looks]
    for k, (text, _) in zip(looks, engine.texts(strips), strict=True):
        found[k].append(text)
    poor = [k for k, (_, line) in enumerate(read) if line.score < POOR]
    if sum(len(read[k][1].text) for k in poor) >= POOR_CHARACTERS:
        poor = sorted(poor, key=lambda k: -len(read[k][1].text))[:SECOND_READER_LINES]
        strips = [strip(page, read[k][0], read[k][1].direction) for k in poor]
        for k, text in zip(poor, second_readings(strips), strict=True):
            found[k].append(text)
    return [
        tuple(dict.fromkeys(text for text in texts if text.strip() and mended(text) != mended(line.text)))
        for texts, (_, line) in zip(found, read, strict=True)
    ]


def _seals(
    engine: Engine, page: Image.Image, impressions: Sequence[Impression], lines: Sequence[TextLine]
) -> list[TextLine]:
    """Impressions that may be seals, with what is legible in them."""
    seals = []
    for seal in impressions:
        x, y, wide, high = seal.box
        inside = [
            line
            for line in lines
            if x <= line.box[0] + line.box[2] / 2 <= x + wide and y <= line.box[1] + line.box[3] / 2 <= y + high
        ]
        text = "".join(line.text for line in inside)
        if not text:
            place = Place(x + wide / 2, y + high / 2, 0.72 * wide, 0.72 * high, 0.0)
            tries = engine.texts([strip(page, place, -90.0), strip(page, place, 0.0)])
            text, score = max(tries, key=lambda reading: reading[1])
            text = text if score >= LEGIBLE else ""
            if "秘" in text:
                seals.append(TextLine(text, round(score, 5), seal.box))  # ㊙ in red: a line like any other
        if is_seal(text):
            seals.append(TextLine(text, seal.score, seal.box, seal=True))
    return seals
