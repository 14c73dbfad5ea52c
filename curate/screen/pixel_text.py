"""Text read from the pixels, put back into rows: a label and its number are often two boxes of one title-block row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from curate.picture import TextLine
from curate.screen.settings import ScreenSettings

# Two spaces never stand inside a grouped number, so two cells of a table do not grow together into one.
GAP = "  "
_READABLE = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class TextRow:
    """Lines at one height, left to right, joined by `GAP`; `starts[i]` is where line i begins in `text`."""

    text: str
    lines: tuple[TextLine, ...]
    starts: tuple[int, ...]

    def box(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Rectangle (x, y, width, height; upright pixels) around the lines that text[start:end) touches."""
        touched = [
            line.box
            for line, first in zip(self.lines, self.starts, strict=True)
            if first < end and start < first + len(line.text)
        ]
        left, top = min(x for x, _, _, _ in touched), min(y for _, y, _, _ in touched)
        right, bottom = max(x + w for x, _, w, _ in touched), max(y + h for _, y, _, h in touched)
        return left, top, right - left, bottom - top

    def score(self, start: int, end: int) -> float:
        """The poorest reading among the lines that text[start:end) touches, in [0, 1]."""
        return min(
            line.score
            for line, first in zip(self.lines, self.starts, strict=True)
            if first < end and start < first + len(line.text)
        )


def rows_of(lines: Sequence[TextLine]) -> tuple[TextRow, ...]:
    """Rows from top to bottom. Two lines share a row when the lower half of neither lies below the other's middle."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: (item.box[1] + item.box[3] / 2, item.box[0])):
        middle = line.box[1] + line.box[3] / 2
        last = rows[-1][-1].box if rows else None
        if last is not None and abs(middle - (last[1] + last[3] / 2)) < 0.5 * min(line.box[3], last[3]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(_row(sorted(row, key=lambda item: item.box[0])) for row in rows)


def _row(lines: list[TextLine]) -> TextRow:
    starts: list[int] = []
    text = ""
    for line in lines:
        text += GAP if text else ""
        starts.append(len(text))
        text += line.text
    return TextRow(text, tuple(lines), tuple(starts))


def poorly_read(lines: Sequence[TextLine], settings: ScreenSettings) -> str | None:
    """Why the picture's text counts as not read, or None.

    Counted in characters and not in lines: one clear sentence outweighs a ghost letter in the grain of a photograph, a
    smeared paragraph is not saved by a clear page number. The bounds are those of `ScreenSettings`.
    """
    sizes = [(len(_READABLE.findall(line.text)), line.score) for line in lines]
    total = sum(size for size, _ in sizes)
    poor = sum(size for size, score in sizes if score < settings.ocr_poor_score)
    if poor < settings.ocr_poor_characters or poor <= settings.ocr_poor_share * total:
        return None
    return f"{poor} of {total} characters were read with a confidence below {settings.ocr_poor_score:.2f}"
