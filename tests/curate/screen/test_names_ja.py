"""What a language model calls a person is not always one."""

from __future__ import annotations

import pytest

from curate.screen import names, names_ja


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
    trimmed = names_ja._trimmed(text, *span)
    assert (None if trimmed is None else text[slice(*trimmed)]) == expected


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
