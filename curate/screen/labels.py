"""Which label governs a number: "個人番号 …" and "型番 …" may stand in one caption, the nearer one decides.

A check digit alone is no detector: one random number in ten passes it. Labels are searched in folded text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from curate.screen.folding import Respelling, small_letters
from curate.screen.label_words import NO_LABELS, NUMBER, PART, PRODUCT_BEHIND, PRODUCT_BEHIND_IN_ENGLISH, WORDS
from curate.screen.literal_trie import trie_pattern

__all__ = [
    "PART",
    "Label",
    "Reading",
    "attached",
    "fields_of",
    "governing",
    "in_front",
    "labels_in",
    "numbers_a_thing",
    "read",
]

REACH = 32  # characters between a label and the start of what it governs
_NONE = "none"

# Look-alikes that print readers and keyboards confuse; the label words are rewritten by the same table.
_SAME = Respelling(
    (ord(other), ord(one))
    for one, others in {
        "ー": "一〜~", "口": "ロ囗", "日": "曰", "工": "エェ", "タ": "夕", "ト": "卜", "兔": "免", "カ": "力ヵヶケ", "'": "’‘`´", "二": "ニ", "ヘ": "へ", "八": "ハ",
        "イ": "ィ", "ウ": "ゥ", "オ": "ォ", "ア": "ァ", "ツ": "ッ", "ヤ": "ャ", "ユ": "ュ", "ヨ": "ョ",
    }.items()
    for other in others
)  # fmt: skip


def _key(text: str) -> str:
    """`text` in the spelling that labels are searched in; the same number of characters."""
    small = text.lower()
    if len(small) != len(text):  # a capital that becomes two characters
        small = "".join(character.lower() if character.isascii() else character for character in text)
    return small if small.isascii() else small.translate(_SAME)


_GAP = r"[ ._ー-]{0,2}"  # what people put between the words of a label: "Part No", "part-no", "P.O. No."
_NO_GAP = str.maketrans("", "", " ._-ー")


def _kinds() -> dict[str, str]:
    return {
        _key(word).translate(_NO_GAP): name for name, words in (*WORDS.items(), (_NONE, NO_LABELS)) for word in words
    }


def _pattern(*, latin: bool) -> re.Pattern[str]:
    words = [_key(word) for group in (*WORDS.values(), NO_LABELS) for word in group]
    source = trie_pattern(
        [word for word in words if ("a" <= word[0] <= "z") is latin],
        widen={" ": _GAP, "ー": "[ー-]?", ".": r"\.?"},
        latin_end="(?![a-z])",
        short_end="(?![a-z0-9])",
        not_behind="[a-z]" if latin else "",
    )
    return re.compile(source)


_KINDS = _kinds()
_LATIN_LABEL = _pattern(latin=True)
_LABEL = _pattern(latin=False)
_LATIN = re.compile(r"[a-z]")
_PRODUCT = re.compile(rf"(?:カード)?(?:{PRODUCT_BEHIND})| (?i:{PRODUCT_BEHIND_IN_ENGLISH})s?(?![A-Za-z])")
_STATIONERY = re.compile("印(?!字|刷)|変更届|ラベル|シール|スタンプ|ゴム印")  # 住所ラベル 50枚
# Between two labels that announce one value or a row of values: "TEL/FAX", "生年月日・社員番号".
_BETWEEN_LABELS = re.compile(
    r"[\s・/、,()（）:;&+と及びの欄|\[\]【】]{0,4}(?:no\.?|番号)?[\s・/、,()（）:;&+|\[\]【】]{0,3}"
)


@lru_cache(maxsize=4096)
def _name(matched: str) -> str:
    return _KINDS[matched.translate(_NO_GAP)]


class Label(NamedTuple):
    name: str
    start: int
    end: int


class Reading(NamedTuple):
    """A folded text with what every recognizer asks of it, worked out once."""

    text: str
    small: str  # the text in small letters, to ask for words that any case matches
    labels: tuple[Label, ...]
    names: frozenset[str]
    digits: int  # ASCII digits in the text
    japanese: bool  # it holds kana or kanji


_JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥々]")


def read(text: str) -> Reading:
    """The reading of one folded text."""
    labels = labels_in(text)
    return Reading(
        text,
        small_letters(text),
        labels,
        frozenset([label.name for label in labels]),
        sum(map(text.count, "0123456789")),
        not text.isascii() and _JAPANESE.search(text) is not None,
    )


def labels_in(text: str) -> tuple[Label, ...]:
    """All labels of a folded text in reading order."""
    key = _key(text)
    matches = [] if key.isascii() else list(_LABEL.finditer(key))
    if _LATIN.search(key):
        matches.extend(_LATIN_LABEL.finditer(key))
        matches.sort(key=lambda match: (match.start(), -match.end()))
    found: list[Label] = []
    for match in matches:
        start, end = match.span()
        name = _name(match.group())
        if (
            name == PART
            and end - start <= 3
            and key[start:end].isalpha()
            and key[start - 1 : start].isdigit()
            and "a" <= key[start] <= "z"
        ):
            continue  # the last letters of a code: "NL78924678EN"
        product = _STATIONERY if name == "address" else _PRODUCT  # a place may begin as a product's name does
        if name not in (_NONE, PART, NUMBER) and product.match(text, end):
            name = _NONE
        if name != _NONE and (not found or start >= found[-1].end):
            found.append(Label(name, start, end))
    return tuple(found)


def fields_of(reading: Reading, name: str, *, reach: int = REACH) -> Iterator[tuple[int, int]]:
    """Stretches [start, end) of the text that labels called `name` govern: up to the next label that is not of its row.

    Behind the label, and in front of one that follows its value in brackets or after は. A value may begin at most
    `reach` characters behind the label; the stretch itself goes on to the next label.
    """
    labels, text = reading.labels, reading.text
    for place, label in enumerate(labels):
        if label.name != name:
            continue
        last = place
        while last + 1 < len(labels) and _BETWEEN_LABELS.fullmatch(text, labels[last].end, labels[last + 1].start):
            last += 1
        if labels[last].name != PART:
            stop = last + 1
            while stop < len(labels) and labels[stop].name == NUMBER:
                stop += 1  # "記号 12345 番号 678": one value
            yield labels[last].end, labels[stop].start if stop < len(labels) else len(text)


def in_front(reading: Reading, name: str) -> Iterator[tuple[int, int, int]]:
    """Stretches [start, end) that end where a label called `name` begins, for values that stand before their label; and
    where that label ends.
    """
    labels = reading.labels
    for place, label in enumerate(labels):
        if label.name == name:
            yield labels[place - 1].end if place else 0, label.start, label.end


def governing(labels: tuple[Label, ...], text: str, start: int, end: int, *, lists: bool = True) -> Label | None:
    """The nearest label before [start, end) within reach, unless it has its value already.

    `lists`: "図番 A-1、A-2" has two values. A bare 番号 stands for a thing's number.
    """
    behind = bisect_right(labels, start, key=lambda label: label.end)
    if behind == 0:
        return None
    label = labels[behind - 1]
    between = text[label.end : start]
    if len(between) > REACH or _has_value(between, lists) or _is_revision(text[label.start : label.end], between):
        return None
    return Label(PART, label.start, label.end) if label.name == NUMBER else label


def numbers_a_thing(text: str, label: Label) -> bool:
    """Whether a governing label is one of things; a bare 番号 may belong to the label that follows ("番号 第…号 運転免許証")."""
    return label.name == PART and text[label.start : label.end] != "番号"


_LETTER = re.compile(r"[ .:_-]{0,2}[A-Z](?![A-Za-z0-9])")


def _is_revision(label: str, behind: str) -> bool:
    """Whether a letter is the label's whole value: "rev.D 090-…"."""
    return label.lower() in ("rev", "改訂") and _LETTER.match(behind) is not None


_LIST = re.compile(r"(?<![0-9][mc]m)(?<![0-9]kg)(?<=[0-9A-Za-z-])[,、・~&]\s?$")  # "内径 8mm、" ends its value
_DIGIT_THEN_END = re.compile(r"[0-9].*[\s,、/|。;)\]】」一-龥ぁ-んァ-ヴ]", re.DOTALL)


def _has_value(between: str, lists: bool) -> bool:
    """Whether the text behind a label already holds a number that ended, and no list goes on."""
    return _DIGIT_THEN_END.search(between) is not None and not (lists and _LIST.search(between) is not None)


_FILE_ENDING = re.compile(r"\.[A-Za-z]{3,4}\Z")


def attached(text: str, start: int, end: int, label: Label | None, *, files: bool = False) -> bool:
    """Whether [start, end) is a piece of a longer code (`AB-1234…`, `…9012-X`, `x_1234`), a label in front excepted.

    `files`: the form is so clear that "_" and "/" count as what they are in file names and lists, gaps.
    """
    front = text[max(0, start - 2) : start]
    if (label is None or label.end < start - 1) and re.search(
        r"[0-9A-Za-z][-.#]?\Z|#\Z" if files else r"[0-9A-Za-z][-_/.#]?\Z|[_#]\Z", front
    ):
        return True
    if _FILE_ENDING.match(text, end) or (files and text.startswith(("_", "/"), end)):
        return False
    return re.match(r"[A-Za-z_]|[-_/.][0-9A-Za-z]", text[end : end + 2]) is not None
