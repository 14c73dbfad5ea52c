"""Japanese person names in running text: GiNZA's named labels and own rules about what surrounds a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labelled_names import SURNAME
from curate.screen.names_model import Told, read, silent

PACKAGE = "ja_ginza"
VERSION = "1"  # of the rules of this module
JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥々]")

_PERSON = "Person"  # of GiNZA's many labels only this one; its numbers and products are noise here

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


def find(texts: Sequence[str], told: Told = silent) -> list[list[Hit]]:
    """Names in each folded text. GiNZA must be installed."""
    found: list[list[Hit]] = []
    for text, document in zip(texts, read(PACKAGE, texts, told), strict=True):
        spans = [(entity.start_char, entity.end_char) for entity in document.ents if entity.label_ == _PERSON]
        trimmed = (_trimmed(text, start, end) for start, end in _joined(text, spans))
        why = "found by the language model"
        found.append(
            [Hit("privacy.person_name", *span, 0.7, Severity.MEDIUM, why) for span in trimmed if span is not None]
        )
    return found


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
    if len(name) < 2 or any(character.isdigit() for character in name) or not JAPANESE.search(name):
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
