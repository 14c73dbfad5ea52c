"""What OCR is known to get wrong, put right before a line is searched: forms of letters, spaces, digits. Pure.

Only where the right reading is not in doubt: no digit is guessed outside a number, and no word is completed.
"""

from __future__ import annotations

import re

# The reader knows simplified Chinese as well and takes one form for the other: always the Japanese one is meant.
_FORMS = str.maketrans(
    "图圖囡设计检认员电话号证审极质责连络处扱务组诚试龙庆泽滨关东马广邮动业产丰华应册单发长门问间闻时书车轻转运",
    "図図図設計検認員電話号証審極質責連絡処扱務組誠試龍慶沢浜関東馬広郵動業産豊華応冊単発長門問間聞時書車軽転運",
)
_AROUND_AT = re.compile(r"(?<=[A-Za-z0-9._%+-])\s{0,2}[@＠©]\s{0,2}(?=[A-Za-z0-9])")
_IN_HOST = re.compile(r"(@[A-Za-z0-9.-]*)(?:\s{1,2}\.|\.\s{1,2}|,\s{0,2})(?=[A-Za-z])")
_COPYRIGHT = re.compile(r"©(?!\s)")
# A number of at least seven digits in which a letter stands for the digit that looks like it.
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9OoQlI|]{1,5}(?:[ ().-]{1,2}[0-9OoQlI|]{2,8}){1,3}(?![A-Za-z0-9])")
_DIGITS = str.maketrans("OoQlI|", "000111")


def mended(text: str) -> str:
    """The line with the known confusions put right; its length may differ."""
    text = text.translate(_FORMS)
    if "@" in text or "＠" in text or "©" in text:
        text = _AROUND_AT.sub(lambda match: match.group() if _COPYRIGHT.match(match.group()) else "@", text)
        for _ in range(4):  # once for each dot of a host
            text = _IN_HOST.sub(r"\1.", text)
    return _NUMBER.sub(_as_digits, text)


def _as_digits(match: re.Match[str]) -> str:
    number = match.group()
    digits = sum(character.isdigit() for character in number)
    letters = sum(character in "OoQlI|" for character in number)
    return number.translate(_DIGITS) if digits >= 7 and letters <= 3 else number
