"""One spelling to search in, and the way back: NFKC with a map of offsets, so that spans refer to the original text.

On top of NFKC: every dash is a hyphen, a long-vowel mark or the numeral one between digits is a hyphen, digits of every script are ASCII,
runs of kanji digits are digits, invisible characters are left out, and letters spaced out on a form ("氏 名") close up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_DASHES = "‐‑‒–—―−─━﹘⁃˗➖"
_HALF_WIDTH_MARKS = "\uff9e\uff9f"  # half-width voiced sound marks join the kana before them
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u200e\u200f"
_NEEDS_LEAVING_OUT = re.compile(f"[{_INVISIBLE}]")
# What people and readers of print put between digits instead of a hyphen.
_MARK_BETWEEN_DIGITS = re.compile(r"([0-9][ \n]?)[ー一ｰ]([ \n]?)(?=[0-9])")
_KANJI_DIGIT = "〇零一二三四五六七八九"
_KANJI_NUMBER = re.compile(
    rf"[{_KANJI_DIGIT}](?:[{_KANJI_DIGIT}]{{1,4}}(?:[-ーのノ・][{_KANJI_DIGIT}]{{1,6}}){{2,}}|[{_KANJI_DIGIT}]{{6,}})"
)
_KANJI_TO_DIGIT = {
    **{ord(kanji): str(value) for value, kanji in enumerate("〇一二三四五六七八九")},
    ord("零"): "0",
    **{ord(mark): "-" for mark in "ーのノ・"},
}
_CJK = "一-龥々ぁ-んァ-ヴー"
# Four and more letters, three standing alone, or two with nothing written on either side; not "東京 都 品川".
_SPACED_OUT = re.compile(
    rf"[一-龥](?: {{1,3}}[一-龥]){{3,7}}(?![{_CJK}])|(?<![{_CJK}])[一-龥](?: {{1,3}}[一-龥]){{2}}(?![{_CJK}])"
    rf"|(?<![{_CJK}])(?<![{_CJK}] )[一-龥] {{1,3}}[一-龥](?![{_CJK}])(?! [{_CJK}][{_CJK}]?(?: |$))"
)
_GAP_BETWEEN_KANJI = re.compile("[一-龥] {1,3}[一-龥]")  # what each of its alternatives holds


class Respelling(dict[int, int]):
    """A table for `str.translate` that learns the characters it leaves alone: asking for a missing key raises and catches
    an error for each of them, which costs ten times the look-up.
    """

    def __missing__(self, code: int) -> int:
        self[code] = code
        return code


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


@lru_cache(maxsize=1)
def _singles() -> Respelling:
    """Characters that fold to one other character and combine with nothing: full-width forms, dashes, digits."""
    table = Respelling()
    for code in range(0x80, 0x10000):
        character = chr(code)
        if unicodedata.category(character) == "Nd":
            table[code] = ord("0") + unicodedata.decimal(character)
        elif character not in _HALF_WIDTH_MARKS:
            folded = unicodedata.normalize("NFKC", character)
            if len(folded) == 1 and folded != character and unicodedata.combining(character) == 0:
                table[code] = ord(folded)
    table.update(dict.fromkeys(map(ord, _DASHES), ord("-")))
    table.update(dict.fromkeys(map(ord, "℡℻"), ord("☎")))  # as letters they would grow into the word before them
    return table


@lru_cache(maxsize=1)
def _has_single() -> re.Pattern[str]:
    """A search is many times faster than the translation that it saves most texts."""
    other = (code for code, spelt in sorted(_singles().items()) if spelt != code)
    return re.compile("[" + "".join(re.escape(chr(code)) for code in other) + "]")


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


def _character_by_character(text: str) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    singles = _singles()
    for start, end in _clusters(text):
        cluster = text[start:end]
        if cluster in _INVISIBLE:
            continue
        piece = unicodedata.normalize("NFKC", cluster.translate(singles)).translate(singles)
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    return Folded(text, "".join(pieces), tuple(starts), tuple(ends))


def _closed_up(folded: Folded) -> Folded:
    """Letters spaced out on a form moved together; what was left out belongs to no character of the folded text."""
    keep: list[int] = []
    last = 0
    for match in _SPACED_OUT.finditer(folded.text):
        keep.extend(range(last, match.start()))
        keep.extend(index for index in range(*match.span()) if folded.text[index] != " ")
        last = match.end()
    if last == 0:
        return folded
    keep.extend(range(last, len(folded.text)))
    spans = [folded.span(index, index + 1) for index in keep]
    text = "".join(folded.text[index] for index in keep)
    return Folded(folded.original, text, tuple(start for start, _ in spans), tuple(end for _, end in spans))


def small_letters(text: str) -> str:
    """Folded text in small letters, so that words of ASCII letters are in it as `re.IGNORECASE` finds them; the number of
    characters may change.
    """
    return text.lower() if text.isascii() else text.replace("İ", "i").replace("ı", "i").lower()


def _digits(match: re.Match[str]) -> str:
    return match.group().translate(_KANJI_TO_DIGIT)


def fold(text: str) -> Folded:
    """The folded spelling of `text`. Every step but the first two keeps the number of characters."""
    if text.isascii():
        return Folded(text, text)
    spelled = text.translate(_singles()) if _has_single().search(text) else text
    if unicodedata.is_normalized("NFKC", spelled) and _NEEDS_LEAVING_OUT.search(spelled) is None:
        folded = Folded(text, spelled)
    else:
        folded = _character_by_character(text)
    if " " in folded.text and _GAP_BETWEEN_KANJI.search(folded.text):
        folded = _closed_up(folded)
    spelled = folded.text
    if _MARK_BETWEEN_DIGITS.search(spelled):  # a template costs a call of Python even where nothing is replaced
        spelled = _MARK_BETWEEN_DIGITS.sub(r"\1-\2", spelled)
    spelled = _KANJI_NUMBER.sub(_digits, spelled)
    return folded if spelled is folded.text else Folded(text, spelled, folded.starts, folded.ends)
