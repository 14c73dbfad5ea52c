"""Number plates of Japanese cars; a place beside numbers is none."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.text import TextScreener

SCREENER = TextScreener()


@pytest.mark.parametrize(
    "plate",
    [
        "品川 300 あ 12-34", "品川300あ1234", "横浜５００さ・・・１", "なにわ 100 か ・・12", "富士山 330 た ・1-23", "尾張小牧　580　う　86−66", "つくば 30A ほ 41ー03", "多摩 55 ひ ･9-04", "春日井480り12-34", "三河3A0わ12-34", "品川 3AA さ 12-34",
    ],
)  # fmt: skip
def test_plates(plate: str) -> None:
    text = f"納品車両{plate}と在庫品"
    (hit,) = SCREENER.find(text)
    assert (hit.kind, hit.severity) == ("privacy.other_id", Severity.MEDIUM)
    assert text[hit.start : hit.end] == plate


@pytest.mark.parametrize(
    "text",
    [
        "豊橋 300 個 12-34 便",
        "富士山 500 の 記念メダル",
        "横浜ゴム 300-12",
        "なにわ精機 500-12-34",
        "三 5 つ 12",
        "山形 20 あり",
    ],
)
def test_places_beside_numbers(text: str) -> None:
    assert SCREENER.find(text) == ()
