"""What a query states as a fact: an article number, a product line, a kind of picture, a language version, a size.

Only what is said outright counts. Everything else in the query is for the model to understand and no ground to refuse.
Spelling: NFKC and casefold (`curate.ngrams.normalise`); Japanese and English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curate.article_numbers import DASH, article_number, compact
from curate.ngrams import normalise
from curate.record import ContentClass, ImageRecord
from recall.sizes import sizes_of

# Columns beside `sku` under which catalogues keep the numbers people ask by (they arrive in `ImageRecord.extra`).
NUMBER_COLUMNS = frozenset(
    {"drawing_number", "drawing_no", "part_number", "part_no", "article_number", "model_number", "図番", "品番", "型番"}
)

_JOINED = "(?<![0-9A-Z])[0-9A-Z]+(?:[-_/.{}][0-9A-Z]+)*(?![0-9A-Z])"
_NUMBER = re.compile(_JOINED.format(""))
_SPACED_NUMBER = re.compile(r"(?<![0-9A-Z])([A-Z]{1,6}) ([0-9]{2,8}(?:-[0-9A-Z]+)?)(?![0-9A-Z])")
_TYPED_SPACED = re.compile(_SPACED_NUMBER.pattern, re.IGNORECASE)
_TYPED_NUMBER = re.compile(_JOINED.format(DASH), re.IGNORECASE)
_ENGLISH_COMPOUND = re.compile(r"^[0-9]{1,2}(?:-[A-Z]+)+$")  # 3-way, 4-hole
_MEASURE = re.compile(r"^[0-9.]+(?:[-/][0-9.]+)?(?:MM|CM|M|INCH|IN|KG|G|V|W|A|KW|HZ|L|ML|DEG|PCS)$")
_METRIC_THREAD = re.compile(r"^M[0-9]{1,3}(?:[-X][0-9.]+)*(?:MM|-[0-9][GH])?$")  # M8x1.25, ISO 965 classes like 6H
_DIGITS_OF_A_NUMBER = 3  # a hyphenated word with fewer digits (type-2) needs a catalogue that numbers like that

_SHARE_OF_OTHERS = 0.2

_STOP_WORDS = "a|an|the|of|for|in|on|with|and|or|to|from|by"
_CJK_LETTER = "\u3005-\u3007\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff"  # no hiragana: mostly particles
_HIRAGANA = "\u3041-\u309f"
_LEFT = re.compile(rf"(?:[0-9a-z]+ (?:(?:{_STOP_WORDS}) )*|[{_CJK_LETTER}][{_HIRAGANA}]{{0,2}})$")
_RIGHT = re.compile(rf"(?: (?:(?:{_STOP_WORDS}) )*[0-9a-z]+|[{_HIRAGANA}]{{0,2}}[{_CJK_LETTER}])")
_NEGATED_AFTER = re.compile(r"\s?(?:以外|ではな|じゃな|でない|なし|抜き)")
_NEGATED_BEFORE = re.compile(r"(?:\bnot|\bno|\bwithout|\bexcept)(?: an?| the)? $")

_PHOTOGRAPH = frozenset({ContentClass.PHOTO, ContentClass.PRODUCT})  # a product shot is a photograph too
_CLASS_WORDS: tuple[tuple[str, frozenset[ContentClass]], ...] = (
    (r"\b(?:technical |engineering |design )?drawings?\b|\bblueprints?\b", frozenset({ContentClass.DRAWING})),
    (r"図面|設計図|製作図|部品図|組立図|寸法図|外形図|詳細図|断面図|展開図", frozenset({ContentClass.DRAWING})),
    (r"\bphoto(?:s|graphs?)?\b|\bproduct shots?\b|写真", _PHOTOGRAPH),
    (r"\bdocuments?\b|\bdata ?sheets?\b|文書|書類|仕様書", frozenset({ContentClass.DOCUMENT})),
)
_LANGUAGE_WORDS: tuple[tuple[str, str], ...] = (
    (r"\benglish[ -](?:version|edition|language)\b|\bin english\b|英語版|英文|英語表記", "en"),
    (r"\bjapanese[ -](?:version|edition|language)\b|\bin japanese\b|日本語版|和文|日本語表記", "ja"),
)


def numbers_of(record: ImageRecord) -> frozenset[str]:
    """Article and drawing numbers which the catalogue states for an image, as `article_number` spells them."""
    stated = [record.business.sku, *(text for name, text in record.extra if name.casefold() in NUMBER_COLUMNS)]
    return frozenset(article_number(text) for text in stated if text is not None and text.strip())


def lines_of(record: ImageRecord) -> frozenset[str]:
    """Names of the image's product line, normalised: each language variant, and parts of "ボルト / bolts"."""
    stated = [record.business.product_line, *(text for name, text in record.extra if name.startswith("product_line"))]
    parts = (part for text in stated if text for part in re.split(r"[/|;()]", normalise(text)))
    return frozenset(part.strip() for part in parts if part.strip())


def own_text(record: ImageRecord) -> str:
    """What the catalogue says about the picture, normalised. What people typed is no statement about it."""
    return "\n".join(normalise(text.text) for text in record.texts if text.field != "query")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Names the catalogue uses: what a query may be naming when it is not naming the image at hand.

    `lines` are (normalised name, how it is found in a query), longest first. Those in `ordinary_words` are also said of
    pictures outside the line (more than one, and more than a fifth of the line's size): such a word in a query may
    speak for a picture of the line, never against another one.
    """

    numbers: frozenset[str]
    spelled: Mapping[str, str]  # each number without its separators -> the number
    shapes: frozenset[str]
    lines: tuple[tuple[str, re.Pattern[str]], ...]
    ordinary_words: frozenset[str]

    @classmethod
    def of(cls, records: Iterable[ImageRecord]) -> Lexicon:
        numbers: set[str] = set()
        described: list[tuple[frozenset[str], str]] = []
        for record in records:
            numbers |= numbers_of(record)
            described.append((lines_of(record), own_text(record)))
        names = sorted({line for lines, _ in described for line in lines}, key=lambda name: (-len(name), name))
        lines = tuple((line, pattern) for line in names if (pattern := _line_pattern(line)) is not None)
        return cls(
            numbers=frozenset(numbers),
            spelled={compact(number): number for number in sorted(numbers, reverse=True)},
            shapes=frozenset(_shape(number) for number in numbers),
            lines=lines,
            ordinary_words=frozenset(line for line, pattern in lines if _said_of_others(line, pattern, described)),
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of the query that states a fact; `windows` are the phrases it forms with its neighbours.

    A window that stands in an image's own texts shows that there the word is part of a name ("drawing pin").
    """

    word: str
    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts of one query; empty where it states none."""

    article_numbers: tuple[str, ...]
    product_lines: tuple[Mention, ...]
    classes: tuple[tuple[Mention, frozenset[ContentClass]], ...]
    languages: frozenset[str]
    sizes: Mapping[str, frozenset[str]]


def read_query(query: str, lexicon: Lexicon) -> Asked:
    """The facts that `query` states, judged with the names of the catalogue."""
    text = normalise(query)
    classes = [
        (_mention(text, match.span()), meant)
        for pattern, meant in _CLASS_WORDS
        for match in re.finditer(pattern, text)
        if not _negated(text, match.span())
    ]
    return Asked(
        article_numbers=_article_numbers(query, lexicon),
        product_lines=_product_lines(text, lexicon),
        classes=tuple(classes),
        languages=frozenset(code for pattern, code in _LANGUAGE_WORDS if re.search(pattern, text)),
        sizes=sizes_of(text),
    )


def respelled(query: str, lexicon: Lexicon) -> str:
    """`query` with each article number of the catalogue spelled as it is there: people type blt1101, BLT 1101, BLTー1101."""

    def own(match: re.Match[str]) -> str:
        return lexicon.spelled.get(compact(article_number(match.group())), match.group())

    text = unicodedata.normalize("NFKC", query)
    found = _TYPED_NUMBER.sub(own, _TYPED_SPACED.sub(own, text))
    return query if found == text else found


def _article_numbers(query: str, lexicon: Lexicon) -> tuple[str, ...]:
    text = article_number(query)
    spaced = [f"{letters}-{digits}" for letters, digits in _SPACED_NUMBER.findall(text)]
    found = [number for number in spaced if compact(number) in lexicon.spelled]
    found += [token for token in _NUMBER.findall(text) if _is_article_number(token, lexicon)]
    return tuple(dict.fromkeys(found))


def _is_article_number(token: str, lexicon: Lexicon) -> bool:
    if compact(token) in lexicon.spelled:
        return True
    if not (any(c.isdigit() for c in token) and any(c.isalpha() for c in token)):
        return False
    if _MEASURE.match(token) or _METRIC_THREAD.match(token):
        return False
    if _shape(token) in lexicon.shapes:
        return True
    if "-" not in token or _ENGLISH_COMPOUND.match(token):
        return False
    return sum(c.isdigit() for c in token) >= _DIGITS_OF_A_NUMBER


def _shape(number: str) -> str:
    """BRK-1204 -> AAA-9999: two numbers of one shape come from one numbering scheme."""
    return re.sub(r"[A-Z]", "A", re.sub(r"[0-9]", "9", number))


def _said_of_others(line: str, pattern: re.Pattern[str], described: Sequence[tuple[frozenset[str], str]]) -> bool:
    members = sum(line in lines for lines, _ in described)
    stem = line[:-1] if line.isascii() else line  # a plain look first: most texts do not hold the word at all
    others = sum(line not in lines and stem in text and pattern.search(text) is not None for lines, text in described)
    return others > max(1.0, _SHARE_OF_OTHERS * members)


def _line_pattern(line: str) -> re.Pattern[str] | None:
    """How a product line is found in a normalised query; None for a name too short to tell anything."""
    if len(line) < 2:
        return None
    if line.isascii():
        stem = line[:-1] if len(line) > 4 and line.endswith("s") and not line.endswith("ss") else line
        return re.compile(rf"(?<![a-z0-9]){re.escape(stem)}(?:s|es)?(?![a-z0-9])")
    katakana = "\u30a1-\u30fa\u30fc"
    before = f"(?<![{katakana}])" if re.match(f"[{katakana}]", line) else ""
    after = f"(?![{katakana}])" if re.search(f"[{katakana}]$", line) else ""
    return re.compile(before + re.escape(line) + after)  # アイボルト does not name the line ボルト


def _product_lines(text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    taken: list[tuple[int, int]] = []
    found: list[Mention] = []
    for line, pattern in lexicon.lines:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start >= a and end <= b and (a, b) != (start, end) for a, b in taken):
                continue  # part of a longer name
            taken.append((start, end))
            if not _negated(text, (start, end)):
                found.append(Mention(line, _windows(text, (start, end))))
    return tuple(found)


def _mention(text: str, span: tuple[int, int]) -> Mention:
    return Mention(text[span[0] : span[1]], _windows(text, span))


def _windows(text: str, span: tuple[int, int]) -> tuple[str, ...]:
    start, end = span
    windows = []
    if left := _LEFT.search(text[:start]):
        windows.append(text[left.start() : end])
    if right := _RIGHT.match(text[end:]):
        windows.append(text[start : end + right.end()])
    return tuple(windows)


def _negated(text: str, span: tuple[int, int]) -> bool:
    return bool(_NEGATED_AFTER.match(text[span[1] :]) or _NEGATED_BEFORE.search(text[: span[0]]))
