"""Accounts: bank, branch, kind, seven digits; symbols and numbers of the post office; ordinary bolts are none."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.text import TextScreener

SCREENER = TextScreener()


@pytest.mark.parametrize(
    "text",
    [
        "みずほ銀行蒲田支店普通1234567", "三井住友銀行　大森支店　（普）１２３４５６７", "城南信用金庫 本店営業部 当座 7654321", "りそな銀行 川口支店 1234567", "口座種別：当座　口座番号：００１２３４５", "普通 口座番号:1234567",
        "ゆうちょ銀行 記号 10120 番号 12345671", "ゆうちょ 12340-12345671", "通帳 記号12340番号5671", "ゆうちょ銀行 〇一八支店 普通 1234567", "A/C No. 1234567", "振込先 JA東京 大森支店 普通預金 0000123",
        "通帳_みずほ銀行_普通_1234567.jpg", "JAバンク 普通貯金 1234567", "通帳記号 15100 通帳番号 44431261", "1234567（みずほ銀行 蒲田支店 普通）", "ゆうちょ銀行 普通、1234567", "4375462（支払先口座）", "2913029／口座番号",
    ],
)  # fmt: skip
def test_accounts(text: str) -> None:
    assert [(hit.kind, hit.severity) for hit in SCREENER.find(text)] == [("privacy.other_id", Severity.HIGH)]


@pytest.mark.parametrize(
    "text",
    [
        "普通ボルト 1234567",
        "普通鋼 品番1234567",
        "当座ビット 1234567",
        "通帳ケース 7桁 0000000",
        "大阪支店 電話03-3734-1111",
        "1234567（普通）",
        "account book A5 4901234567894",
        "口座数 480 番号表示機 18855-11445",
    ],
)
def test_no_accounts(text: str) -> None:
    assert [hit for hit in SCREENER.find(text) if hit.kind == "privacy.other_id"] == []
