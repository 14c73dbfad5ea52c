"""Text read from the pixels, put back into rows: a label and its number are often two boxes of one title-block row.

Rows are found in the direction in which the text reads: a page that lies on its side has its rows too, and a tilted stamp
has its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from curate.picture import TextLine
from curate.screen.ocr_mending import mended, parted
from curate.screen.settings import ScreenSettings
from curate.screen.text_places import SAME_ANGLE, apart

# Two spaces never stand inside a grouped number, so two cells of a table do not grow together into one.
GAP = "  "
ROW_GAP = 15.0  # heights between two lines of one row; farther apart they are about different things
_READABLE = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Frame:
    """A line in the frame of its reading direction: `left` to `right` along it, `v` its middle across, pixels.
    `text` is the line's, mended."""

    line: TextLine
    text: str
    left: float
    right: float
    v: float
    height: float


def frames_of(lines: Sequence[TextLine]) -> tuple[tuple[Frame, ...], ...]:
    """Lines by reading direction, those of one direction in one frame; the direction with the most text first."""
    groups: list[list[TextLine]] = []
    lines = [line for line in lines if not line.seal]
    for line in sorted(lines, key=lambda item: -_extent(item)[0]):
        home = next((g for g in groups if apart(g[0].direction, line.direction, 360.0) <= SAME_ANGLE), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    groups.sort(key=lambda group: -sum(_extent(line)[0] for line in group))
    return tuple(tuple(_frame(line, group[0].direction) for line in group) for group in groups)


def _extent(line: TextLine) -> tuple[int, int]:
    return line.extent if line.extent is not None else (line.box[2], line.box[3])


def _frame(line: TextLine, direction: float) -> Frame:
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    x, y = line.box[0] + line.box[2] / 2, line.box[1] + line.box[3] / 2
    length, height = _extent(line)
    along, across = x * cos - y * sin, x * sin + y * cos
    return Frame(line, mended(line.text, line.score), along - length / 2, along + length / 2, across, float(height))


@dataclass(frozen=True, slots=True)
class TextRow:
    """Lines at one height, left to right, joined by `GAP`; line i is text[starts[i]:ends[i])."""

    text: str
    lines: tuple[TextLine, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def box(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Rectangle (x, y, width, height; upright pixels) around the lines that text[start:end) touches."""
        touched = [
            line.box
            for line, first, last in zip(self.lines, self.starts, self.ends, strict=True)
            if first < end and start < last
        ]
        left, top = min(x for x, _, _, _ in touched), min(y for _, y, _, _ in touched)
        right, bottom = max(x + w for x, _, w, _ in touched), max(y + h for _, y, _, h in touched)
        return left, top, right - left, bottom - top

    def score(self, start: int, end: int) -> float:
        """The poorest reading among the lines that text[start:end) touches, in [0, 1]."""
        return min(
            line.score
            for line, first, last in zip(self.lines, self.starts, self.ends, strict=True)
            if first < end and start < last
        )


def readings_of(lines: Sequence[TextLine]) -> tuple[TextRow, ...]:
    """The rows, and once more those in which another reading may be the right one, with that reading in its place."""
    rows = list(rows_of(lines))
    known = {row.text for row in rows}
    others = [(*line.others, *((parted(line.text),) if parted(line.text) != line.text else ())) for line in lines]
    for turn in range(max(map(len, others), default=0)):
        replaced = [
            replace(line, text=texts[turn]) if turn < len(texts) else line
            for line, texts in zip(lines, others, strict=True)
        ]
        for row in rows_of(replaced):
            if row.text not in known:
                known.add(row.text)
                rows.append(row)
    return tuple(rows)


def rows_of(lines: Sequence[TextLine]) -> tuple[TextRow, ...]:
    """Rows of each reading direction, in its order. Two lines share a row when the lower half of neither lies below the
    other's middle, and when they are not farther apart than `ROW_GAP`."""
    rows: list[TextRow] = []
    for frames in frames_of(lines):
        at_one_height: list[list[Frame]] = []
        for frame in sorted(frames, key=lambda item: (item.v, item.left)):
            last = at_one_height[-1][-1] if at_one_height else None
            if last is not None and abs(frame.v - last.v) < 0.5 * min(frame.height, last.height):
                at_one_height[-1].append(frame)
            else:
                at_one_height.append([frame])
        for level in at_one_height:
            row: list[Frame] = []
            for frame in sorted(level, key=lambda item: item.left):
                if row and frame.left - row[-1].right > ROW_GAP * max(frame.height, row[-1].height):
                    rows.append(_row(row))
                    row = []
                row.append(frame)
            rows.append(_row(row))
    return tuple(rows)


def _row(frames: Sequence[Frame]) -> TextRow:
    starts: list[int] = []
    text = ""
    for frame in frames:
        text += GAP if text else ""
        starts.append(len(text))
        text += frame.text
    ends = (*(start - len(GAP) for start in starts[1:]), len(text))
    return TextRow(text, tuple(frame.line for frame in frames), tuple(starts), ends)


def poorly_read(lines: Sequence[TextLine], settings: ScreenSettings) -> str | None:
    """Why the picture's text counts as not read, or None.

    Counted in characters and not in lines: one clear sentence outweighs a ghost letter in the grain of a photograph, a
    smeared paragraph is not saved by a clear page number. The bounds are those of `ScreenSettings`.
    """
    sizes = [(len(_READABLE.findall(line.text)), line.score) for line in lines if not line.seal]
    total = sum(size for size, _ in sizes)
    poor = sum(size for size, score in sizes if score < settings.ocr_poor_score)
    if poor < settings.ocr_poor_characters or poor <= settings.ocr_poor_share * total:
        return None
    return f"{poor} of {total} characters were read with a confidence below {settings.ocr_poor_score:.2f}"
