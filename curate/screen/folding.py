"""One spelling to search in, and the way back: NFKC with a map of offsets, so that spans refer to the original text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Hyphens, dashes and the long-vowel mark that people type between digits; what NFKC leaves of them.
_DASH_BETWEEN_DIGITS = re.compile(r"(?<=\d)(\s?)[‐‑‒–—―−ー─━·・](\s?)(?=\d)")
_HALF_WIDTH_MARKS = "\uff9e\uff9f"  # half-width voiced sound marks join the kana before them


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded spelling of `original`; `starts[i]` and `ends[i]` bound the origin of its character i.

    Both maps are None where folding changed no offset.
    """

    original: str
    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span of the original from which folded [start, end) came; code points, start < end."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def _clusters(text: str) -> list[tuple[int, int]]:
    """Spans of a character with the marks that combine with it."""
    spans: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        joins = unicodedata.combining(character) != 0 or character in _HALF_WIDTH_MARKS
        if joins and spans:
            spans[-1] = (spans[-1][0], index + 1)
        else:
            spans.append((index, index + 1))
    return spans


def fold(text: str) -> Folded:
    """NFKC (full-width and half-width forms, circled and squared letters), and one hyphen between digits."""
    if text.isascii():
        return Folded(text, text)
    if unicodedata.is_normalized("NFKC", text):
        return Folded(text, _DASH_BETWEEN_DIGITS.sub(r"\1-\2", text))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = unicodedata.normalize("NFKC", text[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    folded = _DASH_BETWEEN_DIGITS.sub(r"\1-\2", "".join(pieces))
    return Folded(text, folded, tuple(starts), tuple(ends))
