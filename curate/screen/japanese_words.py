"""Words of a Japanese text and what the dictionary allows each of them to be. The only module that imports SudachiPy.

SudachiDict (Apache-2.0) tags surnames, given names, foreign names and places; its lattice picks one reading of a
spelling ("福井" as a place), its index knows the others ("福井" is a surname, too).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto
from functools import lru_cache
from typing import Any

from curate.screen.labelled_names import SURNAME

_KATAKANA = re.compile(r"[ァ-ヴー]+")
_KANJI = re.compile(r"[一-龥々〆]+")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ'’.]*")
_COMMON_SURNAME = frozenset(SURNAME.split("|"))
_LONGEST = 40_000  # bytes of UTF-8; SudachiPy refuses more than 49,149


class Sense(Flag):
    """What a spelling can be according to the dictionary; none of these: it does not know the spelling."""

    SURNAME = auto()
    GIVEN = auto()
    NAME = auto()  # a whole or foreign name
    PLACE = auto()
    PROPER = auto()  # another proper noun: firms, works, products
    COMMON = auto()

    @property
    def personal(self) -> bool:
        return (
            self._value_ & _PERSONAL != 0
        )  # asked of every word: flags that are joined each time take half of the time


_PERSONAL = (Sense.SURNAME | Sense.GIVEN | Sense.NAME).value
NOTHING = Sense(0)


@dataclass(frozen=True, slots=True)
class Word:
    """`chosen` is the sense in this text, `senses` all that the spelling can have, `part` its part of speech.

    `start` and `end` count code points of the text.
    """

    start: int
    end: int
    text: str
    part: str
    chosen: Sense
    senses: Sense

    @property
    def katakana(self) -> bool:
        return _KATAKANA.fullmatch(self.text) is not None

    @property
    def kanji(self) -> bool:
        return _KANJI.fullmatch(self.text) is not None

    @property
    def latin(self) -> bool:
        return _LATIN.fullmatch(self.text) is not None

    @property
    def number(self) -> bool:
        return self.part.startswith("名詞-数詞")

    @property
    def nominal(self) -> bool:
        """Can be a piece of a compound noun (numerals cannot)."""
        return self.part.startswith(("名詞", "接頭辞", "接尾辞")) and not self.number


def _sense(part: tuple[str, ...]) -> Sense:
    if part[1] != "固有名詞":
        return Sense.COMMON
    if part[2] == "人名":
        return {"姓": Sense.SURNAME, "名": Sense.GIVEN}.get(part[3], Sense.NAME)
    return Sense.PLACE if part[2] == "地名" else Sense.PROPER


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from sudachipy import Dictionary

    return Dictionary(dict="core")


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from sudachipy import SplitMode

    return _dictionary().create(SplitMode.C)


@lru_cache(maxsize=100_000)
def senses_of(spelling: str) -> Sense:
    """Everything that the dictionary lets `spelling` be; `NOTHING` where it does not know it."""
    found = NOTHING
    for entry in _dictionary().lookup(spelling):
        found |= _sense(entry.part_of_speech())
    return found | Sense.SURNAME if spelling in _COMMON_SURNAME else found


def words_of(text: str) -> tuple[Word, ...]:
    """The words of `text` in order, spaces and punctuation included. Long texts are cut where no word is likely to be."""
    return tuple(word for start, piece in _pieces(text) for word in _words(piece, start))


def _words(text: str, offset: int) -> Iterable[Word]:
    for token in _tokenizer().tokenize(text):
        spelling, part = token.surface(), token.part_of_speech()
        noun = part[0] in ("名詞", "接頭辞", "接尾辞", "形状詞", "感動詞", "副詞")
        senses = senses_of(spelling) if noun else Sense.COMMON
        # An unknown spelling gets a guessed part of speech; a joined one ("ムルダニ") does not even say so.
        chosen = _sense(part) if senses else NOTHING
        yield Word(token.begin() + offset, token.end() + offset, spelling, "-".join(part[:3]), chosen, senses)


def _pieces(text: str) -> Iterable[tuple[int, str]]:
    size = _LONGEST // 4
    return ((start, text[start : start + size]) for start in range(0, len(text), size))
