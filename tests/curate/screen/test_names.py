"""What a language model calls a person is not always one; what nobody can look for is said."""

from __future__ import annotations

import pytest

from curate.screen import names
from curate.screen.folding import fold
from curate.screen.labelled_names import find_labelled_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [("設計 山田太郎", ["山田太郎"]), ("承認者：高橋 一郎", ["高橋 一郎"]), ("検図 鈴木 2024", ["鈴木"]), ("撮影者:ジョン・スミス", ["ジョン・スミス"]),
     ("Checked by: J. Smith", ["J. Smith"]), ("Dr. Watson", ["Watson"]), ("佐藤様向け", ["佐藤"])],
)  # fmt: skip
def test_labelled_names(text: str, expected: list[str]) -> None:
    folded = fold(text).text
    assert [folded[hit.start : hit.end] for hit in find_labelled_names(folded)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "設計 変更",
        "承認 番号 12",
        "担当部署：製造部",
        "上田仕様",
        "Designed by Customer",
        "made in Japan",
        "Drawn by hand",
        "写真 六角",
    ],
)
def test_labels_without_a_name(text: str) -> None:
    assert find_labelled_names(fold(text).text) == []


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("設計 山田太郎", (0, 7), "山田太郎"),
        ("佐藤花子さん", (0, 6), "佐藤花子"),
        ("山本化成 ワッシャー", (0, 4), None),
        ("スズキ製 部品", (0, 3), None),
        ("スプロケット 片ボス", (7, 10), None),
        ("引張コイルばね 図面", (0, 10), None),
        ("穴が十二ある", (2, 4), None),
        ("山田エミの図", (0, 4), "山田エミ"),
        ("A-100", (0, 5), None),
    ],
)
def test_what_the_model_says_is_trimmed_or_dropped(text: str, span: tuple[int, int], expected: str | None) -> None:
    trimmed = names._trimmed(text, *span)
    assert (None if trimmed is None else text[slice(*trimmed)]) == expected


def test_language_of_a_text() -> None:
    assert names.languages_in("六角ボルト M8 hexagon") == {"ja"}
    assert names.languages_in("hexagon bolt") == {"en"}
    assert names.languages_in("M8 6205-2 100") == frozenset()


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_installed", lambda package: package == "spacy")
    assert "ginza" in (names.missing_for("ja") or "")
    assert "en_core_web_lg" in (names.missing_for("en") or "")


@pytest.mark.slow
def test_ginza_finds_names_and_leaves_parts_alone() -> None:
    assert names.missing_for("ja") is None
    texts = [
        "写真：田中一郎",
        "六角ボルト M8×30 ステンレス",
        "山本化成 ナイロンワッシャー",
        "撮影は高橋健太さんです",
        "RS40 スプロケット 片ボス",
    ]
    found = [
        [text[hit.start : hit.end] for hit in hits]
        for text, hits in zip(texts, names.find_names(texts, "ja"), strict=True)
    ]
    assert found == [["田中一郎"], [], [], ["高橋健太"], []]
