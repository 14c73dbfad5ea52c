"""Stretches of a Japanese text that could be a person's name, and how far the words themselves speak for it.

Points are evidence on one scale (`names_ja` adds them up): 0 says nothing, +2.5 is a surname with a given name as the
dictionary knows them, -4 an everyday word. They were set by hand, by reading errors, not fitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from curate.screen import name_spellings as spellings
from curate.screen.japanese_words import NOTHING, Sense, Word, senses_of
from curate.screen.names_ja_context import GROUP_END, NO_GIVEN_NAME, NO_PART
from curate.screen.wording import Reason

_JOIN = frozenset("・=-‐")
_PARTICLE = frozenset(
    [
        "デ",
        "ド",
        "ダ",
        "ディ",
        "デル",
        "デラ",
        "デッラ",
        "ドゥ",
        "ドス",
        "ダス",
        "ラ",
        "ル",
        "レ",
        "フォン",
        "ファン",
        "ヴァン",
        "ヴォン",
        "フォム",
        "ビン",
        "ビント",
        "イブン",
        "アル",
        "エル",
        "テン",
        "テル",
        "マク",
        "オ",
    ]
)
_KANA = re.compile(r"[ぁ-んー]+")
_RESEGMENTED = re.compile(r"[一-龥々]{3,5}")

_SURNAME_FIRST = Reason("surname and given name", "姓と名")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words `first` to `last` (both in it); `full` where it has more than one part; `basis` is what it is made of."""

    first: int
    last: int
    start: int
    end: int
    points: float
    basis: Reason
    full: bool = False


def candidates(words: Sequence[Word]) -> list[Candidate]:
    """Every reading that is worth weighing; they overlap."""
    found: list[Candidate] = []
    place = 0
    while place < len(words):
        word = words[place]
        if word.katakana or word.latin:
            last, parts = _foreign_parts(words, place)
            found.append(_foreign(words, place, last, parts))
            found.extend(_mixed(words, place, last))
            place = last + 1
            continue
        found.extend(_japanese(words, place))
        place += 1
    found.extend(_resegmented(words))
    return [c for c in found if not _firm(words, c.first, c.last)]


def _firm(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether the stretch ends as a firm or a group does, however the tokenizer cut it ("金重|工")."""
    text = "".join(word.text for word in words[first : last + 1])
    return last > first and GROUP_END.search(text) is not None


def spanned(words: Sequence[Word], first: int, last: int) -> Candidate:
    """What only a model calls a name. One character is a word by itself in most names that no dictionary knows."""
    start, end = words[first].start, words[last].end
    inside = [word for word in words[first : last + 1] if word.text not in _JOIN and word.text.strip()]
    letters = len(inside) > 1 and all(map(_letters, inside)) and 2 <= sum(len(word.text) for word in inside) <= 5
    if letters and not NO_GIVEN_NAME.fullmatch(inside[-1].text) and not _firm(words, first, last):
        return Candidate(first, last, start, end, -0.6, Reason("letters of a name", "人名に使われる文字の並び"), True)
    return Candidate(first, last, start, end, -7.0, Reason("no word of a name", "人名の語を含まない"))


def may_be_spanned(words: Sequence[Word]) -> bool:
    """Whether `spanned` could speak for anything in the text."""
    inside = [word for word in words if word.text not in _JOIN and word.text.strip()]
    return any(_letters(word) and _letters(after) for word, after in pairwise(inside))


def _letters(word: Word) -> bool:
    short = len(word.text) == 1 or word.senses is NOTHING or word.senses.personal
    return word.kanji and short and word.chosen is not Sense.PLACE


def _adjacent(words: Sequence[Word], place: int) -> bool:
    return place + 1 < len(words) and words[place].end == words[place + 1].start


# Japanese names: a surname, a given name, both.


def _as_surname(word: Word) -> float | None:
    if word.chosen is Sense.PLACE and word.kanji and 2 <= len(word.text) <= 3 and not word.senses & Sense.SURNAME:
        return -1.5  # nearly every place is somebody's surname
    if not word.senses & Sense.SURNAME or not (word.kanji or _KANA.fullmatch(word.text)):
        return None
    short = 1.0 if len(word.text) == 1 else 0.0
    if word.chosen & (Sense.SURNAME | Sense.NAME):
        return -short
    if word.chosen is Sense.GIVEN:
        return -0.3 - short
    used = 0.2 * spellings.usage(word.text)
    if word.chosen is Sense.PLACE:
        return min(0.0, -0.7 + used) - short
    return min(0.0, -1.5 + used) - short


def _as_given(text: str, chosen: Sense | None, senses: Sense) -> float | None:
    """`chosen` is None where `text` is more than one word."""
    if not 1 <= len(text) <= 4 or NO_GIVEN_NAME.fullmatch(text):
        return None
    if re.fullmatch(r"[ァ-ヴー]+", text):
        if chosen is not None and chosen.personal:
            return 1.8
        return max(0.0, min(1.0, 1.2 + 0.5 * spellings.foreign(text))) if senses is NOTHING and len(text) >= 2 else None
    if chosen is Sense.GIVEN:
        return 2.5
    if senses & Sense.GIVEN:
        return 1.8 if chosen is None or chosen.personal or len(text) > 1 else 1.2
    if senses & (Sense.SURNAME | Sense.NAME):
        return 1.2 if len(text) > 1 else 0.6
    if re.fullmatch(r"[一-龥々]+", text) and len(text) <= 3:
        looks = spellings.given(text)
        if looks < -3.0 and len(text) > 1:
            return None
        if senses is NOTHING:
            return max(-0.5, min(1.8, 1.5 + 0.4 * looks))
        return max(-1.5, min(1.2, (0.4 if len(text) == 1 else 0.6) + 0.4 * looks))
    if _KANA.fullmatch(text) and len(text) >= 2:
        return 1.0 if senses is NOTHING else -0.8
    return None


def _japanese(words: Sequence[Word], place: int) -> Iterator[Candidate]:
    word = words[place]
    yield from _alone(words, place)
    surname = _as_surname(word)
    if surname is None:
        return
    gap = place + 1
    spaced = gap + 1 < len(words) and words[gap].text == " "
    following = gap + 1 if spaced else gap
    if following >= len(words) or not (spaced or _adjacent(words, place)):
        return
    behind = words[following]
    if behind.nominal or behind.part.startswith(("形状詞", "副詞", "感動詞")):
        given = _as_given(behind.text, behind.chosen, behind.senses)
        plain = word.chosen in (Sense.COMMON, Sense.PROPER) and not behind.chosen.personal
        told = surname >= -1.2 or (behind.chosen is Sense.GIVEN and len(behind.text) > 1)
        if given is not None and not (plain and given < 1.2) and (not spaced or (given >= 1.2 and told)):
            points = surname + given
            yield Candidate(place, following, word.start, behind.end, points, _SURNAME_FIRST, True)
    if not spaced and following + 1 < len(words) and _adjacent(words, following):
        last = words[following + 1]
        tail = behind.text + last.text
        if behind.kanji and last.kanji and len(tail) <= 3 and last.part.startswith("名詞") and last.nominal:
            given = _as_given(tail, None, senses_of(tail))
            odd = NO_GIVEN_NAME.fullmatch(behind.text) or NO_GIVEN_NAME.fullmatch(last.text)
            if given is not None and given > 0 and not odd:
                points = surname + min(given, 1.8) - 0.2
                yield Candidate(place, following + 1, word.start, last.end, points, _SURNAME_FIRST, True)


def _alone(words: Sequence[Word], place: int) -> Iterator[Candidate]:
    word = words[place]
    if not word.senses.personal:
        return
    short = len(word.text) == 1
    if word.chosen is Sense.NAME:
        points, basis = (1.5 if len(word.text) >= 3 else 0.3), Reason("a name in the dictionary", "辞書にある人名")
    elif word.chosen is Sense.SURNAME:
        points, basis = 0.0, Reason("a surname", "姓")
    elif word.chosen is Sense.GIVEN:
        points, basis = 0.3, Reason("a given name", "名")
    elif word.chosen is Sense.PLACE and word.senses & Sense.SURNAME:
        points, basis = -1.3 + 0.25 * spellings.usage(word.text), Reason("a surname or a place", "姓または地名")
    elif word.kanji and word.chosen is not Sense.PLACE:
        points, basis = (
            -3.0 + 0.4 * max(0.0, spellings.usage(word.text)),
            Reason("a surname or a word", "姓または一般の語"),
        )
    else:
        return
    yield Candidate(place, place, word.start, word.end, points - (1.8 if short else 0.0), basis)


def _resegmented(words: Sequence[Word]) -> Iterator[Candidate]:
    """Names that the tokenizer cut in the wrong place ("水|野良" for 水野 良)."""
    place = 0
    while place < len(words):
        last = place
        while last + 1 < len(words) and _adjacent(words, last) and words[last].kanji and words[last + 1].kanji:
            last += 1
        text = "".join(word.text for word in words[place : last + 1])
        named = words[place].chosen is Sense.SURNAME or NO_GIVEN_NAME.fullmatch(words[last].text) is not None
        if last > place and not named and _RESEGMENTED.fullmatch(text):
            bounds = {word.end - words[place].start for word in words[place:last]}
            for cut in (3, 2):
                if cut in bounds or cut >= len(text) or not senses_of(text[:cut]) & Sense.SURNAME:
                    continue
                senses = senses_of(text[cut:])
                given = _as_given(text[cut:], None, senses) if senses & Sense.GIVEN or senses is NOTHING else None
                if given is not None:
                    start, end = words[place].start, words[last].end
                    yield Candidate(place, last, start, end, given - 1.0, _SURNAME_FIRST, True)
        place = last + 1


# Foreign names: katakana or Latin parts, joined by a middle dot, a hyphen or a space (Latin only).


def _foreign_parts(words: Sequence[Word], first: int) -> tuple[int, list[list[Word]]]:
    parts = [[words[first]]]
    last = first
    while _adjacent(words, last):
        following = words[last + 1]
        if following.katakana and words[last].katakana:
            parts[-1].append(following)
            last += 1
            continue
        latin = words[last].latin and (following.text == " " or (following.text == "." and len(words[last].text) == 1))
        if (
            (following.text in _JOIN or latin)
            and last + 2 < len(words)
            and words[last + 1].end == words[last + 2].start
        ):
            behind = words[last + 2]
            if (behind.katakana and following.text != " ") or behind.latin:
                parts.append([behind])
                last += 2
                continue
        break
    return last, parts


def _foreign(words: Sequence[Word], first: int, last: int, parts: Sequence[Sequence[Word]]) -> Candidate:
    weights = [weight for weight in map(_part, parts) if weight is not None]
    neutral = len(parts) - len(weights)
    start, end = words[first].start, words[last].end
    latin = sum(word.latin for part in parts for word in part)
    penalty = (2.5 if latin == len(parts) else 0.5 if latin else 0.0) + 3.0 * sum(weight == -3.0 for weight in weights)
    if len(parts) > 1:
        points = -0.5 + sum(weights) / max(len(weights), 1) + 0.5 * bool(neutral and weights)
        points += 0.4 * any(weight > 1.5 for weight in weights) - 2.0 * all(weight < 0.3 for weight in weights)
        return Candidate(
            first,
            last,
            start,
            end,
            points - penalty,
            Reason("parts of a foreign name", "外国人名の構成部分の並び"),
            True,
        )
    word = parts[0][0]
    if len(parts[0]) > 1:
        points = -1.0 if all(w.chosen is Sense.NAME for w in parts[0]) else -2.5
    elif word.chosen is Sense.NAME or word.chosen is Sense.SURNAME or word.chosen is Sense.GIVEN:
        points = 0.0 if not word.senses & (Sense.COMMON | Sense.PLACE | Sense.PROPER) else -0.5
        points -= 1.5 * (len(word.text) < 3)
        points += 0.2 * spellings.usage(word.text) + 0.15 * (spellings.foreign(word.text) + 1)
    elif word.chosen is NOTHING and len(word.text) >= 3:
        points = -2.0 + 0.4 * (spellings.foreign(word.text) + 1) + 0.2 * spellings.usage(word.text)
    elif word.senses.personal and len(word.text) >= 3:
        points = -2.5 + 0.3 * spellings.usage(word.text)
    else:
        points = -4.0
    return Candidate(first, last, start, end, points - penalty, Reason("a foreign name", "外国人名"))


def _part(words: Sequence[Word]) -> float | None:
    """How far one part of a foreign name is one; None for "de", "von" and the like."""
    text = "".join(word.text for word in words)
    if text in _PARTICLE:
        return None
    looks = 0.3 * (spellings.foreign(text) + 1) if words[0].katakana else 0.0
    if any(word.chosen is Sense.NAME or word.chosen is Sense.GIVEN for word in words):
        return 2.2 if len(words) == 1 else 1.2
    senses = senses_of(text)
    if NO_PART.fullmatch(text) and not senses.personal:
        return -3.0
    if senses is NOTHING:
        return (0.7 if any(word.chosen is NOTHING for word in words) else 0.0) + looks
    if words[0].chosen in (Sense.COMMON, Sense.PROPER):
        return (0.2 if senses.personal else -1.0) + 0.25 * spellings.usage(text)
    if senses.personal:
        return 0.8
    return -0.5


def _mixed(words: Sequence[Word], first: int, last: int) -> Iterator[Candidate]:
    """A foreign given name before a Japanese surname ("マリ佐藤")."""
    if first == last and words[first].chosen.personal and _adjacent(words, last):
        behind = words[last + 1]
        if behind.chosen is Sense.SURNAME:
            yield Candidate(
                first, last + 1, words[first].start, behind.end, 1.5, Reason("given name and surname", "名と姓"), True
            )
