"""Names in Latin letters beside a Japanese role, and what stands there and is no name."""

from __future__ import annotations

import pytest

from curate.screen.folding import fold
from curate.screen.labelled_names import find_labelled_names
from curate.screen.romaji_names import hepburn, is_romaji_name, latin_words_beside_a_role


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("担当 Tanaka Hiroshi", "Tanaka Hiroshi"), ("T. Sato 承認", "T. Sato"), ("検図 K.Suzuki 2024.3.1", "K.Suzuki"), ("承認 SATO", "SATO"),
        ("担当：Yamada", "Yamada"), ("Hiroshi Tanaka が撮影した試作品", "Hiroshi Tanaka"), ("製図：R. Okafor", "R. Okafor"),
        ("担当者 Nishikori Kei", "Nishikori Kei"), ("照査 Ｏｏｔａ", "Oota"), ("設計: Y.OHNO", "Y.OHNO"), ("検査員：Satou K.", "Satou K."),
    ],
)  # fmt: skip
def test_a_name_beside_a_role(text: str, name: str) -> None:
    folded = fold(text).text
    assert [folded[hit.start : hit.end] for hit in find_labelled_names(folded)] == [name]


@pytest.mark.parametrize(
    "text",
    ["設計 SolidWorks 2020", "作図 AutoCAD LT", "承認 UL規格", "確認 Windows Update 後", "撮影 Nikon D850", "設計 Yamaha Motor", "作成 Tokyo Osaka",
     "検査 M8x20", "承認 NG", "設計 ISO 2768", "設計 Max Load", "Harley Davidson 純正部品", "承認 Toyota", "Tanaka Hiroshi"],
)  # fmt: skip
def test_products_places_and_units_are_none(text: str) -> None:
    assert find_labelled_names(fold(text).text) == []


@pytest.mark.parametrize("spelt", ["Sato", "SATOH", "Satou", "satoo", "Satō".replace("ō", "oo")])
def test_every_romanisation_is_one_name(spelt: str) -> None:
    assert hepburn(spelt) == "sato" and is_romaji_name(spelt)


def test_words_that_a_model_has_to_judge_stand_beside_a_role() -> None:
    assert latin_words_beside_a_role("撮影者 John Smith") == [(4, 14)]
    assert latin_words_beside_a_role("写真 John Deere トラクター") == []
    assert latin_words_beside_a_role("checked by John Smith") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [("承認：林", ["林"]), ("製図 森", ["森"]), ("承認印：関", ["関"]), ("担当：東 検図:角", ["東", "角"]), ("作成者:辻 日付:2024", ["辻"]),
     ("設計 角 R3", []), ("製図 林業機械", []), ("担当 中", []), ("材質 金 めっき", []), ("検査者 鈴木 合格", ["鈴木"]), ("製図/山﨑 検図/髙橋 承認/濵田", ["山﨑", "髙橋", "濵田"])],
)  # fmt: skip
def test_surnames_of_one_letter_behind_a_role(text: str, names: list[str]) -> None:
    folded = fold(text).text
    assert [folded[hit.start : hit.end] for hit in find_labelled_names(folded)] == names
