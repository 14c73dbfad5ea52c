"""Labelled identifiers for the tests of the text patterns: (label, value) by kind of finding and lowest severity."""

from __future__ import annotations

from curate.finding import Severity
from tests.curate.screen.worlds import my_number

MN = my_number("12345678901")
LICENCE = "304512345603"

LABELLED: tuple[tuple[str, str, str, Severity], ...] = (
    ("個人番号", MN, "privacy.jp_my_number", Severity.CRITICAL),
    ("マイナンバー：", f"{MN[:4]}-{MN[4:8]}-{MN[8:]}", "privacy.jp_my_number", Severity.CRITICAL),
    ("【個人番号】", f"{MN[:4]} {MN[4:8]} {MN[8:]}", "privacy.jp_my_number", Severity.CRITICAL),
    ("マイナンバ一 ", " ".join(MN), "privacy.jp_my_number", Severity.CRITICAL),
    ("ﾏｲﾅﾝﾊﾞｰ", MN, "privacy.jp_my_number", Severity.CRITICAL),
    ("kojin bango ", MN, "privacy.jp_my_number", Severity.CRITICAL),
    ("運転免許証番号", LICENCE, "privacy.other_id", Severity.HIGH),
    ("免許証 第", LICENCE, "privacy.other_id", Severity.HIGH),
    ("Driver's licence no. ", LICENCE, "privacy.other_id", Severity.HIGH),
    ("旅券番号", "TK1234567", "privacy.other_id", Severity.HIGH),
    ("PASSPORT NO. ", "TK 1234567", "privacy.other_id", Severity.HIGH),
    ("在留カード番号：", "AB12345678CD", "privacy.other_id", Severity.HIGH),
    ("在留力ード番号", "ＡＢ１２３４５６７８ＣＤ", "privacy.other_id", Severity.HIGH),
    ("口座番号", "1234567", "privacy.other_id", Severity.HIGH),
    ("ロ座番号 ", "1234567", "privacy.other_id", Severity.HIGH),
    ("みずほ銀行蒲田支店 普通 ", "0123456", "privacy.other_id", Severity.HIGH),
    ("三井住友銀行 大森支店 （当）", "0123456", "privacy.other_id", Severity.HIGH),
    ("ゆうちょ ", "記号 12340 番号 12345671", "privacy.other_id", Severity.HIGH),
    ("健康保険証 ", "記号 1234 番号 56", "privacy.other_id", Severity.HIGH),
    ("保険者番号", "06130132", "privacy.other_id", Severity.HIGH),
    ("基礎年金番号", "1234-567890", "privacy.other_id", Severity.HIGH),
    ("雇用保険被保険者番号 ", "1301-123456-7", "privacy.other_id", Severity.HIGH),
    ("生年月日", "昭和55年3月4日", "privacy.other_id", Severity.MEDIUM),
    ("生年月日:", "S55.3.4", "privacy.other_id", Severity.MEDIUM),
    ("生年月曰 ", "平成元年１２月１日", "privacy.other_id", Severity.MEDIUM),
    ("DOB ", "1980-03-04", "privacy.other_id", Severity.MEDIUM),
    ("社員番号", "123456", "privacy.other_id", Severity.MEDIUM),
    ("従業員No.", "A-1234", "privacy.other_id", Severity.MEDIUM),
    ("Employee ID: ", "E12345", "privacy.other_id", Severity.MEDIUM),
    ("クレジットカード番号 ", "4111-1111-1111-1111", "privacy.credit_card", Severity.CRITICAL),
    ("IBAN ", "DE89 3704 0044 0532 0130 00", "privacy.other_id", Severity.HIGH),
    ("SSN ", "123-45-6789", "privacy.other_id", Severity.HIGH),
    ("NHS number ", "943 476 5919", "privacy.other_id", Severity.HIGH),
    ("電話", "03-1234-5678", "privacy.phone", Severity.MEDIUM),
    ("ＴＥＬ：", "０３（１２３４）５６７８", "privacy.phone", Severity.MEDIUM),
    ("電話：", "0422221234", "privacy.phone", Severity.MEDIUM),
    ("携帯", "090ー1234ー5678", "privacy.phone", Severity.MEDIUM),
    ("FAX ", "03‑1234‑5678", "privacy.phone", Severity.MEDIUM),
    ("℡", "075.123.4567", "privacy.phone", Severity.MEDIUM),
    ("住所", "東京都大田区蒲田5-13-14", "privacy.address", Severity.MEDIUM),
    ("車両番号 ", "品川 300 あ 12-34", "privacy.other_id", Severity.MEDIUM),
)  # fmt: skip

NEUTRAL = (
    "", "六角ボルト", "ステンレス製フランジ ", "写真、", "JIS B 1180 ", "品番AB-1234 ", "寸法100×200×300mm\n", "検図日 2023年4月1日 ", "JAN4901234567894 ", "単価1,200円、", "図番：KD-00123-04、",
    "製造番号 2023-0415-0098 ", "法人番号7000012050002 ", "T7000012050002 ", "M8×30\t", "(黒) ",
)  # fmt: skip
