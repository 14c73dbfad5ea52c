"""What OCR is known to get wrong, put right before a line is searched: forms of letters, labels, spaces, digits. Pure.

Only where the right reading is hardly in doubt: no digit is guessed outside a number, and a label is completed only in a
line of which the reader was not sure, where one of at least four letters is wrong and the result is no other word.
"""

from __future__ import annotations

import re
from functools import partial

# The reader knows simplified Chinese as well and takes one form for the other: always the Japanese one is meant.
_FORMS = str.maketrans(
    "图圖囡设计检认员电话号证审极质责连络处扱务组诚试龙庆泽滨关东马广邮动业产丰华应册单发长门问间闻时书车轻转运爱县个",
    "図図図設計検認員電話号証審極質責連絡処扱務組誠試龍慶沢浜関東馬広郵動業産豊華応冊単発長門問間聞時書車軽転運愛県個",
)
DOUBTFUL = 0.99  # confidence below which a label may be completed
_LABELS = (
    "個人番号", "社員番号", "従業員番号", "職員番号", "電話番号", "携帯電話", "生年月日", "口座番号", "普通預金", "旅券番号", "在留カード", "運転免許",
    "免許証番号", "健康保険", "年金番号", "マイナンバー", "メールアドレス", "取扱注意", "関係者外秘", "持出厳禁", "社内限り",
)  # fmt: skip
# Words that differ from one of these by one letter and mean something else.
_OTHER_WORDS = frozenset(
    ["会員番号", "役員番号", "全員番号", "社内番号", "会社番号", "個体番号", "個別番号", "個品番号", "電源番号", "電池番号", "口径番号", "製年月日", "取付注意", "取外注意", "社員証号", "電話符号"]
)  # fmt: skip
_ANY_LETTER = "[一-龥々ァ-ヴー]"
_ALMOST = [
    (re.compile("|".join(f"{label[:k]}{_ANY_LETTER}{label[k + 1 :]}" for k in range(len(label)))), label)
    for label in _LABELS
]
_NUMBER_WORD = re.compile(r"(?<=[一-龥])[香誉委畨](?=号)|(?<=[0-9])[香誉委畨](?=地)")
_PREFECTURE_END = re.compile(
    r"(?<=愛知|静岡|長野|岐阜|三重|群馬|栃木|茨城|埼玉|千葉|新潟|富山|石川|福井|山梨|滋賀|兵庫|奈良|岡山|広島|福岡|熊本)[保呉果](?=[一-龥])"
)
_AROUND_AT = re.compile(r"(?<=[A-Za-z0-9._%+-])\s{0,2}[@＠©]\s{0,2}(?=[A-Za-z0-9])")
_IN_HOST = re.compile(r"(@[A-Za-z0-9.-]*)(?:\s{1,2}\.|\.\s{1,2}|,\s{0,2})(?=[A-Za-z])")
_LOST_DOT = re.compile(
    r"(@[A-Za-z0-9-]{2,30}) (?=[A-Za-z0-9-]{2,30}\.(?:co\.jp|ne\.jp|or\.jp|ac\.jp|com|net|org|jp|de|eu|uk|info|biz)(?![A-Za-z]))"
)
_COPYRIGHT = re.compile(r"©(?!\s)")
# A number of at least seven digits in which a letter stands for the digit that looks like it.
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9OoQlI|]{1,5}(?:[ ().-]{1,2}[0-9OoQlI|]{2,8}){1,3}(?![A-Za-z0-9])")
_DIGITS = str.maketrans("OoQlI|", "000111")


def mended(text: str, score: float = 1.0) -> str:
    """The line with the known confusions put right; its length may differ. `score` in [0, 1]: how sure the reader was."""
    text = text.translate(_FORMS)
    if score < DOUBTFUL:
        text = _PREFECTURE_END.sub("県", _NUMBER_WORD.sub("番", text))
        for almost, label in _ALMOST:
            text = almost.sub(partial(_completed, label), text)
    if "@" in text or "＠" in text or "©" in text:
        text = _AROUND_AT.sub(lambda match: match.group() if _COPYRIGHT.match(match.group()) else "@", text)
        for _ in range(4):  # once for each dot of a host
            text = _IN_HOST.sub(r"\1.", text)
        text = _LOST_DOT.sub(r"\1.", text)
    return _NUMBER.sub(_as_digits, text)


_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])|(?<=[a-z][.:])(?=[A-Z0-9])")


def parted(text: str) -> str:
    """The line with spaces where two words seem to have been read as one: another reading, not a better one."""
    return text if "@" in text else _JOINED.sub(" ", text)


def _completed(label: str, match: re.Match[str]) -> str:
    return match.group() if match.group() in _OTHER_WORDS or match.group() in _LABELS else label


def _as_digits(match: re.Match[str]) -> str:
    number = match.group()
    digits = sum(character.isdigit() for character in number)
    letters = sum(character in "OoQlI|" for character in number)
    return number.translate(_DIGITS) if digits >= 7 and letters <= 3 else number
