"""Japanese bank accounts in folded text: bank, branch, 普通 or 当座 and seven digits; ゆうちょ by 記号 and 番号. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.check_digits import gs1_is_valid
from curate.screen.hit import Hit
from curate.screen.labels import PART, Reading, attached, governing
from curate.screen.patterns_ja import values_of
from curate.screen.wording import Reason

_BANK = re.compile(
    r"銀行|信用金庫|信金|信組|信用組合|農協|漁協|労働金庫|労金|通帳|ゆうちょ|郵便局|JA[ぁ-んァ-ヴ一-龥]|口座|振込|預金|名義|バンク|(?i:bank)"
)
_KIND = re.compile(
    r"(?:普通|当座|貯蓄|\((?:普|当|貯)\)|(?<=[店部所 ])[普当](?=[ :.0-9]))\s?(?:預金|貯金|口座)?\s?(?:口座)?\s?(?:番号|No\.?|№)?[\s:=)\]】.・/_、→]{0,3}"
    r"(?P<number>[0-9]{7}|[0-9](?: [0-9]){6}|[0-9]{3}[- ][0-9]{4})(?![0-9])(?!-[0-9])"
)
_BEFORE_KIND = re.compile(  # "1234567(みずほ銀行 蒲田支店 普通)"
    r"(?<![0-9-])(?P<number>[0-9]{7})\s?\((?=[^()0-9]{0,24}(?:銀行|金庫|信金|農協|口座))[^()0-9]{0,24}(?:普通|当座|貯蓄)(?:預金|貯金|口座)?\)"
)
_OF_AN_ACCOUNT = re.compile("口座番号|(?:普通|当座|預金|銀行|振込|給与|支払先|返金|入金|引落)口座")
_SEVEN = re.compile(r"(?<![0-9-])(?:[0-9]{7}|[0-9](?: [0-9]){6})(?![0-9])(?!-[0-9])(?!\s?(?:mm|円|個|本|枚))")
_ACCOUNT = re.compile(
    r"(?<![0-9-])(?:[0-9]{3}[- ])?(?:[0-9]{6,8}|[0-9](?: [0-9]){6}|[0-9]{3}[- ][0-9]{4})(?![0-9])(?!-[0-9])"
    r"|[01][0-9]{4}[-~ の]{1,3}[0-9]{2,8}(?![0-9])|[0-9]{4}-[0-9]{3}-[0-9]{7}(?![0-9])"
)
_LONG_ACCOUNT = re.compile(r"(?<![0-9-])[0-9]{6,17}(?![0-9])|(?<![0-9-])[0-9]{2,4}(?:-[0-9]{2,8}){1,3}(?![0-9])")
_SIGN_NUMBER = re.compile(
    r"記号\s?[:=・/]?\s?(?:番号)?\s?[:=]?\s?[01][0-9]{4}(?:-[0-9])?\s?[-~・/、,の_]?\s?(?:[^\s0-9]{0,4}番号)?\s?[:=]?\s?[0-9]{2,8}(?![0-9])"
)
_YUCHO = re.compile(
    r"(?<![0-9])[01][0-9]{3}0\s?(?:-[0-9])?\s?[-~・/の _]?\s?(?:[^\s0-9]{0,4}番号)?\s?[:=]?\s?[0-9]{1,7}1(?![0-9])"
)


def _is_seven_digits(value: str) -> bool:
    return len(value) == 7 and value.isdecimal()


def find_accounts(reading: Reading) -> Iterator[Hit]:
    """Accounts in a folded text; hits may overlap."""
    text, names = reading.text, reading.names
    if "account" in names:
        before = _is_seven_digits if _OF_AN_ACCOUNT.search(text) else None
        for span in values_of(reading, "account", _ACCOUNT, 24, before=before):
            yield _hit(*span, 0.9, Reason("labelled as a bank account number", "銀行口座番号を示す見出しがあります"))
        if not reading.japanese:
            for start, end in values_of(reading, "account", _LONG_ACCOUNT, 10):
                if end - start == 13 and gs1_is_valid(text[start:end]):
                    continue  # the article number of an account book
                why = Reason("labelled as a bank account number", "銀行口座番号を示す見出しがあります")
                yield _hit(start, end, 0.8, why)
    if "yucho" in names:
        for span in values_of(reading, "yucho", _YUCHO, 24):
            yield _hit(*span, 0.9, Reason("symbol and number of a post-office account", "ゆうちょ銀行の記号と番号です"))
    if not reading.japanese or _BANK.search(text) is None:
        return
    for match in _SIGN_NUMBER.finditer(text):
        yield _hit(
            *match.span(), 0.9, Reason("symbol and number of a post-office account", "ゆうちょ銀行の記号と番号です")
        )
    beside_kind = list(_KIND.finditer(text))
    if "(" in text:
        beside_kind.extend(_BEFORE_KIND.finditer(text))
    for match in beside_kind:
        yield _hit(
            *match.span("number"),
            0.95,
            Reason("kind of account and seven digits beside a bank", "銀行名のそばに、口座の種類と7桁の数字があります"),
        )
    if "branch" in names:
        for start, end in values_of(reading, "branch", _SEVEN, 12):
            label = governing(reading.labels, text, start, end)
            if (label is None or label.name != PART) and not attached(text, start, end, label):
                yield _hit(
                    start,
                    end,
                    0.7,
                    Reason("seven digits behind a bank's branch", "銀行の支店名の後に7桁の数字があります"),
                )


def may_hold(reading: Reading) -> bool:
    return reading.digits >= 5 and (
        not reading.names.isdisjoint(("account", "yucho", "branch"))
        or "普" in reading.text
        or "当座" in reading.text
        or "記号" in reading.text
    )


def _hit(start: int, end: int, score: float, why: Reason) -> Hit:
    return Hit("privacy.other_id", start, end, score, Severity.HIGH, why)
