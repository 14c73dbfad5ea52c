"""Secrecy markings in texts and in text read from pixels: 社外秘, 極秘, CONFIDENTIAL and their kin. Pure.

Spaces between the characters of a stamp are ignored. In text read from pixels a few characters that OCR is known to
confuse count as the right one; the table below is all there is of that, and it is never applied to typed text.

What counts is a judgement: a phrase that says "this is secret" (社外秘 anywhere; 機密 or 秘密 alone or before 資料, 文書, 図面 …;
"confidential" in any case, also inside "contains confidential information"), and not secrecy as a topic (秘密保持契約,
"confidentiality", "confidential waste") nor an ordinary word that contains it (極秘裏に, secretary).
"""

from __future__ import annotations

import re

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.wording import NO_REASON

# What the recogniser returns for a character of a marking: simplified and near-identical forms.
CONFUSED = {
    "社": "社杜祉壮牡",
    "外": "外処夘",
    "秘": "秘祕泌柲袐",
    "極": "極极梗樋",
    "密": "密蜜",
    "扱": "扱报报极汲投扳",
    "注": "注住",
    "厳": "厳嚴厰",
    "限": "限眼",
    "内": "内肉丙",
}
CONFUSED_LATIN = {"O": "O0QD", "I": "I1l|", "E": "EF", "S": "S5", "A": "A4", "N": "N"}

_KANJI_KANA = "一-龥々ぁ-んァ-ヴー"
# These are said of nothing but secrets, wherever they stand.
_ANYWHERE = (
    "社外秘", "部外秘", "対外秘", "課外秘", "関係者外秘", "社内限り", "社内限定", "部内限り", "役員限り", "関係者限り", "持出厳禁", "持ち出し厳禁", "持出禁止", "持ち出し禁止",
)  # fmt: skip
# These occur inside ordinary words and sentences: a marking stands alone or before one of these nouns.
_ALONE = ("極秘", "厳秘", "秘密", "機密", "マル秘", "取扱注意", "取り扱い注意", "取扱厳重注意")
_NOUN = "(?:資料|文書|書類|情報|図面|扱い?|事項)(?!の?(?:処理|保管|廃棄|溶解|回収|裁断|保護|用|漏|ボックス|シュレッダ))"
_STAMP = r"(?<=[(\[【〔「])秘(?=[)\]】〕」])|(?<![^\s|])秘(?![^\s|])"  # one letter in brackets or alone in its cell
_HANDLE_WITH_CARE = re.compile(
    r"われもの|ワレモノ|割れ物|壊れ物|こわれもの|天地無用|FRAGILE|危険物|火気|高圧|感電|毒物|劇物", re.I
)
_LATIN = (
    "STRICTLY CONFIDENTIAL",
    "COMPANY CONFIDENTIAL",
    "CONFIDENTIAL",
    "INTERNAL USE ONLY",
    "INTERNAL ONLY",
    "COMPANY SECRET",
    "COMMERCIAL IN CONFIDENCE",
    "DO NOT DISCLOSE",
    "NOT TO BE DISCLOSED",
    "FOR INTERNAL USE",
    "TOP SECRET",
    "TRADE SECRET",
    "NOT FOR DISTRIBUTION",
    "DO NOT DISTRIBUTE",
    "PROPRIETARY INFORMATION",
    "PROPRIETARY AND CONFIDENTIAL",
)
# An adjective of marketing in lower case ("a proprietary coating"), a marking in capitals.
_CAPITALS_ONLY = ("PROPRIETARY", "SECRET", "RESTRICTED")
# The topic or a thing, not a marking: "confidential waste bin", "RESTRICTED AREA", "Trade Secret Act".
_TOPIC = r"(?! ?(?:[Aa]greement|AGREEMENT|[Dd]isclosure|[Ww]aste|[Ss]hred|[Bb]in(?![a-z])|[Hh]otline|[Ee]nvelope|[Ss]tamp|[Aa]rea|AREA|[Aa]ccess|ACCESS|[Aa]ct(?![a-z])|[Ll]aw|[Pp]olicy))"


def _spaced(word: str, confused: dict[str, str], *, joined: bool = False) -> str:
    """`joined`: the spaces between its words may be missing."""
    return r"\s{0,3}".join(
        r"\s{1,3}" if character == " " else f"[{re.escape(confused.get(character, character))}]" for character in word
    ).replace(r"\s{0,3}\s{1,3}\s{0,3}", r"\s{0,6}" if joined else r"\s{1,6}")


def _nearly(word: str) -> str:
    """`word` in capitals with one letter missing or another one: long enough that it is no other word."""
    return "|".join(f"{word[:k]}[A-Z0-9]?{word[k + 1 :]}" for k in range(1, len(word)))


def _compile(*, pixels: bool) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    han, latin = (CONFUSED, CONFUSED_LATIN) if pixels else ({}, {})
    anywhere = "|".join(_spaced(word, han) for word in _ANYWHERE)
    alone = "|".join(_spaced(word, han) for word in _ALONE)
    # OCR reads the letter out of the ring of ㊙; alone or before one of the nouns it means nothing else.
    ringed = rf"|(?<![{_KANJI_KANA}])[秘祕](?=(?:{_NOUN})|[^{_KANJI_KANA}]|$)" if pixels else ""
    japanese = re.compile(
        rf"{anywhere}|㊙|{_STAMP}{ringed}|(?<![{_KANJI_KANA}])(?:{alone})(?=(?:{_NOUN})|[^{_KANJI_KANA}]|$)"
    )
    phrases = "|".join(_spaced(word, latin, joined=pixels) for word in _LATIN)
    english = re.compile(rf"(?<![A-Za-z])(?<!non-)(?<!non )(?<!not )(?:{phrases})(?![A-Za-z]){_TOPIC}", re.IGNORECASE)
    in_capitals = [_spaced(word, latin) for word in _CAPITALS_ONLY]
    if pixels:
        in_capitals += [_nearly("CONFIDENTIAL"), _nearly("PROPRIETARY")]
    capitals = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(in_capitals)})(?![A-Za-z]){_TOPIC}")
    return japanese, english, capitals


_TYPED = _compile(pixels=False)
_PIXELS = _compile(pixels=True)
_CARE = re.compile(r"取\s*り?\s*[扱报报极汲投扳]")


def find_secret_marks(text: str, *, pixels: bool = False) -> list[Hit]:
    """Markings in a text folded or not (㊙ is known as such); `pixels`: the text was read by OCR."""
    hits: list[Hit] = []
    for pattern in _PIXELS if pixels else _TYPED:
        for match in pattern.finditer(text):
            if _CARE.match(match.group()) and _HANDLE_WITH_CARE.search(text):
                continue  # "fragile, handle with care" is written on a box
            hits.append(Hit("content.secret_marking", *match.span(), 0.95, Severity.HIGH, NO_REASON))
    return hits


_KANJI = re.compile("[秘祕密限禁注]")
_LETTERS = re.compile("conf|secr|propr|intern|discl|distr|restr")


def may_be_marked(small: str) -> bool:
    """Whether a typed text, folded and in small letters, could hold a marking at all; most captions stop here."""
    return _KANJI.search(small) is not None or _LETTERS.search("".join(small.split())) is not None
