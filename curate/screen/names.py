"""Person names in running text, by a language model: which language has to look, and what it found.

`names_ja` and `names_en` know the languages. A language without a model is a language nobody looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from curate.finding import Severity
from curate.screen import names_en, names_ja
from curate.screen.folding import fold
from curate.screen.hit import Hit, strongest
from curate.screen.names_model import Told, installed, silent
from curate.screen.romaji_names import latin_words_beside_a_role

JAPANESE_MODEL = names_ja.PACKAGE
MAX_CHARACTERS = 10_000  # a longer text is read in pieces: the model's memory grows with the length

_WORD = re.compile(r"[A-Za-z]{2,}")
# Words of scripts that no model here reads: Greek, Cyrillic, Armenian, Hebrew, Arabic, Indic, Thai, Georgian, Hangul.
# Three letters at least: single Greek ones are the symbols of every drawing.
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1cff\u1f00-\u1fff\uac00-\ud7af]{3,}|[\uac00-\ud7af]{2,}")
UNREAD = "und"  # BCP 47 for "undetermined"


def missing_for(language: str) -> str | None:
    """Why names of `language` (`ja`, `en` or UNREAD) cannot be looked for here, or None. Loads nothing."""
    if language == UNREAD:
        return "words in a script that no detector of names here reads"
    if language == "ja":
        for package in ("spacy", "ginza", "sudachipy", "sudachidict_core", JAPANESE_MODEL):
            if not installed(package):
                return f"no language model for Japanese: {package} is not installed (extra 'ja')"
        return None
    return names_en.missing()


def detector_version(language: str) -> str:
    """Version of the rules and of the model that read `language`, for the detector's name in a finding."""
    if language == UNREAD:
        return "none"
    if language == "ja":  # names in Latin letters beside a Japanese role are the English tagger's
        return f"{names_ja.detector_version()}+en-{names_en.detector_version()}"
    return names_en.detector_version()


def languages_in(text: str) -> frozenset[str]:
    """Whose model has to read `text`: Japanese if it has kana or kanji, else English if it has a word of letters.

    Latin words inside a Japanese text are the Japanese model's business. A text of numbers and codes needs neither.
    Words of another script are named as such: nobody can read them here, and that is not the same as clean.
    """
    other = frozenset({UNREAD}) if _OTHER_SCRIPT.search(text) else frozenset()
    if names_ja.JAPANESE.search(text):
        return other | {"ja"}
    return other | {"en"} if _WORD.search(text) else other


_FILE_NAME = re.compile(r"(?:[^/\\]*[/\\])*(?P<stem>[^/\\]+?)(?P<suffix>\.[A-Za-z0-9]{2,4})?\Z")
_LATIN_WORD = re.compile(r"[a-z]+")
_BETWEEN_WORDS = re.compile(r"[_\-.+]")


def words_of_file_name(name: str) -> str:
    """`photos/john_smith-2.jpg` as its words apart and with capitals, `John Smith 2`, spaces for the rest: same length."""
    match = _FILE_NAME.match(name)
    if match is None:
        return name
    stem = _BETWEEN_WORDS.sub(" ", match.group("stem"))
    if stem.islower():
        stem = _LATIN_WORD.sub(lambda word: word.group().capitalize(), stem)
    return f"{' ' * match.start('stem')}{stem}{' ' * len(match.group('suffix') or '')}"


def find_names(texts: Sequence[str], language: str, *, progress: Told = silent) -> list[tuple[Hit, ...]]:
    """Names in each text, spans of the original. `missing_for(language)` must be None.

    Args:
        texts: as people wrote them.
        language: `ja` or `en`.
        progress: told (texts read, texts).
    """
    folded = [fold(text) for text in texts]
    pieces = [(row, start, piece) for row, item in enumerate(folded) for start, piece in _pieces(item.text)]
    found: list[list[Hit]] = [[] for _ in texts]
    find = names_ja.find if language == "ja" else names_en.find
    for (row, offset, _), hits in zip(pieces, find([piece for _, _, piece in pieces], progress), strict=True):
        for hit in hits:
            left, right = folded[row].span(hit.start + offset, hit.end + offset)
            found[row].append(Hit(hit.kind, left, right, hit.score, hit.severity, hit.why))
    if language == "ja" and names_en.missing() is None:
        for row, hit in _beside_roles([item.text for item in folded]):
            left, right = folded[row].span(hit.start, hit.end)
            found[row].append(Hit(hit.kind, left, right, hit.score, hit.severity, hit.why))
    return [strongest(hits) for hits in found]


def _beside_roles(texts: Sequence[str]) -> Iterator[tuple[int, Hit]]:
    """(text, hit) for words in Latin letters that stand beside a Japanese role, and that the English tagger believes."""
    runs = [(row, start, end) for row, text in enumerate(texts) for start, end in latin_words_beside_a_role(text)]
    for (row, start, _), hits in zip(runs, names_en.find([texts[row][a:b] for row, a, b in runs]), strict=True):
        for hit in hits:
            if hit.kind == "privacy.person_name" and hit.severity.rank >= Severity.MEDIUM.rank:
                yield row, replace(hit, start=hit.start + start, end=hit.end + start)


def _pieces(text: str) -> list[tuple[int, str]]:
    return [(start, text[start : start + MAX_CHARACTERS]) for start in range(0, len(text), MAX_CHARACTERS)]
