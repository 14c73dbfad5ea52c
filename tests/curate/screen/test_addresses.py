"""Addresses in every style of number, with and without prefecture; places that are no addresses."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.text import TextScreener

SCREENER = TextScreener()

ADDRESSES = (
    "東京都大田区蒲田5-13-14", "東京都大田区蒲田5丁目13番14号", "大阪市西区江戸堀一丁目十五番二十七号", "神奈川県川崎市川崎区日進町１－２", "京都府京都市下京区烏丸通七条下る東塩小路町721-1", "札幌市中央区北1条西2丁目",
    "名古屋市中区三の丸三丁目1の2", "群馬県太田市浜町2番35号 コーポ浜201号室", "山形県西置賜郡白鷹町大字荒砥甲833番地", "岡山県倉敷市西中新田640", "福岡県北九州市小倉北区城内1番1号", "袖ケ浦市坂戸市場1-1",
    "袖ヶ浦市坂戸市場1丁目1番地", "愛知県豊田市トヨタ町1番地", "新潟県燕市吉田西太田３９３４番地", "横浜市西区みなとみらい2-3-1", "〒144-0052 東京都大田区蒲田5-13-14", "1-2-3 Kamata, Ota-ku, Tokyo 144-0052",
    "123 Main Street, Springfield", "東京都大田区蒲田5-13-14 個人宅", "東京都大田区蒲田5-13-14 台東ビル",
)  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str) -> None:
    (hit,) = SCREENER.find(text)
    assert (hit.kind, hit.severity) == ("privacy.address", Severity.MEDIUM)
    assert hit.end - hit.start >= 0.5 * len(text)


@pytest.mark.parametrize("text", ["〒144-0052", "〒1440052 ABC-1"])
def test_a_postcode_with_its_mark_needs_no_japanese_word(text: str) -> None:
    assert [(hit.kind, hit.severity) for hit in SCREENER.find(text)] == [("privacy.address", Severity.MEDIUM)]


@pytest.mark.parametrize(
    "text",
    [
        "愛知県産 真鍮 100g", "大阪市場 価格 12-3", "岡山市 ボルト 12-30", "川口鋳物 3-12 ロット 5-6-7", "神戸市ものづくり大賞 2022年受賞品 12-3", "つくば市 研究用 サンプル 3-4", "三重県産ヒノキ材 30×40×3000",
        "標準市販品1-2-3", "工場 3号機 12-3", "東京都立産業技術研究センター 試験 2023年", "品川区 町工場の技術展 2019", "大分類 1-2-3", "地区画 2-3",
        "住所ラベル 50枚", "宛先シール 10-20", "住所印 376 ゴム", "住所変更届 161枚", "住所カード 20部",
    ],
)  # fmt: skip
def test_places_are_no_addresses(text: str) -> None:
    assert [hit for hit in SCREENER.find(text) if hit.severity.rank >= Severity.MEDIUM.rank] == []


def test_whose_address_it_is_decides_how_grave_it_is() -> None:
    place = "東京都港区芝公園4-2-8"
    severities = {
        front: {hit.severity for hit in SCREENER.find(front + place)}
        for front in ("株式会社サンプル 本社 ", "製造元：", "お届け先 ", "自宅：", "")
    }
    assert severities == {
        "株式会社サンプル 本社 ": {Severity.LOW},
        "製造元：": {Severity.LOW},
        "お届け先 ": {Severity.MEDIUM},
        "自宅：": {Severity.HIGH},
        "": {Severity.MEDIUM},
    }
