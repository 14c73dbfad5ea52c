"""Person names in running text, by a language model: GiNZA for Japanese, `en_core_web_lg` for English where installed.

The only module that imports spaCy. No model is downloaded; a language without a model is a language nobody looked at.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from curate.finding import Severity
from curate.screen.folding import fold
from curate.screen.hit import Hit, strongest
from curate.screen.labelled_names import SURNAME

JAPANESE_MODEL = "ja_ginza"
ENGLISH_MODEL = "en_core_web_lg"
BATCH = 128  # texts in one call of the model
MAX_CHARACTERS = 10_000  # a longer text is read in pieces: the model's memory grows with the length

_PERSON = {
    "ja": "Person",
    "en": "PERSON",
}  # of GiNZA's many labels only this one; its numbers and products are noise here
_JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥々]")
_WORD = re.compile(r"[A-Za-z]{2,}")

# What the model takes for a part of a name: the role in front, the form of address behind.
_FRONT = re.compile(
    r"^(?:設計|製図|検図|承認|照査|審査|作図|担当|作成|撮影|写真|責任|発注|依頼|監修|協力|提供)者?[\s::／/・]*"
)
_BEHIND = re.compile(r"[\s]*(?:さん|様|氏|殿|先生|社長|部長|課長|係長|主任)$")
# Firms carry surnames ("山本化成"); so do products.
_FIRM = re.compile(
    r"(?:化成|化学|工業|産業|製作所?|株式会社|有限会社|\(株\)|電機|電気|電器|商会|商店|商事|精機|精工|機械|機工|鉄工|製鋼|金属|発動機|自動車|技研|ガス"
    r"|製薬|製紙|食品|酒造|建設|重工|計器|硝子|ゴム|樹脂|印刷|運輸|銀行|大学|高校|工場|鋼業|鋼管|螺子|ねじ|バルブ|ポンプ|モーター?|ベアリング|チェーン|グループ|ブランド"
    r"|式|型|形|製|用|社|法|線|効果|管|曲線|方程式|係数)"
)


# "片ボス", "引張コイルばね": no name mixes kanji with katakana, except behind a surname ("山田エミ").
_MIXED = re.compile(rf"(?!(?:{SURNAME}))(?=[^\s・]*[一-龥々])[^\s・]*[ァ-ヴ]")
_NUMERAL = re.compile(r"[〇一二三四五六七八九十百千万]+")
_DOCUMENT = re.compile(r"(?:図面?|仕様|一覧|寸法|外観)$")


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def missing_for(language: str) -> str | None:
    """Why names of `language` (`ja` or `en`) cannot be looked for here, or None. Loads nothing."""
    if language == "ja":
        for package in ("spacy", "ginza", JAPANESE_MODEL):
            if not _installed(package):
                return f"no language model for Japanese: {package} is not installed (extra 'ja')"
        return None
    if not _installed("spacy") or not _installed(ENGLISH_MODEL):
        return f"no language model for English names: {ENGLISH_MODEL} is not installed"
    return None


def model_version(language: str) -> str:
    """Version of the language's model, `absent` where there is none."""
    try:
        return version("ja_ginza" if language == "ja" else "en_core_web_lg")
    except PackageNotFoundError:
        return "absent"


def languages_in(text: str) -> frozenset[str]:
    """Whose model has to read `text`: Japanese if it has kana or kanji, else English if it has a word of letters.

    Latin words inside a Japanese text are the Japanese model's business. A text of numbers and codes needs neither.
    """
    if _JAPANESE.search(text):
        return frozenset({"ja"})
    return frozenset({"en"}) if _WORD.search(text) else frozenset()


@lru_cache(maxsize=2)
def _model(language: str) -> Any:
    import spacy

    # Parsing and tagging are most of the model's loading and reading time and say nothing about names.
    unused = [
        "parser",
        "tagger",
        "lemmatizer",
        "morphologizer",
        "compound_splitter",
        "bunsetu_recognizer",
        "attribute_ruler",
    ]
    return spacy.load(JAPANESE_MODEL if language == "ja" else ENGLISH_MODEL, exclude=unused)


def find_names(
    texts: Sequence[str], language: str, *, progress: Callable[[int, int], None] | None = None
) -> list[tuple[Hit, ...]]:
    """Names in each text, spans of the original. `missing_for(language)` must be None.

    Args:
        texts: as people wrote them.
        language: `ja` or `en`.
        progress: told (texts read, texts).
    """
    folded = [fold(text) for text in texts]
    pieces = [(row, start, piece) for row, item in enumerate(folded) for start, piece in _pieces(item.text)]
    found: list[list[Hit]] = [[] for _ in texts]
    nlp = _model(language)
    documents: Iterable[Any] = nlp.pipe((piece for _, _, piece in pieces), batch_size=BATCH)
    for done, ((row, offset, piece), document) in enumerate(zip(pieces, documents, strict=True), start=1):
        spans = [(entity.start_char, entity.end_char) for entity in document.ents if entity.label_ == _PERSON[language]]
        for start, end in _joined(piece, spans):
            trimmed = _trimmed(piece, start, end) if language == "ja" else (start, end)
            if trimmed is not None:
                left, right = folded[row].span(trimmed[0] + offset, trimmed[1] + offset)
                why = "found by the language model"
                found[row].append(Hit("privacy.person_name", left, right, 0.7, Severity.MEDIUM, why))
        if progress is not None and (done % BATCH == 0 or done == len(pieces)):
            progress(done, len(pieces))
    return [strongest(hits) for hits in found]


def _pieces(text: str) -> list[tuple[int, str]]:
    return [(start, text[start : start + MAX_CHARACTERS]) for start in range(0, len(text), MAX_CHARACTERS)]


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Person spans with nothing but a space or a middle dot between them are one name ("設計 山田" + "太郎")."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and text[joined[-1][1] : start] in ("", " ", "・", "="):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The name proper within [start, end), or None where a firm, a product or a code was taken for one."""
    front = _FRONT.match(text[start:end])
    if front is not None and front.end() < end - start:
        start += front.end()
    behind = _BEHIND.search(text[start:end])
    if behind is not None and behind.start() > 0:
        end = start + behind.start()
    name = text[start:end]
    start += len(name) - len(name.lstrip())
    end -= len(name) - len(name.rstrip())
    name = text[start:end]
    if len(name) < 2 or any(character.isdigit() for character in name) or not _JAPANESE.search(name):
        return None
    if (
        any(_MIXED.match(word) for word in re.split(r"[\s・]", name))
        or _NUMERAL.fullmatch(name)
        or _DOCUMENT.search(name)
    ):
        return None
    if _FIRM.search(name[1:]) or _FIRM.match(text[end:].lstrip()[:8]):
        return None
    return start, end
