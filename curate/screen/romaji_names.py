"""Names in Latin letters beside a Japanese word for a role: 担当 Tanaka Hiroshi, T. Sato 承認. Pure patterns.

A word in Latin letters in a Japanese text is a brand, a unit or a code far more often than a name. Beside a role it is a
name where it has a name's form: an initial and a surname, two words that are both written in Japanese syllables, or one
of the commonest surnames (whatever romanisation spells it: Hepburn, Kunrei, with or without long vowels).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The commonest surnames of Japan as Hepburn writes them without long vowels.
_SURNAMES = frozenset(
    [
     "sato", "suzuki", "takahashi", "tanaka", "ito", "watanabe", "yamamoto", "nakamura", "kobayashi", "kato", "yoshida", "yamada", "sasaki", "yamaguchi",
     "matsumoto", "inoue", "kimura", "hayashi", "saito", "shimizu", "yamazaki", "yamasaki", "ikeda", "hashimoto", "abe", "ishikawa", "yamashita",
     "nakajima", "nakashima", "ishii", "ogawa", "mori", "maeda", "okada", "hasegawa", "fujita", "goto", "kondo", "murakami", "endo", "aoki", "sakamoto",
     "fukuda", "ota", "nishimura", "fujii", "okamoto", "kaneko", "miura", "fujiwara", "nakano", "nakagawa", "harada", "matsuda", "takeuchi", "ono",
     "tamura", "nakayama", "wada", "ishida", "morita", "ueda", "uchida", "shibata", "sakai", "miyazaki", "yokoyama", "takagi", "ando", "miyamoto", "oishi",
     "kojima", "taniguchi", "imai", "kudo", "takada", "masuda", "maruyama", "sugiyama", "murata", "otsuka", "arai", "koyama", "hirano", "fujimoto", "kono",
     "noguchi", "takeda", "matsui", "chiba", "sugawara", "iwasaki", "kubo", "kinoshita", "sano", "nomura", "matsuo", "kikuchi", "ichikawa", "sugimoto",
     "furukawa", "onishi", "shimada", "mizuno", "sakurai", "takano", "watabe", "yoshikawa", "yamauchi", "nishida", "iida", "nishikawa", "komatsu",
     "kitamura", "yasuda", "igarashi", "kawaguchi", "hirata", "nakata", "kubota", "hattori", "iwata", "tsuchiya", "kawasaki", "fukushima", "honda",
     "higuchi", "akiyama", "taguchi", "nagai", "yamanaka", "nakanishi", "yoshimura", "kawakami", "ishihara", "ohashi", "matsuoka", "baba", "hamada",
     "morimoto", "hoshino", "yano", "asano", "matsushita", "okubo", "yoshioka", "koike", "araki", "otani", "kumagai", "noda", "kawamura", "arakawa",
     "ogata", "hara", "seki", "oda", "matsubara", "enomoto", "hori", "tsuji", "oka",
    ]
)  # fmt: skip
# Words in Japanese syllables that are places and makers of things.
_OTHERS = frozenset(
    [
     "tokyo", "osaka", "kyoto", "nagoya", "kobe", "yokohama", "sapporo", "fukuoka", "hiroshima", "sendai", "chiba", "saitama", "kanagawa", "aichi", "gifu",
     "shizuoka", "hyogo", "nara", "toyota", "nissan", "mazda", "subaru", "isuzu", "hino", "makita", "hitachi", "toshiba", "yamaha", "kawasaki", "kubota",
     "komatsu", "omron", "keyence", "shimano", "casio", "sony", "canon", "nikon", "konica", "minolta", "ricoh", "sanyo", "sakura", "nitto", "denso",
     "aisin", "koyo", "nachi", "mitutoyo", "mitsubishi", "sumitomo", "mitsui", "yaskawa", "fanuc", "moto", "motor", "kana", "kanji", "katana", "tatami",
     "sakana",
    ]
)  # fmt: skip
_SYLLABLES = re.compile(
    r"(?:(?:k|g|s|sh|z|j|t|ch|ts|d|n|h|f|b|p|m|r|w|y|ky|gy|sy|zy|jy|ty|ny|hy|by|py|my|ry|kk|ss|ssh|tt|tts|tch|pp)?[aiueo]h?|n(?!n)|m(?=[bp])){2,}",
    re.IGNORECASE,
)
_LONG = re.compile(r"o[uoh](?![aiueo])|uu")
_KUNREI = (
    ("si", "shi"),
    ("ti", "chi"),
    ("tu", "tsu"),
    ("hu", "fu"),
    ("zi", "ji"),
    ("sy", "sh"),
    ("ty", "ch"),
    ("zy", "j"),
)

_ROLE_WORDS = "設計|製図|検図|承認|照査|審査|作図|担当|作成|確認|撮影|検査|作業|測定|記録|立会|責任|管理|受領|申請|起案|記入|氏名|名前|報告|著"
ROLES = tuple(_ROLE_WORDS.split("|"))
_ROLE = rf"(?:{_ROLE_WORDS})(?:者名|者|員|印|名)?"
_WORD = r"[A-Z](?:[a-z]{2,14}|[A-Z]{2,14})"
_NAME = rf"(?:[A-Z]\. ?{_WORD}|[A-Z] {_WORD}|{_WORD},? [A-Z]\.?(?![A-Za-z])|{_WORD}(?:,? {_WORD})?)"
_BEHIND = re.compile(rf"{_ROLE}(?:(?: ?[:/] ?)| |は|が)?(?P<name>{_NAME})(?![A-Za-z0-9-])")
_BEFORE = re.compile(
    rf"(?<![A-Za-z0-9.-])(?P<name>{_NAME}) ?(?={_ROLE}(?:$|[\s、。,.;:()0-9])|さん|氏(?!名)|様|殿|(?:が|の|による)?(?:撮影|作成|設計|製図|承認|確認)(?:し|$|[\s、。]))"
)


_CAPITAL = re.compile("[A-Z]")


def find_romaji_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of names in a folded text that holds a role in Japanese beside a name in Latin letters."""
    if text.isascii() or _CAPITAL.search(text) is None:
        return
    for pattern in (_BEHIND, _BEFORE):
        for match in pattern.finditer(text):
            if is_romaji_name(match.group("name")):
                yield match.span("name")


_RUN = r"[A-Z][a-z]{1,14}(?: [A-Z]\.)?(?: [A-Z][A-Za-z'’-]{1,15}){1,2}"
_RUN_BEHIND = re.compile(rf"{_ROLE}(?:(?: ?[:/] ?)| |は|が)?(?P<name>{_RUN})(?![A-Za-z0-9-])")
_RUN_BEFORE = re.compile(
    rf"(?<![A-Za-z0-9.-])(?P<name>{_RUN}) ?(?={_ROLE}(?:$|[\s、。,.;:()])|さん|氏(?!名)|様|殿|(?:が|の|による)?(?:撮影|作成|設計|製図|承認|確認)(?:し|$|[\s、。]))"
)


def latin_words_beside_a_role(text: str) -> list[tuple[int, int]]:
    """Spans of two or three words in Latin letters that stand where a name would: whether they are one, a model must say."""
    if text.isascii():
        return []
    return sorted({match.span("name") for pattern in (_RUN_BEHIND, _RUN_BEFORE) for match in pattern.finditer(text)})


def is_romaji_name(name: str) -> bool:
    """Whether words in Latin letters beside a role have the form of a person's name."""
    words = [word for word in re.split(r"[ .,]+", name) if word]
    whole = [hepburn(word) for word in words if len(word) > 1]
    if not whole or any(word in _OTHERS - _SURNAMES for word in whole):
        return False
    if len(words) > len(whole):  # an initial, and a surname from anywhere
        return len(whole[0]) > 2
    if len(whole) == 1:
        return whole[0] in _SURNAMES
    return any(word in _SURNAMES for word in whole) or all(_SYLLABLES.fullmatch(word) for word in whole)


def has_common_surname(name: str) -> bool:
    """Whether a word in it is one of the commonest surnames of Japan, in any romanisation."""
    return any(hepburn(word) in _SURNAMES for word in re.split(r"[ .,]+", name) if len(word) > 1)


def hepburn(word: str) -> str:
    """`word` in small letters, spelt as Hepburn does and without long vowels: Satou, SATOH and Sato are one."""
    word = word.lower()
    for kunrei, spelt in _KUNREI:
        word = re.sub(rf"(?<![cst]){kunrei}", spelt, word)
    return _LONG.sub(lambda vowel: vowel.group()[0], word)
