"""Text read from the pixels, put back into rows: a label and its number are often two boxes of one title-block row.

Rows are found in the direction in which the text reads: a page that lies on its side has its rows too, and a tilted stamp
has its own.
"""

from __future__ import annotations

import math
import re
import unicodedata
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
_TELLING = 3  # readable characters without which a line may be the edge of a thing
_WORDY = 8.0  # characters a place stands for at most by its length alone: a rule across the page is no sentence


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


# What a document of one person is called at its head; its numbers stand below, behind a bare 番号 or behind nothing.
_HEADING = re.compile(
    r"在留\s?カード|特別永住者証明書|運転免許証|(?:健康|介護|雇用)保険|被保険者証|資格確認書|旅券|年金手帳|基礎年金番号|(?:個人番号|マイナンバー)カード"
    r"|\bpassport\b|\bresidence card\b|\bdriver'?s? licen[sc]e\b",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"(?:^|[\s(])(?:記\s?号|番\s?号|No\.?|第)\s?[:.]?\s?[A-Z]{0,2}[ -]?[0-9]|^\s*[A-Z]{0,2}[ -]?[0-9][0-9 -]{5,13}[0-9][ -]?[A-Z]{0,2}\s*$",
    re.IGNORECASE,
)
_HEADINGS_AT_MOST = 4


def headed_rows(rows: Sequence[TextRow]) -> tuple[TextRow, ...]:
    """Rows that hold a number without a label of its own, once more behind each heading of the page that says whose it is."""
    plain = [(row, unicodedata.normalize("NFKC", row.text)) for row in rows]
    headings = [row for row, text in plain if _HEADING.search(text)][:_HEADINGS_AT_MOST]
    bare = [row for row, text in plain if _BARE_NUMBER.search(text) and not _HEADING.search(text)]
    return tuple(_joined(heading, row) for row in bare for heading in headings)


def _joined(first: TextRow, second: TextRow) -> TextRow:
    shift = len(first.text) + len(GAP)
    return TextRow(
        first.text + GAP + second.text,
        (*first.lines, *second.lines),
        (*first.starts, *(start + shift for start in second.starts)),
        (*first.ends, *(end + shift for end in second.ends)),
    )


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


def _row(frames: Sequence[Frame], gap: str = GAP) -> TextRow:
    starts: list[int] = []
    text = ""
    for frame in frames:
        text += gap if text else ""
        starts.append(len(text))
        text += frame.text
    ends = (*(start - len(gap) for start in starts[1:]), len(text))
    return TextRow(text, tuple(frame.line for frame in frames), tuple(starts), ends)


_WORDS = 3  # Latin words of a line that may be part of a sentence
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_LINE_STEP = 2.4  # heights between the middles of two lines of one paragraph
_INDENT = 4.0  # heights by which they may begin apart


def english_paragraphs(lines: Sequence[TextLine]) -> tuple[TextRow, ...]:
    """Latin lines below each other as one text each, a space between them: a sentence goes on in the next line, and a
    name that is nobody's in its own line is somebody's in the sentence."""
    paragraphs: list[TextRow] = []
    for frames in frames_of(lines):
        open_ones: list[list[Frame]] = []
        for frame in sorted(frames, key=lambda item: (item.v, item.left)):
            if len(_LATIN_WORD.findall(frame.text)) < _WORDS:
                continue
            home = next((block for block in open_ones if _goes_on(block[-1], frame)), None)
            if home is None:
                open_ones.append([frame])
            else:
                home.append(frame)
        paragraphs += [_row(block, " ") for block in open_ones if len(block) > 1]
    return tuple(paragraphs)


def _goes_on(above: Frame, below: Frame) -> bool:
    height = min(above.height, below.height)
    step = below.v - above.v
    alike = max(above.height, below.height) <= 1.6 * height
    return alike and 0.5 * height < step <= _LINE_STEP * height and abs(below.left - above.left) <= _INDENT * height


def poorly_read(lines: Sequence[TextLine], settings: ScreenSettings) -> str | None:
    """Why the picture's text counts as not read, or None. The bounds are those of `ScreenSettings`.

    Two ways to get there. A line that is long enough to be words and tall enough to be read, and was guessed all the same:
    clear text elsewhere on the page does not say what stands in it. Large letters are held to more: who reads them badly does
    not know the script. Or most characters of the picture were guessed, each line too short to say anything.
    """
    sizes = [(line, len(_READABLE.findall(line.text))) for line in lines if not line.seal]
    guessed = [(line, count) for line, count in sizes if count and line.score < settings.ocr_poor_score]
    words = [(line, count) for line, count in sizes if _words_nobody_read(line, count, settings)]
    poor = sum(count for _, count in guessed)
    if poor >= settings.ocr_poor_characters and poor > settings.ocr_poor_share * sum(count for _, count in sizes):
        words = list(dict.fromkeys([*words, *guessed]))
    if not words:
        return None
    x, y, wide, high = max(words, key=lambda item: item[1])[0].box
    guesses_only = all(line.score < settings.ocr_poor_score for line, _ in words)
    bound = settings.ocr_poor_score if guesses_only else settings.ocr_poor_large_score
    return (
        f"{sum(count for _, count in words)} characters in {len(words)} lines were read with a confidence below "
        f"{bound:.2f}, e.g. at {x}, {y}, {wide} x {high}"
    )


def _words_nobody_read(line: TextLine, count: int, settings: ScreenSettings) -> bool:
    """`count` = readable characters of the line. Of an unknown script too few are read: the length of the place tells."""
    length, height = _extent(line)
    if count < _TELLING or height < settings.ocr_least_height:
        return False
    if max(count, min(_WORDY, 2.0 * length / max(1, height))) < settings.ocr_poor_characters:
        return False
    large = height >= settings.ocr_large_height
    return line.score < (settings.ocr_poor_large_score if large else settings.ocr_poor_score)
